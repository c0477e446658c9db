/** How far people who write are trusted, and how much they may write a day. */
import { fail } from '../../errors.ts';
import { DAY_MS, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import type { Reviewed, ReviewTarget } from '../../schemas/review/review.ts';
import {
  REMOVED_MAX,
  type Removal,
  type Trust,
  type Writer,
  type WritingKind,
} from '../../schemas/review/writer.ts';
import { dayAfter, dayOf, dayStartMs } from '../day.ts';
import { happened } from './review.ts';

/** What somebody may do at a level of trust: how much of each kind a day, and with what. */
interface Allowance {
  readonly day: Readonly<Record<WritingKind | 'mark', number>>;
  /** How many texts may wait to be decided at a time. */
  readonly undecided: number;
  /** What one flag weighs. Six hide something. */
  readonly flagWeight: number;
  /** The most pictures with one text. */
  readonly images: number;
}

/** What each level of trust allows. */
export const ALLOWED: Readonly<Record<Trust, Allowance>> = {
  0: { day: { comment: 10, topic: 1, mark: 50, flag: 10 }, undecided: 3, flagWeight: 0, images: 0 },
  1: { day: { comment: 50, topic: 3, mark: 100, flag: 10 }, undecided: Infinity, flagWeight: 2, images: 3 },
  2: { day: { comment: 100, topic: 10, mark: 200, flag: 20 }, undecided: Infinity, flagWeight: 3, images: 9 },
  3: { day: { comment: 200, topic: 50, mark: 200, flag: 50 }, undecided: Infinity, flagWeight: 6, images: 9 },
};

/** Removals this close together end trust, for this long from the second. */
const PROBATION_MS = 30 * DAY_MS;
/** For how long a third removal silences. */
const SILENCE_MS = 7 * DAY_MS;
/** How many texts of somebody were public, and for how long they have been here, to be no longer new. */
const KNOWN = { published: 2, hereMs: DAY_MS };
/** The same to be trusted more, for who has bought something. */
const PROVEN = { published: 10, hereMs: 14 * DAY_MS };
/** How many overturned flags within thirty days make one's flags weigh nothing. */
const OVERTURNED_MAX = 3;

/** Somebody of whom nothing is counted yet. */
export function newWriter(id: UserId, now: TimeMs): Writer {
  return {
    id,
    ...{ day: dayOf(now), counts: NOTHING, undecided: 0, published: 0 },
    ...{ removed: [], pardonedAtMs: null, overturned: [], hasBought: false },
    ...{ createdAtMs: now, updatedAtMs: now },
  };
}

const NOTHING: Writer['counts'] = { comment: 0, topic: 0, flag: 0 };

/** Whether this removal came within thirty days of the one before it, so that there were two. */
function isSecond(removed: readonly Removal[], index: number): boolean {
  const [before, own] = [removed[index - 1], removed[index]];
  return before !== undefined && own !== undefined && own.atMs - before.atMs < PROBATION_MS;
}

/** Until when two removals within thirty days take all trust away: thirty days from the second. Null for no time. */
export function probationUntilMs({ removed }: Writer, now: TimeMs): TimeMs | null {
  const last = removed.findLast((_, index) => isSecond(removed, index));
  const untilMs = last === undefined ? now : timeMs(last.atMs + PROBATION_MS);
  return untilMs > now ? untilMs : null;
}

/** Who is silent, until when, and because of which removal. */
export interface Suspension {
  readonly untilMs: TimeMs;
  readonly cause: Removal;
}

/**
 * Whether a third removal silences them: for seven days, unless staff lifted it since. It is derived, so an appeal that
 * undoes one of the three ends it too. Null for nobody who is silent.
 */
export function suspensionOf(writer: Writer, now: TimeMs): Suspension | null {
  const silence = silenceOf(writer, now);
  return silence === null || isPardoned(writer, silence) ? null : silence;
}

/** What the removals come to, whether or not staff lifted it. */
function silenceOf({ removed }: Writer, now: TimeMs): Suspension | null {
  const cause = removed.findLast((_, index) => isSecond(removed, index) && isSecond(removed, index - 1));
  if (cause === undefined) return null;
  const untilMs = timeMs(cause.atMs + SILENCE_MS);
  return untilMs > now ? { untilMs, cause } : null;
}

/** Whether staff lifted it since the removal that caused it. */
const isPardoned = ({ pardonedAtMs }: Writer, { cause }: Suspension) => cause.atMs <= (pardonedAtMs ?? -1);

/**
 * The writer as they may write again, because staff lift what silences them. What was removed stays counted, so their
 * trust stays as it is, and a removal that comes later silences again. The same object when it was lifted already.
 * @throws writing.not_suspended when nothing silences them
 */
export function pardon(writer: Writer, now: TimeMs): Writer {
  const silence = silenceOf(writer, now);
  if (silence === null) throw fail('writing.not_suspended');
  if (isPardoned(writer, silence)) return writer;
  return { ...writer, pardonedAtMs: timeMs(Math.max(now, silence.cause.atMs)), updatedAtMs: now };
}

/** What is known of somebody besides what they wrote. */
export interface Known {
  readonly createdAtMs: TimeMs;
  /** Whether they are staff, or teach or assist where they write. */
  readonly isStaff: boolean;
}

/** Whether it depends on a purchase how far somebody is trusted. */
export function needsPurchase(writer: Writer, { createdAtMs, isStaff }: Known, now: TimeMs): boolean {
  return !isStaff && writer.published >= PROVEN.published && now - createdAtMs >= PROVEN.hereMs;
}

/** How far somebody is trusted now. */
export function trustOf(writer: Writer, known: Known, now: TimeMs): Trust {
  if (probationUntilMs(writer, now) !== null) return 0;
  if (known.isStaff) return 3;
  if (writer.published < KNOWN.published || now - known.createdAtMs < KNOWN.hereMs) return 0;
  if (needsPurchase(writer, known, now) && writer.hasBought) return 2;
  return writer.removed.some(({ atMs }) => now - atMs < PROBATION_MS) ? 0 : 1;
}

/** What a flag of somebody weighs: nothing after three that staff overturned within thirty days. */
export function flagWeightOf({ overturned }: Writer, trust: Trust, now: TimeMs): number {
  const lately = overturned.filter((atMs) => now - atMs < PROBATION_MS);
  return lately.length >= OVERTURNED_MAX ? 0 : ALLOWED[trust].flagWeight;
}

/**
 * What somebody wrote today. Around midnight, a clock that is slightly behind does not begin the day before again.
 */
export function countsToday({ day, counts }: Writer, now: TimeMs): Pick<Writer, 'day' | 'counts'> {
  return day >= dayOf(now) ? { day, counts } : { day: dayOf(now), counts: NOTHING };
}

/** What somebody wants to write. */
export interface Wanted {
  readonly what: WritingKind;
  /** What was there before an edit; null for something new. */
  readonly edited: Reviewed | null;
}

/**
 * The writer with this counted. Days are Shanghai's.
 * @throws writing.suspended; writing.too_many for today, or while too many texts wait to be decided
 */
export function countWriting(writer: Writer, { what, edited }: Wanted, trust: Trust, now: TimeMs): Writer {
  const suspension = suspensionOf(writer, now);
  if (suspension !== null) throw fail('writing.suspended', { params: { untilMs: suspension.untilMs } });
  const { day: dayMax, undecided: undecidedMax } = ALLOWED[trust];
  const { day, counts } = countsToday(writer, now);
  if (counts[what] >= dayMax[what]) {
    const againAtMs = dayStartMs(dayAfter(day, 1));
    throw fail('writing.too_many', { params: { max: dayMax[what], againAtMs } });
  }
  const isText = what === 'comment' || what === 'topic';
  const waiting = isText && !(edited !== null && isUndecided(edited)) ? 1 : 0;
  if (waiting > 0 && writer.undecided >= undecidedMax)
    throw fail('writing.too_many', { params: { max: undecidedMax, againAtMs: null } });
  return {
    ...writer,
    ...{ day, counts: { ...counts, [what]: counts[what] + 1 } },
    undecided: writer.undecided + waiting,
    updatedAtMs: now,
  };
}

/** Whether a text waits for its first decision. An appeal does not count, because it may not keep anybody silent. */
export function isUndecided({ review }: Reviewed): boolean {
  const isAppeal = review.appealedVersion === review.version;
  return review.state === 'checking' || (review.state === 'queued' && !isAppeal);
}

/**
 * The writer after a step of the review of one of their texts: what is decided, published, removed, or given back after
 * an appeal. A lost appeal is no removal of its own. The same object when the step means nothing to them.
 */
export function countStep(
  writer: Writer,
  {
    target,
    before,
    after,
  }: { readonly target: ReviewTarget; readonly before: Reviewed; readonly after: Reviewed },
  now: TimeMs,
): Writer {
  const decided = Number(isUndecided(before)) - Number(isUndecided(after));
  const others = writer.removed.filter((removal) => removal.target !== target);
  const wasRemoved = others.length < writer.removed.length;
  const isNew = before.review.state !== 'removed' && before.review.appealedVersion !== before.review.version;
  const isRemoved = isNew && after.review.state === 'removed';
  const isGivenBack = wasRemoved && after.shown !== null;
  const isPublished = happened(before, after) === 'published';
  if (decided === 0 && !isPublished && !isRemoved && !isGivenBack) return writer;
  const removal: Removal = { target, atMs: now, by: after.review.by };
  return {
    ...writer,
    undecided: writer.undecided - decided,
    published: writer.published + Number(isPublished),
    removed: isRemoved ? [...others, removal].slice(-REMOVED_MAX) : isGivenBack ? others : writer.removed,
    updatedAtMs: now,
  };
}

/** The writer whose flag staff overturned, because they kept what it was about. */
export function countOverturned(writer: Writer, now: TimeMs): Writer {
  return { ...writer, overturned: [...writer.overturned, now].slice(-REMOVED_MAX), updatedAtMs: now };
}
