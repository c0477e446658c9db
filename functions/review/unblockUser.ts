import * as z from 'zod';
import * as blocks from '../../shared/data/review/blocks.ts';
import { withoutBlocked } from '../../shared/domain/review/blocks.ts';
import { http } from '../../shared/function.ts';
import { UserId } from '../../shared/schemas/base.ts';

/** Ends a block of the caller's. Who is not blocked stays so. */
export const unblockUser = http(
  {
    route: 'DELETE /api/me/blocks/{userId}',
    auth: 'member',
    input: z.strictObject({ userId: UserId }),
    output: z.object({ userId: UserId }),
    errors: [],
  },
  async ({ input: { userId }, user, now, ports }) => {
    await ports.database.tx(async (tx) => {
      const before = await blocks.find(tx, user.id);
      if (before !== null) await blocks.save(tx, before, withoutBlocked(before, userId, now));
    });
    return { userId };
  },
);
