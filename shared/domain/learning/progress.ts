/**
 * The rule of progress. What was played is a set of cells of five seconds, and every cell costs time by our own clock:
 * a second of a learner's time pays for at most two seconds of media, over all their lessons. No time that a client
 * states is used. What is not paid for yet is no error: the phone reports it again, and time pays for it.
 *
 *   hand-out (a lesson is opened) ──▶ reports ──▶ played ──▶ finished        with a quiz: played and passed
 *
 * Example: a learner opens a lesson, and a minute later reports its first ten minutes. The minute pays for two minutes,
 * and ten seconds are given on top. So 26 cells are credited, and 94 wait.
 */
import {
  BasisPoints,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  type TimeMs,
  timeMs,
  type UserId,
} from '../../schemas/base.ts';
import type { Lesson } from '../../schemas/catalogue/product.ts';
import {
  CELL_SECONDS,
  type Learner,
  type LessonProgressView,
  OFFLINE_MS,
  type PlayedAsked,
  type Progress,
} from '../../schemas/learning/progress.ts';
import { addCells, cellCount, playedCells } from './cells.ts';
import { withLearned } from './learnedDays.ts';

/** How many seconds of media one second of a learner's time pays for: the fastest that players play. */
const SPEED_MAX = 2;
/** What is given on top, for clocks, networks and cells that were begun before. */
const SLACK_MS = 10 * SECOND_MS;
/** Who was away for longer than this begins anew. It is longer than a phone may be offline. */
const AWAY_MS = OFFLINE_MS + HOUR_MS;
/** How exactly the last contact is kept. Each opening would be a write otherwise. */
export const CONTACT_MS = 10 * MINUTE_MS;
/** The share of a lesson's media that has to be played. Credits and a cut-off end are not. */
const FINISH_BP = 9_000;
/** The longest that a text has to be open before its end counts, and how fast it can be read. */
const READ_MAX_MS = 120 * SECOND_MS;
const CHARACTERS_PER_SECOND = 20;

const CELL_MS = CELL_SECONDS * SECOND_MS;

/** What decides how a lesson is finished. */
export type Learnable = Pick<Lesson, 'id' | 'productId' | 'body' | 'mediaKey' | 'durationSeconds'>;

/** What is stored about a learner and one lesson. */
export interface Learning {
  readonly progress: Progress;
  readonly learner: Learner;
}

/** The same, before the lesson was first opened. */
export interface LearningBefore {
  readonly progress: Progress | null;
  readonly learner: Learner | null;
}

/**
 * The learning of somebody who opens a lesson. The same objects are returned where nothing has to be written, which is
 * the usual case: openings within ten minutes write once.
 */
export function handOut(
  before: LearningBefore,
  { userId, lesson, now }: { readonly userId: UserId; readonly lesson: Learnable; readonly now: TimeMs },
): Learning {
  return {
    progress: handed(before.progress, userId, lesson, now),
    learner: heardOf(before.learner, userId, now),
  };
}

function handed(before: Progress | null, userId: UserId, lesson: Learnable, now: TimeMs): Progress {
  if (before !== null) {
    if (now - before.handedAtMs <= OFFLINE_MS) return before;
    return { ...before, handedAtMs: now, cellsSince: 0, updatedAtMs: now };
  }
  return {
    id: `${userId}:${lesson.id}`,
    userId,
    lessonId: lesson.id,
    productId: lesson.productId,
    ...{ seen: '', cells: 0, cellsSince: 0, handedAtMs: now, position: null },
    ...{ playedAtMs: null, passedAtMs: null, finishedAtMs: null },
    ...{ tries: 0, triedAtMs: [], notes: 0, createdAtMs: now, updatedAtMs: now },
  };
}

function heardOf(before: Learner | null, userId: UserId, now: TimeMs): Learner {
  if (before === null) {
    const times = { spentUntilMs: now, sessionAtMs: now, contactAtMs: now, updatedAtMs: now };
    return { id: userId, ...times, days: [], streak: null };
  }
  const awayMs = now - before.contactAtMs;
  if (awayMs <= CONTACT_MS) return before;
  const sessionAtMs = awayMs > AWAY_MS ? now : before.sessionAtMs;
  return { ...before, sessionAtMs, contactAtMs: now, updatedAtMs: now };
}

/** Since when a learner's time is not spent. */
function unspentFromMs({ spentUntilMs, sessionAtMs }: Learner, now: TimeMs): number {
  return Math.max(spentUntilMs, sessionAtMs, now - OFFLINE_MS);
}

/** How many cells the learner's time and the lesson's hand-out pay for now. */
function payableCells({ progress, learner }: Learning, now: TimeMs): number {
  const ofLearnerMs = (now - unspentFromMs(learner, now)) * SPEED_MAX + SLACK_MS;
  const handedMs = (now - progress.handedAtMs) * SPEED_MAX + SLACK_MS;
  const ofLessonMs = handedMs - progress.cellsSince * CELL_MS;
  return Math.max(0, Math.floor(Math.min(ofLearnerMs, ofLessonMs) / CELL_MS));
}

