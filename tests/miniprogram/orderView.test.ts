import fc from 'fast-check';
import type { OrderView, PricedLine, RefundQuote, RefundView } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { type Buying, buyingOf } from '../../miniprogram/model/buying.ts';
import { isApples, orderActs, orderCard, orderPage } from '../../miniprogram/model/orderView.ts';
import { payView } from '../../miniprogram/model/payView.ts';
import { refundCard, refundQuoteView, wordsProblem } from '../../miniprogram/model/refundView.ts';
import { seed } from '../support/seeded.ts';

const NOW = new Date(2026, 10, 30, 12, 0).getTime();

const shares = {
  ...{
    activityFen: 0,
    memberFen: 0,
    ownedFen: 0,
    campaignFen: 0,
    couponFen: 0,
    pointsFen: 0,
    pointsCount: 0,
  },
};

const lineOf = (productId: string, gifts: number): PricedLine => ({
  ...{
    productId,
    productVersion: 1,
    kind: 'course',
    title: '写作课',
    coverUrl: '',
    access: { kind: 'forever' },
    plan: null,
    questionId: null,
  },
  ...{ refundPolicy: { windowDays: 7, tiers: [], isVoidAfterDownload: false }, gifts, listFen: 100, shares },
  ...{ source: 'list', flashSaleId: null, units: 1, ownedParts: [], paidFen: 100 },
});

const orders: fc.Arbitrary<OrderView> = fc
  .record({
    state: fc.constantFrom<OrderView['state']>('pending', 'closing', 'closed', 'paid'),
    lines: fc.array(fc.nat(2), { minLength: 1, maxLength: 3 }),
    isFree: fc.boolean(),
    expiresInMs: fc.integer({ min: -900_000, max: 900_000 }),
    platform: fc.constantFrom<OrderView['platform']>('ios', 'android', 'harmony', 'windows', 'web'),
    rail: fc.constantFrom<OrderView['rail']>('wxpay', 'xpay'),
    refunding: fc.nat(100),
    refunded: fc.nat(100),
    revoked: fc.array(fc.nat(2), { maxLength: 3 }),
  })
  .map(({ state, lines, isFree, expiresInMs, platform, rail, refunding, refunded, revoked }) => {
    const payableFen = isFree ? 0 : lines.length * 100;
    const isPaid = state === 'paid' && !isFree;
    const refundedFen = isPaid ? Math.floor((payableFen * refunded) / 100) : 0;
    return {
      ...{ id: 'ord_01ARZ3NDEKTSV4RRFFQ69G5FAV', state, listFen: payableFen, discountFen: 0, payableFen },
      lines: lines.map((gifts, index) => lineOf(`prd_${index}`, gifts)),
      ...{
        applied: [],
        rail: isFree ? 'zero' : rail,
        couponId: null,
        earnsPoints: 0,
        createdAtMs: NOW - 1_000,
      },
      ...{ expiresAtMs: NOW + expiresInMs, paidAtMs: state === 'paid' ? NOW : null, platform, refundedFen },
      ...{ closedAtMs: state === 'closed' ? NOW : null, closeReason: state === 'closed' ? 'expired' : null },
      refundingFen: isPaid ? Math.floor(((payableFen - refundedFen) * refunding) / 100) : 0,
      ...{ lineRefunds: [], revoked: state === 'paid' ? revoked.map((index) => `prd_${index}`) : [] },
    } satisfies OrderView;
  });

