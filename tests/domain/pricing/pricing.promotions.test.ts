import * as fc from 'fast-check';
import type { OfferedLine } from '../../../shared/domain/pricing/offer.ts';
import { ownedPartsOf } from '../../../shared/domain/pricing/ownedParts.ts';
import { type Asked, quote, requote } from '../../../shared/domain/pricing/pricing.ts';
import { DEFAULT_SELLING, floorOf, railFor } from '../../../shared/domain/pricing/selling.ts';
import { BasisPoints, CampaignId, type Fen, FlashSaleId, fen, timeMs } from '../../../shared/schemas/base.ts';
import type { Coupon, CouponScope } from '../../../shared/schemas/coupons/coupon.ts';
import { Platform, Quote } from '../../../shared/schemas/orders/order.ts';
import type { Campaign } from '../../../shared/schemas/pricing/promotion.ts';
import { Combinations } from '../../../shared/schemas/pricing/selling.ts';
import { aCoupon, askedFor, linesOf, productIdOf } from '../../support/given/coupon.ts';
import { NOW } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const bp = (value: number) => BasisPoints.parse(value);
const sum = (numbers: readonly number[]) => numbers.reduce((before, number) => before + number, 0);
const SALE_ID = FlashSaleId.parse('fls_01JD0000000000000000000001');
const flashAt = (priceFen: number, changes: Partial<NonNullable<OfferedLine['flash']>> = {}) => ({
  id: SALE_ID,
  title: '限时秒杀',
  priceFen: fen(priceFen),
  isSoldOut: false,
  isLimitReached: false,
  isOrderTooLong: false,
  ...changes,
});
const limitedAt = (priceFen: number) => ({
  priceFen: fen(priceFen),
  fromAtMs: NOW,
  untilAtMs: timeMs(NOW + 1_000),
});
const campaignOf = (
  n: number,
  ladder: Campaign['ladder'],
  scope: CouponScope = { kind: 'all' },
): Campaign => ({
  id: CampaignId.parse(`cmp_01JD00000000000000000000${String(10 + n)}`),
  title: `满减 ${n}`,
  fromAtMs: NOW,
  untilAtMs: timeMs(NOW + 1_000),
  scope,
  ladder,
  state: 'published',
  version: 1,
  draftDigest: 'd'.repeat(64),
  createdAtMs: NOW,
  updatedAtMs: NOW,
});
const couponOf = (offFen: number, scope: CouponScope = { kind: 'all' }, n = 1): Coupon => ({
  ...aCoupon({ rule: { kind: 'fixed', offFen: fen(offFen) }, scope }),
  id: aCoupon().id.replace(/_\d+$/, `_${n}`) as Coupon['id'],
});
const line = (listFen: number, changes: Partial<OfferedLine> = {}): OfferedLine => {
  const [made] = linesOf(listFen);
  if (made === undefined) throw new Error('no line');
  return { ...made, ...changes };
};

const amount = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 300_000 }));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2 });
const scope: fc.Arbitrary<CouponScope> = fc.oneof(
  fc.constant<CouponScope>({ kind: 'all' }),
  fc
    .uniqueArray(fc.nat({ max: 19 }), { minLength: 1, maxLength: 6 })
    .map((picked): CouponScope => ({ kind: 'products', productIds: picked.map(productIdOf) })),
);
const someLines = fc
  .array(
    fc.record({
      listFen: amount,
      limited: maybe(amount.map(limitedAt)),
      memberFen: maybe(amount.map(fen)),
      isMember: fc.boolean(),
      owned: maybe(
        fc.tuple(fc.nat({ max: 500_000 }), fc.integer({ min: 1, max: 500_000 })).map(([some, more]) => ({
          ids: [productIdOf(90)],
          weight: some,
          weightOfAll: some + more,
        })),
      ),
      flash: maybe(
        fc
          .record({ priceFen: amount, isSoldOut: fc.boolean(), isLimitReached: fc.boolean() })
          .map(({ priceFen, ...rest }) => flashAt(priceFen + 1, rest)),
      ),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((lines) =>
    linesOf(...lines.map(({ listFen }) => listFen)).map((made, index) => ({
      ...made,
      ...lines[index],
      listFen: made.listFen,
    })),
  );
const ladder = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 200_000 }), fc.integer({ min: 1, max: 50_000 })), {
    minLength: 1,
    maxLength: 4,
    selector: ([threshold]) => threshold,
  })
  .map((steps) => {
    let offFen = 0;
    return steps
      .toSorted((a, b) => a[0] - b[0])
      .map(([thresholdFen, more]) => {
        offFen = Math.min(thresholdFen, offFen + more);
        return { thresholdFen: fen(thresholdFen), offFen: fen(offFen) };
      });
  });
