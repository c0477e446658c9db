import * as categories from '../../data/catalogue/categories.ts';
import { withPlaced } from '../../domain/catalogue/category.ts';
import type { Tx } from '../../ports/database.ts';

/**
 * Records in a category that a product is placed in it. It must run in the transaction that places the product, so
 * that a concurrent removal of the category conflicts.
 * @throws category.not_found
 */
export async function placeInCategory(tx: Tx, category: string): Promise<void> {
  const before = await categories.get(tx, category);
  await categories.save(tx, before, withPlaced(before));
}
