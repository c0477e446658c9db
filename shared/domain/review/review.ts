/**
 * The review of what people write. Nobody but its author sees a version before each of its parts has passed.
 *
 *  checking ─ all pass ─▶ public ─ staff remove ─▶ removed ─ appeal ─▶ queued
 *     │  └ doubt, silence ─▶ queued ─ staff ─▶ public, rejected, removed
 *     └ risky ─▶ rejected ─ appeal ─▶ queued             any ─ author ─▶ deleted
 *
 * The version that was public before stays public until the newest has passed. Flags hide what is public until staff
 * keep or remove it; they change no state. Whatever waits for staff is a case (`casesOf`).
 */
import { fail } from '../../errors.ts';
import { DAY_MS, HOUR_MS, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import type {
  OwnReview,
  OwnWritten,
  Review,
  ReviewDecision,
  Reviewed,
  ReviewMatterKind,
  ReviewPart,
  ReviewTarget,
  Written,
} from '../../schemas/review/review.ts';

/** How long the platform's answer is waited for before staff decide. */
export const CHECK_MAX_MS = 2 * HOUR_MS;

/** How long an author may appeal. */
export const APPEAL_MS = 14 * DAY_MS;

/** The flags that hide something: their weight, and how many people they are of at least. */
export const HIDING = { weight: 6, people: 2 } as const;

/** One in so many of what the platform passes is looked at by staff. */
export const SAMPLED_OF = 20;

/** What the platform says of one part: `risky` refuses it, `review` wants a person. */
export type Verdict = 'pass' | 'review' | 'risky';

/** What somebody is called, as something written. */
export function nameWritten(name: string | null, images: Written['images'] = []): Written {
  return { title: name, body: '', images, audio: null };
}

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
    sampledVersion: null,
    removals: 0,
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
  return derived({ userId, newest, shown: null, isShown: false, checkingSinceMs: null, review });
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
  if (before.review.state === 'removed') throw fail('review.not_editable');
  return submitAgain(before, newest, doubts, now);
}

/**
 * A new version of what its author has one of for ever, such as a name: also after staff removed the one before.
 * @throws review.not_editable while staff decide, and after it was deleted
 */
