import * as courses from '../../data/catalogue/courses.ts';
import * as courseProgresses from '../../data/learning/courseProgresses.ts';
import * as learners from '../../data/learning/learners.ts';
import * as progresses from '../../data/learning/progresses.ts';
import * as quizzes from '../../data/learning/quizzes.ts';
import * as tasks from '../../data/tasks.ts';
import { openedLast, requiredLessons, withFinished } from '../../domain/learning/courseProgress.ts';
import { finishLesson, type Learning } from '../../domain/learning/progress.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Progress } from '../../schemas/learning/progress.ts';

/** What was stored, and how it changed, when and by which request. */
export interface Learned<L extends Learning> {
  readonly before: Learning;
  readonly after: L;
  readonly now: TimeMs;
  readonly requestId: string;
}

/**
 * Stores what somebody learned in a lesson. When that finishes the lesson, it also counts for the course; and when the
 * lesson was the last one, the course is finished, and the fact is told, in the same transaction. Returns the learning
 * as it is stored, and whether this finished the course. A quiz is read only once the lesson was played.
 */
export async function saveLearning<L extends Learning>(
  tx: Tx,
  { before, after, now, requestId }: Learned<L>,
): Promise<L & { readonly isCourseFinished: boolean }> {
  const { playedAtMs, finishedAtMs, lessonId } = after.progress;
  const mayFinish = playedAtMs !== null && finishedAtMs === null;
  const hasQuiz = mayFinish && (await quizzes.find(tx, lessonId)) !== null;
  const learned = mayFinish ? finishLesson(after, hasQuiz, now) : after;
  await progresses.save(tx, before.progress, learned.progress);
  await learners.save(tx, before.learner, learned.learner);
  const isFinished = learned.progress.finishedAtMs !== null && before.progress.finishedAtMs === null;
  const isCourseFinished = isFinished && (await saveFinished(tx, learned.progress, { now, requestId }));
  return { ...learned, isCourseFinished };
}

/** Counts a finished lesson for its course. Returns whether it was the last one. */
async function saveFinished(
  tx: Tx,
  { userId, productId, lessonId }: Progress,
  { now, requestId }: { readonly now: TimeMs; readonly requestId: string },
): Promise<boolean> {
  const stored = await courseProgresses.find(tx, userId, productId);
  const outline = await courses.peek(tx, productId);
  const required = outline === null ? [] : requiredLessons(outline);
  const before = openedLast(stored, { userId, productId, lessonId, now });
  const { course, facts } = withFinished(before, [lessonId], { required, now });
  await courseProgresses.save(tx, stored, course);
  await tasks.append(tx, facts, { now, requestId });
  return facts.length > 0;
}
