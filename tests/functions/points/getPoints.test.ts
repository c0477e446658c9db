import { addPoints } from '../../../functions/points/addPoints.ts';
import { getPoints } from '../../../functions/points/getPoints.ts';
import { earnedUntilMs } from '../../../shared/domain/points/pointsLots.ts';
import { holdPoints } from '../../../shared/flows/points/pointsMoves.ts';
import { DAY_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type Buyer, newOrderId } from '../../support/given/order.ts';
import { givenPoints } from '../../support/given/points.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getPoints, () => {
  let world: World;
  let alice: Buyer;
  /** A session ends within the year, so each call logs in first. */
  const get = async (input: object = {}, name = 'alice') =>
    (await world.call(getPoints, input, { token: (await world.login(name)).token })).data;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('who has never had points has none', async () => {
    expect(await get()).toEqual({
      balance: 0,
      held: 0,
      debt: 0,
      pending: 0,
      expiringSoon: { count: 0, firstAtMs: null },
      ledger: { items: [], nextCursor: null },
    });
  });

  test('the balance is the sum of the ledger, which comes newest first, page by page, to its owner only', async () => {
    const { token } = await givenStaff(world, 'support');
    const adjust = (delta: number) =>
      world.call(
        addPoints,
        { adjustmentId: world.ports.ids.make('adj'), userId: alice.userId, delta, reason: '补发' },
        { token },
      );
    for (const delta of [10, 5, -3]) await adjust(delta);
    const first = await get({ limit: 2 });
    const second = await get({ limit: 2, cursor: first.ledger.nextCursor });
    const lines = [...first.ledger.items, ...second.ledger.items];
    expect(lines.map(({ delta, balanceAfter, line }) => [delta, balanceAfter, line])).toEqual([
      [-3, 12, 3],
      [5, 15, 2],
      [10, 10, 1],
    ]);
    expect([first.balance, second.balance, second.ledger.nextCursor]).toEqual([12, 12, null]);
    expect((await get({}, 'bob')).balance).toBe(0);
    expect(lines.some((line) => 'userId' in line)).toBe(false);
  });

  test('points that an order holds are not in the balance, and points that end soon are shown', async () => {
    const { userId } = alice;
    const now = world.clock.now();
    await givenPoints(world, userId, 30);
    const orderId = newOrderId(world);
    await world.ports.database.tx((tx) => holdPoints(tx, { userId, orderId, count: 12, now }));
    expect(await get()).toMatchObject({ balance: 18, held: 12, debt: 0, expiringSoon: { count: 0 } });
    world.clock.advance(earnedUntilMs(now) - now - 30 * DAY_MS);
    expect((await get()).expiringSoon).toEqual({ count: 18, firstAtMs: earnedUntilMs(now) });
    world.clock.advance(30 * DAY_MS);
    expect(await get()).toMatchObject({ balance: 0, held: 12, expiringSoon: { count: 0, firstAtMs: null } });
  });
});
