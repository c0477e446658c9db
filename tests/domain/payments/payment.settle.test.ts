import * as fc from 'fast-check';
import {
  changeCoupon,
  closeHolding,
  type Holding,
  placeHolding,
} from '../../../shared/domain/orders/holding.ts';
import { beginClosing, pointsOf } from '../../../shared/domain/orders/order.ts';
import { markOpened } from '../../../shared/domain/payments/payment.ts';
import {
  type Known,
  type Money,
  receiptId,
  settle,
  settlementCase,
} from '../../../shared/domain/payments/settlement.ts';
import type { Fact } from '../../../shared/event.ts';
import { DAY_MS, OrderId, timeMs } from '../../../shared/schemas/base.ts';
import { PaymentException, Receipt } from '../../../shared/schemas/payments/payment.ts';
import type { Refund } from '../../../shared/schemas/refunds/refund.ts';
import { aCoupon, aQuote, NOW, ORDER_ID, USER_ID } from '../../support/given/holding.ts';

const SEED = 20_261_122;
const merchant = { appid: 'wx-app', merchantId: '1900000001' };
const payableFen = 9_000;
const REFUND_NUMBER = 'n'.repeat(26);

const money: Money = {
  rail: 'wxpay',
  ...merchant,
  orderNumber: ORDER_ID,
  transactionId: 'T1',
  totalFen: payableFen,
  currency: 'CNY',
  openid: 'openid-a',
  paidAtMs: timeMs(NOW + 60_000),
  hasRefunds: false,
};

/** A pending order of 100 yuan with 10 yuan off by a coupon, opened at the rail. */
function opened(): Holding {
  const placed = placeHolding({
    id: ORDER_ID,
    userId: USER_ID,
    platform: 'web',
    quote: aQuote([9_900, 100], 1_000),
    coupon: aCoupon(),
    requestDigest: 'd'.repeat(64),
    now: NOW,
  });
  const { order, coupon } = placed;
  return { order, coupon, payment: markOpened(placed.payment, { openid: 'openid-a', goods: null }, NOW) };
}

function known(changes: Partial<Known> = {}): Known {
  return {
    held: opened(),
    receipt: null,
    merchant,
    abilities: { mayClose: true, mayRefund: true },
    isHeldAgain: null,
    isOwned: false,
    refundNumber: REFUND_NUMBER,
    now: NOW,
    ...changes,
  };
}

function closing(held: Holding): Holding {
  const order = beginClosing(held.order, 'cancelled', NOW);
  return order === null ? held : { ...held, order };
}

const closed = () => closeHolding(closing(opened()), false, NOW);

