/** Learners in a world: lessons opened, played and finished, as a phone does it. */
import { getLesson } from '../../../functions/access/getLesson.ts';
import { putQuiz } from '../../../functions/admin/learning/putQuiz.ts';
import { reportProgress } from '../../../functions/learning/reportProgress.ts';
import { tryQuiz } from '../../../functions/learning/tryQuiz.ts';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import { linesOf } from '../../../shared/domain/catalogue/outline.ts';
import type { LessonId, ProductId } from '../../../shared/schemas/base.ts';
import type { World } from '../world.ts';
import { type Buyer, stored } from './order.ts';
import { givenStaff } from './staff.ts';

/** The lessons that a course's page shows, in order. */
export async function lessonIdsOf(world: World, productId: ProductId): Promise<readonly LessonId[]> {
  const course = await stored(world, courses.collection, productId);
  return linesOf(course.chapters).flatMap(({ id, isHidden }) => (isHidden ? [] : id));
}

/** The report of a phone that played the whole of a lesson of ten minutes. */
export const WHOLE = { seen: [[0, 120]], positionSeconds: 600, playedAgoMs: 0, isAtEnd: true };

/** A learner opens a lesson of ten minutes, and plays it at twice the speed. Answers the report's answer. */
export async function givenPlayed(world: World, learner: Buyer, lessonId: LessonId) {
  const opened = await world.call(getLesson, { id: lessonId }, learner);
  if (opened.status !== 200) throw new Error(`${lessonId}: ${opened.code}`);
  world.clock.advance(300_000);
  return world.call(reportProgress, { id: lessonId, ...WHOLE }, learner);
}

/** A learner plays every lesson of a course. Answers the last report's answer. */
export async function givenFinished(world: World, learner: Buyer, productId: ProductId) {
  const ids = await lessonIdsOf(world, productId);
  let last: Awaited<ReturnType<typeof givenPlayed>> | null = null;
  for (const id of ids) last = await givenPlayed(world, learner, id);
  if (last === null) throw new Error('the course has no lesson');
  await world.drain();
  return last;
}

/** Three questions, one of each kind, and the right answers. */
export const QUESTIONS = [
  { kind: 'one', question: '一加一等于几？', options: ['一', '二', '三'], key: [1] },
  { kind: 'several', question: '哪些是偶数？', options: ['二', '三', '四'], key: [0, 2] },
  { kind: 'true_false', question: '零是偶数。', options: ['对', '错'], key: [0] },
];
export const RIGHT = QUESTIONS.map(({ key }) => key);

/** Staff write a quiz of three questions for a lesson, which is passed with two right answers. */
export async function givenQuiz(world: World, productId: ProductId, lessonId: LessonId): Promise<void> {
  const asked = { id: productId, lessonId, expectedVersion: 0, questions: QUESTIONS };
  const answer = await world.call(putQuiz, asked, await givenStaff(world, 'editor'));
  if (answer.status !== 200) throw new Error(`no quiz: ${answer.code}`);
}

/** A learner tries a lesson's quiz. */
export function tries(world: World, learner: Buyer, id: LessonId, number: number, answers: unknown = RIGHT) {
  return world.call(tryQuiz, { id, number, version: 1, answers }, learner);
}
