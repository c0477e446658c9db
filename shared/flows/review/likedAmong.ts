import * as marks from '../../data/review/marks.ts';
import type { Reader } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import type { MarkTarget } from '../../schemas/review/mark.ts';

/** Those of these things that the reader likes: one read for a page, and none for who is not logged in. */
export async function likedAmong(
  reader: Pick<Reader, 'findMany'>,
  userId: UserId | null,
  targets: readonly MarkTarget[],
): Promise<ReadonlySet<MarkTarget>> {
  if (userId === null || targets.length === 0) return new Set();
  const own = await marks.among(
    reader,
    targets.map((target) => ({ kind: 'like', target, userId })),
  );
  return new Set(own.filter(({ isOn }) => isOn).map(({ target }) => target));
}
