import { claimGift } from '../../../functions/access/claimGift.ts';
import { listGifts } from '../../../functions/access/listGifts.ts';
import { rejectRefund } from '../../../functions/admin/refunds/rejectRefund.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { getOrder } from '../../../functions/orders/getOrder.ts';
import { payOrder } from '../../../functions/payments/payOrder.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import { getPoints } from '../../../functions/points/getPoints.ts';
import { requestRefund } from '../../../functions/refunds/requestRefund.ts';
import * as entitlements from '../../../shared/data/access/entitlements.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import { entitlementId } from '../../../shared/schemas/access/entitlement.ts';
import { DAY_MS, fen } from '../../../shared/schemas/base.ts';
import { LINES_MAX } from '../../../shared/schemas/orders/order.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenProduct } from '../../support/given/course.ts';
import {
  type Buyer,
  badWorld,
  givenCouponOf,
  givenOpened,
  givenOrder,
  newOrderId,
  stored,
  storedIn,
} from '../../support/given/order.ts';
import { confirm, passMinutes, refundsOf } from '../../support/given/payment.ts';
import { givenSold } from '../../support/given/products.ts';
import { askBack, givenPaid, givenStudied, newRefundId } from '../../support/given/refund.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(requestRefund, () => {
  let world: World;
  let alice: Buyer;
  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  const accessOf = async (productId: string | undefined) => {
    const found = await world.ports.database.find(
      entitlements.collection,
      entitlementId(alice.userId, productId as never),
    );
    return found?.sources.map(({ state }) => state) ?? [];
  };

  test('T3, T11: what the policy gives goes back by itself: access at once, money when the rail says so, and all that goes with it', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenPaid(world, alice, null, coupon);
    expect((await world.call(getPoints, {}, alice)).data.balance).toBe(89);

    const { data } = await askBack(world, alice, order, 8_900);
    expect(data.refund).toMatchObject({ state: 'approved', refundFen: 8_900, reason: 'buyer' });
    expect(await stored(world, orders.collection, order.id)).toMatchObject({
      state: 'paid',
      refundingFen: 8_900,
      refundedFen: 0,
      revoked: [order.lines[0]?.productId],
    });
    expect(await accessOf(order.lines[0]?.productId)).toEqual(['revoked']);
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'used' });

    await world.bus.drain();
    expect(await stored(world, refunds.collection, data.refund.id)).toMatchObject({ state: 'processing' });
    await passMinutes(world, 3, syncPayments);
    expect(await stored(world, refunds.collection, data.refund.id)).toMatchObject({
      state: 'success',
      pointsTaken: 89,
    });
    expect(refundsOf(world, order.id)).toMatchObject([
      { refundNumber: data.refund.id, refundFen: 8_900, totalFen: 8_900, isSuccess: true },
    ]);
    const { data: seen } = await world.call(getOrder, { orderId: order.id }, alice);
    expect(seen.order).toMatchObject({ refundingFen: 0, refundedFen: 8_900 });
    expect((await world.call(getPoints, {}, alice)).data.balance).toBe(0);
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({
      state: 'available',
      orderId: null,
    });
  });

  test('T25, T33: one line goes back at what was paid for it; the other keeps its price and its access', async () => {
    const wanted = [
      await givenProduct(world, { listFen: fen(6_000) }),
      await givenProduct(world, { listFen: fen(4_000) }),
    ];
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenPaid(world, alice, wanted, coupon);
    const [first, second] = order.lines;
    expect([first?.paidFen, second?.paidFen]).toEqual([5_400, 3_600]);
    await askBack(world, alice, order, 3_600, { productIds: [second?.productId] });
    await passMinutes(world, 3, syncPayments);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({
      refundedFen: 3_600,
      revoked: [second?.productId],
      lineRefunds: [{ productId: second?.productId, refundedFen: 3_600, refundingFen: 0 }],
    });
    expect(await accessOf(first?.productId)).toEqual(['active']);
    expect(await accessOf(second?.productId)).toEqual(['revoked']);
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'used' });
    // 90 yuan earned 90 points. 54 yuan are kept, and so are 54 points.
    expect((await world.call(getPoints, {}, alice)).data.balance).toBe(54);
    // The rest is refunded too, and the coupon comes back.
    await askBack(world, alice, order, 5_400);
    await passMinutes(world, 3, syncPayments);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ refundedFen: 9_000 });
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'available' });
    expect((await world.call(getPoints, {}, alice)).data.balance).toBe(0);
  });

  test('a refund outside the policy waits for staff, and takes no access meanwhile', async () => {
    const order = await givenPaid(world, alice);
    world.clock.advance(8 * DAY_MS);
    const { data } = await askBack(world, alice, order, 9_900);
    expect(data.refund).toMatchObject({ state: 'requested', refundFen: 9_900 });
    await world.drain();
    expect(refundsOf(world, order.id)).toEqual([]);
    expect(await accessOf(order.lines[0]?.productId)).toEqual(['active']);
  });

  test('the rail ends it without giving back: what was taken is given again, and staff are told', async () => {
    const order = await givenPaid(world, alice);
    world.wechatPay.faults.next('refundClosed');
    const { data } = await askBack(world, alice, order, 9_900);
    expect(await accessOf(order.lines[0]?.productId)).toEqual(['revoked']);
    await passMinutes(world, 5, syncPayments);
    expect(await stored(world, refunds.collection, data.refund.id)).toMatchObject({ state: 'closed' });
    expect(await stored(world, orders.collection, order.id)).toMatchObject({
      refundingFen: 0,
      refundedFen: 0,
      revoked: [],
    });
    expect(await accessOf(order.lines[0]?.productId)).toEqual(['active']);
    expect(await storedIn(world, 'cases')).toMatchObject([
      { kind: 'refund_closed', refundId: data.refund.id },
    ]);
    // And it can be asked for again.
    const again = await askBack(world, alice, order, 9_900);
    await passMinutes(world, 5, syncPayments);
    expect(await stored(world, refunds.collection, again.data.refund.id)).toMatchObject({ state: 'success' });
  });

  test('a free order goes back at once, without any rail', async () => {
    const coupon = await givenCouponOf(world, alice.userId, { rule: { kind: 'fixed', offFen: fen(9_900) } });
    const product = await givenProduct(world);
    const { data: placed } = await world.call(
      createOrder,
      {
        orderId: world.ports.ids.make('ord'),
        lines: [{ productId: product.id }],
        couponId: coupon.id,
        shownFen: 0,
      },
      alice,
    );
    await world.drain();
    const { data } = await askBack(world, alice, placed.order, 0);
    expect(data.refund).toMatchObject({ state: 'success', refundFen: 0 });
    expect(await accessOf(product.id)).toEqual(['revoked']);
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'available' });
    expect((await askBack(world, alice, placed.order, 0)).code).toBe('refund.nothing_left');
  });

  test('a double click is one refund; another request under the same id is refund.id_taken', async () => {
    const order = await givenPaid(world, alice);
    const other = await givenPaid(world, alice);
    const refundId = newRefundId(world);
    const clicks = await Promise.all(
      Array.from({ length: 10 }, () => askBack(world, alice, order, 9_900, { refundId })),
    );
    for (const { data } of clicks) expect(data.refund.id).toBe(refundId);
    expect((await askBack(world, alice, other, 9_900, { refundId })).code).toBe('refund.id_taken');
    await passMinutes(world, 3, syncPayments);
    expect(refundsOf(world, order.id)).toHaveLength(1);
    expect(refundsOf(world, other.id)).toHaveLength(0);
    // Much later the same request gets the same answer.
    expect((await askBack(world, alice, order, 9_900, { refundId })).data.refund.state).toBe('success');
  });

  test('several ids at once never give back more than was paid', async () => {
    const order = await givenPaid(world, alice);
    const answers = await Promise.all(Array.from({ length: 8 }, () => askBack(world, alice, order, 9_900)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    await passMinutes(world, 3, syncPayments);
    expect(refundsOf(world, order.id)).toMatchObject([{ refundFen: 9_900 }]);
  });

  test('M4: a refund right after the payment leaves no access, whichever effect comes first', async () => {
    for (const seed of [1, 2, 3, 4]) {
      const bad = await badWorld(seed, { conflict: 0.3, commitLost: 0.3 });
      const bea = await bad.login('bea');
      const order = await givenOrder(bad, bea);
      const { payment } = (await bad.call(payOrder, { orderId: order.id }, bea)).data;
      if (payment.rail !== 'wxpay') throw new Error(payment.rail);
      bad.wechatPay.phone.pay({ ...payment, openid: bea.openid }, 'confirm');
      // The notice is accepted, but its effects have not begun.
      await bad.clock.runDue();
      const asked = askBack(bad, bea, order, 9_900);
      await Promise.all([asked, bad.bus.drain()]);
      expect((await asked).status).toBe(200);
      await passMinutes(bad, 5, syncPayments);
      const [line] = order.lines;
      const access = await bad.ports.database.find(
        entitlements.collection,
        entitlementId(bea.userId, line?.productId as never),
      );
      expect(access?.sources.filter(({ state }) => state === 'active') ?? []).toEqual([]);
      expect((await bad.call(getPoints, {}, bea)).data.balance).toBe(0);
      expect(await stored(bad, orders.collection, order.id)).toMatchObject({ refundedFen: 9_900 });
      await bad.close();
    }
  });

  test('refund.amount_changed: the amount differs from the one that was shown, and the answer has the present one', async () => {
    const order = await givenPaid(world, alice);
    const answer = await askBack(world, alice, order, 9_800);
    expect(answer.code).toBe('refund.amount_changed');
    expect(answer.error.params).toMatchObject({ quote: { refundFen: 9_900, by: 'automatic' } });
    expect(await storedIn(world, 'refunds')).toEqual([]);
  });

  test('request.invalid: a line that is named twice', async () => {
    const wanted = [await givenProduct(world), await givenProduct(world)];
    const order = await givenPaid(world, alice, wanted);
    const [first] = order.lines;
    for (const shownFen of [9_900, 19_800]) {
      const productIds = [first?.productId, first?.productId];
      expect((await askBack(world, alice, order, shownFen, { productIds })).code).toBe('request.invalid');
    }
    expect(await storedIn(world, 'refunds')).toEqual([]);
  });

  test('refund.nothing_left, refund.line_unknown, order.not_paid, order.not_found', async () => {
    const order = await givenPaid(world, alice);
    const other = await givenProduct(world);
    const named = (productId: string) => askBack(world, alice, order, 9_900, { productIds: [productId] });
    expect((await named(other.id)).code).toBe('refund.line_unknown');
    await askBack(world, alice, order, 9_900);
    expect((await askBack(world, alice, order, 0)).code).toBe('refund.nothing_left');
    expect((await askBack(world, alice, await givenOrder(world, alice), 9_900)).code).toBe('order.not_paid');
    const bob = await world.login('bob');
    expect((await askBack(world, bob, order, 9_900)).code).toBe('order.not_found');
  });

  test('refund.ask_apple: what Apple took only Apple gives back', async () => {
    const order = await givenPaid(world, alice);
    const { wxpay } = world.ports.rails;
    const abilities = wxpay.abilities('ios');
    jest.spyOn(wxpay, 'abilities').mockReturnValue({ ...abilities, mayRefund: false });
    expect((await askBack(world, alice, order, 9_900)).code).toBe('refund.ask_apple');
    expect(await storedIn(world, 'refunds')).toEqual([]);
  });

  test('refund.already_asked: what staff have not answered yet is not asked for again; once they have, it may be', async () => {
    const order = await givenPaid(world, alice);
    world.clock.advance(30 * DAY_MS);
    alice = await world.login('alice');
    const first = (await askBack(world, alice, order, 9_900)).data.refund;
    expect(first.state).toBe('requested');
    expect((await askBack(world, alice, order, 9_900)).code).toBe('refund.already_asked');
    expect((await askBack(world, alice, order, 9_900, { refundId: first.id })).data.refund).toEqual(first);
    const { token } = await givenStaff(world, 'finance');
    await world.call(rejectRefund, { refundId: first.id, reason: '超过期限' }, { token });
    expect((await askBack(world, alice, order, 9_900)).status).toBe(200);
    expect(await storedIn(world, 'refunds')).toHaveLength(2);
  });

  describe('a coupon that paid for gifts stays used while a friend keeps one of them', () => {
    const givenClaimed = async (shownFen: number) => {
      const { id: productId } = await givenSold(world, 'media', { listFen: 1_000 });
      const rule = { kind: 'fixed', offFen: fen(2_000 - shownFen) } as const;
      const coupon = await givenCouponOf(world, alice.userId, { rule });
      const orderId = newOrderId(world);
      const lines = [{ productId, gifts: 2 }];
      const asked = { orderId, lines, couponId: coupon.id, shownFen };
      const { order } = (await world.call(createOrder, asked, alice)).data;
      if (order.state !== 'paid') confirm(world, alice, await givenOpened(world, alice, order));
      await world.drain();
      const [gift] = (await world.call(listGifts, {}, alice)).data.items;
      await world.call(claimGift, { token: gift?.token }, await world.login('bob'));
      return { order, coupon };
    };

    test('staff decide about a refund of a free order', async () => {
      const { order, coupon } = await givenClaimed(0);
      expect((await askBack(world, alice, order, 0)).data.refund.state).toBe('requested');
      expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'used' });
    });

    test('the last fen is not rounded away', async () => {
      const { order, coupon } = await givenClaimed(1);
      expect((await askBack(world, alice, order, 0)).data.refund).toMatchObject({ refundFen: 0 });
      await passMinutes(world, 3, syncPayments);
      expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'used' });
    });
  });

  test('as many products as an order can have, each opened, go back in one transaction', async () => {
    const wanted = [];
    for (let n = 0; n < LINES_MAX; n += 1) {
      wanted.push(await givenProduct(world, { lessonCount: 10, listFen: fen(1_000) }));
    }
    const order = await givenPaid(world, alice, wanted);
    await givenStudied(world, alice, wanted);
    expect((await askBack(world, alice, order, LINES_MAX * 1_000)).status).toBe(200);
  });
});