describe('settling', () => {
  test('pays a pending order: order, payment, coupon, receipt and one fact, together', () => {
    const { outcome, changed, receipt, refund, exception, facts } = settle(money, known());
    expect([outcome, refund, exception]).toEqual(['settled', null, null]);
    expect(changed?.order).toMatchObject({ state: 'paid', paidAtMs: money.paidAtMs });
    expect(changed?.payment).toMatchObject({ state: 'success', transactionId: 'T1', syncNextAtMs: null });
    expect(changed?.coupon).toMatchObject({ state: 'used', orderId: ORDER_ID });
    expect(receipt).toMatchObject({ id: 'wxpay:T1', kind: 'settled', amountFen: payableFen });
    expect(facts.map(({ event, key }) => [event.name, key])).toEqual([['order.paid', ORDER_ID]]);
    expect(facts[0]?.data).toMatchObject({ paidFen: payableFen, earnsPoints: 90 });
  });

  test('a closing order becomes paid when the money comes before the rail answers', () => {
    expect(settle(money, known({ held: closing(opened()) }))).toMatchObject({ outcome: 'settled' });
  });

  test('a coupon whose end has passed while it was locked is used all the same', () => {
    const held = opened();
    const coupon = held.coupon === null ? null : { ...held.coupon, expiresAtMs: timeMs(NOW + 1) };
    const now = timeMs(NOW + DAY_MS);
    expect(settle(money, known({ held: { ...held, coupon }, now })).changed?.coupon?.state).toBe('used');
  });

  test('T1: the same transaction again changes nothing, whatever it says then', () => {
    const first = settle(money, known());
    const again = known({ held: first.changed, receipt: first.receipt });
    for (const told of [money, { ...money, totalFen: 1 }, { ...money, openid: 'openid-b' }]) {
      expect(settle(told, again)).toEqual({
        outcome: 'repeated',
        changed: null,
        receipt: null,
        refund: null,
        exception: null,
        facts: [],
      });
    }
  });

  test('T8, T9: money for a closed order goes back whole and does not revive it', () => {
    const held = closed();
    const settlement = settle(money, known({ held }));
    expect(settlement.outcome).toBe('late');
    expect(settlement.changed?.order).toBe(held.order);
    expect(settlement.changed?.coupon).toBe(held.coupon);
    expect(settlement.changed?.payment).toMatchObject({ state: 'late', transactionId: 'T1' });
    expect(settlement.refund).toMatchObject({
      id: `rl_${ORDER_ID.slice(4)}`,
      refundFen: payableFen,
      totalFen: payableFen,
      transactionId: 'T1',
    });
    expect(settlement.exception).toMatchObject({ kind: 'late_payment', refundId: `rl_${ORDER_ID.slice(4)}` });
    expect(settlement.facts.map(({ event }) => event.name)).toEqual(['refund.requested']);
  });

  test('money for what its buyer owns by now goes back, and the order closes with all it held', () => {
    for (const held of [opened(), closing(opened())]) {
      const settlement = settle(money, known({ held, isOwned: true }));
      expect(settlement).toMatchObject({
        outcome: 'owned',
        changed: { order: { state: 'closed' }, payment: { state: 'late' }, coupon: { state: 'available' } },
        receipt: { kind: 'late' },
        refund: { id: `rl_${ORDER_ID.slice(4)}`, refundFen: payableFen, reason: 'late_payment' },
        exception: { kind: 'already_owned', refundId: `rl_${ORDER_ID.slice(4)}` },
      });
      expect(settlement.facts.map(({ event }) => event.name)).toEqual(['refund.requested']);
      expect(settlementCase(settlement)).toBe(null);
    }
  });

  test('money for what its buyer owns by now is taken where it cannot go back, and written down', () => {
    const abilities = { mayClose: false, mayRefund: false };
    const settlement = settle(money, known({ isOwned: true, abilities }));
    expect(settlement).toMatchObject({
      outcome: 'settled',
      changed: { order: { state: 'paid' } },
      refund: null,
      exception: { kind: 'already_owned', refundId: null },
    });
    expect(settlementCase(settlement)).toBe(null);
  });

  test('T10: a second payment of a paid order goes back, and nothing is given twice', () => {
    const first = settle(money, known());
    const second = settle({ ...money, transactionId: 'T2' }, known({ held: first.changed }));
    expect(second).toMatchObject({ outcome: 'second', changed: null, receipt: { kind: 'second' } });
    expect(second.refund).toMatchObject({
      id: `rs_${REFUND_NUMBER}`,
      refundFen: payableFen,
      transactionId: 'T2',
    });
    expect(second.facts.map(({ event }) => event.name)).toEqual(['refund.requested']);
  });

  test('a rail that cannot refund leaves late money to staff, never in silence', () => {
    const settlement = settle(
      money,
      known({ held: closed(), abilities: { mayClose: true, mayRefund: false } }),
    );
    expect(settlement).toMatchObject({ outcome: 'late', refund: null, facts: [] });
    expect(settlement.exception).toMatchObject({ kind: 'late_payment', refundId: null });
  });

  test.each([
    ['amount_mismatch', { totalFen: payableFen - 1 }],
    ['amount_mismatch', { totalFen: payableFen + 1 }],
    ['amount_mismatch', { totalFen: payableFen * 100 }],
    ['currency_mismatch', { currency: 'USD' }],
    ['merchant_mismatch', { appid: 'wx-other' }],
    ['merchant_mismatch', { merchantId: '1900000002' }],
    ['payer_mismatch', { openid: 'openid-b' }],
  ])('T1: %s grants nothing and is written down', (kind, change) => {
    const settlement = settle({ ...money, ...change }, known());
    expect(settlement).toMatchObject({ outcome: 'refused', changed: null, receipt: null, refund: null });
    expect(settlement.facts).toEqual([]);
    expect(settlement.exception).toMatchObject({ id: `${ORDER_ID}:T1:${kind}`, kind });
    expect(PaymentException.parse(settlement.exception)).toEqual(settlement.exception);
  });

  test('a payment that a restored store has not opened is settled, and keeps who paid', () => {
    const { order, coupon, payment } = opened();
    const held = { order, coupon, payment: { ...payment, openid: null } };
    const { outcome, changed } = settle(money, known({ held }));
    expect(outcome).toBe('settled');
    expect(changed?.payment).toMatchObject({ state: 'success', openid: money.openid });
  });

  test('a payment without a payer is settled if everything else fits', () => {
    expect(settle({ ...money, openid: null }, known()).outcome).toBe('settled');
  });

  test('a transaction that paid another order pays no second one', () => {
    const { receipt } = settle(money, known());
    if (receipt === null) throw new Error('no receipt');
    const other = { ...receipt, orderId: OrderId.parse('ord_01JD0000000000000000000002') };
    expect(settle(money, known({ receipt: other }))).toMatchObject({
      outcome: 'refused',
      exception: { kind: 'transaction_taken' },
    });
  });

  test('an order that is not there is written down, however long its name', () => {
    const strange = { ...money, orderNumber: '长'.repeat(500), currency: 'X'.repeat(50) };
    const { outcome, exception } = settle(strange, known({ held: null }));
    expect(outcome).toBe('unknown');
    expect(exception).toMatchObject({ kind: 'unknown_order', expectedFen: null });
    expect(PaymentException.parse(exception)).toEqual(exception);
  });
});

