import * as categories from '../../data/catalogue/categories.ts';
import * as products from '../../data/catalogue/products.ts';
import { newCategory } from '../../domain/catalogue/category.ts';
import type { Database } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';

/**
 * Creates a category for every slug that products use and that has none, for stores from before categories existed.
 * Its title is the slug until staff rename it. Returns how many were created. Safe to repeat.
 */
export async function adoptCategories(database: Database, now: TimeMs): Promise<number> {
  const named = new Set<string>();
  for await (const { category } of products.everyOne(database)) named.add(category);
  let count = 0;
  for (const id of [...named].sort()) {
    const others = await categories.inOrder(database);
    const isNew = await database.tx(async (tx) => {
      if ((await categories.find(tx, id)) !== null) return false;
      await categories.insert(tx, newCategory({ id, title: id, isHidden: false }, others, now));
      return true;
    });
    if (isNew) count += 1;
  }
  return count;
}
