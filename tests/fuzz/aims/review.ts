/** Aims for reviews: what staff decide, and appeals. */

import * as comments from '../../../shared/data/talk/comments.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import type { Comment } from '../../../shared/schemas/talk/comment.ts';
import { checksText, givenWritten, type Wrote } from '../../support/given/review.ts';
import { type Aiming, type Aims, newLearner, owned, some, withBody } from './aim.ts';

/** Somebody new writes this, and WeChat has said what it thinks of it. */
async function written(aiming: Aiming, body: string): Promise<void> {
  const author = await newLearner(aiming);
  const { userId } = author;
  if (userId === null) return;
  const wrote: Wrote = await givenWritten(aiming.world, { userId: UserId.parse(userId) }, body);
  await checksText(aiming.world, wrote);
}

/** A comment in one of these states; one is written first when there is none. */
async function inState(aiming: Aiming, states: readonly Comment['review']['state'][], body: string) {
  const find = () =>
    aiming.stored.all(comments.collection).filter(({ review }) => states.includes(review.state));
  if (find().length === 0) await written(aiming, body);
  return find();
}

/** The aims by operation. */
export const reviewAims: Aims = {
  decideReview: async (aiming) => {
    const isQueued = aiming.chance() < 0.5;
    const found = await inState(aiming, [isQueued ? 'queued' : 'public'], isQueued ? '这里存疑' : '讲得很好');
    const comment = some(aiming, found);
    if (comment === null) return null;
    const first = aiming.chance() < 0.5;
    const decision = isQueued ? (first ? 'approve' : 'reject') : first ? 'keep' : 'remove';
    const about = { target: `comment:${comment.id}`, version: comment.review.version, decision };
    return { input: withBody(aiming.input, about) };
  },
  appealReview: async (aiming) => {
    const mine = owned(aiming, await inState(aiming, ['rejected', 'removed'], '违规'));
    const open = mine.filter(({ doc: { review } }) => review.appealedVersion !== review.version);
    const one = some(aiming, open);
    if (one === null) return null;
    return { actor: one.owner, input: withBody(aiming.input, { target: `comment:${one.doc.id}` }) };
  },
};
