/** Whom somebody blocks. */
import { fail } from '../../errors.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import { BLOCKS_MAX, type Blocks } from '../../schemas/review/block.ts';

/** The blocks with this person too. The same object when they are blocked already. @throws block.too_many */
export function withBlocked(
  before: Blocks | null,
  { by, userId, now }: { readonly by: UserId; readonly userId: UserId; readonly now: TimeMs },
): Blocks {
  if (before?.blocked.some((one) => one.userId === userId)) return before;
  const blocked = [...(before?.blocked ?? []), { userId, atMs: now }];
  if (blocked.length > BLOCKS_MAX) throw fail('block.too_many', { params: { max: BLOCKS_MAX } });
  return { id: by, blocked, updatedAtMs: now };
}

/** The blocks without this person. The same object when they are not blocked. */
export function withoutBlocked(before: Blocks, userId: UserId, now: TimeMs): Blocks {
  const blocked = before.blocked.filter((one) => one.userId !== userId);
  return blocked.length === before.blocked.length ? before : { ...before, blocked, updatedAtMs: now };
}
