import { useCoupon } from '../../../functions/coupons/useCoupon.ts';
import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as payments from '../../../shared/data/payments/payments.ts';
import { earnedUntilMs } from '../../../shared/domain/points/pointsLots.ts';
import { PAY_WINDOW_MS } from '../../../shared/domain/pricing/pricing.ts';
import { fen, MINUTE_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenProduct } from '../../support/given/course.ts';
import {
  type Buyer,
  badWorld,
  givenCouponOf,
  givenOrder,
  newOrderId,
  orderFor,
  stored,
  storedIn,
} from '../../support/given/order.ts';
import { givenPoints, pointsAccountOf } from '../../support/given/points.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(useCoupon, () => {
  let world: World;
  let alice: Buyer;
  const use = (input: unknown, buyer = alice) => world.call(useCoupon, input, { token: buyer.token });

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('puts a coupon on: order and payment have the new price, and the coupon is locked', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice);
    const { data } = await use({ orderId: order.id, couponId: coupon.id, shownFen: 8_900 });
    expect(data.order).toMatchObject({
      state: 'pending',
      payableFen: 8_900,
      discountFen: 1_000,
      earnsPoints: 89,
      couponId: coupon.id,
      expiresAtMs: order.expiresAtMs,
    });
    expect(await stored(world, payments.collection, order.id)).toMatchObject({ amountFen: 8_900 });
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({
      state: 'locked',
      orderId: order.id,
    });
  });

  test('changes it for another one, and takes it off: what the order held goes back', async () => {
    const first = await givenCouponOf(world, alice.userId);
    const second = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon: first });
    await use({ orderId: order.id, couponId: second.id, shownFen: 8_900 });
    expect(await stored(world, coupons.collection, first.id)).toMatchObject({
      state: 'available',
      orderId: null,
    });
    const { data } = await use({ orderId: order.id, couponId: null, shownFen: 9_900 });
    expect(data.order).toMatchObject({ payableFen: 9_900, couponId: null, applied: [] });
    expect(await stored(world, coupons.collection, second.id)).toMatchObject({ state: 'available' });
  });

  test('T22: the price is the one promised when the order was placed, not today’s', async () => {
    const product = await givenProduct(world);
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { product });
    await world.ports.database.tx((tx) =>
      products.save(tx, product, { ...product, version: 2, listFen: fen(50_000), state: 'withdrawn' }),
    );
    const { data } = await use({ orderId: order.id, couponId: coupon.id, shownFen: 8_900 });
    expect(data.order).toMatchObject({ payableFen: 8_900, lines: [{ productVersion: 1, listFen: 9_900 }] });
  });

  test('when nothing is left to pay the order is paid at once, and its effects follow', async () => {
    const coupon = await givenCouponOf(world, alice.userId, { rule: { kind: 'fixed', offFen: fen(10_000) } });
    const order = await givenOrder(world, alice);
    const asked = { orderId: order.id, couponId: coupon.id, shownFen: 0 };
    expect((await use(asked)).data.order).toMatchObject({ state: 'paid', rail: 'zero' });
    expect((await use(asked)).data.order).toMatchObject({ state: 'paid', rail: 'zero' });
    await world.drain();
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'used' });
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
  });

  test('a coupon that was locked is locked by one order: of two at once one gets it', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const placed = [await givenOrder(world, alice), await givenOrder(world, alice)];
    const answers = await Promise.all(
      placed.map(({ id }) => use({ orderId: id, couponId: coupon.id, shownFen: 8_900 })),
    );
    expect(answers.map(({ code }) => code).toSorted()).toEqual(['coupon.not_usable', null]);
  });

  test.each([
    ['before', 1],
    ['after', 6],
  ])('an order that holds points keeps those it needs, %s they would have ended', async (_, minutes) => {
    await givenPoints(world, alice.userId, 4_950);
    world.clock.advance(earnedUntilMs(world.clock.now()) - world.clock.now() - 5 * MINUTE_MS);
    alice = await world.login('alice');
    const asked = { ...orderFor(world, [await givenProduct(world)]), points: 4_950, shownFen: 4_950 };
    expect((await world.call(createOrder, asked, alice)).status).toBe(200);
    const coupon = await givenCouponOf(world, alice.userId);
    world.clock.advance(minutes * MINUTE_MS);
    const { data } = await use({ orderId: asked.orderId, couponId: coupon.id, shownFen: 4_450 });
    expect(data.order).toMatchObject({ payableFen: 4_450 });
    const back = minutes < 5 ? 500 : 0;
    expect(await pointsAccountOf(world, alice.userId)).toMatchObject({ available: back, held: 4_450 });
  });

  test('order.price_changed: nothing changes, also for the coupon it has', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice);
    const refused = await use({ orderId: order.id, couponId: coupon.id, shownFen: 8_899 });
    expect(refused.error).toMatchObject({
      code: 'order.price_changed',
      params: { quote: { payableFen: 8_900 } },
    });
    expect(await stored(world, coupons.collection, coupon.id)).toEqual(coupon);
    const same = await use({ orderId: order.id, couponId: null, shownFen: 8_900 });
    expect(same.error).toMatchObject({
      code: 'order.price_changed',
      params: { quote: { payableFen: 9_900 } },
    });
    expect(await stored(world, payments.collection, order.id)).toMatchObject({ amountFen: 9_900 });
  });

  test('coupon.not_usable: the order keeps what it had', async () => {
    const held = await givenCouponOf(world, alice.userId);
    const steep = await givenCouponOf(world, alice.userId, {
      rule: { kind: 'full_reduction', thresholdFen: fen(20_000), offFen: fen(1_000) },
    });
    const order = await givenOrder(world, alice, { coupon: held });
    const refused = await use({ orderId: order.id, couponId: steep.id, shownFen: 8_900 });
    expect(refused.error).toMatchObject({
      code: 'coupon.not_usable',
      params: { reason: 'coupon.threshold_not_met' },
    });
    expect(await stored(world, coupons.collection, held.id)).toMatchObject({
      state: 'locked',
      orderId: order.id,
    });
  });

  test('T21: coupon.not_found for somebody else’s, order.not_found for somebody else’s order', async () => {
    const bob = await world.login('bob');
    const foreign = await givenCouponOf(world, bob.userId);
    const own = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice);
    const asked = { orderId: order.id, couponId: foreign.id, shownFen: 8_900 };
    expect((await use(asked)).code).toBe('coupon.not_found');
    expect((await use(asked, bob)).code).toBe('order.not_found');
    expect((await use({ ...asked, couponId: own.id, orderId: newOrderId(world) })).code).toBe(
      'order.not_found',
    );
    expect(await stored(world, coupons.collection, foreign.id)).toEqual(foreign);
  });

  test('order.already_paid, order.not_pending, order.expired, order.payment_open: too late', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const late = (orderId: string) => use({ orderId, couponId: coupon.id, shownFen: 8_900 });
    const free = orderFor(world, [await givenProduct(world, { listFen: fen(0) })]);
    await world.call(createOrder, free, { token: alice.token });
    expect((await late(free.orderId)).code).toBe('order.already_paid');

    const cancelled = await givenOrder(world, alice);
    await world.call(cancelOrder, { orderId: cancelled.id }, { token: alice.token });
    expect((await late(cancelled.id)).code).toBe('order.not_pending');

    const open = await givenOrder(world, alice);
    await world.ports.database.tx(async (tx) => {
      const order = await orders.get(tx, open.id);
      await orders.save(tx, order, { ...order, paymentOpenedAtMs: order.createdAtMs });
    });
    expect((await late(open.id)).code).toBe('order.payment_open');

    const old = await givenOrder(world, alice);
    world.clock.advance(PAY_WINDOW_MS);
    expect((await late(old.id)).code).toBe('order.expired');
    expect(await stored(world, coupons.collection, coupon.id)).toEqual(coupon);
  });

  test('on a bad day a coupon is put on once, and comes off once', async () => {
    const bad = await badWorld(11, { conflict: 0.3, commitLost: 0.3 });
    const { token, userId } = await bad.login('alice');
    const order = await givenOrder(bad, { token, userId, openid: '' });
    const held = [await givenCouponOf(bad, userId), await givenCouponOf(bad, userId)];
    const wishes = [0, 1, 0, null, 1].map((index) => (index === null ? null : (held[index]?.id ?? null)));
    for (const couponId of wishes) {
      const shownFen = couponId === null ? 9_900 : 8_900;
      expect((await bad.call(useCoupon, { orderId: order.id, couponId, shownFen }, { token })).status).toBe(
        200,
      );
      for (const { id } of held) {
        const state = id === couponId ? 'locked' : 'available';
        expect(await stored(bad, coupons.collection, id)).toMatchObject({ state });
      }
    }
    await bad.close();
  });
});
