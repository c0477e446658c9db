import * as z from 'zod';
import * as codeBatches from '../../shared/data/access/codeBatches.ts';
import * as redeemCodes from '../../shared/data/access/redeemCodes.ts';
import * as products from '../../shared/data/catalogue/products.ts';
import { codeSourceId, readCode, useCode } from '../../shared/domain/access/redeemCode.ts';
import { isOver } from '../../shared/domain/catalogue/product.ts';
import { fail } from '../../shared/errors.ts';
import { countGuess } from '../../shared/flows/access/countGuess.ts';
import { grantAccess } from '../../shared/flows/access/grantAccess.ts';
import { codeDigest } from '../../shared/flows/access/makeCodes.ts';
import { refuseIfOwned } from '../../shared/flows/access/ownedAmong.ts';
import { http } from '../../shared/function.ts';
import { TypedCode } from '../../shared/schemas/access/redeemCode.ts';
import { MINUTE_MS, ProductId } from '../../shared/schemas/base.ts';
import { ProductKind } from '../../shared/schemas/catalogue/productKind.ts';

/**
 * Redeems a code for access to its product, which starts now or at the end of the access that the caller already has.
 *
 * Each code can be used once. If the same user redeems it again, nothing changes. An unknown, malformed, used, disabled
 * or expired code always gets the same error. Only these wrong codes count towards the limits for each user and each
 * network address.
 */
export const redeemCode = http(
  {
    route: 'POST /api/codes/redeem',
    auth: 'member',
    input: z.strictObject({ code: TypedCode }),
    output: z.object({ productId: ProductId, kind: ProductKind, title: z.string() }),
    errors: ['code.not_valid', 'product.already_owned'],
    limit: { max: 60, windowMs: MINUTE_MS },
  },
  async ({ input, user, now, ports, address }) => {
    const takeBack = await countGuess(ports, user.id, address);
    const digest = codeDigest(ports.secrets, readCode(input.code));
    const redeemed = await ports.database.tx(async (tx) => {
      const before = await redeemCodes.find(tx, digest);
      if (before === null) throw fail('code.not_valid', { detail: 'unknown' });
      const batch = await codeBatches.peek(tx, before.batchId);
      const after = useCode(before, batch, user.id, now);
      const found = batch === null ? [] : await products.peekMany(tx, [batch.productId]);
      const [product] = found;
      if (product === undefined) throw fail('code.not_valid', { detail: 'no product' });
      const isSpent = after === before;
      if (!isSpent && isOver(product.access, now)) throw fail('code.not_valid', { detail: 'over' });
      const { id: productId, kind, title, access, plan, version } = product;
      if (isSpent) return { productId, kind, title };
      await refuseIfOwned(tx, ports.database, user.id, found, now);
      await redeemCodes.save(tx, before, after);
      const given = { userId: user.id, productId, kind, access, plan, version, fromAtMs: now, now } as const;
      await grantAccess(tx, { ...given, sourceId: codeSourceId(after), cause: 'code', state: 'active' });
      return { productId, kind, title };
    });
    await takeBack();
    return redeemed;
  },
);