const campaigns = fc
  .array(fc.tuple(ladder, scope), { maxLength: 3 })
  .map((all) => all.map(([steps, its], n) => campaignOf(n, steps, its)));
const coupons = fc
  .array(fc.tuple(amount, scope), { maxLength: 4 })
  .map((all) => all.map(([off, its], n) => couponOf(off + 1, its, n + 1)));
const combinations = fc.record(
  Object.fromEntries(Object.keys(Combinations.shape).map((key) => [key, fc.boolean()])),
) as fc.Arbitrary<Combinations>;
const floor = fc
  .tuple(
    fc.constantFrom('wxpay' as const, 'xpay' as const),
    fc.constantFrom(...Platform.options),
    fc.boolean(),
  )
  .map(([rail, platform, mayDiscountOnIos]) =>
    floorOf(rail, platform, { ...DEFAULT_SELLING, mayDiscountOnIos }),
  );
const everything: fc.Arbitrary<Asked> = fc
  .record({
    lines: someLines,
    campaigns,
    coupons,
    choice: fc.constantFrom('none' as const, 'best' as const, 'this' as const),
    pointsAsked: fc.oneof(fc.constant(0), amount),
    pointsAvailable: amount,
    pointsShareMax: fc.oneof(fc.constant(10_000), fc.integer({ min: 0, max: 10_000 })).map(bp),
    floor,
    combinations,
  })
  .map(({ lines, coupons: own, choice, ...rest }) => {
    const [first] = own;
    const named =
      first === undefined
        ? ({ kind: 'none' } as const)
        : ({ kind: 'this', id: first.id, coupon: first } as const);
    const couponChoice =
      choice === 'this'
        ? named
        : choice === 'best'
          ? ({ kind: 'best', coupons: own } as const)
          : ({ kind: 'none' } as const);
    return askedFor(lines, { ...rest, couponChoice });
  });

/** Runs a check `MODEL_RUNS` times with a plain comparison, because `expect` is slow. */
function holds<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => boolean): void {
  const run = fc.check(fc.property(arbitrary, check), { seed, numRuns: MODEL_RUNS });
  expect(run.failed ? fc.defaultReportMessage(run) : null).toBeNull();
}

