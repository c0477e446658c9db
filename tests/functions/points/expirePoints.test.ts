import { expirePoints } from '../../../functions/points/expirePoints.ts';
import { earnedUntilMs } from '../../../shared/domain/points/pointsLots.ts';
import { holdPoints, spendHeldPoints } from '../../../shared/flows/points/pointsMoves.ts';
import { DAY_MS, type UserId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { badWorld, newOrderId, storedIn } from '../../support/given/order.ts';
import { givenPoints, pointsAccountOf } from '../../support/given/points.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(expirePoints, () => {
  let world: World;
  let userId: UserId;

  beforeEach(async () => {
    world = await createWorld();
    ({ userId } = await world.login('alice'));
  });
  afterEach(() => world.close());

  test('points are written off at their end, to the millisecond, once, and no others are', async () => {
    await givenPoints(world, userId, 30);
    const endMs = earnedUntilMs(world.clock.now());
    world.clock.advance(60 * DAY_MS);
    await givenPoints(world, userId, 5);
    world.clock.advance(endMs - world.clock.now() - 1);
    expect(await world.run(expirePoints)).toEqual({});
    world.clock.advance(1);
    expect(await world.run(expirePoints)).toEqual({ 'points.expired': 1 });
    expect(await world.run(expirePoints)).toEqual({});
    expect(await pointsAccountOf(world, userId)).toMatchObject({
      available: 5,
      lots: [{ remaining: 5 }],
      lines: 3,
    });
    expect(await storedIn(world, 'pointsEntries')).toContainEqual(
      expect.objectContaining({
        id: `${userId}:expire:${endMs}`,
        postings: [
          ['available', -30],
          ['expired', 30],
        ],
      }),
    );
  });

  test('points that an order holds do not expire', async () => {
    await givenPoints(world, userId, 30);
    const of = { userId, orderId: newOrderId(world), count: 20 };
    await world.ports.database.tx((tx) => holdPoints(tx, { ...of, now: world.clock.now() }));
    world.clock.advance(earnedUntilMs(world.clock.now()) - world.clock.now());
    expect(await world.run(expirePoints)).toEqual({ 'points.expired': 1 });
    await world.ports.database.tx((tx) => spendHeldPoints(tx, { ...of, now: world.clock.now() }));
    expect(await pointsAccountOf(world, userId)).toMatchObject({ available: 0, held: 0, debt: 0, lines: 4 });
  });

  test('timers that overlap, conflicts and lost answers write off once', async () => {
    await world.close();
    world = await badWorld(13, { conflict: 0.2, commitLost: 0.2 });
    const users: UserId[] = [];
    for (let n = 0; n < 20; n += 1) {
      const user = await world.login(`user-${n}`);
      await givenPoints(world, user.userId, 7);
      users.push(user.userId);
    }
    world.clock.advance(400 * DAY_MS);
    const counts = await Promise.all([world.run(expirePoints), world.run(expirePoints)]);
    expect(counts.filter((count) => 'points.failed' in count)).toEqual([]);
    for (const user of users)
      expect(await pointsAccountOf(world, user)).toMatchObject({ available: 0, lines: 2 });
  });
});
