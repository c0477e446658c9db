/** Quizzes of lessons. The key, which says what is right, never leaves the server for learners. */
import * as z from 'zod';
import { BasisPoints, LessonId, ProductId, storedText, TimeMs, text, UserId } from '../base.ts';

/** The largest number of questions in a quiz, and of options in a question. */
const QUESTIONS_MAX = 20;
const OPTIONS_MAX = 8;

/** One right option, several, or whether a sentence is true. */
export const QuestionKind = z.enum(['one', 'several', 'true_false']);
export type QuestionKind = z.infer<typeof QuestionKind>;

const QuestionAsked = text(300);
const OptionAsked = text(200);

/** Options by their places, from 0, in rising order. */
const Options = z
  .array(
    z
      .int()
      .min(0)
      .max(OPTIONS_MAX - 1),
  )
  .max(OPTIONS_MAX)
  .refine((options) => options.every((option, index) => index === 0 || (options[index - 1] ?? 0) < option));

/**
 * A question as staff write it. `key` has the places of the right options: exactly one, unless several may be right.
 * A true or false question has two options.
 */
export const AskedQuestion = z
  .strictObject({
    kind: QuestionKind,
    question: QuestionAsked,
    options: z.array(OptionAsked).min(2).max(OPTIONS_MAX),
    key: Options.min(1),
  })
  .refine(({ options, key }) => key.every((option) => option < options.length), { path: ['key'] })
  .refine(({ kind, key }) => kind === 'several' || key.length === 1, { path: ['key'] })
  .refine(({ kind, options }) => kind !== 'true_false' || options.length === 2, { path: ['options'] });

/** The questions of a quiz as staff write them. */
export const AskedQuestions = z.array(AskedQuestion).min(1).max(QUESTIONS_MAX);

/** The share of right answers with which a quiz is passed, when staff give none. */
const PASS_BP = 6_000;

/** The share of right answers with which a quiz is passed. */
export const PassBp = BasisPoints.min(1).default(BasisPoints.parse(PASS_BP));

/** A stored quiz, under its lesson's id. A change is live at once. */
export const Quiz = z.object({
  id: LessonId,
  productId: ProductId,
  /** Rises with every change. */
  version: z.int().min(1),
  questions: z
    .array(
      z.object({
        kind: QuestionKind,
        question: storedText(QuestionAsked),
        options: z.array(storedText(OptionAsked)).min(2).max(OPTIONS_MAX),
        key: Options.min(1),
      }),
    )
    .min(1)
    .max(QUESTIONS_MAX),
  passBp: BasisPoints.min(1),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Quiz = z.infer<typeof Quiz>;

/** The chosen options of each question, in the order of the questions. */
export const Answers = z.array(Options).max(QUESTIONS_MAX);

/** A stored try at a quiz, under `<userId>:<lessonId>:<number>`. */
export const QuizAttempt = z.object({
  id: z.string().max(80),
  userId: UserId,
  lessonId: LessonId,
  /** The number of the try among the user's tries at this quiz, from 1. */
  number: z.int().min(1),
  quizVersion: z.int().min(1),
  answers: Answers,
  rightCount: z.int().min(0).max(QUESTIONS_MAX),
  questionCount: z.int().min(1).max(QUESTIONS_MAX),
  isPassed: z.boolean(),
  createdAtMs: TimeMs,
});
export type QuizAttempt = z.infer<typeof QuizAttempt>;

/** How the next try stands. */
export const Tries = z.object({
  /** The number to send with the next try. */
  nextNumber: z.int(),
  triesLeft: z.int(),
  /** When there is a try again; null when there is one now. */
  nextTryAtMs: TimeMs.nullable(),
  isPassed: z.boolean(),
});
export type Tries = z.infer<typeof Tries>;

/** A quiz as learners see it, without its key. */
export const QuizView = Tries.extend({
  lessonId: LessonId,
  version: z.int(),
  passBp: BasisPoints,
  questions: z.array(z.object({ kind: QuestionKind, question: z.string(), options: z.array(z.string()) })),
});
export type QuizView = z.infer<typeof QuizView>;

/** The outcome of a try. It does not say which answers were right. */
export const TriedView = Tries.extend({
  rightCount: z.int(),
  questionCount: z.int(),
  isThisPassed: z.boolean(),
  isLessonFinished: z.boolean(),
  isCourseFinished: z.boolean(),
});
export type TriedView = z.infer<typeof TriedView>;
