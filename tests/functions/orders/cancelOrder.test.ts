import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { closeExpiredOrders } from '../../../functions/orders/closeExpiredOrders.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { getOrder } from '../../../functions/orders/getOrder.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import { expirePoints } from '../../../functions/points/expirePoints.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as payments from '../../../shared/data/payments/payments.ts';
import { earnedUntilMs } from '../../../shared/domain/points/pointsLots.ts';
import { PAY_WINDOW_MS } from '../../../shared/domain/pricing/pricing.ts';
import { DAY_MS, fen, MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenProduct } from '../../support/given/course.ts';
import {
  type Buyer,
  badWorld,
  givenCouponOf,
  givenOpened,
  givenOrder,
  newOrderId,
  orderFor,
  stored,
  storedIn,
} from '../../support/given/order.ts';
import { confirm, givenMoney, loseNotices, refundsOf, transactionsOf } from '../../support/given/payment.ts';
import { givenPoints, pointsAccountOf } from '../../support/given/points.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(cancelOrder, () => {
  let world: World;
  let alice: Buyer;
  const cancel = (orderId: string, buyer = alice) =>
    world.call(cancelOrder, { orderId }, { token: buyer.token });

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('closes at once what was never opened at the rail, without asking it, and gives the coupon back', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon });
    expect((await cancel(order.id)).data.order).toMatchObject({
      state: 'closed',
      closeReason: 'cancelled',
      closedAtMs: world.clock.now(),
    });
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({
      state: 'available',
      orderId: null,
    });
  });

  test('is safe to repeat, also when the coupon is already on its next order', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon });
    const first = await cancel(order.id);
    const next = await givenOrder(world, alice, { coupon });
    world.clock.advance(1_000);
    const answers = await Promise.all(Array.from({ length: 5 }, () => cancel(order.id)));
    for (const { data } of answers) expect(data).toEqual(first.data);
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({
      state: 'locked',
      orderId: next.id,
    });
  });

  test('a coupon whose end has passed meanwhile comes back expired', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon });
    world.clock.advance(DAY_MS);
    await cancel(order.id);
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'expired' });
  });

  test('order.not_found: somebody else’s order, and one that is not there', async () => {
    const order = await givenOrder(world, alice);
    expect((await cancel(order.id, await world.login('bob'))).code).toBe('order.not_found');
    expect((await cancel(newOrderId(world))).code).toBe('order.not_found');
  });

  test('order.already_paid: what is paid stays paid', async () => {
    const free = orderFor(world, [await givenProduct(world, { listFen: fen(0) })]);
    await world.call(createOrder, free, { token: alice.token });
    expect((await cancel(free.orderId)).code).toBe('order.already_paid');
  });

  test('T7: what was opened is closed at the rail first: the phone cannot pay it any more', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon });
    const payment = await givenOpened(world, alice, order);
    expect((await cancel(order.id)).data.order).toMatchObject({ state: 'closed', closeReason: 'cancelled' });
    expect(world.wechatPay.books().closes).toMatchObject([{ orderNumber: order.id }]);
    expect(confirm(world, alice, payment)).toMatch(/^requestPayment:fail/);
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'available' });
    expect(await stored(world, payments.collection, order.id)).toMatchObject({
      state: 'closed',
      syncNextAtMs: null,
    });
  });

  test('money that came first wins, although its notice was lost: order.already_paid', async () => {
    loseNotices(world);
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon });
    await givenMoney(world, alice, order);
    expect((await cancel(order.id)).code).toBe('order.already_paid');
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid' });
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'used' });
  });

  test('money that comes between our question and our closing wins', async () => {
    loseNotices(world);
    const order = await givenOrder(world, alice);
    const payment = await givenOpened(world, alice, order);
    const query = world.ports.rails.wxpay.query;
    jest.spyOn(world.ports.rails.wxpay, 'query').mockImplementationOnce(async (orderId) => {
      const answer = await query(orderId);
      confirm(world, alice, payment);
      return answer;
    });
    expect((await cancel(order.id)).code).toBe('order.already_paid');
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid' });
  });

  test('points that end while the rail is asked are written off once, and the buyer’s other orders go on', async () => {
    await givenPoints(world, alice.userId, 1_000);
    world.clock.advance(earnedUntilMs(world.clock.now()) - world.clock.now() - 5 * MINUTE_MS);
    alice = await world.login('alice');
    const place = async (points: number) => {
      const asked = {
        ...orderFor(world, [await givenProduct(world)]),
        points,
        shownFen: fen(9_900 - points),
      };
      return (await world.call(createOrder, asked, alice)).data.order;
    };
    const [first, second, third] = [await place(400), await place(300), await place(200)];
    await givenOpened(world, alice, first);
    const payment = await givenOpened(world, alice, second);
    world.clock.advance(5 * MINUTE_MS - SECOND_MS);
    const { wxpay } = world.ports.rails;
    const close = wxpay.close.bind(wxpay);
    jest.spyOn(wxpay, 'close').mockImplementationOnce(async (id) => {
      world.clock.advance(2 * SECOND_MS);
      await world.run(expirePoints);
      return close(id);
    });
    expect((await cancel(first.id)).data.order.state).toBe('closed');
    expect(await pointsAccountOf(world, alice.userId)).toMatchObject({ available: 0, held: 500 });
    expect(await world.run(expirePoints)).not.toHaveProperty(['user.failed']);
    confirm(world, alice, payment);
    await world.drain();
    expect(await stored(world, orders.collection, second.id)).toMatchObject({ state: 'paid' });
    expect((await cancel(third.id)).data.order.state).toBe('closed');
    expect(await pointsAccountOf(world, alice.userId)).toMatchObject({ held: 0, debt: 0 });
  });

  test('a notice that settles while the rail says "closed" wins', async () => {
    const order = await givenOrder(world, alice);
    const payment = await givenOpened(world, alice, order);
    jest.spyOn(world.ports.rails.wxpay, 'close').mockImplementationOnce(async () => {
      confirm(world, alice, payment);
      await world.clock.runDue();
      return 'closed';
    });
    expect((await cancel(order.id)).code).toBe('order.already_paid');
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid' });
  });

  test.each([
    'requestLost',
    'answerLost',
    'serverError',
    'doubtfulError',
    'rateLimited',
    'garbage',
    'badSignature',
  ] as const)(
    'without a clear answer (%s) nothing is given back: it stays closing and is closed later',
    async (fault) => {
      const coupon = await givenCouponOf(world, alice.userId);
      const order = await givenOrder(world, alice, { coupon });
      await givenOpened(world, alice, order);
      world.wechatPay.faults.shares[fault] = 1;
      for (let count = 0; count < 3; count += 1) {
        expect((await cancel(order.id)).data.order).toMatchObject({ state: 'closing' });
        expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'locked' });
      }
      world.wechatPay.faults.shares[fault] = 0;
      world.clock.advance(MINUTE_MS);
      expect(await world.run(closeExpiredOrders)).toEqual({ 'order.closed': 1 });
      expect(await stored(world, orders.collection, order.id)).toMatchObject({
        state: 'closed',
        closeReason: 'cancelled',
      });
      expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'available' });
    },
  );

  test('cancel, timer and notice at once: paid or closed, never both, and no money is kept', async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 12; seed += 1) {
      const bad = await badWorld(seed, { conflict: 0.2, commitLost: 0.2 });
      const bea = await bad.login('bea');
      const coupon = await givenCouponOf(bad, bea.userId);
      const order = await givenOrder(bad, bea, { coupon });
      const payment = await givenOpened(bad, bea, order);
      bad.clock.advance(PAY_WINDOW_MS);
      const { token } = bea;
      const money = async () => {
        // The delay before the buyer confirms grows with the seed.
        for (let wait = 0; wait < seed; wait += 1) await bad.call(getOrder, { orderId: order.id }, { token });
        confirm(bad, bea, payment);
        await bad.drain();
      };
      const acts = [
        () => bad.call(cancelOrder, { orderId: order.id }, { token }),
        () => bad.run(closeExpiredOrders),
        () => bad.run(syncPayments),
        money,
      ];
      await Promise.all(acts.map((_, index) => acts[(index + seed) % acts.length]?.()));
      for (let minute = 0; minute < 10; minute += 1) {
        await bad.drain();
        bad.clock.advance(MINUTE_MS);
        await bad.run(closeExpiredOrders);
        await bad.run(syncPayments);
      }
      await bad.drain();
      const { state } = await stored(bad, orders.collection, order.id);
      outcomes.add(state);
      const received = transactionsOf(bad, order.id).length;
      const returned = refundsOf(bad, order.id).length;
      expect([seed, state, received - returned]).toEqual([seed, state, state === 'paid' ? 1 : 0]);
      expect((await stored(bad, coupons.collection, coupon.id)).state).toBe(
        state === 'paid' ? 'used' : 'available',
      );
      expect(await storedIn(bad, 'entitlements')).toHaveLength(state === 'paid' ? 1 : 0);
      await bad.close();
    }
    expect(outcomes).toEqual(new Set(['paid', 'closed']));
  });
});
