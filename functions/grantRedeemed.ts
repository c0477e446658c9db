import { productRedeemed } from '../events/productRedeemed.ts';
import * as products from '../shared/data/products.ts';
import { fail } from '../shared/errors.ts';
import { grantAccess } from '../shared/flows/grantAccess.ts';
import { consumer } from '../shared/function.ts';

/** Gives access to what points were spent on, from that moment, on the terms that were shown. */
export const grantRedeemed = consumer({ on: productRedeemed }, async ({ data, tx, now }) => {
  const { redemptionId: sourceId, userId, productId, access, plan, atMs: fromAtMs } = data;
  const [product] = await products.peekMany(tx, [productId]);
  if (product === undefined) throw fail('product.not_found');
  const given = { userId, productId, kind: product.kind, access, plan, sourceId, fromAtMs, now };
  await grantAccess(tx, { ...given, cause: 'points', state: 'active' });
});
