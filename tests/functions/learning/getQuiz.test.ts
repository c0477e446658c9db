import { getLesson } from '../../../functions/access/getLesson.ts';
import { getQuiz } from '../../../functions/learning/getQuiz.ts';
import type { LessonId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type GivenCourse, givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenQuiz, QUESTIONS, tries } from '../../support/given/learning.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getQuiz, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  let course: GivenCourse;
  const get = (id: LessonId, learner = alice) => world.call(getQuiz, { id }, learner);

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    course = await givenCourse(world);
    await givenAccess(world, alice.userId, course.productId);
    await givenQuiz(world, course.productId, course.paid.id);
  });
  afterEach(() => world.close());

  test('it has the questions and no key, and says how the next try stands', async () => {
    await world.call(getLesson, { id: course.paid.id }, alice);
    const fresh = await get(course.paid.id);
    expect(fresh.data).toEqual({
      ...{ lessonId: course.paid.id, version: 1, passBp: 6_000 },
      ...{ nextNumber: 1, triesLeft: 5, nextTryAtMs: null, isPassed: false },
      questions: QUESTIONS.map(({ key: _, ...question }) => question),
    });
    await tries(world, alice, course.paid.id, 1);
    expect((await get(course.paid.id)).data).toMatchObject({ nextNumber: 2, triesLeft: 4, isPassed: true });
  });

  test('quiz.not_found, progress.not_opened, lesson.not_owned, lesson.not_found', async () => {
    expect(await get(course.paid.id)).toMatchObject({ code: 'progress.not_opened' });
    expect(await get(course.trial.id)).toMatchObject({ status: 404, code: 'quiz.not_found' });
    expect(await get(course.paid.id, await world.login('bob'))).toMatchObject({ code: 'lesson.not_owned' });
    const draft = await givenCourse(world, { state: 'draft' });
    expect(await get(draft.paid.id)).toMatchObject({ code: 'lesson.not_found' });
  });
});
