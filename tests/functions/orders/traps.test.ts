/** Traps that involve several functions. The other traps have their number in the title of a function's own test. */

import { sweepTasks } from '../../../functions/operations/sweepTasks.ts';
import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { closeExpiredOrders } from '../../../functions/orders/closeExpiredOrders.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { getOrder } from '../../../functions/orders/getOrder.ts';
import { payOrder } from '../../../functions/payments/payOrder.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import { getPoints } from '../../../functions/points/getPoints.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import { PAY_WINDOW_MS } from '../../../shared/domain/pricing/pricing.ts';
import { fen } from '../../../shared/schemas/base.ts';
import { givenProduct } from '../../support/given/course.ts';
import {
  type Buyer,
  givenCouponOf,
  givenOpened,
  givenOrder,
  orderFor,
  stored,
  storedIn,
} from '../../support/given/order.ts';
import {
  confirm,
  givenLateMoney,
  givenMoney,
  loseNotices,
  passMinutes,
  refundsOf,
  transactionsOf,
} from '../../support/given/payment.ts';
import { createWorld, type World } from '../../support/world.ts';

describe('traps', () => {
  let world: World;
  let alice: Buyer;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    await world.drain();
  });
  afterEach(() => world.close());

  test('T1: duplicated, delayed, forged and probing notices buy each course once, with its points once', async () => {
    Object.assign(world.wechatPay.faults.shares, { duplicate: 0.7, delay: 0.5, forge: 0.5, probe: 0.5 });
    Object.assign(world.bus.faults, { duplicate: 0.5, reorder: 0.5 });
    for (let count = 0; count < 5; count += 1) await givenMoney(world, alice, await givenOrder(world, alice));
    await passMinutes(world, 30, closeExpiredOrders, syncPayments, sweepTasks);
    expect(await storedIn(world, 'receipts')).toHaveLength(5);
    expect(await storedIn(world, 'entitlements')).toHaveLength(5);
    expect((await world.call(getPoints, {}, { token: alice.token })).data.balance).toBe(5 * 99);
    expect(await storedIn(world, 'refunds', 'paymentExceptions')).toEqual([]);
  });

  test('T3: money that went back left no access and no points', async () => {
    const order = await givenLateMoney(world, alice);
    await passMinutes(world, 5, sweepTasks, syncPayments);
    expect(refundsOf(world, order.id)).toMatchObject([{ refundFen: order.payableFen, isSuccess: true }]);
    expect(await storedIn(world, 'entitlements', 'pointsEntries')).toEqual([]);
    const { data } = await world.call(getOrder, { orderId: order.id }, { token: alice.token });
    expect(data.order).toMatchObject({ state: 'closed', paidAtMs: null, refundedFen: 0 });
  });

  test('T5: of two buyers who use the same order id, one gets the order and the other order.id_taken', async () => {
    const bob = await world.login('bob');
    const asked = orderFor(world, [await givenProduct(world)]);
    const answers = await Promise.all(
      [alice, bob].map(({ token }) => world.call(createOrder, asked, { token })),
    );
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['order.id_taken', null]));
    expect(await storedIn(world, 'orders')).toHaveLength(1);
  });

  test('T7, T24: whatever became of the process, an old order ends closed at the rail too', async () => {
    const placed = [await givenOrder(world, alice), await givenOrder(world, alice)];
    const opened = await Promise.all(placed.map((order) => givenOpened(world, alice, order)));
    world.clock.advance(10 * PAY_WINDOW_MS);
    await world.run(closeExpiredOrders);
    for (const payment of opened) expect(confirm(world, alice, payment)).toMatch(/^requestPayment:fail/);
    expect(world.wechatPay.books().orders.every(({ isClosed }) => isClosed)).toBe(true);
    for (const { id } of placed) {
      expect(await stored(world, orders.collection, id)).toMatchObject({ state: 'closed' });
    }
  });

  test('T12: the rail is never called inside a transaction', async () => {
    let open = 0;
    const inside: string[] = [];
    const { database } = world.ports;
    const pay = world.ports.rails.wxpay;
    const tx = database.tx.bind(database);
    jest.spyOn(database, 'tx').mockImplementation(async (work) => {
      open += 1;
      try {
        return await tx(work);
      } finally {
        open -= 1;
      }
    });
    const rail = { ...pay };
    const calls = new Set<string>();
    const watched = <A extends unknown[], R>(name: string, call: (...asked: A) => R) => {
      return (...asked: A): R => {
        calls.add(name);
        if (open > 0) inside.push(name);
        return call(...asked);
      };
    };
    jest.spyOn(pay, 'open').mockImplementation(watched('open', rail.open));
    jest.spyOn(pay, 'query').mockImplementation(watched('query', rail.query));
    jest.spyOn(pay, 'close').mockImplementation(watched('close', rail.close));
    jest.spyOn(pay, 'refund').mockImplementation(watched('refund', rail.refund));
    jest.spyOn(pay, 'queryRefund').mockImplementation(watched('queryRefund', rail.queryRefund));
    loseNotices(world);
    await givenMoney(world, alice, await givenOrder(world, alice));
    await passMinutes(world, 1, syncPayments);
    await givenOpened(world, alice, await givenOrder(world, alice));
    world.clock.advance(PAY_WINDOW_MS);
    await world.run(closeExpiredOrders);
    loseNotices(world, 0);
    const late = await givenLateMoney(world, alice);
    loseNotices(world);
    await passMinutes(world, 3, syncPayments, sweepTasks);
    expect(refundsOf(world, late.id)).toHaveLength(1);
    expect(calls).toEqual(new Set(['open', 'query', 'close', 'refund', 'queryRefund']));
    expect(inside).toEqual([]);
  });

  test('T15: ten orders paid at the same moment earn the sum of their points', async () => {
    for (let count = 0; count < 10; count += 1) {
      const product = await givenProduct(world, { listFen: fen(100 * (count + 1)) });
      await givenMoney(world, alice, await givenOrder(world, alice, { product }));
    }
    await world.drain();
    const { data } = await world.call(getPoints, {}, { token: alice.token });
    expect(data.balance).toBe(55);
    expect(data.ledger.items).toHaveLength(10);
  });

  test('T10: two orders for one course, both paid, are both honoured: the course is there once, the money twice', async () => {
    const product = await givenProduct(world);
    const placed = [await givenOrder(world, alice, { product }), await givenOrder(world, alice, { product })];
    for (const order of placed) await givenMoney(world, alice, order);
    await world.drain();
    expect(await storedIn(world, 'entitlements')).toMatchObject([
      { sources: [{ state: 'active' }, { state: 'active' }] },
    ]);
    expect(placed.flatMap(({ id }) => transactionsOf(world, id))).toHaveLength(2);
  });

  test('T9: a coupon that was given back and used again is never used twice, however late the money', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const first = await givenOrder(world, alice, { coupon });
    const payment = await givenOpened(world, alice, first);
    const close = jest.spyOn(world.ports.rails.wxpay, 'close').mockResolvedValueOnce('closed');
    await world.call(cancelOrder, { orderId: first.id }, { token: alice.token });
    close.mockRestore();
    const second = await givenOrder(world, alice, { coupon });
    await givenMoney(world, alice, second);
    expect(confirm(world, alice, payment)).toBe('requestPayment:ok');
    await passMinutes(world, 5, sweepTasks, syncPayments);
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({
      state: 'used',
      orderId: second.id,
    });
    expect(await stored(world, orders.collection, first.id)).toMatchObject({ state: 'closed' });
    expect(refundsOf(world, first.id)).toMatchObject([{ refundFen: 8_900, isSuccess: true }]);
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
  });

  test('T21, T22: nothing in an order can be named by a client but products, a coupon and a total', async () => {
    const asked = orderFor(world, [await givenProduct(world)]);
    const extras = {
      payableFen: 1,
      userId: alice.userId,
      state: 'paid',
      rail: 'zero',
      paidAtMs: 1,
      _id: 'x',
    };
    for (const [key, value] of Object.entries(extras)) {
      const refused = await world.call(createOrder, { ...asked, [key]: value }, { token: alice.token });
      expect(refused.code).toBe('request.invalid');
      const pay = { orderId: asked.orderId, [key]: value };
      expect((await world.call(payOrder, pay, { token: alice.token })).code).toBe('request.invalid');
    }
    expect(await storedIn(world, 'orders')).toEqual([]);
  });
});
