import { checkIn } from '../../../functions/points/checkIn.ts';
import * as points from '../../../shared/data/points/points.ts';
import { CHECK_IN_LADDER } from '../../../shared/domain/points/pointsRewards.ts';
import { DAY_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { badWorld, storedIn } from '../../support/given/order.ts';
import { pointsAccountOf } from '../../support/given/points.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(checkIn, () => {
  let world: World;
  /** Sets the clock to a moment in Shanghai. */
  const at = (moment: string) => world.clock.advance(Date.parse(`${moment}+08:00`) - world.clock.now());
  const check = async (name = 'alice') =>
    (await world.call(checkIn, {}, { token: (await world.login(name)).token })).data;

  beforeEach(async () => {
    world = await createWorld();
    at('2027-03-01T12:00:00.000');
  });
  afterEach(() => world.close());

  test('each day in a row earns what the ladder says, and the eighth is a first again', async () => {
    const seen = [];
    for (let day = 0; day < 9; day += 1) {
      seen.push((await check()).earned);
      world.clock.advance(DAY_MS);
    }
    expect(seen).toEqual([...CHECK_IN_LADDER, CHECK_IN_LADDER[0], CHECK_IN_LADDER[1]]);
  });

  test('a day that was left out starts the ladder again', async () => {
    await check();
    world.clock.advance(DAY_MS);
    expect(await check()).toMatchObject({ day: '2027-03-02', streak: 2 });
    world.clock.advance(2 * DAY_MS);
    expect(await check()).toMatchObject({ day: '2027-03-04', streak: 1, earned: CHECK_IN_LADDER[0] });
  });

  test('midnight in Shanghai, and no other, begins a day', async () => {
    at('2027-03-05T23:59:59.999');
    expect(await check()).toMatchObject({ day: '2027-03-05', streak: 1, balance: 5 });
    world.clock.advance(1);
    expect(await check()).toMatchObject({ day: '2027-03-06', streak: 2, balance: 10 });
    at('2027-03-06T08:00:00.000');
    expect(await check()).toMatchObject({ day: '2027-03-06', streak: 2, balance: 10 });
    at('2027-03-06T23:59:59.999');
    expect(await check()).toMatchObject({ day: '2027-03-06', streak: 2, balance: 10 });
  });

  test('the same day twenty times at once is one, and all get its answer', async () => {
    const { token, userId } = await world.login('alice');
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.call(checkIn, {}, { token })));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(await storedIn(world, 'pointsEntries')).toMatchObject([
      { id: `${userId}:check_in:2027-03-01`, cause: 'check_in', availableAfter: 5 },
    ]);
  });

  test('conflicts and lost answers earn nothing twice', async () => {
    await world.close();
    world = await badWorld(5, { conflict: 0.2, commitLost: 0.3 });
    const { token, userId } = await world.login('alice');
    const answers = await Promise.all(Array.from({ length: 6 }, () => world.call(checkIn, {}, { token })));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(await pointsAccountOf(world, userId)).toMatchObject({ available: 5, lines: 1 });
  });

  test('an instance whose clock is still on the day before changes nothing', async () => {
    at('2027-03-06T00:00:00.000');
    const { userId } = await world.login('alice');
    await check();
    const account = await pointsAccountOf(world, userId);
    await world.ports.database.tx((tx) =>
      tx.update(points.accounts, { ...account, checkIn: { day: '2027-03-07', streak: 4 } }),
    );
    expect(await check()).toMatchObject({ day: '2027-03-07', streak: 4, balance: 5 });
  });

  test('request.invalid for a day sent in', async () => {
    const { token } = await world.login('alice');
    expect((await world.call(checkIn, { day: '2027-03-01' }, { token })).code).toBe('request.invalid');
    expect(await storedIn(world, 'pointsEntries')).toEqual([]);
  });
});
