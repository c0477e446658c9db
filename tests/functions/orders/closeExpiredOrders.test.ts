import { closeExpiredOrders } from '../../../functions/orders/closeExpiredOrders.ts';
import { payOrder } from '../../../functions/payments/payOrder.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import { DEFAULT_PACES } from '../../../shared/domain/payments/pace.ts';
import { PAY_WINDOW_MS } from '../../../shared/domain/pricing/pricing.ts';
import { MINUTE_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenNewerDocuments } from '../../support/given/newerBuild.ts';
import {
  type Buyer,
  givenCouponOf,
  givenOpened,
  givenOrder,
  stored,
  storedIn,
} from '../../support/given/order.ts';
import { confirm, loseNotices } from '../../support/given/payment.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(closeExpiredOrders, () => {
  let world: World;
  let alice: Buyer;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('T24: an order closes when its window ends, not before: the order itself says when', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon });
    world.clock.advance(PAY_WINDOW_MS - 1);
    expect(await world.run(closeExpiredOrders)).toEqual({});
    world.clock.advance(1);
    expect(await world.run(closeExpiredOrders)).toEqual({ 'order.closed': 1 });
    expect(await stored(world, orders.collection, order.id)).toMatchObject({
      state: 'closed',
      closeReason: 'expired',
    });
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'available' });
    expect(await world.run(closeExpiredOrders)).toEqual({});
  });

  test('overlapping timers close each of many orders once', async () => {
    const placed = [];
    for (let count = 0; count < 12; count += 1) placed.push(await givenOrder(world, alice));
    world.clock.advance(PAY_WINDOW_MS);
    await Promise.all(Array.from({ length: 5 }, () => world.run(closeExpiredOrders)));
    for (const { id } of placed) {
      expect(await stored(world, orders.collection, id)).toMatchObject({ state: 'closed', closeTries: 1 });
    }
  });

  test('T7: an opened order is closed at the rail as well, before anything is given back', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon });
    const payment = await givenOpened(world, alice, order);
    world.clock.advance(PAY_WINDOW_MS);
    await world.run(closeExpiredOrders);
    expect(world.wechatPay.books().closes).toMatchObject([{ orderNumber: order.id }]);
    expect(confirm(world, alice, payment)).toMatch(/^requestPayment:fail/);
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'available' });
  });

  test('what was paid in the last second is settled, although its notice was lost', async () => {
    loseNotices(world);
    const order = await givenOrder(world, alice);
    const payment = await givenOpened(world, alice, order);
    world.clock.advance(PAY_WINDOW_MS - 1);
    confirm(world, alice, payment);
    world.clock.advance(1);
    expect(await world.run(closeExpiredOrders)).toEqual({ 'order.paid': 1 });
    await world.drain();
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
  });

  test('a rail that does not answer is asked again 1, 2, 4 … minutes later, and holds up nobody else', async () => {
    const stuck = await givenOrder(world, alice);
    await givenOpened(world, alice, stuck);
    const easy = await givenOrder(world, alice);
    world.wechatPay.faults.shares.requestLost = 1;
    world.clock.advance(PAY_WINDOW_MS);
    expect(await world.run(closeExpiredOrders)).toEqual({ 'order.closing': 1, 'order.closed': 1 });
    expect(await stored(world, orders.collection, easy.id)).toMatchObject({ state: 'closed' });
    const tries: number[] = [];
    for (let minute = 1; minute <= 16; minute += 1) {
      world.clock.advance(MINUTE_MS);
      if ((await world.run(closeExpiredOrders))['order.closing'] === 1) tries.push(minute);
    }
    expect(tries).toEqual([1, 3, 7, 15]);
    world.wechatPay.faults.shares.requestLost = 0;
    world.clock.advance(20 * MINUTE_MS);
    expect(await world.run(closeExpiredOrders)).toEqual({ 'order.closed': 1 });
  });

  test('a rail that never heard of it may still hear: it is believed two minutes after we last asked', async () => {
    const order = await givenOrder(world, alice);
    world.clock.advance(PAY_WINDOW_MS - 30_000);
    world.wechatPay.faults.next('requestLost');
    await world.call(payOrder, { orderId: order.id }, { token: alice.token });
    world.clock.advance(30_000);
    const states: string[] = [];
    for (let minute = 0; minute < 4; minute += 1) {
      await world.run(closeExpiredOrders);
      states.push((await stored(world, orders.collection, order.id)).state);
      world.clock.advance(MINUTE_MS);
    }
    expect(states).toEqual(['closing', 'closing', 'closing', 'closed']);
  });

  test('overlapping timers close an order at the rail once', async () => {
    const order = await givenOrder(world, alice);
    await givenOpened(world, alice, order);
    const close = jest.spyOn(world.ports.rails.wxpay, 'close');
    world.clock.advance(PAY_WINDOW_MS);
    await Promise.all(Array.from({ length: 20 }, () => world.run(closeExpiredOrders)));
    expect(close).toHaveBeenCalledTimes(1);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'closed' });
  });

  /** Orders that were opened at WeChat Pay and are overdue. */
  async function givenOverdue(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) {
      // Nobody may have more than twenty pending orders.
      const buyer = await world.login(`buyer ${Math.floor(n / 20)}`);
      const order = await givenOrder(world, buyer);
      await givenOpened(world, buyer, order);
      ids.push(order.id);
      world.clock.advance(1);
    }
    world.clock.advance(PAY_WINDOW_MS);
    return ids;
  }

  const triesOf = async (ids: readonly string[]) => {
    const found = await Promise.all(ids.map((id) => stored(world, orders.collection, id)));
    return found.map(({ closeTries }) => closeTries);
  };

  test('a rail that is known to be down is not asked, which is no try; it is asked again once it may be', async () => {
    const ids = await givenOverdue(40);
    world.wechatPay.faults.shares.serverError = 1;
    const counts = await world.run(closeExpiredOrders);
    expect(counts['order.closing']).toBeGreaterThanOrEqual(20);
    expect(counts['order.unasked']).toBeGreaterThan(0);
    const tries = await triesOf(ids);
    expect(tries.filter((count) => count === 1)).toHaveLength(counts['order.closing'] ?? 0);
    expect(tries.filter((count) => count === 0)).toHaveLength(40 - (counts['order.closing'] ?? 0));
    world.wechatPay.faults.shares.serverError = 0;
    world.clock.advance(11_000);
    expect((await world.run(closeExpiredOrders))['order.closed']).toBe(40 - (counts['order.closing'] ?? 0));
  });

  test('a closing that only a newer build can record is no try, and that build can do it at once', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon });
    await givenOpened(world, alice, order);
    world.clock.advance(PAY_WINDOW_MS);
    const end = givenNewerDocuments(world, 'coupons');
    for (let run = 0; run < 3; run += 1) {
      expect(await world.run(closeExpiredOrders)).toEqual({ 'order.failed': 1 });
      expect(await stored(world, orders.collection, order.id)).toMatchObject({
        state: 'closing',
        closeTries: 0,
      });
    }
    end();
    expect(await world.run(closeExpiredOrders)).toEqual({ 'order.closed': 1 });
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'available' });
  });

  test('a rail that says that it is asked too often is asked more slowly, and that is no try', async () => {
    const ids = await givenOverdue(30);
    world.wechatPay.limit.perSecondMax = 5;
    const startedAtMs = world.clock.now();
    let closed = 0;
    while (closed < 30 && world.clock.now() < startedAtMs + 5 * MINUTE_MS) {
      closed += (await world.run(closeExpiredOrders))['order.closed'] ?? 0;
      world.clock.advance(10_000);
    }
    expect(closed).toBe(30);
    expect(await triesOf(ids)).toEqual(ids.map(() => 1));
  });

  test('orders are asked about once each, the longest due first, no faster than the pace', async () => {
    await world.close();
    world = await createWorld({
      settings: { paces: { ...DEFAULT_PACES, 'wxpay.query': 10, 'wxpay.close': 10 } },
    });
    alice = await world.login('alice');
    const ids = await givenOverdue(30);
    const query = jest.spyOn(world.ports.rails.wxpay, 'query');
    const startedAtMs = world.clock.now();
    expect(await world.run(closeExpiredOrders)).toEqual({ 'order.closed': 30 });
    // The backlog gets three quarters of ten calls a second.
    expect(world.clock.now() - startedAtMs).toBeGreaterThan(3_500);
    expect(world.clock.now() - startedAtMs).toBeLessThan(6_000);
    const asked = query.mock.calls.map(([{ orderId }]) => orderId);
    // Orders that are closed concurrently may overtake each other.
    expect(asked.toSorted()).toEqual(ids.toSorted());
    asked.forEach((id, n) => {
      expect(Math.abs(ids.indexOf(id) - n)).toBeLessThan(8);
    });
  });

  test('orders that the rail has never heard of are closed while it is down, and so are those of the other rail', async () => {
    await givenOverdue(40);
    const unopened = await givenOrder(world, alice);
    world.clock.advance(PAY_WINDOW_MS);
    world.wechatPay.faults.shares.serverError = 1;
    await world.run(closeExpiredOrders);
    expect(await stored(world, orders.collection, unopened.id)).toMatchObject({ state: 'closed' });
  });

  test('an order that is not asked about in time stays as it is, and no try is counted', async () => {
    await world.close();
    world = await createWorld({ settings: { paces: { ...DEFAULT_PACES, 'wxpay.query': 0.2 } } });
    alice = await world.login('alice');
    const ids = await givenOverdue(30);
    const counts = await world.run(closeExpiredOrders);
    const tries = (await triesOf(ids)).reduce((sum, count) => sum + count, 0);
    expect(tries).toBe(counts['order.closed']);
    expect(tries).toBeLessThan(12);
  });

  test('it stops taking new work when its time is up, and goes on next time', async () => {
    for (let count = 0; count < 12; count += 1) await givenOrder(world, alice);
    world.clock.advance(PAY_WINDOW_MS);
    const tx = world.ports.database.tx.bind(world.ports.database);
    jest.spyOn(world.ports.database, 'tx').mockImplementation((work) => {
      world.clock.advance(closeExpiredOrders.contract.budgetMs);
      return tx(work);
    });
    const first = (await world.run(closeExpiredOrders))['order.closed'] ?? 0;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(12);
    jest.restoreAllMocks();
    expect(await world.run(closeExpiredOrders)).toEqual({ 'order.closed': 12 - first });
  });
});
