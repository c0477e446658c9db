import * as products from '../../data/catalogue/products.ts';
import { partsChanged, withParts } from '../../domain/catalogue/productDraft.ts';
import type { Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';

/**
 * Puts parts into a bundle or column, and stores the changed parts in the same transaction, so that both sides refer
 * to each other. The caller stores the returned bundle. Also returns the ids of the changed parts.
 * @throws product.change_refused
 */
export async function saveParts(
  tx: Tx,
  bundle: Product,
  parts: readonly ProductId[],
  now: TimeMs,
): Promise<{ readonly bundle: Product; readonly changed: ProductId[] }> {
  const { added, removed } = partsChanged(bundle, parts);
  const ids = [...added, ...removed];
  const found = await Promise.all(ids.map((id) => products.find(tx, id)));
  const present = found.filter((part) => part !== null);
  const after = withParts(bundle, parts, present, now);
  await products.saveEach(tx, present, after.parts);
  return { bundle: after.bundle, changed: ids };
}
