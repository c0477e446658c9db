import * as z from 'zod';
import * as gifts from '../../shared/data/access/gifts.ts';
import * as products from '../../shared/data/catalogue/products.ts';
import { claimGift as claim, claimableCount } from '../../shared/domain/access/gift.ts';
import { giftOf } from '../../shared/flows/access/giftTokens.ts';
import { grantAccess } from '../../shared/flows/access/grantAccess.ts';
import { refuseIfOwned } from '../../shared/flows/access/ownedAmong.ts';
import { http } from '../../shared/function.ts';
import { GiftToken } from '../../shared/schemas/access/gift.ts';
import { ProductId } from '../../shared/schemas/base.ts';

/**
 * Claims one copy of a gift for the caller, who followed its link.
 *
 * Access starts now, or at the end of the access that the caller already has to the product. Each friend can claim a
 * gift once, and the buyer cannot claim their own. Claiming again changes nothing. A friend keeps what they claimed
 * even if the buyer later gets the rest refunded. `left` is how many can still be claimed.
 */
export const claimGift = http(
  {
    route: 'POST /api/gifts/{token}/claim',
    auth: 'member',
    input: z.strictObject({ token: GiftToken }),
    output: z.object({ productId: ProductId, left: z.int() }),
    errors: [
      'gift.not_found',
      'gift.not_for_yourself',
      'gift.taken_back',
      'gift.none_left',
      'product.already_owned',
    ],
  },
  async ({ input, user, now, ports }) =>
    ports.database.tx(async (tx) => {
      const before = await giftOf(tx, ports.secrets, input.token);
      const after = claim(before, user.id, now);
      const { id: sourceId, productId, kind, access, plan, version } = after;
      if (after === before) return { productId, left: claimableCount(before) };
      const found = await products.peekMany(tx, [productId]);
      const wanted = found.map((product) => ({ ...product, access }));
      await refuseIfOwned(tx, ports.database, user.id, wanted, now);
      await gifts.save(tx, before, after);
      const given = { userId: user.id, productId, kind, access, plan, version, sourceId, now } as const;
      await grantAccess(tx, { ...given, cause: 'gift', fromAtMs: now, state: 'active' });
      return { productId, left: claimableCount(after) };
    }),
);