describe(`every quote with every promotion (seed ${seed})`, () => {
  test('the shares sum to the discount, to the fen, and no line leaves 0 … its list price', () => {
    holds(everything, (asked) => {
      const priced = quote(asked);
      const ofLines = priced.lines.map(({ listFen, paidFen, shares: of }) => {
        const unit = of.activityFen + of.memberFen;
        const off = unit + of.ownedFen + of.campaignFen + of.couponFen + of.pointsFen;
        return { off, isRight: listFen - off === paidFen && paidFen >= 0 && paidFen <= listFen };
      });
      return (
        ofLines.every(({ isRight }) => isRight) &&
        sum(ofLines.map(({ off }) => off)) === priced.discountFen &&
        sum(priced.applied.map(({ offFen }) => offFen)) === priced.discountFen &&
        sum(priced.lines.map(({ paidFen }) => paidFen)) === priced.payableFen &&
        priced.listFen - priced.discountFen === priced.payableFen &&
        sum(priced.lines.map(({ shares }) => shares.pointsCount)) === priced.points.count &&
        priced.applied.every(({ offFen }) => offFen > 0)
      );
    });
  });

  test('the rail is never asked for less than it takes, unless for nothing', () => {
    holds(everything, (asked) => {
      const priced = quote(asked);
      if (priced.payableFen === 0) return priced.rail === 'zero';
      const unitFen = sum(
        priced.lines.map(({ listFen, shares }) => listFen - shares.activityFen - shares.memberFen),
      );
      const least = Math.max(asked.floor.payableMinFen, Math.ceil((unitFen * asked.floor.shareMin) / 10_000));
      // A list price below the rail's minimum is charged as it is.
      return priced.payableFen >= least || priced.payableFen === priced.listFen;
    });
  });

  test('the owned parts of a bundle are never charged beyond the rail’s floor, and never take off more than their share', () => {
    holds(everything, (asked) =>
      quote({ ...asked, pointsAsked: 0 }).lines.every(({ productId, listFen, shares, ownedParts }) => {
        const its = asked.lines.find((each) => each.productId === productId)?.owned ?? null;
        const unit = listFen - shares.activityFen - shares.memberFen;
        const least = Math.max(asked.floor.payableMinFen, Math.ceil((unit * asked.floor.shareMin) / 10_000));
        const share = its === null ? 0 : Math.floor((unit * its.weight) / its.weightOfAll + 0.5);
        const isRight = shares.ownedFen === Math.max(0, Math.min(share, unit - least));
        return isRight && (its === null) === (ownedParts.length === 0);
      }),
    );
  });

  test('T16, T17: points are capped: by what was asked, by what there is, by the share allowed', () => {
    holds(everything, (asked) => {
      const { points, payableFen } = quote(asked);
      const before = payableFen + points.offFen;
      return (
        points.count <= Math.min(asked.pointsAsked, asked.pointsAvailable, points.countMax) &&
        points.offFen * 10_000 <= before * asked.pointsShareMax
      );
    });
  });

  test('it fits its schema, depends on nothing but its arguments, and leaves them as they are', () => {
    fc.assert(
      fc.property(everything, (asked) => {
        const frozen = JSON.stringify(asked);
        const priced = quote(asked);
        expect(Quote.parse(priced)).toEqual(priced);
        expect(quote(structuredClone(asked))).toEqual(priced);
        expect(JSON.stringify(asked)).toBe(frozen);
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });

  test('the order of the lines, of the campaigns and of the coupons changes no total', () => {
    const turned = everything.chain((asked) =>
      fc.record({
        asked: fc.constant(asked),
        lines: fc.shuffledSubarray([...asked.lines], { minLength: asked.lines.length }),
      }),
    );
    holds(turned, ({ asked, lines }) => {
      const choice = asked.couponChoice;
      const other = quote({
        ...asked,
        lines,
        campaigns: asked.campaigns.toReversed(),
        couponChoice: choice.kind === 'best' ? { ...choice, coupons: choice.coupons.toReversed() } : choice,
      });
      const one = quote(asked);
      return (
        other.payableFen === one.payableFen &&
        other.couponId === one.couponId &&
        other.points.count === one.points.count
      );
    });
  });

  test('a better coupon never costs the buyer more, where the rail has no floor to fall through', () => {
    const better = fc.record({ asked: everything, by: amount });
    holds(better, ({ asked, by }) => {
      const choice = asked.couponChoice;
      if (choice.kind !== 'this' || choice.coupon === null || choice.coupon.rule.kind !== 'fixed')
        return true;
      const free = {
        ...asked,
        floor: floorOf('wxpay', 'web', DEFAULT_SELLING),
        combinations: DEFAULT_SELLING.combinations,
      };
      const rule = { ...choice.coupon.rule, offFen: fen(choice.coupon.rule.offFen + by) };
      const improved = { ...choice, coupon: { ...choice.coupon, rule } };
      return quote({ ...free, couponChoice: improved }).payableFen <= quote(free).payableFen;
    });
  });

  test('no other coupon gives a lower price than the best one, before points and floors', () => {
    holds(everything, (asked) => {
      const choice = asked.couponChoice;
      if (choice.kind !== 'best') return true;
      const free = { ...asked, floor: floorOf('wxpay', 'web', DEFAULT_SELLING), pointsAsked: 0 };
      const best = quote(free).payableFen;
      return choice.coupons.every(
        (coupon) =>
          quote({ ...free, couponChoice: { kind: 'this', id: coupon.id, coupon } }).payableFen >= best,
      );
    });
  });

  test('a line to which no discount applies does not change the other lines', () => {
    const more = fc.record({ asked: everything, extra: amount });
    holds(more, ({ asked, extra }) => {
      const known = asked.lines.map(({ productId }) => productId);
      const only = (its: CouponScope): CouponScope =>
        its.kind === 'all' ? { kind: 'products', productIds: known } : its;
      const choice = asked.couponChoice;
      const free: Asked = {
        ...asked,
        floor: floorOf('wxpay', 'web', DEFAULT_SELLING),
        pointsAsked: 0,
        campaigns: asked.campaigns.map((campaign) => ({ ...campaign, scope: only(campaign.scope) })),
        couponChoice:
          choice.kind === 'this' && choice.coupon !== null
            ? { ...choice, coupon: { ...choice.coupon, scope: only(choice.coupon.scope) } }
            : { kind: 'none' },
      };
      const added = line(extra, { productId: productIdOf(99) });
      const before = quote(free).lines;
      const after = quote({ ...free, lines: [added, ...free.lines] }).lines;
      return JSON.stringify(after.slice(1)) === JSON.stringify(before) && after[0]?.paidFen === extra;
    });
  });
});

describe('a bundle of which the buyer has a part', () => {
  const half = { ids: [productIdOf(1)], weight: 5_000, weightOfAll: 10_000 };
  const xpay = (platform: 'android' | 'ios') => floorOf('xpay', platform, DEFAULT_SELLING);
  const priceOf = (changes: Partial<OfferedLine>, more: Partial<Asked> = {}) =>
    quote(askedFor([line(8_000, { kind: 'bundle', owned: half, ...changes })], more));

  test('costs the rest, and says what was left out; coupons and points are of the rest', () => {
    expect(priceOf({})).toMatchObject({
      payableFen: 4_000,
      applied: [{ kind: 'owned', id: productIdOf(0), offFen: 4_000 }],
      lines: [{ ownedParts: [productIdOf(1)], shares: { ownedFen: 4_000 } }],
    });
    const coupon = couponOf(4_500);
    expect(priceOf({}, { couponChoice: { kind: 'this', id: coupon.id, coupon } }).payableFen).toBe(0);
  });

  test('the share is of the best price, rounded half up', () => {
    expect(priceOf({ limited: limitedAt(101) }).lines).toMatchObject([
      { shares: { activityFen: 7_899, ownedFen: 51 } },
    ]);
  });

  test('never costs less than the rail takes for it, and says so', () => {
    const most = { ids: [productIdOf(1)], weight: 9_000, weightOfAll: 10_000 };
    expect(priceOf({ owned: most }, { floor: xpay('android') })).toMatchObject({
      payableFen: 3_200,
      rejected: [{ code: 'owned.below_rail_floor', params: { floorFen: 3_200 } }],
    });
    expect(priceOf({ owned: most }, { floor: xpay('ios') })).toMatchObject({
      payableFen: 8_000,
      applied: [],
    });
    // The campaign would go below the rail's floor, so it is left out. The flash price stays.
    const campaigns = [campaignOf(1, [{ thresholdFen: fen(1), offFen: fen(2_000) }])];
    expect(priceOf({}, { floor: xpay('android'), campaigns })).toMatchObject({
      payableFen: 4_000,
      rejected: [{ code: 'campaign.below_rail_floor' }],
    });
  });

  test('keeps its price with another coupon', () => {
    const placed = priceOf({}, { campaigns: [campaignOf(1, [{ thresholdFen: fen(1), offFen: fen(500) }])] });
    const coupon = couponOf(300);
    const terms = askedFor([], { couponChoice: { kind: 'this', id: coupon.id, coupon } });
    expect(requote(placed, terms)).toMatchObject({ payableFen: 3_200, discountFen: 4_800 });
  });

  test('parts without a price weigh as many as they are', () => {
    const part = (n: number, listFen: number) => ({ id: productIdOf(n), listFen: fen(listFen) });
    expect(ownedPartsOf([part(1, 0), part(2, 0)], [productIdOf(1)])).toMatchObject({
      weight: 1,
      weightOfAll: 2,
    });
    expect(ownedPartsOf([part(1, 100), part(2, 0)], [productIdOf(2)])).toMatchObject({ weight: 0 });
    expect(ownedPartsOf([part(1, 100)], [])).toBeNull();
  });
});

describe('the price of one line', () => {
  const priceOf = (changes: Partial<OfferedLine>) => quote(askedFor([line(10_000, changes)]));

  test('is the best of flash sale, limited-time and member price, and says which', () => {
    const all = { limited: limitedAt(8_000), memberFen: fen(7_000), isMember: true, flash: flashAt(6_000) };
    expect(priceOf(all)).toMatchObject({
      payableFen: 6_000,
      payWindowMs: 5 * 60_000,
      lines: [{ source: 'flash', flashSaleId: SALE_ID, shares: { activityFen: 4_000, memberFen: 0 } }],
      applied: [{ kind: 'flash', id: SALE_ID, offFen: 4_000 }],
    });
    expect(priceOf({ ...all, flash: null })).toMatchObject({
      payWindowMs: 15 * 60_000,
      lines: [{ source: 'member', flashSaleId: null, shares: { memberFen: 3_000 } }],
    });
    expect(priceOf({ ...all, flash: null, isMember: false }).lines).toMatchObject([{ source: 'limited' }]);
  });

  test('at equal prices, the limited-time price counts, because it takes no place of a flash sale', () => {
    expect(priceOf({ limited: limitedAt(6_000), flash: flashAt(6_000) }).lines).toMatchObject([
      { source: 'limited', flashSaleId: null },
    ]);
  });

  test('a sale that is over for this buyer is told, and the next best price counts', () => {
    expect(priceOf({ flash: flashAt(1, { isSoldOut: true }) })).toMatchObject({
      payableFen: 10_000,
      rejected: [{ code: 'flash.sold_out', id: SALE_ID }],
    });
    expect(priceOf({ flash: flashAt(1, { isLimitReached: true }) }).rejected).toMatchObject([
      { code: 'flash.limit_reached' },
    ]);
    const dear = { flash: flashAt(9_000, { isSoldOut: true }), limited: limitedAt(8_000) };
    expect(priceOf(dear).rejected).toEqual([]);
  });

  test('a limited-time price has begun and not ended', () => {
    const at = (fromAtMs: number, untilAtMs: number) =>
      priceOf({ limited: { priceFen: fen(1), fromAtMs: timeMs(fromAtMs), untilAtMs: timeMs(untilAtMs) } })
        .payableFen;
    expect([at(NOW, NOW + 1), at(NOW + 1, NOW + 2), at(NOW - 1, NOW)]).toEqual([1, 10_000, 10_000]);
  });

  test('a limited-time free product is not free as a gift', () => {
    const free = { limited: limitedAt(0) };
    expect(quote(askedFor([line(200, free)])).payableFen).toBe(0);
    expect(quote(askedFor([line(200, { ...free, gifts: 2 })])).payableFen).toBe(200);
  });

  test('for friends it is so many times the price', () => {
    const asked = askedFor([line(30_000, { gifts: 3, limited: limitedAt(8_000) })]);
    expect(quote(asked)).toMatchObject({ listFen: 30_000, payableFen: 24_000 });
  });
});

describe('campaigns', () => {
  const steps = [
    { thresholdFen: fen(10_000), offFen: fen(1_000) },
    { thresholdFen: fen(20_000), offFen: fen(3_000) },
  ];

  test('the highest step that is reached counts, on what is left after the prices of the lines', () => {
    const at = (...listFens: number[]) =>
      quote(askedFor(linesOf(...listFens), { campaigns: [campaignOf(1, steps)] }));
    expect([at(9_999).payableFen, at(10_000).payableFen, at(12_000, 8_000).payableFen]).toEqual([
      9_999, 9_000, 17_000,
    ]);
    expect(at(9_999).rejected).toEqual([
      {
        code: 'campaign.threshold_not_met',
        id: campaignOf(1, steps).id,
        params: { thresholdFen: 10_000, eligibleFen: 9_999 },
      },
    ]);
    const cheap = line(10_000, { limited: limitedAt(9_000) });
    expect(quote(askedFor([cheap], { campaigns: [campaignOf(1, steps)] })).payableFen).toBe(9_000);
  });

  test('T20: a coupon’s threshold is measured after the campaign', () => {
    const rule = { kind: 'full_reduction', thresholdFen: fen(10_000), offFen: fen(500) } as const;
    const coupon = aCoupon({ rule });
    const couponChoice = { kind: 'this', id: coupon.id, coupon } as const;
    const priced = quote(askedFor(linesOf(10_000), { campaigns: [campaignOf(1, steps)], couponChoice }));
    expect(priced).toMatchObject({ payableFen: 9_000, couponId: null });
    expect(priced.rejected).toMatchObject([
      { code: 'coupon.threshold_not_met', params: { eligibleFen: 9_000 } },
    ]);
  });

  test('when several thresholds are not reached, the quote names the nearest', () => {
    const at = (n: number, thresholdFen: number) =>
      campaignOf(n, [{ thresholdFen: fen(thresholdFen), offFen: fen(1) }]);
    expect(
      quote(askedFor(linesOf(100), { campaigns: [at(1, 900), at(2, 300), at(3, 600)] })).rejected,
    ).toEqual([
      {
        code: 'campaign.threshold_not_met',
        id: at(2, 300).id,
        params: { thresholdFen: 300, eligibleFen: 100 },
      },
    ]);
  });

  test('the one of several that takes most off', () => {
    const all = [campaignOf(1, steps), campaignOf(2, [{ thresholdFen: fen(1), offFen: fen(1_500) }])];
    expect(quote(askedFor(linesOf(10_000), { campaigns: all })).applied).toMatchObject([
      { id: all[1]?.id, offFen: 1_500 },
    ]);
  });
});

describe('what may meet what', () => {
  test('a flash price meets no coupon unless configuration says so', () => {
    const coupon = couponOf(500);
    const couponChoice = { kind: 'this', id: coupon.id, coupon } as const;
    const asked = askedFor([line(10_000, { flash: flashAt(5_000) })], { couponChoice });
    expect(quote(asked)).toMatchObject({ payableFen: 5_000, rejected: [{ code: 'coupon.not_combinable' }] });
    const table = { ...DEFAULT_SELLING.combinations, flashWithCoupon: true };
    expect(quote({ ...asked, combinations: table }).payableFen).toBe(4_500);
  });

  test('in one order a flash price keeps out of the campaign and the coupon, and the other line has both', () => {
    const [, other] = linesOf(1, 10_000);
    if (other === undefined) throw new Error('no line');
    const coupon = couponOf(500);
    const asked = askedFor([line(10_000, { flash: flashAt(5_000) }), other], {
      campaigns: [campaignOf(1, [{ thresholdFen: fen(10_000), offFen: fen(1_000) }])],
      couponChoice: { kind: 'this', id: coupon.id, coupon },
    });
    expect(quote(asked)).toMatchObject({
      payableFen: 13_500,
      lines: [
        { paidFen: 5_000, shares: { campaignFen: 0, couponFen: 0 } },
        { paidFen: 8_500, shares: { campaignFen: 1_000, couponFen: 500 } },
      ],
    });
    const table = { ...DEFAULT_SELLING.combinations, flashWithCampaign: true, flashWithCoupon: true };
    expect(quote({ ...asked, combinations: table }).lines).toMatchObject([
      { paidFen: 4_500 },
      { paidFen: 9_000 },
    ]);
  });

  test.each([
    ['limitedWithCoupon', 'coupon.not_combinable', { limited: limitedAt(8_000) }],
    ['memberWithCoupon', 'coupon.not_combinable', { memberFen: fen(8_000), isMember: true }],
    ['campaignWithCoupon', 'coupon.not_combinable', {}],
    ['campaignWithPoints', 'points.not_combinable', {}],
    ['flashWithPoints', 'points.not_combinable', { flash: flashAt(8_000) }],
  ] as const)('%s: when it is off, %s', (key, code, changes) => {
    const coupon = couponOf(500);
    const asked = askedFor([line(10_000, changes)], {
      campaigns: 'flash' in changes ? [] : [campaignOf(1, [{ thresholdFen: fen(1), offFen: fen(100) }])],
      couponChoice: code.startsWith('coupon') ? { kind: 'this', id: coupon.id, coupon } : { kind: 'none' },
      pointsAsked: code.startsWith('points') ? 500 : 0,
      pointsAvailable: 500,
    });
    const isOff = { ...DEFAULT_SELLING.combinations, [key]: false };
    expect(quote({ ...asked, combinations: isOff }).rejected).toMatchObject([{ code }]);
    const isOn = { ...DEFAULT_SELLING.combinations, [key]: true };
    expect(quote({ ...asked, combinations: isOn }).rejected).toEqual([]);
  });

  test('points may be kept from meeting a coupon', () => {
    const coupon = couponOf(500);
    const couponChoice = { kind: 'this', id: coupon.id, coupon } as const;
    const asked = askedFor(linesOf(10_000), { couponChoice, pointsAsked: 100, pointsAvailable: 100 });
    expect(quote(asked).payableFen).toBe(9_400);
    const table = { ...DEFAULT_SELLING.combinations, couponWithPoints: false };
    expect(quote({ ...asked, combinations: table })).toMatchObject({
      payableFen: 9_500,
      points: { count: 0, countMax: 0 },
      rejected: [{ code: 'points.not_combinable' }],
    });
  });
});

describe('points', () => {
  const pay = (listFen: number, changes: Partial<Asked>) => quote(askedFor(linesOf(listFen), changes));

  test('pay a fen each, at most the share that is allowed, and the quote says how many could', () => {
    expect(pay(10_000, { pointsAsked: 9_000, pointsAvailable: 8_000 })).toMatchObject({
      payableFen: 5_000,
      points: { count: 5_000, offFen: 5_000, countMax: 5_000 },
      earnsPoints: 50,
      rejected: [{ code: 'points.above_share', params: { countMax: 5_000 } }],
    });
    expect(pay(10_000, { pointsAsked: 9_000, pointsAvailable: 300 })).toMatchObject({
      payableFen: 9_700,
      rejected: [{ code: 'points.not_enough', params: { countMax: 300 } }],
    });
  });

  const all = { pointsAsked: 20_000, pointsAvailable: 20_000, pointsShareMax: bp(10_000) };

  test('T17, T23: worth more than the order they pay for all of it, and no more', () => {
    expect(pay(10_000, all)).toMatchObject({
      payableFen: 0,
      rail: 'zero',
      points: { count: 10_000, countMax: 10_000 },
      rejected: [{ code: 'points.above_share', params: { countMax: 10_000 } }],
    });
    expect(pay(0, all)).toMatchObject({ payableFen: 0, rail: 'zero', points: { count: 0 } });
  });

  test('those that do not pay for all of it leave what the rail takes at least', () => {
    const floor = floorOf('xpay', 'android', DEFAULT_SELLING);
    expect(pay(10_000, { ...all, floor, pointsAsked: 9_999 })).toMatchObject({
      payableFen: 4_000,
      points: { count: 6_000, countMax: 10_000 },
      rejected: [{ code: 'points.below_rail_floor', params: { countMax: 10_000 } }],
    });
    expect(pay(10_000, { ...all, pointsAsked: 9_999 })).toMatchObject({ payableFen: 1, rejected: [] });
    expect(pay(10_000, { ...all, floor, pointsAvailable: 9_999 })).toMatchObject({
      payableFen: 4_000,
      points: { count: 6_000, countMax: 6_000 },
    });
  });
});

describe('rails', () => {
  const xpay = (platform: 'android' | 'ios', mayDiscountOnIos = false) =>
    floorOf('xpay', platform, { ...DEFAULT_SELLING, mayDiscountOnIos });
  const withCoupon = (offFen: number, floor_ = xpay('android'), changes: Partial<Asked> = {}) => {
    const coupon = couponOf(offFen);
    return quote(
      askedFor(linesOf(10_000), {
        couponChoice: { kind: 'this', id: coupon.id, coupon },
        floor: floor_,
        ...changes,
      }),
    );
  };

  test('virtual goods go by virtual payment in a mini-program, unless the owner’s licence says otherwise', () => {
    expect(railFor('course', 'web', DEFAULT_SELLING)).toBe('wxpay');
    for (const platform of ['ios', 'android', 'harmony', 'windows'] as const) {
      expect(railFor('course', platform, DEFAULT_SELLING)).toBe('xpay');
      const licensed = { ...DEFAULT_SELLING, wxpayKindsInMiniProgram: ['course' as const] };
      expect([railFor('course', platform, licensed), railFor('media', platform, licensed)]).toEqual([
        'wxpay',
        'xpay',
      ]);
    }
  });

  test('a price is discounted to 40 % and no further: then the coupon is refused, with the numbers', () => {
    expect(withCoupon(6_000)).toMatchObject({ payableFen: 4_000, rail: 'xpay' });
    expect(withCoupon(6_001)).toMatchObject({
      payableFen: 10_000,
      couponId: null,
      rejected: [{ code: 'coupon.below_rail_floor', params: { floorFen: 4_000, payableFen: 3_999 } }],
    });
    expect(withCoupon(10_000)).toMatchObject({ payableFen: 0, rail: 'zero' });
  });

  test('the best coupon is the best of those that the rail takes, all of the price among them', () => {
    const best = (...offs: number[]) => {
      const coupons = offs.map((offFen, n) => couponOf(offFen, { kind: 'all' }, n + 1));
      return quote(
        askedFor(linesOf(10_000), { couponChoice: { kind: 'best', coupons }, floor: xpay('android') }),
      );
    };
    expect(best(500, 7_000, 5_999)).toMatchObject({ payableFen: 4_001, rejected: [] });
    expect(best(500, 10_000, 5_999)).toMatchObject({ payableFen: 0, rail: 'zero' });
    expect(best(7_000)).toMatchObject({ payableFen: 10_000, couponId: null, rejected: [] });
  });

  test('points give way before the coupon does', () => {
    const points = { pointsAsked: 5_000, pointsAvailable: 5_000 };
    expect(withCoupon(5_000, xpay('android'), points)).toMatchObject({
      payableFen: 4_000,
      points: { count: 1_000, countMax: 1_000 },
      rejected: [{ code: 'points.below_rail_floor' }],
    });
  });

  test('a campaign that is refused at the rail’s floor does not cost the buyer the coupon', () => {
    const campaigns = [campaignOf(1, [{ thresholdFen: fen(1), offFen: fen(9_000) }])];
    expect(withCoupon(500, xpay('android'), { campaigns })).toMatchObject({
      payableFen: 9_500,
      applied: [{ kind: 'coupon' }],
      rejected: [{ code: 'campaign.below_rail_floor', params: { floorFen: 4_000, payableFen: 500 } }],
    });
    const coupons = [aCoupon({ rule: { kind: 'fixed', offFen: fen(500) } })];
    const best = { couponChoice: { kind: 'best', coupons }, campaigns, floor: xpay('android') } as const;
    expect(quote(askedFor(linesOf(10_000), best)).payableFen).toBe(9_500);
  });

  test('a campaign that is refused at the rail’s floor leaves the next one, and the price may be the floor itself', () => {
    const offs = [5_000, 7_000, 5_500].map((offFen, n) =>
      campaignOf(n, [{ thresholdFen: fen(1), offFen: fen(offFen) }]),
    );
    const floor = xpay('android');
    expect(quote(askedFor(linesOf(10_000), { floor, campaigns: offs }))).toMatchObject({
      payableFen: 4_500,
      applied: [{ kind: 'campaign', title: '满减 2' }],
      rejected: [{ code: 'campaign.below_rail_floor', id: offs[1]?.id }],
    });
    expect(withCoupon(1_000, floor, { campaigns: offs })).toMatchObject({
      payableFen: 4_000,
      applied: [{ kind: 'campaign', title: '满减 0' }, { kind: 'coupon' }],
      rejected: [{ code: 'campaign.below_rail_floor', id: offs[1]?.id }],
    });
  });

  test('on iOS a price is not discounted unless configuration says so, and is a yuan at least', () => {
    expect(withCoupon(100, xpay('ios'))).toMatchObject({
      payableFen: 10_000,
      rejected: [{ code: 'coupon.below_rail_floor', params: { floorFen: 10_000 } }],
    });
    expect(withCoupon(100, xpay('ios', true)).payableFen).toBe(9_900);
    const cheap = quote(askedFor([line(200, { limited: limitedAt(50) })], { floor: xpay('ios') }));
    expect(cheap).toMatchObject({ payableFen: 200, rejected: [{ code: 'offer.below_rail_floor' }] });
    // The flash price is a price of its own and no discount, so the floor for discounts does not apply.
    expect(
      quote(askedFor([line(20_000, { limited: limitedAt(500) })], { floor: xpay('ios') })).payableFen,
    ).toBe(500);
  });
});

describe('an order priced again', () => {
  test('keeps the prices and the campaign it was placed with; only coupon and points change', () => {
    const steps = [{ thresholdFen: fen(10_000), offFen: fen(1_000) }];
    const asked = askedFor([line(20_000, { flash: flashAt(12_000) })], {
      campaigns: [campaignOf(1, steps)],
      combinations: { ...DEFAULT_SELLING.combinations, flashWithCampaign: true, flashWithCoupon: true },
      pointsAsked: 100,
      pointsAvailable: 100,
    });
    const placed = quote(asked);
    expect(placed.payableFen).toBe(10_900);
    const coupon = couponOf(700);
    const again = requote(placed, { ...asked, couponChoice: { kind: 'this', id: coupon.id, coupon } });
    expect(again.payableFen).toBe(10_200);
    expect(again.applied.map(({ kind }) => kind)).toEqual(['flash', 'campaign', 'coupon', 'points']);
    expect(requote(again, asked)).toEqual(placed);
    const total: Fen = again.listFen;
    expect(total).toBe(20_000);
  });
});
