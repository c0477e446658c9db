import * as comments from '../../data/talk/comments.ts';
import * as threadCounts from '../../data/talk/threadCounts.ts';
import * as tasks from '../../data/tasks.ts';
import { doubtsOf } from '../../domain/review/contacts.ts';
import { replyTo, writeComment } from '../../domain/talk/comment.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Caller } from '../../schemas/identity/caller.ts';
import type { Comment } from '../../schemas/talk/comment.ts';
import { isBlockedBy } from '../review/blocked.ts';
import { mayWrite } from '../review/mayWrite.ts';
import { submitFacts } from '../review/submit.ts';

/**
 * Stores a new comment, counted on its writer, and hands it to the check. `rated` is the rating that its stars are;
 * null for none.
 * @throws comment.not_found for a reply to what is not there, or to somebody who blocks the writer; stars.given_before;
 *   what `mayWrite` throws
 */
export async function submitComment(
  tx: Tx,
  written: { readonly user: Caller; readonly asked: Parameters<typeof writeComment>[0] },
  at: {
    readonly place: { readonly isStaffHere: boolean };
    readonly rated: Parameters<typeof threadCounts.insertRating>[1] | null;
    readonly now: TimeMs;
    readonly ports: Pick<Ports, 'database' | 'settings'>;
    readonly requestId: string;
  },
): Promise<Comment> {
  const { user, asked } = written;
  const { place, rated, now, ports, requestId } = at;
  if (asked.parentId !== null) {
    const { userId: author } = replyTo(await comments.peek(tx, asked.parentId), asked.threadId);
    if (await isBlockedBy(tx, author, user.id)) throw fail('comment.not_found');
  }
  if (rated !== null && (await threadCounts.findRating(tx, rated)) !== null) throw fail('stars.given_before');
  const { trust } = await mayWrite(tx, { user, what: 'comment', place, ports, now });
  const doubts = doubtsOf({ title: null, body: asked.body }, { trust, origins: ports.settings.corsOrigins });
  const comment = writeComment(asked, doubts, now);
  await comments.insert(tx, comment);
  if (rated !== null) await threadCounts.insertRating(tx, rated, now);
  await tasks.append(tx, submitFacts(`comment:${comment.id}`, comment), { now, requestId });
  return comment;
}
