import * as fc from 'fast-check';
import type { OfferedLine } from '../../../shared/domain/pricing/offer.ts';
import { quote } from '../../../shared/domain/pricing/pricing.ts';
import { BasisPoints, type Fen, fen, OrderId, timeMs, UserId } from '../../../shared/schemas/base.ts';
import type { Coupon, CouponRule, CouponScope } from '../../../shared/schemas/coupons/coupon.ts';
import { Quote } from '../../../shared/schemas/orders/order.ts';
import { aCoupon, askedFor, linesOf, productIdOf } from '../../support/given/coupon.ts';
import { NOW } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const price = (lines: readonly OfferedLine[], coupon: Coupon | null) =>
  quote({
    ...askedFor(lines),
    couponChoice: coupon === null ? { kind: 'none' } : { kind: 'this', id: coupon.id, coupon },
  });
const sum = (numbers: readonly number[]) => numbers.reduce((before, number) => before + number, 0);
const bp = (value: number) => BasisPoints.parse(value);
const withRule = (rule: CouponRule, scope: CouponScope = { kind: 'all' }) => aCoupon({ rule, scope });
const fixed = (offFen: number) => withRule({ kind: 'fixed', offFen: fen(offFen) });

const amount = fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 500_000 }));
const positive = amount.map((value) => fen(value + 1));
const lines = fc.array(amount, { minLength: 1, maxLength: 20 }).map((prices) => linesOf(...prices));
const rule: fc.Arbitrary<CouponRule> = fc.oneof(
  fc.record({ kind: fc.constant('fixed' as const), offFen: positive }),
  fc.tuple(positive, amount).map(([offFen, more]) => ({
    kind: 'full_reduction' as const,
    thresholdFen: fen(offFen + more),
    offFen,
  })),
  fc.record({
    kind: fc.constant('discount' as const),
    thresholdFen: amount.map(fen),
    offBasisPoints: fc.integer({ min: 1, max: 10_000 }).map(bp),
    capFen: positive,
  }),
);
const scope: fc.Arbitrary<CouponScope> = fc.oneof(
  fc.constant<CouponScope>({ kind: 'all' }),
  fc.constant<CouponScope>({ kind: 'kinds', kinds: ['course'] }),
  fc
    .uniqueArray(fc.nat({ max: 19 }), { minLength: 1, maxLength: 5 })
    .map((picked): CouponScope => ({ kind: 'products', productIds: picked.map(productIdOf) })),
);
const coupon = fc.tuple(rule, scope).map(([itsRule, itsScope]) => withRule(itsRule, itsScope));
const asked = fc.record({ given: lines, coupon });

/** The same rule, made better for the buyer in one way. */
function better(before: CouponRule, by: Fen): CouponRule {
  if (before.kind === 'fixed') return { ...before, offFen: fen(before.offFen + by) };
  if (before.kind === 'full_reduction') {
    const thresholdFen = fen(Math.max(before.offFen, before.thresholdFen - by));
    return { ...before, thresholdFen, offFen: fen(Math.min(thresholdFen, before.offFen + by)) };
  }
  return {
    ...before,
    thresholdFen: fen(Math.max(0, before.thresholdFen - by)),
    offBasisPoints: bp(Math.min(10_000, before.offBasisPoints + (by % 100))),
    capFen: fen(before.capFen + by),
  };
}

