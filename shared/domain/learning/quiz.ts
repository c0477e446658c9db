/** The rules of quizzes: what a try is worth, and when there is one. */
import { fail } from '../../errors.ts';
import { DAY_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import { type Progress, TRIES_MAX } from '../../schemas/learning/progress.ts';
import type { Quiz, QuizAttempt, QuizView, TriedView, Tries } from '../../schemas/learning/quiz.ts';

/** The times of the tries that count today. */
function countedAtMs({ triedAtMs }: Pick<Progress, 'triedAtMs'>, now: TimeMs): readonly TimeMs[] {
  return triedAtMs.filter((atMs) => now - atMs < DAY_MS);
}

/** How the next try stands. Somebody who has passed needs none, and has as many as before. */
export function triesOf(progress: Pick<Progress, 'tries' | 'triedAtMs' | 'passedAtMs'>, now: TimeMs): Tries {
  const counted = countedAtMs(progress, now);
  const triesLeft = TRIES_MAX - counted.length;
  const [first] = counted;
  const nextTryAtMs = triesLeft > 0 || first === undefined ? null : timeMs(first + DAY_MS);
  return { nextNumber: progress.tries + 1, triesLeft, nextTryAtMs, isPassed: progress.passedAtMs !== null };
}

/** A try that somebody makes. */
export interface TryAsked {
  /** The number of the try, by which a repeat is known. */
  readonly number: number;
  readonly version: number;
  readonly answers: QuizAttempt['answers'];
}

/**
 * The stored try, as the answer to a repeat.
 * @throws quiz.try_taken when the number was used for other answers
 */
export function triedBefore(stored: QuizAttempt, asked: TryAsked): QuizAttempt {
  const isSame =
    stored.quizVersion === asked.version && JSON.stringify(stored.answers) === JSON.stringify(asked.answers);
  if (!isSame) throw fail('quiz.try_taken', { params: { nextNumber: stored.number + 1 } });
  return stored;
}

/**
 * The outcome of a try, and the progress with it. A question counts when exactly the right options were chosen. A
 * question without an answer is wrong.
 * @throws quiz.try_taken, quiz.version_changed, quiz.too_many_tries
 */
export function tryAnswers(
  before: Progress,
  quiz: Quiz,
  asked: TryAsked & { readonly now: TimeMs },
): { readonly progress: Progress; readonly attempt: QuizAttempt } {
  const { number, version, answers, now } = asked;
  const { nextNumber, triesLeft, nextTryAtMs } = triesOf(before, now);
  if (number !== nextNumber) throw fail('quiz.try_taken', { params: { nextNumber } });
  if (version !== quiz.version) throw fail('quiz.version_changed', { params: { version: quiz.version } });
  if (triesLeft === 0) throw fail('quiz.too_many_tries', { params: { nextTryAtMs } });
  const { questions } = quiz;
  const isRight = ({ key }: Quiz['questions'][number], index: number) =>
    JSON.stringify(answers[index]) === JSON.stringify(key);
  const rightCount = questions.filter(isRight).length;
  const isPassed = rightCount * 10_000 >= questions.length * quiz.passBp;
  const { userId, lessonId } = before;
  return {
    progress: {
      ...before,
      tries: number,
      triedAtMs: [...countedAtMs(before, now), now],
      passedAtMs: before.passedAtMs ?? (isPassed ? now : null),
      updatedAtMs: now,
    },
    attempt: {
      ...{ id: `${userId}:${lessonId}:${number}`, userId, lessonId, number, quizVersion: version, answers },
      ...{ rightCount, questionCount: questions.length, isPassed, createdAtMs: now },
    },
  };
}

/** The outcome of a try, as its learner sees it. A repeat finishes no course, so it leaves `isCourseFinished` out. */
export function triedView(
  learned: {
    readonly progress: Pick<Progress, 'tries' | 'triedAtMs' | 'passedAtMs' | 'finishedAtMs'>;
    readonly isCourseFinished?: boolean;
  },
  { rightCount, questionCount, isPassed: isThisPassed }: QuizAttempt,
  now: TimeMs,
): TriedView {
  const { progress, isCourseFinished = false } = learned;
  const isLessonFinished = progress.finishedAtMs !== null;
  const outcome = { rightCount, questionCount, isThisPassed, isLessonFinished, isCourseFinished };
  return { ...triesOf(progress, now), ...outcome };
}

/** A quiz as learners see it, without its key. */
export function quizView(quiz: Quiz, tries: Tries): QuizView {
  const { id: lessonId, version, passBp } = quiz;
  const questions = quiz.questions.map(({ kind, question, options }) => ({ kind, question, options }));
  return { ...tries, lessonId, version, passBp, questions };
}

/**
 * The quiz that staff write in place of another one. The same object is returned for a repeat of this change, whose
 * first answer was lost. `expectedVersion` is 0 where there was none.
 * @throws quiz.version_changed with the current version
 */
export function writeQuiz(
  before: Quiz | null,
  asked: Pick<Quiz, 'id' | 'productId' | 'questions' | 'passBp'> & {
    readonly expectedVersion: number;
    readonly now: TimeMs;
  },
): Quiz {
  const { expectedVersion, now, ...written } = asked;
  const version = before?.version ?? 0;
  const isSame =
    before !== null &&
    before.passBp === written.passBp &&
    JSON.stringify(before.questions) === JSON.stringify(written.questions);
  if (isSame && version === expectedVersion + 1) return before;
  if (version !== expectedVersion) throw fail('quiz.version_changed', { params: { version } });
  return { ...written, version: version + 1, createdAtMs: before?.createdAtMs ?? now, updatedAtMs: now };
}
