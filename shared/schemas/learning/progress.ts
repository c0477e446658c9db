/** Learning progress: what was played of each lesson, which lessons and courses are finished, and on which days. */
import * as z from 'zod';
import { BasisPoints, Cursor, LessonId, ProductId, pageOf, TimeMs, UserId } from '../base.ts';
import { COURSE_LESSONS_MAX } from '../catalogue/product.ts';

/** The length of a cell in seconds. A lesson's media is divided into cells, and a cell was played or it was not. */
export const CELL_SECONDS = 5;

/** The largest number of cells of a lesson: a day of media. */
export const CELLS_MAX = 86_400 / CELL_SECONDS;

/** How many characters the cells of a lesson have as base64. */
const SEEN_CHARACTERS_MAX = Math.ceil(CELLS_MAX / 8 / 3) * 4;

/** How many tries at a quiz somebody has within 24 hours. */
export const TRIES_MAX = 5;

/** The largest number of notes that somebody can write on one lesson. */
export const NOTES_MAX = 200;

/** A place in a lesson's media, in whole seconds. */
export const MediaSecond = z.int().min(0).max(86_400);

/** Where somebody was in a lesson's media. `device` played it, such as `微信 · iPhone`; null when unknown. */
export const Position = z.object({
  seconds: MediaSecond,
  atMs: TimeMs,
  device: z.string().max(60).nullable(),
});
export type Position = z.infer<typeof Position>;

