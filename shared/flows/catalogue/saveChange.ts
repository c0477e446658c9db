import * as contents from '../../data/catalogue/contents.ts';
import * as products from '../../data/catalogue/products.ts';
import type { Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs } from '../../schemas/base.ts';
import type { Content, Product } from '../../schemas/catalogue/product.ts';
import { wantGoods } from '../operations/wantGoods.ts';
import { placeInCategory } from './placeInCategory.ts';
import { saveParts } from './saveParts.ts';

/** A product with what is in it. */
interface Stored {
  readonly product: Product;
  readonly content: Content | null;
}

/**
 * Stores a changed product with its parts and its content, and has a platform told of its price where that has to know
 * it. Answers it as it is stored, and the parts that changed with it. @throws category.not_found
 */
export async function saveChange(
  tx: Tx,
  change: {
    readonly before: Stored;
    readonly after: Stored;
    readonly parts: Parameters<typeof saveParts>[2];
    readonly waitsForRail: boolean;
    readonly now: TimeMs;
  },
): Promise<{ readonly stored: Stored; readonly changed: readonly ProductId[] }> {
  const { before, after, parts, waitsForRail, now } = change;
  const { category } = after.product;
  if (category !== before.product.category) await placeInCategory(tx, category);
  const { bundle, changed } = await saveParts(tx, after.product, parts, now);
  await products.save(tx, bundle);
  await contents.save(tx, before.content, after.content);
  if (waitsForRail && bundle.state === 'published') await wantGoods(tx, bundle, now);
  return { stored: { product: bundle, content: after.content }, changed };
}
