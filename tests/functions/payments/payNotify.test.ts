import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { payNotify } from '../../../functions/payments/payNotify.ts';
import { payOrder } from '../../../functions/payments/payOrder.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import { quoteRefund } from '../../../functions/refunds/quoteRefund.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as payments from '../../../shared/data/payments/payments.ts';
import { MINUTE_MS } from '../../../shared/schemas/base.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import { audited } from '../../support/audited.ts';
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
import {
  confirm,
  givenMoney,
  loseNotices,
  noticeOf,
  paidWords,
  passMinutes,
  refundsOf,
  transactionsOf,
} from '../../support/given/payment.ts';
import { askBack, newRefundId } from '../../support/given/refund.ts';
import { createWorld, type RawCall, type World } from '../../support/world.ts';

/** The collections that a payment can change. */
const BOOKS = [
  'orders',
  'payments',
  'coupons',
  'receipts',
  'refunds',
  'entitlements',
  'pointsEntries',
  'tasks',
];

describeFunction(payNotify, () => {
  let world: World;
  let alice: Buyer;
  let order: OrderView;
  const notify = (call: RawCall) => world.call(payNotify, call);
  const exceptions = () => storedIn(world, 'paymentExceptions');
  const stateOf = async (id = order.id) => (await stored(world, orders.collection, id)).state;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    const coupon = await givenCouponOf(world, alice.userId);
    order = await givenOrder(world, alice, { coupon });
  });
  afterEach(() => world.close());

  test('a payment settles its order with everything that belongs to it, and the effects follow once', async () => {
    await givenMoney(world, alice, order);
    await world.drain();
    const [transaction] = transactionsOf(world, order.id);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid' });
    expect(await stored(world, payments.collection, order.id)).toMatchObject({
      state: 'success',
      transactionId: transaction?.transactionId,
      syncNextAtMs: null,
    });
    expect(await stored(world, coupons.collection, order.couponId ?? '')).toMatchObject({ state: 'used' });
    expect(await storedIn(world, 'receipts')).toMatchObject([{ kind: 'settled', amountFen: 8_900 }]);
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
    expect(await storedIn(world, 'pointsEntries')).toMatchObject([{ availableAfter: 89 }]);
    expect(await exceptions()).toEqual([]);
  });

  test('it is answered as WeChat Pay wants it, after the commit', async () => {
    await givenOpened(world, alice, order);
    const { status, body } = await notify(noticeOf(world, paidWords(world, alice, order)));
    expect([status, body]).toEqual([200, { code: 'SUCCESS', message: '成功' }]);
    expect(await stateOf()).toBe('paid');
  });

  test('T1: twenty of the same notice at once, and once more a day later, are one payment', async () => {
    await givenOpened(world, alice, order);
    const words = paidWords(world, alice, order);
    const answers = await Promise.all(Array.from({ length: 20 }, () => notify(noticeOf(world, words))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await world.drain();
    const before = await storedIn(world, ...BOOKS);
    world.clock.advance(25 * 60 * MINUTE_MS);
    expect((await notify(noticeOf(world, words))).status).toBe(200);
    await world.drain();
    expect(await storedIn(world, ...BOOKS)).toEqual(before);
    expect(await storedIn(world, 'receipts')).toHaveLength(1);
    expect(await storedIn(world, 'pointsEntries')).toHaveLength(1);
  });

  test('a notice that comes before the answer to our own call settles, and the answer takes nothing back', async () => {
    const open = world.ports.rails.wxpay.open;
    jest.spyOn(world.ports.rails.wxpay, 'open').mockImplementation(async (asked) => {
      const opened = await open(asked);
      expect((await notify(noticeOf(world, paidWords(world, alice, order)))).status).toBe(200);
      return opened;
    });
    const { code } = await world.call(payOrder, { orderId: order.id }, { token: alice.token });
    expect(code).toBe('order.already_paid');
    expect(await stored(world, payments.collection, order.id)).toMatchObject({ state: 'success' });
  });

  test.each([
    ['T1: one fen less', 'amount_mismatch', { amount: { total: 8_899, currency: 'CNY' } }],
    ['T1: one fen more', 'amount_mismatch', { amount: { total: 8_901, currency: 'CNY' } }],
    ['yuan taken for fen', 'amount_mismatch', { amount: { total: 89, currency: 'CNY' } }],
    ['another currency', 'currency_mismatch', { amount: { total: 8_900, currency: 'USD' } }],
    ['another app', 'merchant_mismatch', { appid: 'wx9999999999999999' }],
    ['another merchant', 'merchant_mismatch', { mchid: '1999999999' }],
    ['another payer', 'payer_mismatch', { payer: { openid: 'oSomebodyElse' } }],
  ])('%s grants nothing, is written down once, and is answered with 200', async (_what, kind, changes) => {
    await givenOpened(world, alice, order);
    const before = await storedIn(world, ...BOOKS);
    const words = paidWords(world, alice, order, changes);
    for (let count = 0; count < 3; count += 1) {
      expect((await notify(noticeOf(world, words))).status).toBe(200);
    }
    expect(await storedIn(world, ...BOOKS)).toEqual(before);
    expect(await exceptions()).toMatchObject([{ kind, orderNumber: order.id }]);
    expect(world.logs).toContainEqual(expect.objectContaining({ level: 'warn', paymentException: kind }));
    // A notice with the right words still settles the order.
    await notify(noticeOf(world, paidWords(world, alice, order)));
    expect(await stateOf()).toBe('paid');
  });

  test('notice.order_unknown: written down, and to be told again: the order may be there then', async () => {
    const unknown = { ...order, id: newOrderId(world) };
    const words = paidWords(world, alice, unknown);
    const refused = await notify(noticeOf(world, words));
    expect([refused.status, refused.code]).toEqual([500, 'notice.order_unknown']);
    const strange = paidWords(world, alice, order, { out_trade_no: '另一个系统的订单' });
    expect((await notify(noticeOf(world, strange))).status).toBe(500);
    expect(await exceptions()).toMatchObject([{ kind: 'unknown_order' }, { kind: 'unknown_order' }]);
    expect(await storedIn(world, 'receipts')).toEqual([]);
  });

  test('a genuine notice of a kind that nobody knows is logged, counted and answered as taken', async () => {
    const before = await storedIn(world, ...BOOKS);
    for (const count of [1, 2]) {
      const { status, body } = await notify(noticeOf(world, {}, 'BRAND.NEW'));
      expect([status, body]).toEqual([200, { code: 'SUCCESS', message: '成功' }]);
      const told = { level: 'warn', unknownEvent: 'BRAND.NEW', platform: 'wxpay', count };
      expect(world.logs).toContainEqual(expect.objectContaining(told));
    }
    expect(await storedIn(world, ...BOOKS)).toEqual(before);
  });

  test('a transaction that paid one order pays no other one', async () => {
    await givenMoney(world, alice, order);
    await world.drain();
    const other = await givenOrder(world, alice);
    await givenOpened(world, alice, other);
    const [transaction] = transactionsOf(world, order.id);
    const words = paidWords(world, alice, other, { transaction_id: transaction?.transactionId });
    expect((await notify(noticeOf(world, words))).status).toBe(200);
    expect(await stateOf(other.id)).toBe('pending');
    expect(await exceptions()).toMatchObject([{ kind: 'transaction_taken', orderNumber: other.id }]);
  });

  test('notice.signature_invalid: forged, probing, altered and stale ones change nothing', async () => {
    await givenOpened(world, alice, order);
    const genuine = noticeOf(world, paidWords(world, alice, order));
    const { headers = {}, rawBody } = genuine;
    const signature = headers['wechatpay-signature'] ?? '';
    const forged: RawCall[] = [
      { ...genuine, rawBody: `${rawBody} ` },
      { rawBody, headers: { ...headers, 'wechatpay-signature': `WECHATPAY/SIGNTEST/${signature}` } },
      { rawBody, headers: { ...headers, 'wechatpay-serial': 'PUB_KEY_ID_0000000000000000' } },
      { rawBody, headers: { ...headers, 'wechatpay-nonce': 'another' } },
      { rawBody, headers: {} },
    ];
    const before = await storedIn(world, ...BOOKS, 'paymentExceptions');
    for (const call of forged) {
      const refused = await notify(call);
      expect([refused.status, refused.code]).toEqual([401, 'notice.signature_invalid']);
    }
    world.clock.advance(6 * MINUTE_MS);
    expect((await notify(genuine)).status).toBe(401);
    expect(await storedIn(world, ...BOOKS, 'paymentExceptions')).toEqual(before);
  });

  test('notice.malformed: signed, and still not what a payment looks like', async () => {
    const before = await storedIn(world, ...BOOKS, 'paymentExceptions');
    const wrong = [
      paidWords(world, alice, order, { amount: { total: 89.5, currency: 'CNY' } }),
      paidWords(world, alice, order, { amount: { total: '8900', currency: 'CNY' } }),
      paidWords(world, alice, order, { transaction_id: { $gt: '' } }),
      paidWords(world, alice, order, { out_trade_no: undefined }),
    ];
    for (const words of wrong) {
      const refused = await notify(noticeOf(world, words));
      expect([refused.status, refused.code]).toEqual([400, 'notice.malformed']);
    }
    expect(await storedIn(world, ...BOOKS, 'paymentExceptions')).toEqual(before);
  });

  test('a genuine notice that is no news of money is answered and changes nothing', async () => {
    const before = await storedIn(world, ...BOOKS);
    const words = paidWords(world, alice, order, { trade_state: 'NOTPAY' });
    expect((await notify(noticeOf(world, words))).status).toBe(200);
    expect((await notify(noticeOf(world, words, 'PAYSCORE.USER_PAID'))).status).toBe(200);
    expect(await storedIn(world, ...BOOKS)).toEqual(before);
  });

  test('T10: of two payments one is the order’s, the other goes back', async () => {
    world.wechatPay.faults.next('payTwice');
    await givenMoney(world, alice, order);
    for (let minute = 0; minute < 5; minute += 1) {
      await world.drain();
      world.clock.advance(MINUTE_MS);
    }
    await world.drain();
    const [first, second] = transactionsOf(world, order.id);
    expect(refundsOf(world, order.id)).toMatchObject([
      {
        refundNumber: expect.stringMatching(/^rs_[0-9a-f]{26}$/),
        refundFen: 8_900,
        transactionId: second?.transactionId,
        isSuccess: true,
      },
    ]);
    expect(await stored(world, payments.collection, order.id)).toMatchObject({
      transactionId: first?.transactionId,
    });
    expect(await storedIn(world, 'refunds')).toMatchObject([{ state: 'success' }]);
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
    expect(await storedIn(world, 'pointsEntries')).toHaveLength(1);
    expect(await exceptions()).toMatchObject([{ kind: 'second_payment' }]);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid', refundedFen: 0 });
  });

  test('when two orders for one product are both opened and paid, the second one’s money goes back', async () => {
    const product = await givenProduct(world);
    const first = await givenOrder(world, alice, { product });
    const coupon = await givenCouponOf(world, alice.userId);
    const second = await givenOrder(world, alice, { product, coupon });
    const payment = await givenOpened(world, alice, second);
    await givenMoney(world, alice, first);
    await world.drain();
    expect(confirm(world, alice, payment)).toBe('requestPayment:ok');
    for (let minute = 0; minute < 5; minute += 1) {
      await world.drain();
      world.clock.advance(MINUTE_MS);
    }
    expect(await stored(world, orders.collection, second.id)).toMatchObject({ state: 'closed' });
    expect(await stored(world, payments.collection, second.id)).toMatchObject({ state: 'late' });
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'available' });
    expect(refundsOf(world, second.id)).toMatchObject([{ refundFen: 8_900, isSuccess: true }]);
    expect(await exceptions()).toMatchObject([{ kind: 'already_owned', orderNumber: second.id }]);
    expect(await stored(world, orders.collection, first.id)).toMatchObject({ state: 'paid' });
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
  });

  test('when two orders for one product are both settled before either has granted access, staff get a case', async () => {
    const product = await givenProduct(world);
    const [first, second] = [
      await givenOrder(world, alice, { product }),
      await givenOrder(world, alice, { product }),
    ];
    loseNotices(world);
    const payments = [await givenOpened(world, alice, first), await givenOpened(world, alice, second)];
    for (const payment of payments) expect(confirm(world, alice, payment)).toBe('requestPayment:ok');
    await passMinutes(world, 2, syncPayments);
    for (const { id } of [first, second])
      expect(await stored(world, orders.collection, id)).toMatchObject({ state: 'paid' });
    const about = { kind: 'bought_twice', productId: product.id, userId: alice.userId, amountFen: 9_900 };
    expect(await storedIn(world, 'cases')).toMatchObject([about]);
  });

  test('T8, T9: money for a closed order goes back; the order stays closed, its coupon free', async () => {
    const payment = await givenOpened(world, alice, order);
    await world.call(cancelOrder, { orderId: order.id }, { token: alice.token });
    expect(await stateOf()).toBe('closed');
    expect(confirm(world, alice, payment)).toMatch(/fail/);
    // The rail still lets the payment through.
    const words = paidWords(world, alice, order);
    const answers = await Promise.all(Array.from({ length: 5 }, () => notify(noticeOf(world, words))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await stored(world, orders.collection, order.id)).toMatchObject({
      state: 'closed',
      refundedFen: 0,
    });
    expect(await stored(world, payments.collection, order.id)).toMatchObject({ state: 'late' });
    expect(await stored(world, coupons.collection, order.couponId ?? '')).toMatchObject({
      state: 'available',
    });
    expect(await storedIn(world, 'refunds')).toMatchObject([
      { id: `rl_${order.id.slice(4)}`, state: 'approved', refundFen: 8_900, reason: 'late_payment' },
    ]);
    expect(await exceptions()).toMatchObject([{ kind: 'late_payment', refundId: `rl_${order.id.slice(4)}` }]);
    expect(await storedIn(world, 'entitlements', 'pointsEntries')).toEqual([]);
  });

  describe('a refund by hand at the merchant’s console', () => {
    const paidOrder = async () => {
      await givenMoney(world, alice, order);
      await world.drain();
    };
    const byHand = async (refundFen?: number, refundNumber?: string) => {
      const number = world.wechatPay.console.refund({ orderNumber: order.id, refundFen, refundNumber });
      await passMinutes(world, 2);
      return number;
    };
    const quoted = async () =>
      (await world.call(quoteRefund, { orderId: order.id }, { token: alice.token })).data.quote;

    test('of all that is left is a refund of the order, takes the access, and cannot be asked for again', async () => {
      await paidOrder();
      await byHand();
      expect(await storedIn(world, 'refunds')).toMatchObject([
        { reason: 'platform', state: 'success', refundFen: 8_900, lines: [{ takesAccess: true }] },
      ]);
      expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [{ state: 'revoked' }] }]);
      expect(await quoted()).toMatchObject({ refundFen: 0, by: 'none' });
      expect((await askBack(world, alice, order, 8_900)).code).toBe('refund.nothing_left');
      expect(await storedIn(world, 'cases')).toEqual([]);
      expect((await audited(world.ports.database)).findings).toEqual([]);
    });

    test('of a part leaves the access, counts in quotes, and opens a case; told again it changes nothing', async () => {
      await paidOrder();
      world.wechatPay.faults.shares.duplicate = 1;
      await byHand(3_000);
      expect(await storedIn(world, 'refunds')).toMatchObject([
        { reason: 'platform', state: 'success', refundFen: 3_000, lines: [{ takesAccess: false }] },
      ]);
      expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [{ state: 'active' }] }]);
      expect(await quoted()).toMatchObject({ refundFen: 5_900, by: 'automatic' });
      expect(await storedIn(world, 'cases')).toMatchObject([
        { kind: 'platform_refund', orderId: order.id, amountFen: 3_000 },
      ]);
      expect((await askBack(world, alice, order, 5_900)).status).toBe(200);
      await passMinutes(world, 5, syncPayments);
      expect(await stored(world, orders.collection, order.id)).toMatchObject({ refundedFen: 8_900 });
      expect((await audited(world.ports.database)).findings).toEqual([]);
    });

    test('one after the other are one refund for each number; the last one takes the access', async () => {
      await paidOrder();
      for (const refundFen of [1_000, 2_000, 5_900]) await byHand(refundFen);
      expect(await storedIn(world, 'refunds')).toHaveLength(3);
      expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [{ state: 'revoked' }] }]);
      expect(await stored(world, orders.collection, order.id)).toMatchObject({ refundedFen: 8_900 });
      expect((await audited(world.ports.database)).findings).toEqual([]);
    });

    test('under a number of ours that we have forgotten: the number is good for no other refund', async () => {
      await paidOrder();
      const refundId = newRefundId(world);
      await byHand(3_000, refundId);
      expect((await askBack(world, alice, order, 5_900, { refundId })).code).toBe('refund.id_taken');
      expect(await storedIn(world, 'refunds')).toMatchObject([{ id: refundId, reason: 'platform' }]);
    });

    test('of money that we know nothing of yet is answered, and staff can see it in the log', async () => {
      loseNotices(world);
      await givenMoney(world, alice, order);
      await world.drain();
      world.wechatPay.faults.shares.lose = 0;
      const number = await byHand();
      expect(world.logs).toContainEqual(expect.objectContaining({ refund: number, heard: 'unpaid' }));
      expect(await storedIn(world, 'refunds', 'entitlements')).toEqual([]);
    });
  });

  test('a store that fails is no answer with 200: WeChat Pay tells again, and then it settles', async () => {
    await givenMoney(world, alice, order);
    const tx = jest.spyOn(world.ports.database, 'tx').mockRejectedValue(new Error('the disk is gone'));
    await world.drain();
    expect(await stateOf()).toBe('pending');
    const [notice] = world.wechatPay.books().notices;
    expect(notice?.deliveries).toMatchObject([{ status: 500 }]);
    tx.mockRestore();
    world.clock.advance(15_000);
    await world.drain();
    expect(await stateOf()).toBe('paid');
  });
});

