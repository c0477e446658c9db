/** Aims for paid questions: who offers answers, who asks, and what the two and staff do. */
import { applyAsExpert } from '../../../functions/questions/applyAsExpert.ts';
import { disputeAnswer } from '../../../functions/questions/disputeAnswer.ts';
import type { Buyer } from '../../support/given/order.ts';
import {
  anOffer,
  givenAgreed,
  givenAnswered,
  givenAsker,
  givenExpert,
  givenOpen,
  givenReady,
} from '../../support/given/question.ts';
import type { Actor } from '../actors.ts';
import { type Aim, type Aiming, type Aims, newLearner, withBody, withPath } from './aim.ts';

/** A name that nobody has. */
const newName = ({ world }: Aiming) => world.ports.ids.make('guest');

const actorFor = (name: string, buyer: Buyer): Actor => ({ name, role: 'learner', ...buyer });

/** Two people, and a question between them made by `given`. */
async function between<T>(aiming: Aiming, given: (...people: Parameters<typeof givenOpen>) => Promise<T>) {
  const { world } = aiming;
  const [asking, answering] = [newName(aiming), newName(aiming)];
  const asker = await givenAsker(world, asking);
  const expert = await givenExpert(world, answering);
  const made = await given(world, asker, expert);
  return { made, asker: actorFor(asking, asker), expert: actorFor(answering, expert) };
}

const ofExpert: Aim = async (aiming) => {
  const name = newName(aiming);
  return { input: aiming.input, actor: actorFor(name, await givenExpert(aiming.world, name)) };
};

/** Something of one of the two with a question that `given` makes. */
const ofQuestion =
  (who: 'asker' | 'expert', given: typeof givenOpen): Aim =>
  async (aiming) => {
    const found = await between(aiming, given);
    const input = withPath(aiming.input, { id: found.made.id });
    return { input, actor: found[who] };
  };

/** An offer that waits for staff. */
const ofOffer: Aim = async (aiming) => {
  const { world, input } = aiming;
  const who = await world.login(newName(aiming));
  await givenAgreed(world, who, 'expert');
  const asked = await world.call(applyAsExpert, { offer: anOffer() }, who);
  const coverUrl = 'https://static.zhike.example/expert.jpg';
  const changes = {
    version: asked.data.expert.version,
    ...('coverUrl' in Object(input.body) ? { coverUrl } : {}),
  };
  return { input: withPath(input, { id: who.userId }, changes) };
};

const disputed: Aim = async (aiming) => {
  const { made, asker } = await between(aiming, givenAnswered);
  const token = String(asker.token);
  await aiming.world.call(disputeAnswer, { id: made.id, words: '没有回答' }, { token });
  return { input: withPath(aiming.input, { id: made.id }) };
};

/** Aims of the operations on paid questions. */
export const questionAims: Aims = {
  applyAsExpert: async (aiming) => {
    const actor = await newLearner(aiming);
    const { name, token } = actor;
    if (token === null) return null;
    await givenAgreed(aiming.world, { token }, 'expert');
    return { input: withBody(aiming.input, { offer: anOffer({ name: name.slice(-20) }) }), actor };
  },
  getMyExpert: ofExpert,
  updateExpert: ofExpert,
  getExpert: async (aiming) => {
    const { userId } = await givenExpert(aiming.world, newName(aiming));
    return { input: withPath(aiming.input, { id: userId }) };
  },
  createQuestion: async (aiming) => {
    const name = newName(aiming);
    const { userId: expertId } = await givenExpert(aiming.world, newName(aiming));
    const actor = actorFor(name, await givenAsker(aiming.world, name));
    const asked = { id: aiming.world.ports.ids.make('qst'), expertId, images: [] };
    return { input: withBody(aiming.input, asked), actor };
  },
  getQuestion: ofQuestion('expert', givenOpen),
  answerQuestion: async (aiming) => {
    const { made, expert } = await between(aiming, givenOpen);
    const input = withPath(aiming.input, { id: made.id }, { images: [], audio: null });
    return { input, actor: expert };
  },
  declineQuestion: ofQuestion('expert', givenOpen),
  withdrawQuestion: async (aiming) => {
    const { made, asker } = await between(aiming, givenReady);
    return { input: withPath(aiming.input, { id: made.id }), actor: asker };
  },
  acceptAnswer: ofQuestion('asker', givenAnswered),
  disputeAnswer: ofQuestion('asker', givenAnswered),
  rateAnswer: ofQuestion('asker', givenAnswered),
  approveExpert: ofOffer,
  rejectExpert: ofOffer,
  endExpert: ofOffer,
  judgeQuestion: disputed,
  getAnyQuestion: disputed,
};