export function submitAgain<R extends Reviewed>(
  before: R,
  newest: Written,
  doubts: readonly string[],
  now: TimeMs,
): R {
  const { review } = before;
  if (review.isHidden || ['queued', 'deleted'].includes(review.state)) throw fail('review.not_editable');
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

/** Whether the platform's word about a part of a version is still waited for. */
export function isAwaited({ review }: Reviewed, version: number, part: ReviewPart): boolean {
  return review.state === 'checking' && review.version === version && review.waitsFor.includes(part);
}

/**
 * The platform's word about a part of a version. A repeat, and a word about an older version, change nothing: the
 * same object is returned. A new version of what is flagged goes to staff whatever the platform says.
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
  if (!isAwaited(before, said.version, said.part)) return before;
  const { cause, label } = said;
  if (said.verdict === 'risky') return rejected(before, { cause, by: 'platform', label }, now);
  const waitsFor = review.waitsFor.filter((part) => part !== said.part);
  const isDoubted = said.verdict === 'review';
  const heard = {
    ...review,
    waitsFor,
    doubts: isDoubted ? doubted(review, label === null ? cause : `check:${label}`) : review.doubts,
    label: isDoubted ? label : review.label,
  };
  if (waitsFor.length > 0) return { ...before, review: heard };
  const doubts = isFlagged(before) ? doubted(heard, 'flagged') : heard.doubts;
  if (doubts.length > 0) {
    const queued = { state: 'queued', doubts, cause, by: 'platform', sinceAtMs: now } as const;
    return derived({ ...before, review: { ...heard, ...queued } });
  }
  const sampledVersion = isSample(cause) ? review.version : review.sampledVersion;
  const passed = { ...before, review: { ...heard, sampledVersion } };
  return published(passed, { cause, by: 'platform' }, now);
}

/** Sends to staff what the platform did not answer about in time. The same object when nothing waits. */
export function giveUpChecking<R extends Reviewed>(before: R, now: TimeMs): R {
  const { review } = before;
  if (review.state !== 'checking') return before;
  const silent = {
    state: 'queued',
    waitsFor: [],
    doubts: doubted(review, 'silent'),
  } as const;
  return derived({
    ...before,
    review: { ...review, ...silent, cause: 'silent', by: 'rule', sinceAtMs: now },
  });
}

/**
 * Counts a flag of the version that is public. Enough of them hide it, unless staff kept that version. One that weighs
 * nothing changes nothing: the same object is returned.
 */
export function takeFlag<R extends Reviewed>(before: R, weight: number): R {
  const { review } = before;
  if (before.shown === null || weight === 0) return before;
  const flagged = {
    ...review,
    flagWeight: review.flagWeight + weight,
    flaggers: review.flaggers + 1,
  };
  const hides =
    flagged.flagWeight >= HIDING.weight &&
    flagged.flaggers >= HIDING.people &&
    review.keptVersion !== review.publicVersion;
  return derived({ ...before, review: { ...flagged, isHidden: review.isHidden || hides } });
}

/**
 * Hides what is public until staff decide, by somebody who tends the place where it stands. The same object when it is
 * hidden already.
 * @throws review.not_waiting when nothing of it is public, and when staff kept this version
 */
export function hide<R extends Reviewed>(before: R, by: UserId): R {
  const { review } = before;
  if (before.shown === null || review.keptVersion === review.publicVersion) throw fail('review.not_waiting');
  if (review.isHidden) return before;
  return derived({ ...before, review: { ...review, isHidden: true, cause: 'hidden', by } });
}

/**
 * What staff decide about the version that they saw. The same object when they have decided so already.
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
  if (isDecidedSo(before, decided)) return before;
  const isAppeal = review.appealedVersion === review.version && review.takenBy !== null;
  if (isAppeal && review.takenBy === by) throw fail('review.same_person');
  const step = { cause: 'staff', by };
  if (decision === 'approve' || decision === 'reject') {
    if (review.state !== 'queued') throw fail('review.not_waiting');
    if (decision === 'approve') {
      const kept = { ...review, isHidden: false, keptVersion: version };
      return published({ ...before, review: kept }, step, now);
    }
    // The version before, if there is one, has done nothing wrong.
    return before.shown === null
      ? removed(before, step, now)
      : rejected(before, { ...step, label: review.label }, now);
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

/** Until when its author may appeal; null when they may not. */
function appealUntilMs({ state, appealedVersion, version, sinceAtMs }: Review, now: TimeMs): TimeMs | null {
  if ((state !== 'rejected' && state !== 'removed') || appealedVersion === version) return null;
  const untilMs = timeMs(sinceAtMs + APPEAL_MS);
  return now < untilMs ? untilMs : null;
}

/** Where it stands, for its author. */
export function ownReview(target: ReviewTarget, { review, isShown }: Reviewed, now: TimeMs): OwnReview {
  const { state, version, isHidden, sinceAtMs, takenBy: by, label, appealedVersion } = review;
  const isByStaff = by !== 'platform';
  return {
    ...{ target, state, version, isShown, isHidden, sinceAtMs },
    takenBy: by === null ? null : isByStaff ? 'staff' : 'platform',
    label: isByStaff ? null : label,
    ...{ appealUntilMs: appealUntilMs(review, now), isAppealed: appealedVersion === version },
  };
}

/** The same with its newest words. Null when its author deleted it. */
export function ownWritten(target: ReviewTarget, reviewed: Reviewed, now: TimeMs): OwnWritten | null {
  const { newest, review } = reviewed;
  if (review.state === 'deleted') return null;
  return { title: newest.title, body: newest.body, review: ownReview(target, reviewed, now) };
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

/** A matter of a thing that waits for staff. The kind and the version make the id of its case. */
export interface ReviewMatter {
  readonly kind: ReviewMatterKind;
  readonly version: number;
}

/** What of it waits for staff: the newest version, flags of the public one, or the look at a sample. */
export function casesOf(reviewed: Reviewed): readonly ReviewMatter[] {
  const { state, version, publicVersion, appealedVersion, sampledVersion, keptVersion } = reviewed.review;
  const matters: ReviewMatter[] = [];
  if (state === 'queued')
    matters.push({ kind: appealedVersion === version ? 'appeal' : 'content_review', version });
  if (reviewed.shown === null || publicVersion === null) return matters;
  if (isFlagged(reviewed)) matters.push({ kind: 'content_flagged', version: publicVersion });
  if (sampledVersion === publicVersion && keptVersion !== publicVersion)
    matters.push({ kind: 'content_review', version: publicVersion });
  return matters;
}

/**
 * What a step means to others. `published`: it is public for the first time. `taken_away`: staff removed what was
 * public. `restored`: they made it public again.
 */
export function happened(
  before: Reviewed | null,
  after: Reviewed,
): 'published' | 'taken_away' | 'restored' | 'nothing' {
  const was = before?.shown ?? null;
  if (was !== null) return after.review.state === 'removed' ? 'taken_away' : 'nothing';
  if (after.shown === null) return 'nothing';
  return before?.review.publicAtMs == null ? 'published' : 'restored';
}

/** Whether the last step was this decision of the same person, so that a repeat is known. */
function isDecidedSo(
  { review }: Reviewed,
  { decision, by }: { decision: ReviewDecision; by: UserId },
): boolean {
  if (review.cause !== 'staff' || review.by !== by) return false;
  if (decision === 'keep') return review.keptVersion === review.publicVersion && !review.isHidden;
  if (decision === 'approve') return review.state === 'public' && review.keptVersion === review.version;
  return decision === 'remove'
    ? review.state === 'removed'
    : review.state === 'removed' || review.state === 'rejected';
}

/** Whether there are flags of the public version about which staff have not decided. */
function isFlagged({ shown, review }: Reviewed): boolean {
  const { isHidden, flagWeight, keptVersion, publicVersion } = review;
  return shown !== null && (isHidden || (flagWeight > 0 && keptVersion !== publicVersion));
}

/** One in `SAMPLED_OF`, by the cause, which holds the platform's number of the check: writers cannot choose it. */
function isSample(cause: string): boolean {
  let digest = 0x811c9dc5;
  for (const character of cause) digest = Math.imul(digest ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return ((digest ^ (digest >>> 15)) >>> 0) % SAMPLED_OF === 0;
}

/** Its doubts and one more. */
function doubted({ doubts }: Review, doubt: string): string[] {
  return [...doubts.filter((each) => each !== doubt), doubt].slice(-20);
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

function rejected<R extends Reviewed>(
  before: R,
  { cause, by, label }: Step & { readonly label: number | null },
  now: TimeMs,
): R {
  const refused = { state: 'rejected', waitsFor: [], label, cause, by, takenBy: by, sinceAtMs: now } as const;
  return derived({ ...before, review: { ...before.review, ...refused } });
}

function removed<R extends Reviewed>(before: R, { cause, by }: Step, now: TimeMs): R {
  const gone = { state: 'removed', publicVersion: null, waitsFor: [], isHidden: false, cause, by } as const;
  return derived({
    ...before,
    shown: null,
    review: { ...before.review, ...gone, removals: before.review.removals + 1, takenBy: by, sinceAtMs: now },
  });
}

/** The same with the fields for indexes as the rest has them. */
function derived<R extends Reviewed>(reviewed: R): R {
  const { shown, review } = reviewed;
  const isShown = shown !== null && !review.isHidden;
  return { ...reviewed, isShown, checkingSinceMs: review.state === 'checking' ? review.sinceAtMs : null };
}