describe(`every quote (seed ${seed})`, () => {
  const holds = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void) =>
    fc.assert(fc.property(arbitrary, check), { seed, numRuns: MODEL_RUNS });

  test('fits its schema, and says of each promotion whether it applied or why not', () => {
    holds(asked, ({ given: lines, coupon: its }) => {
      const priced = price(lines, its);
      expect(Quote.parse(priced)).toEqual(priced);
      expect(priced.applied.length + priced.rejected.length).toBe(1);
    });
  });

  test('the shares of the lines sum to the discount, to the fen', () => {
    holds(asked, ({ given: lines, coupon: its }) => {
      const priced = price(lines, its);
      expect(sum(priced.lines.map(({ shares }) => shares.couponFen))).toBe(priced.discountFen);
      expect(sum(priced.applied.map(({ offFen }) => offFen))).toBe(priced.discountFen);
      expect(sum(priced.lines.map(({ listFen }) => listFen))).toBe(priced.listFen);
      expect(sum(priced.lines.map(({ paidFen }) => paidFen))).toBe(priced.payableFen);
      expect(priced.listFen - priced.discountFen).toBe(priced.payableFen);
    });
  });

  test('no line costs less than nothing or more than its list price', () => {
    holds(asked, ({ given: lines, coupon: its }) => {
      for (const line of price(lines, its).lines) {
        expect(line.listFen - line.shares.couponFen).toBe(line.paidFen);
        expect(line.paidFen).toBeGreaterThanOrEqual(0);
        expect(line.paidFen).toBeLessThanOrEqual(line.listFen);
      }
    });
  });

  test('the order of the lines changes no total', () => {
    const shuffled = asked.chain(({ given: lines, coupon: its }) =>
      fc.record({
        lines: fc.constant(lines),
        its: fc.constant(its),
        other: fc.shuffledSubarray(lines, { minLength: lines.length }),
      }),
    );
    holds(shuffled, ({ lines, other, its }) => {
      const { lines: one, ...totals } = price(lines, its);
      const { lines: two, ...otherTotals } = price(other, its);
      expect(otherTotals).toEqual(totals);
      expect(two.length).toBe(one.length);
    });
  });

  test('a better coupon never costs the buyer more', () => {
    holds(fc.record({ given: lines, coupon, by: positive }), ({ given: lines, coupon: its, by }) => {
      const improved = { ...its, rule: better(its.rule, by) };
      expect(price(lines, improved).payableFen).toBeLessThanOrEqual(price(lines, its).payableFen);
    });
  });

  test('a line to which a coupon does not apply does not change the other lines', () => {
    const partial = fc.record({ given: lines, rule, extra: amount, picked: fc.integer({ min: 1, max: 20 }) });
    holds(partial, ({ given: lines, rule: itsRule, extra, picked }) => {
      const productIds = lines.slice(0, picked).map(({ productId }) => productId);
      const its = withRule(itsRule, { kind: 'products', productIds });
      const added: OfferedLine[] = linesOf(extra).map((line) => ({ ...line, productId: productIdOf(99) }));
      const before = price(lines, its);
      const after = price([...added, ...lines], its);
      expect(after.lines.slice(1)).toEqual(before.lines);
      expect(after.lines[0]?.paidFen).toBe(extra);
      expect([after.applied, after.rejected]).toEqual([before.applied, before.rejected]);
    });
  });

  test('it depends on its arguments alone, and does not change them', () => {
    holds(asked, ({ given: lines, coupon: its }) => {
      const frozen = JSON.stringify([lines, its]);
      expect(price(lines, its)).toEqual(price(structuredClone(lines), structuredClone(its)));
      expect(JSON.stringify([lines, its])).toBe(frozen);
    });
  });

  test('T28: a percentage is rounded half up, once for the whole order', () => {
    holds(
      fc.record({ given: lines, share: fc.integer({ min: 1, max: 10_000 }) }),
      ({ given: lines, share }) => {
        const listFen = sum(lines.map((line) => line.listFen));
        const its = {
          kind: 'discount',
          thresholdFen: fen(0),
          offBasisPoints: bp(share),
          capFen: fen(1e9),
        } as const;
        const exact = (BigInt(listFen) * BigInt(share) * 2n + 10_000n) / 20_000n;
        expect(price(lines, withRule(its)).discountFen).toBe(Number(exact));
      },
    );
  });
});

