import fc from 'fast-check';
import { fenOf } from '../../client/fen.ts';
import type { Applied, PricedLine, Quote, Rejected, RejectionCode } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { quoteView, rejectionWords, sumLines } from '../../miniprogram/model/quoteView.ts';
import { accessWords, refundWords } from '../../miniprogram/model/terms.ts';
import { seed } from '../support/seeded.ts';

const NOW = new Date(2026, 10, 30, 12, 0).getTime();

const lineOf = (change: Partial<PricedLine> = {}): PricedLine => ({
  ...{
    productId: 'prd_1',
    productVersion: 1,
    kind: 'course',
    title: '写作课',
    coverUrl: '',
    access: { kind: 'forever' },
  },
  ...{
    refundPolicy: {
      windowDays: 7,
      tiers: [{ progressMax: 1_000, share: 10_000 }],
      isVoidAfterDownload: false,
    },
  },
  ...{
    plan: null,
    gifts: 0,
    questionId: null,
    listFen: 9_900,
    source: 'list',
    flashSaleId: null,
    units: 10,
    ownedParts: [],
  },
  shares: {
    ...{
      activityFen: 0,
      memberFen: 0,
      ownedFen: 0,
      campaignFen: 0,
      couponFen: 0,
      pointsFen: 0,
      pointsCount: 0,
    },
  },
  paidFen: 9_900,
  ...change,
});

const quoteOf = (change: Partial<Quote> = {}): Quote => ({
  ...{ lines: [lineOf()], listFen: 9_900, discountFen: 0, payableFen: 9_900, rail: 'xpay', couponId: null },
  ...{ points: { count: 0, offFen: 0, countMax: 0 }, payWindowMs: 900_000, earnsPoints: 99 },
  ...{ applied: [], rejected: [] },
  ...change,
});

const shownOn = (platform: 'ios' | 'android' | 'web') => ({
  platform,
  nowMs: NOW,
  titles: { cpn_1: '满 99 减 20' },
});

const kinds: readonly Applied['kind'][] = [
  ...(['flash', 'limited', 'member', 'owned', 'campaign', 'coupon', 'points'] as const),
];

/** A list price and what is taken off of it. */
const priced = fc
  .tuple(
    fc.nat(5_000_000),
    fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat(1_000_000)), { maxLength: 7 }),
  )
  .map(([paidFen, offs]) => {
    const applied = offs.map(([kind, offFen]): Applied => ({ kind, id: null, title: '优惠', offFen }));
    const listFen = paidFen + offs.reduce((sum, [, offFen]) => sum + offFen, 0);
    return quoteOf({ applied, listFen, payableFen: paidFen, discountFen: listFen - paidFen });
  });

const fenShown = (amount: string) =>
  (amount.startsWith('-') ? -1 : 1) * (fenOf(amount.replace('-', '')) ?? Number.NaN);

