import { getLesson } from '../../../functions/access/getLesson.ts';
import { getProgress } from '../../../functions/learning/getProgress.ts';
import { reportProgress } from '../../../functions/learning/reportProgress.ts';
import type { LessonId } from '../../../shared/schemas/base.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type GivenCourse, givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import {
  givenFinished,
  givenPlayed,
  givenQuiz,
  lessonIdsOf,
  tries,
  WHOLE,
} from '../../support/given/learning.ts';
import { badWorld, storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(reportProgress, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  let course: GivenCourse;
  const opens = (id: LessonId, learner = alice) => world.call(getLesson, { id }, learner);
  const reports = (id: LessonId, changes: object = {}, learner = alice) =>
    world.call(reportProgress, { id, ...WHOLE, ...changes }, learner);
  const told = async () =>
    (await storedIn(world, 'tasks')).filter((task) => Object(task).consumer === 'rewardFinishedCourse');

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    course = await givenCourse(world);
    await givenAccess(world, alice.userId, course.productId);
  });
  afterEach(() => world.close());

  test('what was played is credited, and says where to go on', async () => {
    await opens(course.paid.id);
    world.clock.advance(MINUTE_MS);
    const answer = await reports(course.paid.id, { seen: [[0, 12]], positionSeconds: 60, isAtEnd: false });
    expect(answer.data).toEqual({
      lessonId: course.paid.id,
      progressBp: 1_000,
      position: { seconds: 60, atMs: world.clock.now(), device: null },
      isFinished: false,
      acceptedCells: 12,
      leftCells: 0,
      isCourseFinished: false,
      nextReportMs: 30_000,
    });
  });

  test('LK3 hours that are claimed in seconds are credited as the time passes, over all lessons', async () => {
    const ids = await lessonIdsOf(world, course.productId);
    for (const id of ids) await opens(id);
    world.clock.advance(5_000);
    const first = (await Promise.all(ids.map((id) => reports(id)))).map(({ data }) => data.acceptedCells);
    expect(first.reduce((sum, cells) => sum + cells)).toBe(4);
    for (let minute = 0; minute < 20; minute += 1) {
      world.clock.advance(MINUTE_MS);
      for (const id of ids) await reports(id);
    }
    expect(await told()).toHaveLength(1);
    expect((await reports(course.paid.id)).data).toMatchObject({ leftCells: 0, acceptedCells: 0 });
  });

  test('LK9 what a client says of its shares, times and ends finishes nothing', async () => {
    await opens(course.paid.id);
    for (const more of [{ progressBp: 10_000 }, { isFinished: true }, { watchedMs: 600_000 }, { atMs: 0 }]) {
      expect(await reports(course.paid.id, more)).toMatchObject({ status: 400, code: 'request.invalid' });
    }
    const answer = await reports(course.paid.id, { playedAgoMs: 7_200_000 });
    expect(answer.data).toMatchObject({ acceptedCells: 2, isFinished: false });
  });

  test('input that is no report is refused, and changes nothing', async () => {
    await opens(course.paid.id);
    const before = await storedIn(world, 'progresses', 'learners');
    const ranges = Array.from({ length: 33 }, (_, at) => [at * 2, at * 2 + 1]);
    for (const changes of [
      ...[[[-1, 2]], [[3, 3]], [[0, 17_281]], [[0.5, 2]], [[0]], ranges, 'all'].map((seen) => ({ seen })),
      ...[-1, 7_200_001, 1e15].map((playedAgoMs) => ({ playedAgoMs })),
      ...[-1, 86_401].map((positionSeconds) => ({ positionSeconds })),
    ]) {
      expect(await reports(course.paid.id, changes)).toMatchObject({ code: 'request.invalid' });
      world.clock.advance(10_000);
    }
    expect(await storedIn(world, 'progresses', 'learners')).toEqual(before);
  });

  test('LK11 the last lesson finishes the course and tells it, in the same transaction, once', async () => {
    const ids = await lessonIdsOf(world, course.productId);
    const answers = [];
    for (const id of ids) answers.push((await givenPlayed(world, alice, id)).data.isCourseFinished);
    expect(answers).toEqual([false, false, true]);
    expect(await told()).toMatchObject([
      { event: { data: { userId: alice.userId, productId: course.productId } } },
    ]);
    await Promise.all(ids.map((id) => reports(id)));
    expect(await told()).toHaveLength(1);
    expect(await storedIn(world, 'courseProgresses')).toMatchObject([{ finishedOf: 3, finished: ids }]);
  });

  test('on a database that conflicts and loses answers, the course is finished once all the same', async () => {
    const bad = await badWorld(7, { conflict: 0.3, commitLost: 0.1 });
    const learner = await bad.login('bob');
    const { productId } = await givenCourse(bad);
    await givenAccess(bad, learner.userId, productId);
    await givenFinished(bad, learner, productId);
    const tasks = (await storedIn(bad, 'tasks')).filter(
      (task) => Object(task).consumer === 'rewardFinishedCourse',
    );
    expect(tasks).toHaveLength(1);
    await bad.close();
  });

  test('a lesson with a quiz is not finished before the quiz is passed', async () => {
    const ids = await lessonIdsOf(world, course.productId);
    await givenQuiz(world, course.productId, course.paid.id);
    for (const id of ids)
      expect((await givenPlayed(world, alice, id)).data.isFinished).toBe(id !== course.paid.id);
    const passed = await tries(world, alice, course.paid.id, 1);
    expect(passed.data).toMatchObject({ isThisPassed: true, isLessonFinished: true, isCourseFinished: true });
    expect(await told()).toHaveLength(1);
  });

  test('a trial lesson counts for anybody who is logged in, and stays theirs when they buy', async () => {
    const bob = await world.login('bob');
    expect((await givenPlayed(world, bob, course.trial.id)).data.isFinished).toBe(true);
    expect((await world.call(getProgress, { id: course.productId }, bob)).data).toMatchObject({
      finishedCount: 1,
    });
  });

  test('progress.not_opened: nothing is credited for what was never handed out', async () => {
    expect(await reports(course.paid.id)).toMatchObject({ status: 409, code: 'progress.not_opened' });
    expect(await storedIn(world, 'progresses', 'learners')).toEqual([]);
  });

  test('lesson.not_owned, lesson.not_found: of a lesson that one may not open, also from when the access ends', async () => {
    const bob = await world.login('bob');
    expect(await reports(course.paid.id, {}, bob)).toMatchObject({ code: 'lesson.not_owned' });
    await givenAccess(world, bob.userId, course.productId, { kind: 'days', days: 1 });
    await opens(course.paid.id, bob);
    world.clock.advance(24 * HOUR_MS);
    expect(await reports(course.paid.id, {}, bob)).toMatchObject({ code: 'lesson.not_owned' });
    const draft = await givenCourse(world, { state: 'draft' });
    expect(await reports(draft.paid.id)).toMatchObject({ code: 'lesson.not_found' });
  });

  test('twelve reports a minute are taken, and no more', async () => {
    await opens(course.paid.id);
    for (let count = 0; count < 12; count += 1) expect((await reports(course.paid.id)).status).toBe(200);
    expect(await reports(course.paid.id)).toMatchObject({ code: 'request.too_many' });
  });

  test('opening the same lesson again within ten minutes writes nothing', async () => {
    await opens(course.paid.id);
    const before = await storedIn(world, 'progresses', 'learners', 'courseProgresses');
    for (let count = 0; count < 9; count += 1) {
      world.clock.advance(MINUTE_MS);
      await opens(course.paid.id);
    }
    expect(await storedIn(world, 'progresses', 'learners', 'courseProgresses')).toEqual(before);
    await opens(course.trial.id);
    await opens(course.paid.id);
    expect(await storedIn(world, 'courseProgresses')).toMatchObject([{ lastLessonId: course.paid.id }]);
  });
});