describe('a quote', () => {
  const offs = (lines: readonly OfferedLine[], its: Coupon) =>
    price(lines, its).lines.map(({ shares }) => shares.couponFen);

  test('without a coupon is the list price', () => {
    expect(price(linesOf(1_000, 250), null)).toMatchObject({
      listFen: 1_250,
      discountFen: 0,
      payableFen: 1_250,
      rail: 'wxpay',
      applied: [],
      rejected: [],
    });
  });

  test('takes no field over from what it is given but those of a line', () => {
    const [line] = price(
      linesOf(100).map((given) => ({ ...given, paidFen: fen(1), shares: 'sent in', bonus: 1 })),
      null,
    ).lines;
    expect(line).toMatchObject({ paidFen: 100, shares: { couponFen: 0 } });
    expect(line).not.toHaveProperty('bonus');
  });

  test('T4: twenty times 19.99 is 399.80, in whole fen', () => {
    expect(price(linesOf(...Array(20).fill(1_999)), null).payableFen).toBe(39_980);
  });

  test('T18: three times 10 yuan with 10 yuan off is 20 yuan: 3.34, 3.33 and 3.33 off', () => {
    const priced = price(linesOf(1_000, 1_000, 1_000), fixed(1_000));
    expect(priced.payableFen).toBe(2_000);
    expect(priced.lines.map(({ shares }) => shares.couponFen)).toEqual([334, 333, 333]);
  });

  test('T18: seven times 1 yuan with 10 yuan off is nothing to pay, and never less', () => {
    const priced = price(linesOf(...Array(7).fill(100)), fixed(1_000));
    expect(priced).toMatchObject({ discountFen: 700, payableFen: 0, rail: 'zero', earnsPoints: 0 });
    expect(priced.lines.map(({ paidFen }) => paidFen)).toEqual(Array(7).fill(0));
  });

  test('T19: ten lines of one fen with nine off: one line pays one fen, none pays less than nothing', () => {
    expect(offs(linesOf(...Array(10).fill(1)), fixed(9))).toEqual([...Array(9).fill(1), 0]);
  });

  test('T2: points are earned on what is paid, one for each whole yuan, rounded down', () => {
    expect(price(linesOf(9_900), fixed(1_001)).earnsPoints).toBe(88);
    expect(price(linesOf(99), null).earnsPoints).toBe(0);
  });

  test('T20: the threshold is measured on the lines the coupon is for, and its discount goes to them', () => {
    const its = withRule(
      { kind: 'full_reduction', thresholdFen: fen(5_000), offFen: fen(1_000) },
      { kind: 'products', productIds: [productIdOf(0), productIdOf(1)] },
    );
    expect(price(linesOf(2_000, 2_999, 90_000), its)).toMatchObject({
      discountFen: 0,
      rejected: [
        { code: 'coupon.threshold_not_met', id: its.id, params: { thresholdFen: 5_000, eligibleFen: 4_999 } },
      ],
    });
    expect(offs(linesOf(2_000, 3_000, 90_000), its)).toEqual([400, 600, 0]);
  });

  test('a discount is capped', () => {
    const rule80 = {
      kind: 'discount',
      thresholdFen: fen(0),
      offBasisPoints: bp(2_000),
      capFen: fen(5_000),
    } as const;
    expect(price(linesOf(20_000), withRule(rule80)).discountFen).toBe(4_000);
    expect(price(linesOf(30_000), withRule(rule80)).discountFen).toBe(5_000);
  });

  test('T28: half a fen is rounded up', () => {
    const rule15 = {
      kind: 'discount',
      thresholdFen: fen(0),
      offBasisPoints: bp(1_500),
      capFen: fen(500),
    } as const;
    expect(price(linesOf(10), withRule(rule15)).discountFen).toBe(2);
  });

  test('T26: a coupon that takes nothing off is refused, not used', () => {
    const tiny = { kind: 'discount', thresholdFen: fen(0), offBasisPoints: bp(1), capFen: fen(500) } as const;
    expect(price(linesOf(100), withRule(tiny))).toMatchObject({
      payableFen: 100,
      applied: [],
      rejected: [{ code: 'coupon.takes_nothing' }],
    });
    expect(price(linesOf(0), fixed(100)).rejected).toMatchObject([{ code: 'coupon.takes_nothing' }]);
  });

  const other = UserId.parse('usr_01JD0000000000000000000009');
  const orderId = OrderId.parse('ord_01JD0000000000000000000009');
  test.each([
    ['coupon.not_yours', aCoupon({ userId: other }), {}],
    ['coupon.not_available', aCoupon({ state: 'locked', orderId }), {}],
    ['coupon.not_available', aCoupon({ state: 'used', orderId }), {}],
    ['coupon.expired', aCoupon({ state: 'expired' }), { expiresAtMs: aCoupon().expiresAtMs }],
    ['coupon.expired', aCoupon({ expiresAtMs: NOW }), { expiresAtMs: NOW }],
    ['coupon.not_started', aCoupon({ validFromAtMs: timeMs(NOW + 1) }), { validFromAtMs: NOW + 1 }],
    ['coupon.no_eligible_line', aCoupon({ scope: { kind: 'products', productIds: [productIdOf(99)] } }), {}],
  ])('T21: %s', (code, its, params) => {
    expect(price(linesOf(10_000), its)).toMatchObject({
      payableFen: 10_000,
      applied: [],
      rejected: [{ code, id: its.id, params }],
    });
  });

  test('T21: a coupon that is not there is answered like one of somebody else', () => {
    const its = aCoupon({ userId: other });
    const asking = (found: Coupon | null) =>
      quote({ ...askedFor(linesOf(10_000)), couponChoice: { kind: 'this', id: its.id, coupon: found } });
    expect(asking(null)).toEqual(asking(its));
  });

  test('a coupon holds to the last millisecond before its end', () => {
    const its = aCoupon({ expiresAtMs: timeMs(NOW + 1) });
    expect(price(linesOf(10_000), its).applied).toEqual([
      { kind: 'coupon', id: its.id, title: its.title, offFen: 1_000 },
    ]);
  });
});
