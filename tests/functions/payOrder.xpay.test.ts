import { cancelOrder } from '../../functions/cancelOrder.ts';
import { closeExpiredOrders } from '../../functions/closeExpiredOrders.ts';
import { getLibrary } from '../../functions/getLibrary.ts';
import { payOrder } from '../../functions/payOrder.ts';
import { syncPayments } from '../../functions/syncPayments.ts';
import * as coupons from '../../shared/data/coupons.ts';
import * as orders from '../../shared/data/orders.ts';
import * as payments from '../../shared/data/payments.ts';
import * as products from '../../shared/data/products.ts';
import { fen, HOUR_MS, MINUTE_MS } from '../../shared/schemas/base.ts';
import type { OrderView } from '../../shared/schemas/order.ts';
import { XpayPaymentView } from '../../shared/schemas/payment.ts';
import { givenLiveGoods } from '../support/given.goods.ts';
import {
  type Buyer,
  givenCouponOf,
  givenOrder,
  givenProduct,
  stored,
  storedIn,
} from '../support/given.order.ts';
import { passMinutes } from '../support/given.payment.ts';
import { askBack } from '../support/given.refund.ts';
import { givenXpayOrder, type Phone, pass, payVirtually, virtualMoneyOf } from '../support/given.xpay.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let alice: Buyer;
beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const pay = (order: Pick<OrderView, 'id'>, changes: object = {}) =>
  world.call(payOrder, { orderId: order.id, ...changes }, { token: alice.token });
const stateOf = async (order: OrderView) => (await stored(world, orders.collection, order.id)).state;
const payWith = (payment: unknown, platform: Phone = 'android') =>
  world.xpay.phone.payVirtual(
    { ...XpayPaymentView.parse(payment), openid: alice.openid, platform },
    'confirm',
  ).errCode;

describe('paying by virtual payment', () => {
  test('the phone is handed what it signs off, the push is a doorbell, and everything follows', async () => {
    const order = await givenXpayOrder(world, alice);
    expect(order.rail).toBe('xpay');
    expect(await payVirtually(world, alice, order)).toBe(0);
    await pass(world, 20_000);
    expect(await stateOf(order)).toBe('paid');
    expect(virtualMoneyOf(world, order.id)).toHaveLength(1);
    expect((await world.call(getLibrary, {}, alice)).data.items).toMatchObject([
      { id: order.lines[0]?.productId },
    ]);
  });

  test('a coupon is charged as the discount of what the platform sells', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenXpayOrder(world, alice, { coupon });
    const { data } = await pay(order);
    const { signData } = XpayPaymentView.parse(data.payment);
    expect(JSON.parse(signData)).toMatchObject({
      goodsPrice: 9_900,
      activitySellingPrice: 8_900,
      buyQuantity: 1,
    });
    expect(payWith(data.payment)).toBe(0);
    await pass(world, 20_000);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({
      state: 'paid',
      payableFen: 8_900,
    });
  });
});

test('an order is of the phone that paid for it, whatever it said: what Apple took only Apple gives back', async () => {
  const order = await givenXpayOrder(world, alice, { platform: 'android' });
  await payVirtually(world, alice, order, 'ios');
  await pass(world, 20_000);
  expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid', platform: 'ios' });
  expect((await askBack(world, alice, order, order.payableFen)).code).toBe('refund.ask_apple');
  expect(await storedIn(world, 'refunds')).toEqual([]);
  expect(await storedIn(world, 'evidence')).toHaveLength(1);
});

test('what was signed for once stays what is sold, also when goods at the very price go live meanwhile', async () => {
  const coupon = await givenCouponOf(world, alice.userId);
  const product = await givenProduct(world);
  const order = await givenXpayOrder(world, alice, { product, coupon });
  const first = (await pay(order)).data.payment;
  expect(
    world.xpay.phone.payVirtual(
      { ...XpayPaymentView.parse(first), openid: alice.openid, platform: 'android' },
      'dismiss',
    ).errCode,
  ).toBe(-2);
  const { id, priceFen } = await givenLiveGoods(world, product, 8_900);
  world.xpay.putOnSale({ id, priceFen });
  const second = (await pay(order)).data.payment;
  expect(second).toEqual(first);
  expect(payWith(second)).toBe(0);
  await pass(world, 20_000);
  expect(await stateOf(order)).toBe('paid');
});