describe(`a quote on the page (seed ${seed})`, () => {
  test('the amounts that are shown add up to the total', () => {
    fc.assert(
      fc.property(priced, (quote) => {
        const shown = sumLines(quote, '应付').map(({ amount }) => fenShown(amount));
        const total = shown.pop();
        expect(shown.reduce((sum, one) => sum + one)).toBe(total);
      }),
    );
  });

  test('everything that was applied or rejected has a line of its own', () => {
    const codes = Object.keys(words.rejection) as RejectionCode[];
    const rejected = fc.array(
      fc.constantFrom(...codes).map((code): Rejected => ({ code, id: null, params: {} })),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(priced, rejected, (quote, refused) => {
        const view = quoteView({ ...quote, rejected: refused }, shownOn('android'));
        expect(view.sums).toHaveLength(quote.applied.length + 2);
        expect(view.refused).toHaveLength(refused.length);
        expect(new Set([...view.sums, ...view.refused].map(({ key }) => key)).size).toBe(
          view.sums.length + view.refused.length,
        );
        for (const { why } of view.refused) expect(why).toMatch(/\p{Script=Han}/u);
      }),
    );
  });

  test('a rejection is told with its numbers', () => {
    const why = (code: RejectionCode, params: Rejected['params'], platform: 'ios' | 'android' = 'android') =>
      rejectionWords({ code, id: null, params }, platform, NOW);
    expect(why('coupon.threshold_not_met', { thresholdFen: 9_900, eligibleFen: 4_900 })).toBe(
      '满 ¥99 可用，还差 ¥50',
    );
    expect(why('coupon.expired', { expiresAtMs: NOW - 3_600_000 })).toBe('已于 11月30日 11:00 过期');
    expect(why('coupon.below_rail_floor', { floorFen: 3_960, payableFen: 900 })).toBe(
      '优惠后不能低于 ¥39.60（平台规则）',
    );
    expect(why('coupon.below_rail_floor', { floorFen: 9_900, payableFen: 900 }, 'ios')).toBe(
      '苹果平台不支持优惠',
    );
    expect(why('points.above_share', { countMax: 4_950 })).toBe('本单最多可用 4950 积分');
    expect(why('flash.sold_out', {})).toBe('秒杀名额已抢完');
  });

  test('a refused coupon is named', () => {
    const rejected = [{ code: 'coupon.no_eligible_line', id: 'cpn_1', params: {} }] as const;
    expect(quoteView(quoteOf({ rejected }), shownOn('android')).refused).toMatchObject([
      { title: '满 99 减 20', why: '没有适用该券的商品' },
    ]);
  });

  test('points are offered up to the most that may be used, and only then', () => {
    const points = (countMax: number, count = 0) =>
      quoteView(quoteOf({ points: { count, offFen: count, countMax } }), shownOn('android')).points;
    expect(points(300)).toMatchObject({ isOffered: true, isUsed: false, count: 300 });
    expect(points(300, 300)).toMatchObject({ isUsed: true, label: '用 300 积分抵 ¥3.00' });
    expect(points(0)).toMatchObject({ isOffered: false, count: 0 });
  });

  test('trap 22: on iOS the quote says that nothing is taken off, and that one yuan is the least', () => {
    const cheap = quoteOf({ payableFen: 50, listFen: 50 });
    expect(quoteView(quoteOf(), shownOn('ios')).platformNote).toContain('不能使用优惠券');
    expect(quoteView(cheap, shownOn('ios')).platformNote).toContain('¥1.00');
    expect(quoteView(quoteOf(), shownOn('android')).platformNote).toBe('');
    expect(quoteView(quoteOf({ rail: 'wxpay' }), shownOn('ios')).platformNote).toBe('');
  });

  test('a line says what it is, how long it lasts, and why it costs less', () => {
    const line = lineOf({ source: 'flash', paidFen: 5_900, gifts: 3 });
    const [shown] = quoteView(quoteOf({ lines: [line] }), shownOn('web')).lines;
    expect(shown).toMatchObject({ about: '课程 · 送 3 位朋友 · 永久有效', note: '秒杀价', price: '¥59.00' });
  });
});

describe('terms of sale in sentences', () => {
  test('access', () => {
    expect(accessWords({ kind: 'days', days: 90 }, NOW)).toBe('90 天内有效');
    expect(accessWords({ kind: 'until', untilAtMs: NOW }, NOW)).toBe('有效至 11月30日');
  });

  test('refunds', () => {
    const tiers = [
      { progressMax: 1_000, share: 10_000 },
      { progressMax: 3_000, share: 5_000 },
    ];
    expect(refundWords({ windowDays: 7, tiers, isVoidAfterDownload: true })).toBe(
      '付款后 7 天内：进度 10% 以内全额退，进度 30% 以内退 50%，下载后须由客服审核',
    );
    expect(refundWords({ windowDays: 0, tiers, isVoidAfterDownload: false })).toBe('退款须由客服审核');
    const whole = [{ progressMax: 10_000, share: 10_000 }];
    expect(refundWords({ windowDays: 3, tiers: whole, isVoidAfterDownload: false })).toBe(
      '付款后 3 天内：全额退',
    );
  });
});
