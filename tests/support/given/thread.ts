/** Long threads for tests, stored as they are after their comments were written, shown, counted and ranked. */
import * as comments from '../../../shared/data/talk/comments.ts';
import { rankComment } from '../../../shared/domain/talk/comment.ts';
import type { Database } from '../../../shared/ports/database.ts';
import { CommentId, timeMs, UserId } from '../../../shared/schemas/base.ts';
import type { Comment } from '../../../shared/schemas/talk/comment.ts';

/** How many are stored in one transaction. */
const TOGETHER = 60;

/** The id of the n-th comment of a seed. */
const idOf = (start: string, n: number) =>
  CommentId.parse(`cmt_${start}${n.toString(10).padStart(26 - start.length, '0')}`);

/**
 * Stores `count` comments like this one in its thread, by these authors in turn, each a second older than the one
 * before and with three replies at the first `answered` of them. Answers how many documents that are.
 */
export async function givenThread(
  database: Database,
  like: Comment,
  of: {
    readonly start: string;
    readonly count: number;
    readonly answered: number;
    readonly authors: readonly string[];
  },
): Promise<number> {
  const { start, count, answered, authors } = of;
  let docs: Comment[] = [];
  let stored = 0;
  const flush = async () => {
    const some = docs;
    docs = [];
    stored += some.length;
    await database.tx(async (tx) => {
      for (const doc of some) await comments.insert(tx, doc);
    });
  };
  const add = async (n: number, changes: Partial<Comment>) => {
    const userId = UserId.parse(authors[n % authors.length]);
    const publicAtMs = timeMs((like.review.publicAtMs ?? 0) - n * 1_000);
    const review = { ...like.review, publicAtMs };
    const counted = { isShown: true, stars: null };
    docs.push(
      rankComment({
        ...like,
        ...{ userId, review, publicAtMs, counted, stars: null },
        ...changes,
        id: idOf(start, n),
      }),
    );
    if (docs.length === TOGETHER) await flush();
  };
  for (let n = 0; n < count; n += 1) {
    const replies = n < answered ? [0, 1, 2].map((reply) => count + n * 3 + reply) : [];
    const firstReplies = replies.map((reply) => idOf(start, reply));
    await add(n, { replies: replies.length, firstReplies });
    for (const reply of replies) await add(reply, { parentId: idOf(start, n) });
  }
  if (docs.length > 0) await flush();
  return stored;
}