describe('money that comes late, where nobody can be kept from paying', () => {
  /** An order that was signed for, closed here, and is paid with the old signature an hour later. */
  const givenLate = async (
    platform: Phone,
    between: (order: OrderView) => Promise<unknown> = async () => undefined,
  ) => {
    const coupon = await givenCouponOf(world, alice.userId);
    const product = await givenProduct(world, { listFen: fen(9_900) });
    const withCoupon = platform === 'ios' ? {} : { coupon };
    const order = await givenXpayOrder(world, alice, { platform, product, ...withCoupon });
    const { data } = await pay(order);
    world.clock.advance(20 * MINUTE_MS);
    await world.run(closeExpiredOrders);
    expect(await stateOf(order)).toBe('closed');
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'available' });
    await between(order);
    world.clock.advance(HOUR_MS);
    expect(payWith(data.payment, platform)).toBe(0);
    await pass(world, 20_000);
    return { order, coupon };
  };

  test('T8, T9: the order is taken up again, with its coupon, if that can still be had', async () => {
    const { order, coupon } = await givenLate('android');
    expect(await stored(world, orders.collection, order.id)).toMatchObject({
      state: 'paid',
      isHonoured: false,
    });
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({
      state: 'used',
      orderId: order.id,
    });
    expect(await storedIn(world, 'paymentExceptions')).toMatchObject([{ kind: 'late_reopened' }]);
  });

  test('T9: if the coupon has gone to another order, the money goes back and the order stays closed', async () => {
    const { order, coupon } = await givenLate('android', async (closed) => {
      const couponId = closed.couponId ?? '';
      const its = await stored(world, coupons.collection, couponId);
      await givenOrder(world, alice, { coupon: its });
    });
    await passMinutes(world, 5, syncPayments);
    expect(await stateOf(order)).toBe('closed');
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'locked' });
    expect(world.xpay.books().refunds).toMatchObject([{ orderNumber: order.id, refundFen: 8_900 }]);
  });

  test('T8: on iOS, where it cannot go back, the order is given; what had been bought again meanwhile too', async () => {
    const { order } = await givenLate('ios', async (closed) => {
      const productId = closed.lines[0]?.productId ?? '';
      const product = await stored(world, products.collection, productId);
      const again = await givenOrder(world, alice, { platform: 'ios', product });
      expect(await payVirtually(world, alice, again, 'ios')).toBe(0);
      await pass(world, 20_000);
      expect(await stateOf(again)).toBe('paid');
    });
    expect(await stored(world, orders.collection, order.id)).toMatchObject({
      state: 'paid',
      isHonoured: true,
    });
    expect(await storedIn(world, 'cases')).toMatchObject([{ kind: 'late_honoured', orderId: order.id }]);
  });

  test('what is owned by now when it is paid is given all the same on iOS, and written down', async () => {
    const order = await givenXpayOrder(world, alice, { platform: 'ios' });
    const product = await stored(world, products.collection, order.lines[0]?.productId ?? '');
    const again = await givenOrder(world, alice, { platform: 'ios', product });
    const { data } = await pay(again);
    expect(await payVirtually(world, alice, order, 'ios')).toBe(0);
    await pass(world, 20_000);
    expect(payWith(data.payment, 'ios')).toBe(0);
    await pass(world, 20_000);
    expect(await stateOf(again)).toBe('paid');
    expect(await storedIn(world, 'refunds')).toEqual([]);
    expect(await storedIn(world, 'paymentExceptions')).toMatchObject([
      { kind: 'already_owned', orderNumber: again.id },
    ]);
  });

  test('what no push ever tells is found by asking, for two days', async () => {
    const order = await givenXpayOrder(world, alice);
    const { data } = await pay(order);
    world.clock.advance(20 * MINUTE_MS);
    await world.run(closeExpiredOrders);
    world.xpay.faults.shares.lose = 1;
    expect(payWith(data.payment)).toBe(0);
    let asked = 0;
    while ((await stateOf(order)) === 'closed' && asked < 100) {
      asked += 1;
      world.clock.advance(30 * MINUTE_MS);
      await world.run(syncPayments);
      await world.drain();
    }
    expect(await stateOf(order)).toBe('paid');
    expect(await stored(world, payments.collection, order.id)).toMatchObject({ syncNextAtMs: null });
  });

  test('an order that nobody paid is asked about ever more rarely, and in the end no more', async () => {
    const order = await givenXpayOrder(world, alice);
    await pay(order);
    await world.call(cancelOrder, { orderId: order.id }, { token: alice.token });
    let asked = 0;
    for (let hour = 0; hour < 24 * 5; hour += 1) {
      world.clock.advance(HOUR_MS);
      const counts = await world.run(syncPayments);
      asked += counts['payment.unpaid'] ?? counts['payment.absent'] ?? 0;
    }
    expect(asked).toBeGreaterThan(3);
    expect(asked).toBeLessThan(10);
    expect(await stored(world, payments.collection, order.id)).toMatchObject({ syncNextAtMs: null });
  });
});

describe('refunds by virtual payment', () => {
  test('go back through the platform, with everything that goes with them', async () => {
    const order = await givenXpayOrder(world, alice);
    await payVirtually(world, alice, order);
    await pass(world, 20_000);
    const { data } = await askBack(world, alice, order, 9_900);
    await passMinutes(world, 5, syncPayments);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ refundedFen: 9_900 });
    expect(world.xpay.books().refunds).toMatchObject([{ refundNumber: data.refund.id, refundFen: 9_900 }]);
    expect((await world.call(getLibrary, {}, alice)).data.items).toEqual([]);
  });

  test('refund.ask_apple: on iOS the buyer is told to ask Apple', async () => {
    const order = await givenXpayOrder(world, alice, { platform: 'ios' });
    await payVirtually(world, alice, order, 'ios');
    await pass(world, 20_000);
    expect((await askBack(world, alice, order, 9_900)).code).toBe('refund.ask_apple');
    expect(await stateOf(order)).toBe('paid');
  });
});
