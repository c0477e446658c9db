import { addPoints } from '../../functions/addPoints.ts';
import { getPoints } from '../../functions/getPoints.ts';
import { describeFunction } from '../support/describeFunction.ts';
import type { Buyer } from '../support/given.order.ts';
import { givenStaff } from '../support/given.staff.ts';
import { createWorld, type World } from '../support/world.ts';

describeFunction(getPoints, () => {
  let world: World;
  let alice: Buyer;
  const get = async (input: object = {}, buyer = alice) =>
    (await world.call(getPoints, input, { token: buyer.token })).data;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('who has never had points has none', async () => {
    expect(await get()).toEqual({ balance: 0, ledger: { items: [], nextCursor: null } });
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
    expect((await get({}, await world.login('bob'))).balance).toBe(0);
    expect(lines.some((line) => 'userId' in line)).toBe(false);
  });
});
