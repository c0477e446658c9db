/** Aims for reviews: what staff decide, and appeals. */

import * as comments from '../../../shared/data/talk/comments.ts';
import { checkedMediaUrl } from '../../../shared/flows/review/checkedMediaUrl.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import type { Comment } from '../../../shared/schemas/talk/comment.ts';
import { checksText, givenWritten, type Wrote } from '../../support/given/review.ts';
import { givenStoredFile } from '../../support/given/storedFile.ts';
import { givenRemoved } from '../../support/given/writer.ts';
import type { Actor } from '../actors.ts';
import { type Aiming, type Aims, newLearner, some, withBody, withPath, withQuery } from './aim.ts';

/** Somebody new writes this, and WeChat has said what it thinks of it. */
async function written(aiming: Aiming, body: string): Promise<{ actor: Actor; wrote: Wrote } | null> {
  const actor = await newLearner(aiming);
  if (actor.userId === null) return null;
  const wrote = await givenWritten(aiming.world, { userId: UserId.parse(actor.userId) }, body);
  await checksText(aiming.world, wrote);
  return { actor, wrote };
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
  getWriter: async (aiming) => {
    const author = await written(aiming, '讲得很好');
    return author && { input: withPath(aiming.input, { userId: String(author.actor.userId) }) };
  },
  endSuspension: async (aiming) => {
    const { userId } = await newLearner(aiming);
    if (userId === null) return null;
    await givenRemoved(aiming.world, { userId: UserId.parse(userId) }, 3);
    return { input: withPath(aiming.input, { userId }) };
  },
  updateProfile: async (aiming) => {
    const actor = await newLearner(aiming);
    if (actor.userId === null) return null;
    const avatarId = await givenStoredFile(aiming.world, { userId: UserId.parse(actor.userId) });
    return { actor, input: withBody(aiming.input, { nickname: '小爱', avatarId }) };
  },
  appealReview: async (aiming) => {
    const refused = await written(aiming, '违规');
    return (
      refused && { actor: refused.actor, input: withBody(aiming.input, { target: refused.wrote.target }) }
    );
  },
  getReview: async (aiming) => {
    const own = await written(aiming, '讲得很好');
    return own && { actor: own.actor, input: withQuery(aiming.input, { target: own.wrote.target }) };
  },
  serveCheckedMedia: async (aiming) => {
    const { world } = aiming;
    const { userId } = await newLearner(aiming);
    if (userId === null) return null;
    const author = { userId: UserId.parse(userId) };
    const uploadId = await givenStoredFile(world, author);
    const { target } = await givenWritten(world, author, '看图', { images: [uploadId] });
    const file = { target, version: 1, uploadId, question: '1' };
    const { searchParams } = new URL(checkedMediaUrl(world.ports, file, world.clock.now()));
    return { input: withQuery(aiming.input, { token: searchParams.get('token') }) };
  },
};
