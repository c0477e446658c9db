import * as z from 'zod';
import * as products from '../../shared/data/catalogue/products.ts';
import * as users from '../../shared/data/identity/users.ts';
import { claimableCount } from '../../shared/domain/access/gift.ts';
import { giftOf } from '../../shared/flows/access/giftTokens.ts';
import { http } from '../../shared/function.ts';
import { GiftToken, GiftView } from '../../shared/schemas/access/gift.ts';

/** Shows a gift to anybody who has its link: what it is, who gave it, and how many are left. */
export const getGift = http(
  {
    route: 'GET /api/gifts/{token}',
    auth: 'public',
    input: z.strictObject({ token: GiftToken }),
    output: GiftView,
    errors: ['gift.not_found'],
  },
  async ({ input, ports }) => {
    const gift = await giftOf(ports.database, ports.secrets, input.token);
    const [buyer, product] = await Promise.all([
      users.get(ports.database, gift.buyerId),
      products.find(ports.database, gift.productId),
    ]);
    return {
      ...gift,
      nickname: buyer.nickname,
      coverUrl: product?.coverUrl ?? '',
      left: claimableCount(gift),
    };
  },
);
