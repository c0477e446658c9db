import * as z from 'zod';
import * as blocks from '../../shared/data/review/blocks.ts';
import { authorsOf } from '../../shared/flows/talk/authorsOf.ts';
import { http } from '../../shared/function.ts';
import { BLOCKS_MAX, BlockView } from '../../shared/schemas/review/block.ts';

/** Lists whom the caller blocks, the last blocked first: all of them, at most 200. */
export const listBlocks = http(
  {
    route: 'GET /api/me/blocks',
    auth: 'member',
    input: z.strictObject({}),
    output: z.object({ items: z.array(BlockView).max(BLOCKS_MAX) }),
    errors: [],
    cost: 'signature',
  },
  async ({ user, now, ports }) => {
    const blocked = (await blocks.find(ports.database, user.id))?.blocked ?? [];
    const ids = blocked.map(({ userId }) => userId);
    const author = await authorsOf(ports, ids, now);
    const items = blocked.toReversed().flatMap(({ userId, atMs }): BlockView[] => {
      const each = author(userId);
      return each === null ? [] : [{ userId, nickname: each.nickname, avatarUrl: each.avatarUrl, atMs }];
    });
    return { items };
  },
);
