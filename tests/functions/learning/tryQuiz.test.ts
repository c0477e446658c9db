import { getLesson } from '../../../functions/access/getLesson.ts';
import { tryQuiz } from '../../../functions/learning/tryQuiz.ts';
import { DAY_MS, HOUR_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type GivenCourse, givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenPlayed, givenQuiz, RIGHT, tries } from '../../support/given/learning.ts';
import { storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

const WRONG = [[0], [0], [1]];

describeFunction(tryQuiz, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  let course: GivenCourse;
  const answers = (number: number, given: unknown = RIGHT) =>
    tries(world, alice, course.paid.id, number, given);

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    course = await givenCourse(world);
    await givenAccess(world, alice.userId, course.productId);
    await givenQuiz(world, course.productId, course.paid.id);
    await world.call(getLesson, { id: course.paid.id }, alice);
  });
  afterEach(() => world.close());

  test('a question counts when exactly the right options were chosen, and enough of them pass', async () => {
    expect((await answers(1, WRONG)).data).toEqual({
      ...{ nextNumber: 2, triesLeft: 4, nextTryAtMs: null, isPassed: false },
      ...{ rightCount: 0, questionCount: 3, isThisPassed: false },
      ...{ isLessonFinished: false, isCourseFinished: false },
    });
    for (const [number, given, rightCount] of [
      [2, [[1]], 1],
      [3, [[1], [0, 1, 2], [1]], 1],
      [4, [[1], [0, 2], [1]], 2],
    ] as const) {
      const isThisPassed = rightCount === 2;
      expect((await answers(number, given)).data).toMatchObject({ rightCount, isThisPassed });
    }
    expect((await answers(5, WRONG)).data).toMatchObject({ isThisPassed: false, isPassed: true });
  });

  test('passing finishes the lesson only if it was played too, in either order', async () => {
    expect((await answers(1)).data).toMatchObject({ isPassed: true, isLessonFinished: false });
    expect((await givenPlayed(world, alice, course.paid.id)).data.isFinished).toBe(true);
  });

  test('a repeat with the same number and answers is the same try, also at the same moment', async () => {
    const both = await Promise.all([answers(1), answers(1)]);
    expect(both[0]?.data).toEqual(both[1]?.data);
    expect((await answers(1)).data).toMatchObject({ nextNumber: 2, triesLeft: 4 });
    expect(await storedIn(world, 'quizAttempts')).toHaveLength(1);
  });

  test('the key is in no answer, whatever is tried', async () => {
    const all = [await answers(1, WRONG), await answers(2), await answers(9), await answers(3, [[7]])];
    for (const answer of all) expect(JSON.stringify(answer.body)).not.toMatch(/"key"|correct|\[1\]|\[0,2\]/);
  });

  test('quiz.too_many_tries: five within 24 hours, and then one for each that is a day old', async () => {
    for (let number = 1; number <= 5; number += 1) {
      expect((await answers(number, WRONG)).status).toBe(200);
      world.clock.advance(HOUR_MS);
    }
    const refused = await answers(6);
    expect(refused).toMatchObject({ status: 409, code: 'quiz.too_many_tries' });
    expect(refused.error.params).toEqual({ nextTryAtMs: world.clock.now() + 19 * HOUR_MS });
    world.clock.advance(19 * HOUR_MS - 1);
    expect(await answers(6)).toMatchObject({ code: 'quiz.too_many_tries' });
    world.clock.advance(1);
    expect((await answers(6, WRONG)).data).toMatchObject({ triesLeft: 0 });
    world.clock.advance(DAY_MS);
    expect((await answers(7)).data).toMatchObject({ triesLeft: 4 });
  });

  test('quiz.try_taken: a number that was used for other answers, or is not the next', async () => {
    await answers(1, WRONG);
    expect(await answers(1)).toMatchObject({ status: 409, code: 'quiz.try_taken' });
    expect(await answers(3)).toMatchObject({ code: 'quiz.try_taken' });
    expect(await storedIn(world, 'quizAttempts')).toHaveLength(1);
  });

  test('quiz.version_changed: the questions are others by now', async () => {
    const asked = { id: course.paid.id, number: 1, version: 2, answers: RIGHT };
    expect(await world.call(tryQuiz, asked, alice)).toMatchObject({
      status: 409,
      code: 'quiz.version_changed',
    });
  });

  test('quiz.not_found, progress.not_opened, lesson.not_owned, lesson.not_found', async () => {
    const other = await givenCourse(world);
    const bob = await world.login('bob');
    expect(await tries(world, bob, course.paid.id, 1)).toMatchObject({ code: 'lesson.not_owned' });
    expect(await tries(world, bob, other.trial.id, 1)).toMatchObject({ code: 'quiz.not_found' });
    await givenAccess(world, bob.userId, course.productId);
    expect(await tries(world, bob, course.paid.id, 1)).toMatchObject({ code: 'progress.not_opened' });
    const draft = await givenCourse(world, { state: 'draft' });
    expect(await tries(world, bob, draft.paid.id, 1)).toMatchObject({ code: 'lesson.not_found' });
  });

  test('answers that are no answers are refused and cost no try', async () => {
    for (const given of [[[2, 1]], [[1, 1]], [[8]], [[-1]], 'all', Array.from({ length: 21 }, () => [0])]) {
      expect(await answers(1, given)).toMatchObject({ code: 'request.invalid' });
    }
    expect((await answers(1)).data.triesLeft).toBe(4);
  });
});
