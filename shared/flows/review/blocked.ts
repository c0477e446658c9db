/** What a block means to a page of what people wrote, and to who is blocked. */
import * as blocks from '../../data/review/blocks.ts';
import type { Reader } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';

/**
 * Those of these authors whom the reader blocks. One read, however many there are; none for who is not logged in. They
 * are left out after a page was read, so it may be short.
 */
export async function blockedAmong(
  reader: Pick<Reader, 'find'>,
  userId: UserId | null,
  authors: readonly UserId[],
): Promise<ReadonlySet<UserId>> {
  if (userId === null || authors.length === 0) return new Set();
  const blocked = new Set((await blocks.find(reader, userId))?.blocked.map((one) => one.userId));
  return new Set(authors.filter((author) => blocked.has(author)));
}

/** Whether `by` blocks the caller. What they would reply to then does not exist for the caller. */
export async function isBlockedBy(
  reader: Pick<Reader, 'find'>,
  by: UserId,
  caller: UserId,
): Promise<boolean> {
  return (await blockedAmong(reader, by, [caller])).size > 0;
}
