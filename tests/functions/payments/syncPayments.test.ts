import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { closeExpiredOrders } from '../../../functions/orders/closeExpiredOrders.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as payments from '../../../shared/data/payments/payments.ts';
import { DEFAULT_PACES } from '../../../shared/domain/payments/pace.ts';
import { MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenNewerDocuments } from '../../support/given/newerBuild.ts';
import { type Buyer, givenOpened, givenOrder, stored, storedIn } from '../../support/given/order.ts';
import { confirm, givenMoney, loseNotices } from '../../support/given/payment.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(syncPayments, () => {
  let world: World;
  let alice: Buyer;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    loseNotices(world);
  });
  afterEach(() => world.close());

  test('a lost notice only delays: thirty seconds after opening the rail is asked, and it is settled', async () => {
    const order = await givenOrder(world, alice);
    await givenMoney(world, alice, order);
    world.clock.advance(30 * SECOND_MS - 1);
    expect(await world.run(syncPayments)).toEqual({});
    world.clock.advance(1);
    expect(await world.run(syncPayments)).toEqual({ 'payment.success': 1 });
    await world.drain();
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid' });
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
    world.clock.advance(60 * MINUTE_MS);
    expect(await world.run(syncPayments)).toEqual({});
  });

  test('an unpaid order is asked about 1, 2, 4 … minutes later, and then by the timer that closes it', async () => {
    const order = await givenOrder(world, alice);
    const payment = await givenOpened(world, alice, order);
    const asked: number[] = [];
    for (let half = 1; half <= 16; half += 1) {
      world.clock.advance(30 * SECOND_MS);
      if ((await world.run(syncPayments))['payment.unpaid'] === 1) asked.push(half / 2);
    }
    expect(asked).toEqual([0.5, 1.5, 3.5, 7.5]);
    confirm(world, alice, payment);
    world.clock.advance(8 * MINUTE_MS);
    expect(await world.run(syncPayments)).toEqual({ 'payment.skipped': 1 });
    expect(await world.run(syncPayments)).toEqual({});
    expect(await world.run(closeExpiredOrders)).toEqual({ 'order.paid': 1 });
  });

  test('what was never opened, and what is closed, is not asked about', async () => {
    await givenOrder(world, alice);
    const closed = await givenOrder(world, alice);
    await givenOpened(world, alice, closed);
    await world.call(cancelOrder, { orderId: closed.id }, { token: alice.token });
    world.clock.advance(60 * MINUTE_MS);
    expect(await world.run(syncPayments)).toEqual({});
  });

  test('one that fails is logged and holds up nobody, and is asked again', async () => {
    const placed = [await givenOrder(world, alice), await givenOrder(world, alice)];
    for (const order of placed) await givenMoney(world, alice, order);
    world.clock.advance(MINUTE_MS);
    world.wechatPay.faults.next('requestLost');
    expect(await world.run(syncPayments)).toEqual({ 'payment.failed': 1, 'payment.success': 1 });
    expect(world.logs).toContainEqual(expect.objectContaining({ level: 'error', code: 'pay.unavailable' }));
    world.clock.advance(MINUTE_MS);
    expect(await world.run(syncPayments)).toEqual({ 'payment.success': 1 });
  });

  test('what was opened last is asked about first, and what is not asked is due as before', async () => {
    await world.close();
    world = await createWorld({ settings: { paces: { ...DEFAULT_PACES, 'wxpay.query': 0.5 } } });
    alice = await world.login('alice');
    loseNotices(world);
    const ids: string[] = [];
    for (let n = 0; n < 30; n += 1) {
      // Nobody may have more than twenty pending orders.
      const buyer = await world.login(`buyer ${Math.floor(n / 20)}`);
      const order = await givenOrder(world, buyer);
      await givenMoney(world, buyer, order);
      ids.push(order.id);
      world.clock.advance(SECOND_MS);
    }
    world.clock.advance(MINUTE_MS);
    const counts = await world.run(syncPayments);
    const asked = counts['payment.success'] ?? 0;
    expect(asked).toBeGreaterThan(3);
    expect(asked).toBeLessThan(30);
    const found = await Promise.all(ids.map((id) => stored(world, payments.collection, id)));
    expect(found.map(({ state }) => state)).toEqual([
      ...Array(30 - asked).fill('prepaid'),
      ...Array(asked).fill('success'),
    ]);
    expect(found.slice(0, 30 - asked).every(({ syncTries }) => syncTries === 0)).toBe(true);
  });

  test('an answer that only a newer build can record is asked for again by the next run, however often', async () => {
    const order = await givenOrder(world, alice);
    await givenMoney(world, alice, order);
    world.clock.advance(30 * SECOND_MS);
    const end = givenNewerDocuments(world, 'orders');
    for (let run = 0; run < 10; run += 1) {
      expect(await world.run(syncPayments)).toEqual({ 'payment.failed': 1 });
      expect(await stored(world, payments.collection, order.id)).toMatchObject({ syncTries: 0 });
    }
    end();
    expect(await world.run(syncPayments)).toEqual({ 'payment.success': 1 });
  });

  test('timers that overlap ask once and settle once', async () => {
    const order = await givenOrder(world, alice);
    await givenMoney(world, alice, order);
    const query = jest.spyOn(world.ports.rails.wxpay, 'query');
    world.clock.advance(30 * SECOND_MS);
    await Promise.all(Array.from({ length: 20 }, () => world.run(syncPayments)));
    await world.drain();
    expect(query).toHaveBeenCalledTimes(1);
    expect(await storedIn(world, 'receipts')).toHaveLength(1);
    expect(await storedIn(world, 'pointsEntries')).toHaveLength(1);
  });

  test('wrong money that the rail tells of is written down once, and the buyer gets nothing', async () => {
    world.wechatPay.faults.next('otherAmount');
    const order = await givenOrder(world, alice);
    await givenMoney(world, alice, order);
    for (let count = 0; count < 3; count += 1) {
      world.clock.advance(10 * MINUTE_MS);
      await world.run(syncPayments);
    }
    expect(await storedIn(world, 'paymentExceptions')).toMatchObject([{ kind: 'amount_mismatch' }]);
    expect(await stored(world, payments.collection, order.id)).toMatchObject({ state: 'prepaid' });
    expect(await storedIn(world, 'entitlements', 'receipts')).toEqual([]);
  });
});