/** The learning after a report. */
export interface Reported extends Learning {
  /** How many cells were credited, and how many of the reported ones wait. */
  readonly accepted: number;
  readonly left: number;
}

/**
 * Takes a report. Cells beyond the media's length are ignored. The same objects are returned when it tells nothing new.
 * `finishLesson` decides afterwards whether the lesson is finished.
 */
export function takeReport(
  before: Learning,
  asked: PlayedAsked & { readonly lesson: Learnable; readonly device: string | null },
  now: TimeMs,
): Reported {
  const { lesson } = asked;
  const count = lesson.mediaKey === null ? 0 : cellCount(lesson.durationSeconds);
  const most = payableCells(before, now);
  const { seen, added, left } = addCells(before.progress.seen, asked.seen, { count, most });
  const moved = movedTo(before.progress, asked, count, now);
  const credited: Progress =
    added === 0
      ? moved
      : {
          ...moved,
          seen,
          cells: moved.cells + added,
          cellsSince: moved.cellsSince + added,
          updatedAtMs: now,
        };
  const isPlayed = credited.playedAtMs !== null || !isPlayedNow(credited, asked, now);
  const progress: Progress = isPlayed ? credited : { ...credited, playedAtMs: now, updatedAtMs: now };
  const learner = added === 0 ? before.learner : spend(before.learner, added, now);
  return { progress, learner, accepted: added, left };
}

function spend(before: Learner, cells: number, now: TimeMs): Learner {
  const spentUntilMs = timeMs(unspentFromMs(before, now) + (cells * CELL_MS) / SPEED_MAX);
  const spent = { ...before, spentUntilMs, contactAtMs: now, updatedAtMs: now };
  return withLearned(spent, { seconds: cells * CELL_SECONDS, lessons: 0 }, now);
}

/**
 * The place moves only by a report that says something was played, and only to a later moment. So a phone that was
 * paused or offline does not move it back.
 */
function movedTo(
  before: Progress,
  asked: PlayedAsked & { readonly lesson: Learnable; readonly device: string | null },
  count: number,
  now: TimeMs,
): Progress {
  const { seen, positionSeconds, playedAgoMs, lesson, device } = asked;
  if (seen.length === 0 || count === 0) return before;
  const atMs = timeMs(Math.max(0, now - playedAgoMs));
  if (before.position !== null && before.position.atMs >= atMs) return before;
  const position = { seconds: Math.min(positionSeconds, lesson.durationSeconds), atMs, device };
  return { ...before, position, updatedAtMs: now };
}

/** Whether enough was played, or the end of the text was reached after a time in which it can be read. */
function isPlayedNow(
  progress: Progress,
  { lesson, isAtEnd }: { readonly lesson: Learnable; readonly isAtEnd: boolean },
  now: TimeMs,
): boolean {
  const count = cellCount(lesson.durationSeconds);
  if (lesson.mediaKey !== null && count > 0) {
    return playedCells(progress.seen, count) * 10_000 >= count * FINISH_BP;
  }
  const readMs = (lesson.body.length * SECOND_MS) / CHARACTERS_PER_SECOND;
  return isAtEnd && now - progress.handedAtMs >= Math.min(READ_MAX_MS, readMs);
}

/**
 * The learning with the lesson finished, if it was played and its quiz, where it has one, was passed. The same objects
 * are returned when it is not, or was finished before.
 */
export function finishLesson<L extends Learning>(before: L, hasQuiz: boolean, now: TimeMs): L {
  const { progress, learner } = before;
  if (progress.finishedAtMs !== null || !isDone(progress, hasQuiz)) return before;
  return {
    ...before,
    progress: { ...progress, finishedAtMs: now, updatedAtMs: now },
    learner: withLearned({ ...learner, updatedAtMs: now }, { seconds: 0, lessons: 1 }, now),
  };
}

/** Whether a lesson counts as finished: it was before, or it was played and its quiz, if it has one, was passed. */
export function isDone(
  progress: Pick<Progress, 'playedAtMs' | 'passedAtMs' | 'finishedAtMs'>,
  hasQuiz: boolean,
): boolean {
  if (progress.finishedAtMs !== null) return true;
  return progress.playedAtMs !== null && (!hasQuiz || progress.passedAtMs !== null);
}

/** A lesson's progress as its learner sees it. The share is of the media's present length, rounded down. */
export function lessonProgressView(
  progress: Progress,
  lesson: Pick<Lesson, 'durationSeconds'>,
): LessonProgressView {
  const { lessonId, seen, position, playedAtMs, finishedAtMs } = progress;
  const count = cellCount(lesson.durationSeconds);
  const isRead = playedAtMs !== null || finishedAtMs !== null;
  const [played, all] = count === 0 ? [Number(isRead), 1] : [playedCells(seen, count), count];
  const progressBp = BasisPoints.parse(Math.floor((played * 10_000) / all));
  return { lessonId, progressBp, position, isFinished: finishedAtMs !== null };
}
