import * as comments from '../../data/talk/comments.ts';
import type { ThreadSums } from '../../domain/operations/invariants.ts';
import type { Reader } from '../../ports/database.ts';
import { STARS_MAX, type ThreadCount } from '../../schemas/talk/thread.ts';

/** Adds up what is counted of every comment of a thread, and of the replies to each. */
export async function sumThread(reader: Reader, { id }: Pick<ThreadCount, 'id'>): Promise<ThreadSums> {
  const stars = Array.from({ length: STARS_MAX }, () => 0);
  const said = new Map<string, number>();
  const replies = new Map<string, number>();
  let count = 0;
  for await (const comment of comments.everyOneIn(reader, id)) {
    if (comment.parentId === null) said.set(comment.id, comment.replies);
    if (!comment.counted.isShown) continue;
    count += 1;
    const { stars: given } = comment.counted;
    if (given !== null) stars[given - 1] = (stars[given - 1] ?? 0) + 1;
    if (comment.parentId !== null) replies.set(comment.parentId, (replies.get(comment.parentId) ?? 0) + 1);
  }
  const wrongReplies = [...said].filter(([own, has]) => has !== (replies.get(own) ?? 0)).map(([own]) => own);
  return { comments: count, stars, wrongReplies: wrongReplies.slice(0, 20) };
}
