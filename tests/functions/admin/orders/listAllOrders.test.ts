import { listAllOrders } from '../../../../functions/admin/orders/listAllOrders.ts';
import { fen } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenProduct } from '../../../support/given/course.ts';
import { type Buyer, givenOrder, storedIn } from '../../../support/given/order.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listAllOrders, () => {
  let world: World;
  let token: string;
  let alice: Buyer;
  let ids: string[];
  const list = (asked: object = {}) => world.call(listAllOrders, asked, { token });
  const idsOf = async (asked: object = {}) => (await list(asked)).data.items.map(({ id }) => id);

  beforeEach(async () => {
    world = await createWorld();
    ({ token } = await givenStaff(world, 'support'));
    alice = await world.login('alice');
    const bob = await world.login('bob');
    ids = [];
    for (const [buyer, price] of [
      [alice, 9_900],
      [bob, 0],
      [alice, 100],
    ] as const) {
      world.clock.advance(1_000);
      const product = await givenProduct(world, { listFen: fen(price) });
      ids.push((await givenOrder(world, buyer, { product })).id);
    }
  });
  afterEach(() => world.close());

  test('everybody’s, newest first, page by page, with what was bought and how it stands', async () => {
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.data.nextCursor });
    expect([...first.data.items, ...second.data.items].map(({ id }) => id)).toEqual([...ids].reverse());
    expect(second.data.items[0]).toMatchObject({
      userId: alice.userId,
      state: 'pending',
      titles: ['一门课程'],
      payableFen: 9_900,
    });
    expect(await storedIn(world, 'audit')).toEqual([]);
  });

  test('by state, and by when they were placed', async () => {
    expect(await idsOf({ state: 'paid' })).toEqual([ids[1]]);
    const now = world.clock.now();
    expect(await idsOf({ fromAtMs: now - 1_000, untilAtMs: now })).toEqual([ids[1]]);
    expect(await idsOf({ state: 'pending', untilAtMs: now })).toEqual([ids[0]]);
  });

  test('P7: those of one person, and the audit log says who looked, and why', async () => {
    expect(await idsOf({ userId: alice.userId, reason: '核对订单' })).toEqual([ids[2], ids[0]]);
    expect(await storedIn(world, 'audit')).toMatchObject([
      { action: 'order.list', target: alice.userId, reason: '核对订单' },
    ]);
  });

  test('request.invalid for a person and a state, and for operators', async () => {
    for (const asked of [
      { userId: alice.userId, reason: '核对', state: 'paid' },
      { 'state[$ne]': 'paid' },
      { state: 'lost' },
    ]) {
      expect((await list(asked)).code).toBe('request.invalid');
    }
  });

  test('auth.forbidden for an editor', async () => {
    ({ token } = await givenStaff(world, 'editor'));
    expect((await list()).code).toBe('auth.forbidden');
  });
});
