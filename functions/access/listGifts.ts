import * as z from 'zod';
import * as gifts from '../../shared/data/access/gifts.ts';
import { claimableCount } from '../../shared/domain/access/gift.ts';
import { giftToken } from '../../shared/flows/access/giftTokens.ts';
import { http } from '../../shared/function.ts';
import { MyGiftPage } from '../../shared/schemas/access/gift.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';

/** How many gifts a page has when nobody says. */
const PAGE_SIZE = 20;

/** Lists what the caller bought for friends, newest first: the token of each link, and how many have claimed theirs. */
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
