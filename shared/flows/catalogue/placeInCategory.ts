import * as categories from '../../data/catalogue/categories.ts';
import { withPlaced } from '../../domain/catalogue/category.ts';
import type { Tx } from '../../ports/database.ts';

/**
 * Notes on a category that a product comes into it, in the transaction that puts it there: who removes the category at
 * the same time sees it. @throws category.not_found
 */
export async function placeInCategory(tx: Tx, category: string): Promise<void> {
  await categories.save(tx, withPlaced(await categories.get(tx, category)));
}