describe('holdings', () => {
  test('T23: with nothing to pay the order is paid at once, with its coupon and its fact', () => {
    const placed = placeHolding({
      id: ORDER_ID,
      userId: USER_ID,
      platform: 'web',
      quote: aQuote([1_000], 1_000),
      coupon: aCoupon(),
      requestDigest: 'd'.repeat(64),
      now: NOW,
    });
    expect(placed.order).toMatchObject({ state: 'paid', rail: 'zero', paidAtMs: NOW });
    expect(placed.payment).toMatchObject({ state: 'success', transactionId: null, amountFen: 0 });
    expect(placed.coupon?.state).toBe('used');
    expect(placed.facts.map(({ event }) => event.name)).toEqual(['order.paid']);
  });

  test('an order that becomes free by a coupon is paid at once', () => {
    const before = placeHolding({
      id: ORDER_ID,
      userId: USER_ID,
      platform: 'web',
      quote: aQuote([1_000]),
      coupon: null,
      requestDigest: 'd'.repeat(64),
      now: NOW,
    });
    const after = changeCoupon(before, { quote: aQuote([1_000], 1_000), coupon: aCoupon(), now: NOW });
    expect(after).toMatchObject({ order: { state: 'paid' }, payment: { rail: 'zero', state: 'success' } });
    expect(after.coupon?.state).toBe('used');
  });

  test('closing gives the coupon back', () => {
    expect(closed().coupon).toMatchObject({ state: 'available', orderId: null });
  });
});