describe('notices on a bad day', () => {
  test.each([1, 2, 3, 4])(
    'conflicts, lost answers to commits and duplicates settle once (seed %i)',
    async (seed) => {
      const world = await badWorld(seed, { conflict: 0.3, commitLost: 0.3 });
      world.wechatPay.faults.shares.duplicate = 0.5;
      world.wechatPay.faults.shares.forge = 0.3;
      world.wechatPay.faults.shares.probe = 0.3;
      const alice = await world.login('alice');
      const placed: OrderView[] = [];
      for (let count = 0; count < 4; count += 1) {
        const order = await givenOrder(world, alice, { coupon: await givenCouponOf(world, alice.userId) });
        await givenOpened(world, alice, order);
        placed.push(order);
      }
      await Promise.all(
        placed.map(async (order) => {
          await givenMoney(world, alice, order);
          const calls = Array.from({ length: 5 }, () => {
            const [transaction] = transactionsOf(world, order.id);
            const words = paidWords(world, alice, order, { transaction_id: transaction?.transactionId });
            return world.call(payNotify, noticeOf(world, words));
          });
          await Promise.all(calls);
        }),
      );
      for (let minute = 0; minute < 3; minute += 1) {
        await world.drain();
        world.clock.advance(MINUTE_MS);
      }
      for (const { id } of placed)
        expect(await stored(world, orders.collection, id)).toMatchObject({ state: 'paid' });
      expect(await storedIn(world, 'receipts')).toHaveLength(placed.length);
      expect(await storedIn(world, 'pointsEntries')).toHaveLength(placed.length);
      expect(await storedIn(world, 'refunds', 'paymentExceptions')).toEqual([]);
      await world.close();
    },
  );
});