/** A user's stored progress in a lesson, under `<userId>:<lessonId>`. It exists from the first opening. */
export const Progress = z.object({
  id: z.string().max(70),
  userId: UserId,
  lessonId: LessonId,
  productId: ProductId,
  /** The cells that were played, as the base64 of a bitmap: cell 0 is the lowest bit of the first byte. */
  seen: z
    .string()
    .max(SEEN_CHARACTERS_MAX)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/),
  /** How many cells `seen` has. */
  cells: z.int().min(0).max(CELLS_MAX),
  /** How many of them were credited since `handedAtMs`. */
  cellsSince: z.int().min(0).max(CELLS_MAX),
  /** When the lesson was handed out. It is renewed when the lesson is opened two hours later or more. */
  handedAtMs: TimeMs,
  position: Position.nullable(),
  /** When enough of the media was played, or the end of the text was reached. */
  playedAtMs: TimeMs.nullable(),
  /** When its quiz was passed. */
  passedAtMs: TimeMs.nullable(),
  /** When the lesson was finished. Nothing takes that back. */
  finishedAtMs: TimeMs.nullable(),
  /** How often its quiz was tried, and when the last times were. */
  tries: z.int().min(0),
  triedAtMs: z.array(TimeMs).max(TRIES_MAX),
  /** How many notes the user has on the lesson. */
  notes: z.int().min(0).max(NOTES_MAX),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Progress = z.infer<typeof Progress>;

/** A day in Shanghai: `2026-11-22`. */
const ShanghaiDay = z.string().length(10);

/** What somebody learned on a day: the seconds of media that were credited, and the lessons that were finished. */
export const LearnedDay = z.object({
  day: ShanghaiDay,
  seconds: z.int().min(0),
  lessons: z.int().min(0),
});
export type LearnedDay = z.infer<typeof LearnedDay>;

/** How many days of learning are kept. */
export const DAYS_MAX = 62;

/** Somebody who learns, under the user's id: how much of their time is spent, and their days. */
export const Learner = z.object({
  id: UserId,
  /** Until when their time has paid for what was credited. It may be up to five seconds ahead. */
  spentUntilMs: TimeMs,
  /** When they came back after three hours or more. Time before it pays for nothing. */
  sessionAtMs: TimeMs,
  /** When we last heard of them, to about ten minutes. */
  contactAtMs: TimeMs,
  /** The last days with something learned, in order. */
  days: z.array(LearnedDay).max(DAYS_MAX),
  /** The last day of learning enough, how many such days there were in a row up to then, and the most ever. */
  streak: z.object({ day: ShanghaiDay, count: z.int().min(1), best: z.int().min(1) }).nullable(),
  updatedAtMs: TimeMs,
});
export type Learner = z.infer<typeof Learner>;

/** A user's stored progress in a course, under `<userId>:<productId>`. */
export const CourseProgress = z.object({
  id: z.string().max(70),
  userId: UserId,
  productId: ProductId,
  /** The lessons that were finished, also those that are hidden by now. */
  finished: z.array(LessonId).max(COURSE_LESSONS_MAX * 4),
  lastLessonId: LessonId,
  /** When every lesson of the outline was finished for the first time. */
  finishedAtMs: TimeMs.nullable(),
  /** How many lessons the outline had then. */
  finishedOf: z.int().min(0).max(COURSE_LESSONS_MAX),
  /** When a refund took back the purchase that it was learned with, and with it the points and the certificate. */
  undoneAtMs: TimeMs.nullable(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type CourseProgress = z.infer<typeof CourseProgress>;

/** The largest number of ranges in a report. */
const RANGES_MAX = 32;

/** A range of cells: from the first (inclusive) to the second (exclusive). */
export const CellRange = z
  .tuple([z.int().min(0).max(CELLS_MAX), z.int().min(1).max(CELLS_MAX)])
  .refine(([from, until]) => from < until);
export type CellRange = z.infer<typeof CellRange>;

/** The longest that a phone may be without a connection and lose nothing: two hours. */
export const OFFLINE_MS = 7_200_000;

/** What a phone reports about a lesson. */
export const PlayedAsked = z.strictObject({
  /** The cells that were played whole and that no answer has taken yet. Numbers of cells, not seconds. */
  seen: z.array(CellRange).max(RANGES_MAX),
  positionSeconds: MediaSecond,
  /** How long ago that place was played. An age, because the phone's clock may be wrong. */
  playedAgoMs: z.int().min(0).max(OFFLINE_MS),
  /** Whether the end of the text was reached. */
  isAtEnd: z.boolean(),
});
export type PlayedAsked = z.infer<typeof PlayedAsked>;

/** A lesson's progress as its learner sees it. */
export const LessonProgressView = z.object({
  lessonId: LessonId,
  /** The share of the lesson's media that was played; for a text 0 or all. */
  progressBp: BasisPoints,
  position: Position.nullable(),
  isFinished: z.boolean(),
});
export type LessonProgressView = z.infer<typeof LessonProgressView>;

/** The answer to a report. */
export const ReportedView = LessonProgressView.extend({
  /** How many cells this report added. */
  acceptedCells: z.int(),
  /**
   * How many of the reported cells are not taken yet. The phone keeps what it reported, and sends it again later, until
   * this is 0.
   */
  leftCells: z.int(),
  /** Whether this report finished the course. */
  isCourseFinished: z.boolean(),
  /** How long to wait before the next report. */
  nextReportMs: z.int(),
});
export type ReportedView = z.infer<typeof ReportedView>;

/** How far somebody is in a course. The counts and shares are of today's outline. */
const CourseShare = z.object({
  productId: ProductId,
  lessonCount: z.int(),
  finishedCount: z.int(),
  progressBp: BasisPoints,
  /** When it was finished for the first time; it stays, also when lessons are added. */
  finishedAtMs: TimeMs.nullable(),
  lastLessonId: LessonId.nullable(),
});

/** A course's progress as its learner sees it. Only lessons that were opened are in `lessons`. */
export const CourseProgressView = CourseShare.extend({ lessons: z.array(LessonProgressView) });
export type CourseProgressView = z.infer<typeof CourseProgressView>;

/** One course of a learner's list. */
export const LearnedCourseView = CourseShare.extend({
  title: z.string(),
  coverUrl: z.string(),
  lastLessonTitle: z.string().nullable(),
  /** Whether the learner may still use the course. */
  mayUse: z.boolean(),
  updatedAtMs: TimeMs,
});
export type LearnedCourseView = z.infer<typeof LearnedCourseView>;

/** A learner's courses, the last learned first, their last seven days, and their days in a row. */
export const LearningView = z.object({
  items: z.array(LearnedCourseView),
  nextCursor: Cursor.nullable(),
  /** The last seven days in Shanghai, today last. */
  week: z.array(LearnedDay),
  streak: z.object({ count: z.int(), best: z.int() }),
});
export type LearningView = z.infer<typeof LearningView>;

/** A learner of a course as staff see them. */
export const StaffLearnerView = CourseProgress.pick({
  userId: true,
  finishedAtMs: true,
  createdAtMs: true,
  updatedAtMs: true,
}).extend({
  finishedCount: z.int(),
  progressBp: BasisPoints,
  /** The number of their certificate; null when there is none. */
  certificateNumber: z.string().nullable(),
});

/** One page of the learners of a course, by their ids. */
export const LearnerPage = pageOf(StaffLearnerView);
