import { getLibrary } from '../../../functions/access/getLibrary.ts';
import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { closeExpiredOrders } from '../../../functions/orders/closeExpiredOrders.ts';
import { payOrder } from '../../../functions/payments/payOrder.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as payments from '../../../shared/data/payments/payments.ts';
import { settlePayment } from '../../../shared/flows/payments/settlePayment.ts';
import { takeBackByPlatform } from '../../../shared/flows/refunds/platformRefund.ts';
import { fen, HOUR_MS, MINUTE_MS } from '../../../shared/schemas/base.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import { XpayPaymentView } from '../../../shared/schemas/payments/payment.ts';
import { audited } from '../../support/audited.ts';
import { givenProduct } from '../../support/given/course.ts';
import { givenLiveGoods } from '../../support/given/goods.ts';
import { type Buyer, givenCouponOf, givenOrder, stored, storedIn } from '../../support/given/order.ts';
import { passMinutes } from '../../support/given/payment.ts';
import { askBack } from '../../support/given/refund.ts';
import { givenXpayOrder, type Phone, pass, payVirtually, virtualMoneyOf } from '../../support/given/xpay.ts';
import { createWorld, type World } from '../../support/world.ts';

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

const at = () => ({ now: world.clock.now(), requestId: 'req' });

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

describe('money that WeChat took for an iPhone’s order can be refunded', () => {
  test('the order is of no iPhone from then on', async () => {
    const order = await givenXpayOrder(world, alice, { platform: 'ios' });
    await payVirtually(world, alice, order, 'android');
    await pass(world, MINUTE_MS);
    expect(virtualMoneyOf(world, order.id)).toMatchObject([{ isApple: false }]);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ platform: 'android' });
    expect((await askBack(world, alice, order, order.payableFen)).status).toBe(200);
    await passMinutes(world, 5, syncPayments);
    expect(await storedIn(world, 'refunds')).toMatchObject([{ state: 'success' }]);
  });

  test('a second payment goes back by itself', async () => {
    const order = await givenXpayOrder(world, alice, { platform: 'ios' });
    Object.assign(world.xpay.faults.shares, { doublePay: 1, secondShown: 1 });
    await payVirtually(world, alice, order, 'android');
    await pass(world, 3 * MINUTE_MS);
    expect(await storedIn(world, 'refunds')).toMatchObject([{ reason: 'second_payment', state: 'success' }]);
    expect(await storedIn(world, 'cases')).toEqual([]);
  });

  test('a second payment by WeChat goes back when Apple took the first', async () => {
    const order = await givenXpayOrder(world, alice, { platform: 'ios' });
    await payVirtually(world, alice, order, 'ios');
    await pass(world, MINUTE_MS);
    const told = await world.ports.rails.xpay?.query({ orderId: order.id, openid: alice.openid });
    if (told?.state !== 'success') throw new Error('not paid');
    const second = { ...told.news, transactionId: 'XPBYWECHAT', isByApple: false };
    expect(await settlePayment(world.ports, second, at())).toBe('second');
    expect(await storedIn(world, 'refunds')).toMatchObject([
      { transactionId: 'XPBYWECHAT', state: 'approved' },
    ]);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ platform: 'ios' });
  });

  test('the same thing bought twice goes back once', async () => {
    const product = await givenProduct(world);
    const asked = { platform: 'ios', product } as const;
    const twice = [await givenXpayOrder(world, alice, asked), await givenOrder(world, alice, asked)];
    const signed = [];
    for (const order of twice) signed.push((await pay(order)).data.payment);
    for (const payment of signed) {
      expect(payWith(payment)).toBe(0);
      await pass(world, MINUTE_MS);
    }
    await pass(world, 2 * MINUTE_MS);
    expect(await storedIn(world, 'refunds')).toMatchObject([{ orderId: twice[1]?.id, state: 'success' }]);
  });
});

test('when WeChat’s payment has gone back, and Apple’s second one stays, the order is of Apple', async () => {
  const order = await givenXpayOrder(world, alice);
  await payVirtually(world, alice, order);
  await pass(world, MINUTE_MS);
  const told = await world.ports.rails.xpay?.query({ orderId: order.id, openid: alice.openid });
  if (told?.state !== 'success') throw new Error('not paid');
  const { transactionId } = told.news;
  const second = { ...told.news, transactionId: 'XPBYAPPLE', isByApple: true };
  expect(await settlePayment(world.ports, second, at())).toBe('second');
  const back = { orderId: order.id, rail: 'xpay', refundFen: null } as const;
  await takeBackByPlatform(world.ports, { ...back, transactionId }, at().now);
  expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [{ state: 'active' }] }]);
  expect((await askBack(world, alice, order, order.payableFen)).code).toBe('refund.ask_apple');
  await takeBackByPlatform(world.ports, { ...back, transactionId: 'XPBYAPPLE' }, at().now);
  expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [{ state: 'revoked' }] }]);
  expect((await audited(world.ports.database)).findings).toEqual([]);
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

  test('on iOS a product that is owned by the time it is paid is still granted, and recorded', async () => {
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

  test('a payment without any push is found by asking, for two days', async () => {
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