describe('late money by a rail that cannot be closed', () => {
  const abilities = { mayClose: false, mayRefund: true };
  const late = (changes: Partial<Known>) => settle(money, known({ held: closed(), abilities, ...changes }));

  test('T9: it pays the order after all when what the order held could be had again', () => {
    const { outcome, changed, receipt, refund, exception, facts } = late({ isHeldAgain: true });
    expect([outcome, refund, exception?.kind]).toEqual(['reopened', null, 'late_reopened']);
    expect(changed).toMatchObject({
      order: { state: 'paid', isHonoured: false, couponId: closed().order.couponId },
      payment: { state: 'success', transactionId: 'T1', syncNextAtMs: null },
      coupon: { state: 'used', orderId: ORDER_ID },
    });
    expect(receipt).toMatchObject({ kind: 'settled' });
    expect(facts.map(({ event }) => event.name)).toEqual(['order.paid']);
  });

  test('T9: it also does by a clock that is behind the one by which the coupon had started', () => {
    const held = closed();
    if (held.coupon === null) throw new Error('no coupon');
    const coupon = { ...held.coupon, validFromAtMs: timeMs(NOW + 1) };
    const { outcome, changed } = late({ held: { ...held, coupon }, isHeldAgain: true });
    expect([outcome, changed?.coupon?.state]).toEqual(['reopened', 'used']);
  });

  test('T9: it goes back when any of that is gone', () => {
    const { outcome, changed, refund, facts } = late({ isHeldAgain: false });
    expect(outcome).toBe('late');
    expect(changed).toMatchObject({ order: { state: 'closed' }, payment: { state: 'late' } });
    expect(refund).toMatchObject({ id: `rl_${ORDER_ID.slice(4)}`, refundFen: payableFen, state: 'approved' });
    expect(facts.map(({ event }) => event.name)).toEqual(['refund.requested']);
  });

  test('T8: where it cannot go back the order is given at the price that was paid, and staff are told', () => {
    const held = { ...closed(), coupon: null };
    const settlement = late({ held, isHeldAgain: false, abilities: { mayClose: false, mayRefund: false } });
    expect(settlement).toMatchObject({
      outcome: 'honoured',
      changed: { order: { state: 'paid', isHonoured: true, couponId: null }, coupon: null },
      exception: { kind: 'late_honoured' },
    });
    expect(settlementCase(settlement)).toMatchObject({ kind: 'late_honoured', cause: 'T1' });
    expect(pointsOf(settlement.changed?.order ?? closed().order)).toBe(0);
  });

  test('T10: a second payment that cannot go back is a case for staff', () => {
    const paid = settle(money, known()).changed;
    const second = settle(
      { ...money, transactionId: 'T2' },
      known({ held: paid, abilities: { mayClose: false, mayRefund: false } }),
    );
    expect(second).toMatchObject({ outcome: 'second', refund: null, changed: null });
    expect(settlementCase(second)).toMatchObject({
      kind: 'second_payment',
      cause: 'T2',
      amountFen: payableFen,
    });
  });

  test('money that has gone back at the rail before we heard of it grants nothing', () => {
    const settlement = settle({ ...money, hasRefunds: true }, known());
    expect(settlement).toMatchObject({ outcome: 'refused', exception: { kind: 'refunded_at_rail' } });
    expect(settlement.changed).toBeNull();
    expect(settlementCase(settlement)).toMatchObject({ kind: 'refunded_at_rail', cause: 'T1' });
  });

  test('money by another rail than the order was to be paid by grants nothing', () => {
    const settlement = settle({ ...money, rail: 'xpay' }, known());
    expect(settlement).toMatchObject({ outcome: 'refused', exception: { kind: 'rail_mismatch' } });
  });
});

describe('any order of payments, repeats, wrong money and closing', () => {
  const tampered = [
    {},
    { totalFen: payableFen - 1 },
    { currency: 'USD' },
    { appid: 'wx-other' },
    { openid: 'openid-b' },
  ] as const;
  const told = fc.record({
    kind: fc.constant('told' as const),
    transactionId: fc.constantFrom('T1', 'T2', 'T3'),
    change: fc.constantFrom(...tampered),
  });
  const step = fc.oneof(
    { weight: 5, arbitrary: told },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('beginClosing' as const, 'close' as const) }) },
  );

  test('every genuine transaction counts once, and is either the order’s money or goes back whole', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let held = opened();
        const receipts = new Map<string, Receipt>();
        const refunds = new Map<string, Refund>();
        const facts: Fact[] = [];
        const genuine = new Set<string>();
        for (const next of steps) {
          if (next.kind === 'beginClosing') held = closing(held);
          if (next.kind === 'close' && held.order.state === 'closing') held = closeHolding(held, false, NOW);
          if ('change' in next) {
            const news = { ...money, transactionId: next.transactionId, ...next.change };
            const receipt = receipts.get(receiptId(news)) ?? null;
            const done = settle(news, known({ held, receipt, refundNumber: news.transactionId }));
            if (Object.keys(next.change).length === 0) genuine.add(news.transactionId);
            held = done.changed ?? held;
            if (done.receipt !== null) receipts.set(done.receipt.id, Receipt.parse(done.receipt));
            if (done.refund !== null) {
              expect(refunds.has(done.refund.id)).toBe(false);
              refunds.set(done.refund.id, done.refund);
            }
            facts.push(...done.facts);
          }
        }
        const { order, coupon } = held;
        expect(new Set([...receipts.values()].map((receipt) => receipt.transactionId))).toEqual(genuine);
        const back = [...refunds.values()].reduce((sum, refund) => sum + refund.refundFen, 0);
        const isPaid = order.state === 'paid';
        expect(genuine.size * payableFen - back).toBe(isPaid ? payableFen : 0);
        expect(facts.filter(({ event }) => event.name === 'order.paid')).toHaveLength(isPaid ? 1 : 0);
        expect(facts.filter(({ event }) => event.name === 'refund.requested')).toHaveLength(refunds.size);
        const couponState = {
          pending: 'locked',
          closing: 'locked',
          closed: 'available',
          paid: 'used',
        } as const;
        expect(coupon?.state).toBe(couponState[order.state]);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
