import * as z from 'zod';
import * as users from '../../shared/data/identity/users.ts';
import * as blocks from '../../shared/data/review/blocks.ts';
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
  },
  async ({ user, ports }) => {
    const blocked = (await blocks.find(ports.database, user.id))?.blocked ?? [];
    const found = await users.among(
      ports.database,
      blocked.map(({ userId }) => userId),
    );
    const known = new Map(found.map((each) => [each.id, each]));
    const items = blocked.toReversed().flatMap(({ userId, atMs }): BlockView[] => {
      const each = known.get(userId);
      return each === undefined ? [] : [{ userId, nickname: each.nickname, avatarUrl: each.avatarUrl, atMs }];
    });
    return { items };
  },
);
