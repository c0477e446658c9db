/** Aims for who may write: blocks, marks, flags. */
import type { Input } from '../arbitrary.ts';
import { type Aim, type Aiming, type Aims, learnersOf, newLearner, some, withBody, withPath } from './aim.ts';
import { shownIn } from './talk.ts';

/** Somebody else than the caller. */
const another: Aim = (aiming) => {
  const others = learnersOf(aiming).filter(({ userId }) => userId !== aiming.actor.userId);
  const userId = some(aiming, others)?.userId ?? null;
  return userId === null ? null : { input: withPath(aiming.input, { userId }) };
};

/** A comment that everybody sees; one is written first where there is none. */
const onShown: (inputFor: (aiming: Aiming, id: string) => Input) => Aim = (inputFor) => async (aiming) => {
  const shown = await shownIn(aiming);
  if (shown === null) return null;
  return { actor: await newLearner(aiming), input: inputFor(aiming, shown.id) };
};

/** Aims of the operations with marks and blocks. */
export const writingAims: Aims = {
  blockUser: another,
  unblockUser: another,
  setMark: onShown(({ input }, target) => withPath(input, { kind: 'like', target })),
  unsetMark: onShown(({ input }, target) => withPath(input, { kind: 'like', target })),
  flagContent: onShown(({ input }, id) => withBody(input, { target: `comment:${id}` })),
};
