import { contentRemoved } from '../../../events/contentRemoved.ts';
import { contentRestored } from '../../../events/contentRestored.ts';
import * as cases from '../../data/operations/cases.ts';
import * as writers from '../../data/review/writers.ts';
import * as tasks from '../../data/tasks.ts';
import { casesOf, happened, type ReviewMatter } from '../../domain/review/review.ts';
import { matterStory, whyEnded } from '../../domain/review/reviewStory.ts';
import { countStep } from '../../domain/review/trust.ts';
import { type Fact, fact } from '../../event.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Reviewed, ReviewTarget } from '../../schemas/review/review.ts';
import { placeOf } from './reviewedKinds.ts';
import { useUploads } from './useUploads.ts';

/** When a step is made; what an author says with an appeal; who decided, and why. */
export interface StepAt {
  readonly now: TimeMs;
  readonly requestId: string;
  readonly appealWords?: string;
  readonly decided?: { readonly by: UserId; readonly reason: string };
}

/** A thing before and after a step. They are the same object when the step changed nothing. */
export interface Stepped {
  readonly before: Reviewed;
  readonly after: Reviewed;
}

/**
 * Makes one step of the review of a stored thing, and all that follows from it in the same transaction: cases are
 * opened and closed, uploads that are not named any more end, and others are told what became public or was taken
 * away. Null when there is no such thing.
 * @throws what the step throws
 */
export async function stepReview(
  tx: Tx,
  target: ReviewTarget,
  step: (before: Reviewed) => Reviewed,
  at: StepAt,
): Promise<Stepped | null> {
  const { place, id } = placeOf(target);
  const before = await place.find(tx, id);
  if (before === null) return null;
  const after = step(before);
  if (after === before) return { before, after };
  await place.save(tx, before, after);
  await useUploads(tx, target, { before, after }, at.now);
  await saveMatters(tx, target, { before, after }, at);
  if (place.makesTrust) await countOnWriter(tx, target, { before, after }, at.now);
  const what = happened(before, after);
  const facts = [
    ...(what === 'published' ? place.published(after, at.now) : []),
    ...(what === 'taken_away' ? [removal(target, after, at.now)] : []),
    ...(what === 'restored' ? [restoration(target, after, at.now)] : []),
  ];
  await tasks.append(tx, facts, { now: at.now, requestId: at.requestId });
  return { before, after };
}

async function countOnWriter(tx: Tx, target: ReviewTarget, stepped: Stepped, now: TimeMs): Promise<void> {
  const writer = await writers.find(tx, stepped.before.userId);
  if (writer !== null) await writers.save(tx, writer, countStep(writer, { target, ...stepped }, now));
}

async function saveMatters(
  tx: Tx,
  target: ReviewTarget,
  { before, after }: Stepped,
  at: StepAt,
): Promise<void> {
  const [had, has] = [casesOf(before), casesOf(after)];
  const isSame = (one: ReviewMatter) => (other: ReviewMatter) =>
    one.kind === other.kind && one.version === other.version;
  const { word } = placeOf(target).place;
  for (const matter of has.filter((each) => !had.some(isSame(each)))) {
    const { kind, version } = matter;
    const story = matterStory(word, matter, after, at.appealWords ?? null);
    const opened = { kind, cause: `${target}:${version}`, story, userId: after.userId };
    await cases.openAgain(tx, opened, at.now);
  }
  for (const { kind, version } of had.filter((each) => !has.some(isSame(each)))) {
    const open = await cases.find(tx, { kind, cause: `${target}:${version}` });
    if (open === null || open.state === 'closed') continue;
    const { by = null, reason = whyEnded(after) } = at.decided ?? {};
    const closed = { closedAtMs: at.now, closedBy: by, resolution: reason };
    await cases.save(tx, open, { ...open, ...closed, state: 'closed' });
  }
}

function restoration(target: ReviewTarget, { userId, review }: Reviewed, restoredAtMs: TimeMs): Fact {
  const { removals } = review;
  return fact(contentRestored, `${target}:${removals}`, { target, userId, removal: removals, restoredAtMs });
}

function removal(target: ReviewTarget, { userId, review }: Reviewed, removedAtMs: TimeMs): Fact {
  const { removals } = review;
  return fact(contentRemoved, `${target}:${removals}`, { target, userId, removal: removals, removedAtMs });
}
