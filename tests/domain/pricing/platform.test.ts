import * as fc from 'fast-check';
import { platformOf } from '../../../shared/domain/pricing/platform.ts';
import { quote } from '../../../shared/domain/pricing/pricing.ts';
import { DEFAULT_SELLING, floorOf, railFor } from '../../../shared/domain/pricing/selling.ts';
import { saidPlatform } from '../../../shared/runtime/saidPlatform.ts';
import { BasisPoints, fen } from '../../../shared/schemas/base.ts';
import { Platform } from '../../../shared/schemas/orders/order.ts';
import type { SaidPlatform } from '../../../shared/schemas/orders/saidPlatform.ts';
import type { Selling } from '../../../shared/schemas/pricing/selling.ts';
import { aCoupon, askedFor, linesOf } from '../../support/given/coupon.ts';
import { AGENTS, miniProgram } from '../../support/given/phone.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const DEVICES = Platform.exclude(['web']).options;
const NOTHING: SaidPlatform = { isMiniProgram: false, device: null };

describe('what WeChat says of the phone', () => {
  test.each(DEVICES)('a mini-program on %s', (device) => {
    expect(saidPlatform(miniProgram(device))).toEqual({ isMiniProgram: true, device });
  });

  test('a page in WeChat’s own browser names the device, and is no mini-program', () => {
    expect(saidPlatform({ 'user-agent': AGENTS.ios })).toEqual({ isMiniProgram: false, device: 'ios' });
  });

  test.each([
    ['no headers', {}],
    ['a browser on an iPhone', { 'user-agent': AGENTS.ios.replace(/MicroMessenger\S*/, 'Safari/604.1') }],
    [
      'a page that names the host in its address',
      { referer: 'https://evil.example/https://servicewechat.com/' },
    ],
  ])('%s: nothing', (_what, headers) => {
    expect(saidPlatform(headers)).toEqual(NOTHING);
  });

  test('an iPad counts as an iPhone', () => {
    const agent = AGENTS.ios.replace('iPhone; CPU iPhone OS', 'iPad; CPU OS');
    expect(saidPlatform({ 'user-agent': agent }).device).toBe('ios');
  });

  test('a device that we do not know: a mini-program that claims to be a web page gets the terms of iOS', () => {
    const said = saidPlatform({ ...miniProgram('windows'), 'user-agent': 'Something New' });
    expect(said).toEqual({ isMiniProgram: true, device: null });
    expect(Platform.options.map((claimed) => platformOf(claimed, said))).toEqual([
      'ios',
      'android',
      'harmony',
      'windows',
      'ios',
    ]);
  });
});

describe(`a claim against what WeChat says (seed ${seed})`, () => {
  const selling = fc.record({
    xpayShareMin: fc.integer({ min: 0, max: 10_000 }).map((value) => BasisPoints.parse(value)),
    mayDiscountOnIos: fc.boolean(),
    wxpayKindsInMiniProgram: fc.constantFrom<Selling['wxpayKindsInMiniProgram']>([], ['course']),
  });
  const amount = fc.integer({ min: 1, max: 50_000 });
  const cart = fc.record({
    prices: fc.array(amount, { minLength: 1, maxLength: 5 }),
    offFen: amount,
    pointsAsked: fc.integer({ min: 0, max: 5_000 }),
    selling,
  });

  test('never leads to a lower price than the true platform', () => {
    const claims = fc.record({
      cart,
      claimed: fc.constantFrom(...Platform.options),
      device: fc.constantFrom(...DEVICES),
    });
    fc.assert(
      fc.property(claims, ({ cart: { prices, offFen, pointsAsked, selling: part }, claimed, device }) => {
        const terms = { ...DEFAULT_SELLING, ...part };
        const coupon = aCoupon({ rule: { kind: 'fixed', offFen: fen(offFen) } });
        const priceOn = (platform: Platform) =>
          quote({
            ...askedFor(linesOf(...prices)),
            couponChoice: { kind: 'this', id: coupon.id, coupon },
            pointsAsked,
            pointsAvailable: pointsAsked,
            floor: floorOf(railFor('course', platform, terms), platform, terms),
          }).payableFen;
        const said = saidPlatform(miniProgram(device));
        expect(priceOn(platformOf(claimed, said))).toBeGreaterThanOrEqual(priceOn(device));
        const unknown = { isMiniProgram: true, device: null };
        expect(priceOn(platformOf('web', unknown))).toBeGreaterThanOrEqual(priceOn(device));
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });
});
