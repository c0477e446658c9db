import * as contents from '../../data/catalogue/contents.ts';
import * as products from '../../data/catalogue/products.ts';
import type { Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs } from '../../schemas/base.ts';
import type { Content, Product } from '../../schemas/catalogue/product.ts';
import { wantGoods } from '../operations/wantGoods.ts';
import { placeInCategory } from './placeInCategory.ts';
import { saveParts } from './saveParts.ts';

/** A product with its content. */
interface Stored {
  readonly product: Product;
  readonly content: Content | null;
}

/**
 * Stores a changed product with its parts and content, and registers its prices with virtual payment where that is
 * needed. Returns the stored product, and the ids of the parts that changed with it.
 * @throws category.not_found
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
  await products.save(tx, before.product, bundle);
  if (before.content !== null && after.content !== null) {
    await contents.save(tx, before.content, after.content);
  }
  if (waitsForRail && bundle.state === 'published') await wantGoods(tx, bundle, now);
  return { stored: { product: bundle, content: after.content }, changed };
}