describe(`what may be done with an order (seed ${seed})`, () => {
  test('only an order that waits for its payment is paid or cancelled', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const isAlive = order.state === 'pending' && order.expiresAtMs > NOW;
        const acts = orderActs(order, NOW);
        expect([acts.includes('pay'), acts.includes('cancel')]).toEqual([isAlive, isAlive]);
      }),
    );
  });

  test('a refund is asked for where something is left, and never twice for the same money', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const acts = orderActs(order, NOW);
        const left = order.payableFen - order.refundedFen - order.refundingFen;
        const mayAsk = acts.includes('refund') || acts.includes('apple');
        if (order.state !== 'paid') expect(mayAsk).toBe(false);
        else if (order.payableFen > 0) expect(mayAsk).toBe(left > 0);
      }),
    );
  });

  test('trap 22: an order that Apple was paid for has no refund button, and says how to ask Apple', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const acts = orderActs(order, NOW);
        expect(acts.includes(isApples(order) ? 'refund' : 'apple')).toBe(false);
      }),
    );
    expect(isApples({ platform: 'ios', rail: 'wxpay' })).toBe(false);
  });

  test('every order has a way on, unless its money is on its way back, and no id is shown whole', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const page = orderPage(order, NOW);
        if (order.refundingFen + order.refundedFen === 0) expect(page.acts.length).toBeGreaterThan(0);
        expect(page.acts.filter(({ isMain }) => isMain).length).toBeLessThanOrEqual(1);
        const { id: _, lines, ...told } = page;
        expect(JSON.stringify(told)).not.toContain(order.id);
        expect(lines).toHaveLength(order.lines.length);
        expect(orderCard(order, NOW).state).toBe(page.state);
      }),
    );
  });
});

describe(`the pay page (seed ${seed})`, () => {
  test('it says paid only when the server did, and nothing of a failure after a cancel', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const states: readonly Buying[] = [
          buyingOf(order),
          { at: 'kept', order, because: 'cancelled', failure: null },
          { at: 'asking', order, because: 'cancelled', round: 6 },
          { at: 'lapsed', order },
        ];
        for (const state of states) {
          const view = payView(state, NOW);
          expect(view?.title === '支付成功').toBe(state.at === 'paid');
          expect(`${view?.title}${view?.note}`).not.toMatch(/失败/);
        }
      }),
    );
  });

  test('it has no page without an order', () => {
    expect(payView({ at: 'ready', orderId: null }, NOW)).toBeNull();
  });
});

const quoteOf = (by: RefundQuote['by'], change: Partial<RefundQuote['lines'][number]> = {}): RefundQuote => ({
  lines: [
    {
      ...{ productId: 'prd_1', title: '写作课', paidFen: 9_900, leftFen: 9_900, policyFen: 4_950 },
      ...{ progress: 2_000, whyNot: null, ...change },
    },
  ],
  ...{ refundFen: 4_950, by, pointsReturned: 100, pointsTaken: 99, couponReturns: true, keepsDiscount: true },
});

describe('refunds', () => {
  test('the quote says how much, who decides, and what else moves', () => {
    const view = refundQuoteView(quoteOf('automatic'));
    expect(view).toMatchObject({ way: 'ask', button: '退款 ¥49.50', total: '¥49.50' });
    expect(view.besides).toEqual(['退回抵扣的 100 积分', '扣回获得的 99 积分', '优惠券退回您的账户']);
    expect(view.lines).toMatchObject([{ back: '¥49.50', about: '已学 20%', why: '' }]);
  });

  test('what staff decide about says why', () => {
    const view = refundQuoteView(quoteOf('staff', { whyNot: 'window_over' }));
    expect(view.lines).toMatchObject([{ back: '¥99.00', why: '已过退款期限', mayChoose: true }]);
  });

  test('on iOS it is asked of Apple', () => {
    const view = refundQuoteView(quoteOf('apple', { whyNot: 'ask_apple' }));
    expect(view).toMatchObject({ way: 'apple', lines: [{ mayChoose: false, why: '' }] });
  });

  test('every state of a request has its words', () => {
    const refund: RefundView = {
      ...{
        id: 'rfd_1',
        orderId: 'ord_1',
        rail: 'wxpay',
        refundFen: 100,
        reason: 'buyer',
        words: null,
        lines: [],
      },
      ...{ state: 'requested', pointsReturned: 0, pointsTaken: 0, requestedAtMs: NOW, approvedAtMs: null },
      ...{ finishedAtMs: NOW, rejectedBecause: '已学完' },
    };
    const states = Object.keys(words.refundState) as RefundView['state'][];
    const cards = states.map((state) => refundCard({ ...refund, state }, NOW));
    expect(cards.every(({ state, note }) => state !== '' && note !== '')).toBe(true);
    expect(cards.find(({ state }) => state === '已拒绝')).toMatchObject({ note: '已学完', tone: 'bad' });
  });

  test('a reason is written', () => {
    expect([wordsProblem(' '), wordsProblem('买错了')]).toEqual(['请写几个字说明原因', '']);
    expect(wordsProblem('字'.repeat(201))).toContain('200');
  });
});
