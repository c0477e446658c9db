import * as z from 'zod';
import * as users from '../../shared/data/identity/users.ts';
import * as blocks from '../../shared/data/review/blocks.ts';
import { withBlocked } from '../../shared/domain/review/blocks.ts';
import { fail } from '../../shared/errors.ts';
import { http } from '../../shared/function.ts';
import { UserId } from '../../shared/schemas/base.ts';

/**
 * Blocks somebody: the caller no longer sees what they write, and they cannot reply to the caller. Nobody tells them.
 * Blocking somebody again changes nothing.
 */
export const blockUser = http(
  {
    route: 'PUT /api/me/blocks/{userId}',
    auth: 'member',
    input: z.strictObject({ userId: UserId }),
    output: z.object({ userId: UserId }),
    errors: ['user.not_found', 'block.yourself', 'block.too_many'],
  },
  async ({ input: { userId }, user, now, ports }) => {
    if (userId === user.id) throw fail('block.yourself');
    await ports.database.tx(async (tx) => {
      const { id } = await users.get(tx, userId);
      const before = await blocks.find(tx, user.id);
      await blocks.save(tx, before, withBlocked(before, { by: user.id, userId: id, now }));
    });
    return { userId };
  },
);
