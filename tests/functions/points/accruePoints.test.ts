import { orderPaid } from '../../../events/orderPaid.ts';
import { accruePoints } from '../../../functions/points/accruePoints.ts';
import { fact } from '../../../shared/event.ts';
import { clawBackPoints } from '../../../shared/flows/points/pointsMoves.ts';
import { fen, OrderId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { productIdOf } from '../../support/given/coupon.ts';
import { givenFact } from '../../support/given/fact.ts';
import { type Buyer, badWorld, newOrderId, storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(accruePoints, () => {
  let world: World;
  let alice: Buyer;
  async function paid(earnsPoints: number): Promise<string> {
    const orderId = newOrderId(world);
    return givenFact(
      world,
      fact(orderPaid, orderId, {
        orderId,
        userId: alice.userId,
        paidFen: fen(earnsPoints * 100),
        earnsPoints,
        lines: [{ productId: productIdOf(1), access: { kind: 'forever' } }],
        paidAtMs: world.clock.now(),
      }),
    );
  }
  const deliver = (eventId: string) => world.deliver('accruePoints', eventId);
  const balances = () => storedIn(world, 'pointsAccounts');

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('a paid order earns what its price said, in one line of its own', async () => {
    const id = await paid(99);
    await deliver(id);
    expect(await balances()).toMatchObject([{ id: alice.userId, available: 99, lines: 1 }]);
    expect(await storedIn(world, 'pointsEntries')).toMatchObject([
      {
        id: `${id.slice('order.paid:'.length)}:earn`,
        cause: 'order_paid',
        line: 1,
        postings: [
          ['available', 99],
          ['issued', -99],
        ],
      },
    ]);
  });

  test('T1: told again and again, at once and later, it earns once', async () => {
    const id = await paid(99);
    await Promise.all(Array.from({ length: 10 }, () => deliver(id)));
    world.clock.advance(60_000);
    await deliver(id);
    expect(await balances()).toMatchObject([{ available: 99, lines: 1 }]);
  });

  test('T15: orders paid at the same time all count, also when commits lose their answers', async () => {
    await world.close();
    world = await badWorld(11, { conflict: 0.2, commitLost: 0.2 });
    alice = await world.login('alice');
    const ids = [await paid(1), await paid(20), await paid(300)];
    await Promise.all([...ids, ...ids].map((id) => deliver(id)));
    expect(await balances()).toMatchObject([{ available: 321, lines: 3 }]);
  });

  test('T3: an order whose money went back first leaves no points, and no debt', async () => {
    const id = await paid(99);
    const orderId = OrderId.parse(id.slice('order.paid:'.length));
    const { userId } = alice;
    const refund = { userId, orderId, refundId: 'refund-1', count: 99, now: world.clock.now() };
    await world.ports.database.tx((tx) => clawBackPoints(tx, refund));
    expect(await balances()).toMatchObject([{ available: 0, debt: 99 }]);
    await deliver(id);
    expect(await balances()).toMatchObject([{ available: 0, debt: 0, lots: [] }]);
  });

  test('an order of less than one yuan earns no line at all', async () => {
    expect(await deliver(await paid(0))).toBe('done');
    expect(await storedIn(world, 'pointsEntries', 'pointsAccounts')).toEqual([]);
  });
});
