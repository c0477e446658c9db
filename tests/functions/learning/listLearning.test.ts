import { listLearning } from '../../../functions/learning/listLearning.ts';
import { DAY_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenPlayed } from '../../support/given/learning.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(listLearning, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  const list = async (input: object = {}) => (await world.call(listLearning, input, alice)).data;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('who has learned nothing has an empty list, an empty week and no streak', async () => {
    const { items, week, streak } = await list();
    expect([items, week.length, streak]).toEqual([[], 7, { count: 0, best: 0 }]);
    expect(week.every(({ seconds, lessons }) => seconds === 0 && lessons === 0)).toBe(true);
  });

  test('the last opened course comes first, with where to go on, page by page', async () => {
    const [one, other] = [
      await givenCourse(world, { title: '甲' }),
      await givenCourse(world, { title: '乙' }),
    ];
    await givenAccess(world, alice.userId, one.productId, { kind: 'days', days: 1 });
    await givenPlayed(world, alice, one.paid.id);
    await givenPlayed(world, alice, other.trial.id);
    const first = await list({ limit: 1 });
    expect(first.items).toMatchObject([
      {
        title: '乙',
        lastLessonId: other.trial.id,
        lastLessonTitle: '试听',
        progressBp: 3_333,
        mayUse: false,
      },
    ]);
    const second = await list({ limit: 1, cursor: first.nextCursor });
    expect(second.items).toMatchObject([{ title: '甲', lastLessonTitle: '第一节', mayUse: true }]);
    world.clock.advance(DAY_MS);
    expect((await list()).items.map(({ mayUse }) => mayUse)).toEqual([false, false]);
  });

  test('the week and the days in a row follow what was credited', async () => {
    const { trial, paid, productId } = await givenCourse(world);
    await givenAccess(world, alice.userId, productId);
    await givenPlayed(world, alice, trial.id);
    world.clock.advance(DAY_MS);
    await givenPlayed(world, alice, paid.id);
    const { week, streak } = await list();
    expect(week.slice(-2)).toMatchObject([
      { seconds: 600, lessons: 1 },
      { seconds: 600, lessons: 1 },
    ]);
    expect(streak).toEqual({ count: 2, best: 2 });
  });
});
