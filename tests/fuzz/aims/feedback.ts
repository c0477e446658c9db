/** Aims for what people tell the shop. */
import { sendFeedback } from '../../../functions/feedback/sendFeedback.ts';
import * as feedbacks from '../../../shared/data/feedback/feedbacks.ts';
import { answer } from '../../../shared/domain/feedback/feedback.ts';
import { FeedbackId, UserId } from '../../../shared/schemas/base.ts';
import { type Aiming, type Aims, newLearner, withBody, withPath } from './aim.ts';

/** Somebody new has told the shop something. */
async function told(aiming: Aiming) {
  const { world } = aiming;
  const actor = await newLearner(aiming);
  const id = world.ports.ids.make('fbk');
  const asked = { id, kind: 'bug', words: '播放不了', orderId: null, images: [] };
  const sent = await world.call(sendFeedback, asked, { token: String(actor.token) });
  return sent.status === 200 ? { actor, id: FeedbackId.parse(id) } : null;
}

/** The aims by operation. */
export const feedbackAims: Aims = {
  sendFeedback: async (aiming) => {
    const asked = { id: aiming.world.ports.ids.make('fbk'), orderId: null, images: [] };
    return { actor: await newLearner(aiming), input: withBody(aiming.input, asked) };
  },
  answerFeedback: async (aiming) => {
    const feedback = await told(aiming);
    return (
      feedback && {
        input: withBody(withPath(aiming.input, { id: feedback.id }), { answer: '在查', seenTurns: 1 }),
      }
    );
  },
  reopenFeedback: async (aiming) => {
    const feedback = await told(aiming);
    if (feedback === null) return null;
    const { actor, id } = feedback;
    const { database, clock } = aiming.world.ports;
    const by = UserId.parse(actor.userId);
    await database.tx(async (tx) => {
      const before = await feedbacks.get(tx, id);
      await feedbacks.save(tx, before, answer(before, { by, words: '在查', seenTurns: 1 }, clock.now()));
    });
    return { actor, input: withBody(withPath(aiming.input, { id }), { words: '还是不行', seenTurns: 2 }) };
  },
};
