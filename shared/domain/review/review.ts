/**
 * The review of what people write. Nobody but its author sees a version before each of its parts has passed.
 *
 *  checking ─ all pass ─▶ public ─ staff remove ─▶ removed ─ appeal ─▶ queued
 *     │  └ doubt, silence ─▶ queued ─ staff ─▶ public, removed
 *     └ risky ─▶ rejected ─ appeal ─▶ queued             any ─ author ─▶ deleted
 *
 * The version that was public before stays public until the newest has passed. Flags hide what is public until staff
 * keep or remove it; they change no state.
 */
import { fail } from '../../errors.ts';
import { DAY_MS, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { Review, Reviewed, ReviewPart, Written } from '../../schemas/review/review.ts';

/** How long an author may appeal. */
export const APPEAL_MS = 14 * DAY_MS;

/** The flags that hide something: their weight, and how many people they are of at least. */
export const HIDING = { weight: 6, people: 2 } as const;

/** What the platform says of one part: `risky` refuses it, `review` wants a person. */
export type Verdict = 'pass' | 'review' | 'risky';

/** What staff decide. `approve` and `reject` are about what is queued, `keep` and `remove` about what is public. */
export type ReviewDecision = 'approve' | 'reject' | 'keep' | 'remove';

const EMPTY: Written = { title: null, body: '', images: [], audio: null };

/** The parts of a version that the platform checks. */
export function partsOf({ title, body, images, audio }: Written): ReviewPart[] {
  const hasText = (title ?? '') !== '' || body !== '';
  return [...(hasText ? ['text' as const] : []), ...images, ...(audio === null ? [] : [audio])];
}

/** Something new that waits for its check. `doubts` of our own rules send it to staff even when it passes. */
export function submitNew(userId: UserId, newest: Written, doubts: readonly string[], now: TimeMs): Reviewed {
  const review: Review = {
    state: 'checking',
    version: 1,
    publicVersion: null,
    waitsFor: partsOf(newest),
    doubts: [...doubts],
    isHidden: false,
    keptVersion: null,
    flagWeight: 0,
    flaggers: 0,
    appealedVersion: null,
    label: null,
    cause: 'submitted',
    by: 'author',
    takenBy: null,
    sinceAtMs: now,
    publicAtMs: null,
  };
  return { userId, newest, shown: null, isShown: false, review };
}

/**
 * A new version. The one that is public stays so meanwhile. The caller decides how long something may be edited.
 * @throws review.not_editable while staff decide, and after it was removed or deleted
 */
export function submitEdit<R extends Reviewed>(
  before: R,
  newest: Written,
  doubts: readonly string[],
  now: TimeMs,
): R {
  const { review } = before;
  if (review.isHidden || ['queued', 'removed', 'deleted'].includes(review.state))
    throw fail('review.not_editable');
  return derived({
    ...before,
    newest,
    review: {
      ...review,
      ...{ state: 'checking', version: review.version + 1, waitsFor: partsOf(newest), doubts: [...doubts] },
      ...{ label: null, cause: 'submitted', by: 'author', sinceAtMs: now },
    },
  });
}

/**
 * The platform's word about a part of a version. A repeat, and a word about an older version, change nothing: the
 * same object is returned.
 */
export function takeVerdict<R extends Reviewed>(
  before: R,
  said: {
    readonly version: number;
    readonly part: ReviewPart;
    readonly verdict: Verdict;
    readonly label: number | null;
    readonly cause: string;
  },
  now: TimeMs,
): R {
  const { review } = before;
  const isWaiting = review.state === 'checking' && review.waitsFor.includes(said.part);
  if (said.version !== review.version || !isWaiting) return before;
  const { cause, label } = said;
  if (said.verdict === 'risky') {
    const rejected = { state: 'rejected', waitsFor: [], label, cause, by: 'platform' } as const;
    return derived({
      ...before,
      review: { ...review, ...rejected, takenBy: 'platform', sinceAtMs: now },
    });
  }
  const waitsFor = review.waitsFor.filter((part) => part !== said.part);
  const doubts = said.verdict === 'review' ? [...review.doubts, cause].slice(0, 20) : review.doubts;
  const heard = { ...review, waitsFor, doubts, label: review.label ?? label };
  if (waitsFor.length > 0) return { ...before, review: heard };
  return doubts.length > 0
    ? derived({ ...before, review: { ...heard, state: 'queued', cause, by: 'platform', sinceAtMs: now } })
    : published({ ...before, review: heard }, { cause, by: 'platform' }, now);
}

/** Sends to staff what the platform did not answer about in time. The same object when nothing waits. */
export function giveUpChecking<R extends Reviewed>(before: R, now: TimeMs): R {
  const { review } = before;
  if (review.state !== 'checking') return before;
  const silent = {
    state: 'queued',
    waitsFor: [],
    doubts: [...review.doubts, 'silent'].slice(0, 20),
  } as const;
  return derived({
    ...before,
    review: { ...review, ...silent, cause: 'silent', by: 'rule', sinceAtMs: now },
  });
}

/** Counts a flag of the version that is public. Enough of them hide it, unless staff kept that version. */
export function takeFlag<R extends Reviewed>(before: R, weight: number): R {
  const { review } = before;
  if (before.shown === null) return before;
  const flagged = {
    ...review,
    flagWeight: review.flagWeight + weight,
    flaggers: review.flaggers + (weight > 0 ? 1 : 0),
  };
  const hides =
    flagged.flagWeight >= HIDING.weight &&
    flagged.flaggers >= HIDING.people &&
    review.keptVersion !== review.publicVersion;
  return derived({ ...before, review: { ...flagged, isHidden: review.isHidden || hides } });
}

/**
 * What staff decide about the version that they saw.
 * @throws review.version_changed when there is a newer version; review.not_waiting when this decision is not open;
 *   review.own when it is their own writing; review.same_person when they took it away themselves and it was appealed
 */
export function decide<R extends Reviewed>(
  before: R,
  decided: { readonly decision: ReviewDecision; readonly version: number; readonly by: UserId },
  now: TimeMs,
): R {
  const { review } = before;
  const { decision, version, by } = decided;
  if (before.userId === by) throw fail('review.own');
  if (version !== review.version) throw fail('review.version_changed');
  const isAppeal = review.appealedVersion === review.version && review.takenBy !== null;
  if (isAppeal && review.takenBy === by) throw fail('review.same_person');
  const step = { cause: 'staff', by };
  if (decision === 'approve' || decision === 'reject') {
    if (review.state !== 'queued') throw fail('review.not_waiting');
    return decision === 'approve'
      ? published({ ...before, review: { ...review, keptVersion: version } }, step, now)
      : removed(before, step, now);
  }
  if (before.shown === null) throw fail('review.not_waiting');
  if (decision === 'remove') return removed(before, step, now);
  return derived({
    ...before,
    review: { ...review, isHidden: false, keptVersion: review.publicVersion, cause: 'staff', by },
  });
}

/**
 * The author asks staff to look at what was rejected or removed.
 * @throws review.not_waiting when nothing was taken; appeal.made_before; appeal.too_late
 */
export function appeal<R extends Reviewed>(before: R, now: TimeMs): R {
  const { review } = before;
  if (review.state !== 'rejected' && review.state !== 'removed') throw fail('review.not_waiting');
  if (review.appealedVersion === review.version) throw fail('appeal.made_before');
  if (now >= review.sinceAtMs + APPEAL_MS) throw fail('appeal.too_late');
  const asked = { state: 'queued', appealedVersion: review.version, cause: 'appeal', by: 'author' } as const;
  return derived({ ...before, review: { ...review, ...asked, sinceAtMs: now } });
}

/** The author deletes it: its words are gone for good. The same object when it is deleted already. */
export function wipe<R extends Reviewed>(before: R, now: TimeMs): R {
  const { review } = before;
  if (review.state === 'deleted') return before;
  const deleted = { state: 'deleted', waitsFor: [], doubts: [], publicVersion: null } as const;
  return derived({
    ...before,
    ...{ newest: EMPTY, shown: null },
    review: { ...review, ...deleted, isHidden: false, cause: 'author', by: 'author', sinceAtMs: now },
  });
}

/** What a step means to others: it became public for the first time, or staff or the platform took it away. */
export function happened(before: Reviewed | null, after: Reviewed): 'published' | 'taken_away' | 'nothing' {
  if ((before?.review.publicAtMs ?? null) === null && after.review.publicAtMs !== null) return 'published';
  return before !== null && before.review.state !== 'removed' && after.review.state === 'removed'
    ? 'taken_away'
    : 'nothing';
}

type Step = { readonly cause: string; readonly by: Review['by'] };

function published<R extends Reviewed>(before: R, { cause, by }: Step, now: TimeMs): R {
  const { review } = before;
  const isNew = review.publicVersion !== review.version;
  return derived({
    ...before,
    shown: before.newest,
    review: {
      ...review,
      ...{ state: 'public', publicVersion: review.version, waitsFor: [], cause, by, sinceAtMs: now },
      ...(isNew ? { flagWeight: 0, flaggers: 0 } : {}),
      publicAtMs: review.publicAtMs ?? now,
    },
  });
}

function removed<R extends Reviewed>(before: R, { cause, by }: Step, now: TimeMs): R {
  const gone = { state: 'removed', publicVersion: null, waitsFor: [], isHidden: false, cause, by } as const;
  return derived({
    ...before,
    shown: null,
    review: { ...before.review, ...gone, takenBy: by, sinceAtMs: now },
  });
}

/** The same with `isShown` as the rest has it. */
function derived<R extends Reviewed>(reviewed: R): R {
  return { ...reviewed, isShown: reviewed.shown !== null && !reviewed.review.isHidden };
}
