/** Aims for who may write: blocks, marks, flags. */
import { type Aim, type Aims, learnersOf, some, withPath } from './aim.ts';

/** Somebody else than the caller. */
const another: Aim = (aiming) => {
  const others = learnersOf(aiming).filter(({ userId }) => userId !== aiming.actor.userId);
  const userId = some(aiming, others)?.userId ?? null;
  return userId === null ? null : { input: withPath(aiming.input, { userId }) };
};

/** Aims of the operations with marks and blocks. */
export const writingAims: Aims = { blockUser: another, unblockUser: another };
