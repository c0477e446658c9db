import * as z from 'zod';
import * as gifts from '../../shared/data/access/gifts.ts';
import { claimableCount } from '../../shared/domain/access/gift.ts';
import { giftToken } from '../../shared/flows/access/giftTokens.ts';
import { http } from '../../shared/function.ts';
import { MyGiftPage } from '../../shared/schemas/access/gift.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';

/** The page size when the request gives no `limit`. */
const PAGE_SIZE = 20;

/** Lists the gifts that the caller bought, newest first: the token of each link, and how many copies were claimed. */
export const listGifts = http(
  {
    route: 'GET /api/me/gifts',
    auth: 'member',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: MyGiftPage,
    errors: [],
  },
  async ({ input, user, ports }) => {
    const page = await gifts.ofBuyer(ports.database, user.id, {
      limit: input.limit ?? PAGE_SIZE,
      cursor: input.cursor ?? null,
    });
    const items = page.items.map((gift) => ({
      ...gift,
      token: giftToken(ports.secrets, gift),
      left: claimableCount(gift),
    }));
    return { items, nextCursor: page.nextCursor };
  },
);
