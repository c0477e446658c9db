import { courseFinished } from '../../../events/courseFinished.ts';
import { rewardFinishedCourse } from '../../../functions/points/rewardFinishedCourse.ts';
import { REWARDS } from '../../../shared/domain/points/pointsRewards.ts';
import { fact } from '../../../shared/event.ts';
import { DAY_MS, type UserId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { productIdOf } from '../../support/given/coupon.ts';
import { givenFact } from '../../support/given/fact.ts';
import { storedIn } from '../../support/given/order.ts';
import { pointsAccountOf } from '../../support/given/points.ts';
import { createWorld, type World } from '../../support/world.ts';

const { points: REWARD, perDayMax } = REWARDS.course_finished;

describeFunction(rewardFinishedCourse, () => {
  let world: World;
  let userId: UserId;
  const finishes = async (course: number) => {
    const productId = productIdOf(course);
    const data = { userId, productId, finishedAtMs: world.clock.now() };
    const id = await givenFact(world, fact(courseFinished, `${userId}:${productId}`, data));
    await Promise.all([1, 2].map(() => world.deliver('rewardFinishedCourse', id)));
  };
  const has = async () => (await pointsAccountOf(world, userId)).available;

  beforeEach(async () => {
    world = await createWorld();
    ({ userId } = await world.login('alice'));
  });
  afterEach(() => world.close());

  test('a finished course earns once, however often it is told', async () => {
    await finishes(1);
    expect(await storedIn(world, 'pointsEntries')).toMatchObject([
      { id: `${userId}:course_finished:${productIdOf(1)}`, cause: 'course_finished', availableAfter: REWARD },
    ]);
  });

  test('a course that is finished again, and told as something new, earns nothing more', async () => {
    await finishes(1);
    const data = { userId, productId: productIdOf(1), finishedAtMs: world.clock.now() };
    const id = await givenFact(world, fact(courseFinished, 'again', data));
    expect(await world.deliver('rewardFinishedCourse', id)).toBe('done');
    expect(await has()).toBe(REWARD);
  });

  test('a day has only so many, and the next day again', async () => {
    for (let course = 0; course <= perDayMax; course += 1) await finishes(course);
    expect(await has()).toBe(perDayMax * REWARD);
    world.clock.advance(DAY_MS);
    await finishes(perDayMax + 1);
    expect(await has()).toBe((perDayMax + 1) * REWARD);
  });
});
