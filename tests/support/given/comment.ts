/** Comments for tests, as people write them and as the check lets them pass. */
import { createComment } from '../../../functions/talk/createComment.ts';
import * as comments from '../../../shared/data/talk/comments.ts';
import { takeVerdict, type Verdict } from '../../../shared/domain/review/review.ts';
import { stepReview } from '../../../shared/flows/review/stepReview.ts';
import type { CommentId } from '../../../shared/schemas/base.ts';
import type { Comment, MyCommentView } from '../../../shared/schemas/talk/comment.ts';
import type { World } from '../world.ts';
import { type Buyer, stored } from './order.ts';

/** What somebody writes, by default something without stars that replies to nothing. */
export function aComment(world: World, threadId: string, wishes: Readonly<Record<string, unknown>> = {}) {
  const { ids } = world.ports;
  return { id: ids.make('cmt'), threadId, parentId: null, body: '讲得很清楚', stars: null, ...wishes };
}

/** Somebody writes a comment, which waits for its check. The clock moves on by a millisecond. */
export async function givenWritten(
  world: World,
  writer: Buyer,
  threadId: string,
  wishes: Readonly<Record<string, unknown>> = {},
): Promise<MyCommentView> {
  world.clock.advance(1);
  const answer = await world.call(createComment, aComment(world, threadId, wishes), writer);
  if (answer.status !== 200) throw new Error(`no comment: ${answer.code}`);
  return answer.data.comment;
}

/** What the check says of the newest version of a comment. */
export async function judge(world: World, id: CommentId, verdict: Verdict = 'pass'): Promise<void> {
  const at = { now: world.clock.now(), requestId: 'given' };
  await world.ports.database.tx((tx) =>
    stepReview(
      tx,
      `comment:${id}`,
      (before) => {
        const { version } = before.review;
        const said = { version, part: 'text', verdict, label: 100, cause: 'check:given' } as const;
        return takeVerdict(before, said, at.now);
      },
      at,
    ),
  );
}

/** Somebody writes a comment that passes its check, so that everybody who may sees it. */
export async function givenShown(...asked: Parameters<typeof givenWritten>): Promise<MyCommentView> {
  const comment = await givenWritten(...asked);
  await judge(asked[0], comment.id);
  return comment;
}

/** The comment as it is stored. */
export function storedComment(world: World, id: string): Promise<Comment> {
  return stored(world, comments.collection, id);
}
