import * as fc from 'fast-check';
import { accessOf, type Holdings } from '../../../shared/domain/access/access.ts';
import { accessUntilAtMs, grant } from '../../../shared/domain/access/entitlement.ts';
import { addGrant, noMembership } from '../../../shared/domain/access/membership.ts';
import { addMonths } from '../../../shared/domain/calendar.ts';
import type { Usable } from '../../../shared/domain/catalogue/product.ts';
import type { Entitlement } from '../../../shared/schemas/access/entitlement.ts';
import type { MembershipGrant, MembershipScope } from '../../../shared/schemas/access/membership.ts';
import { DAY_MS, type ProductId, type TimeMs, timeMs } from '../../../shared/schemas/base.ts';
import { productIdOf } from '../../support/given/coupon.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { seed } from '../../support/seeded.ts';

const mayUse = (product: Usable, holdings: Holdings, now: TimeMs) => accessOf(product, holdings, now).mayUse;
const PLATFORM: MembershipScope = { kind: 'platform' };
const plan = (sourceId: string, atMs: number, months: 1, scope: MembershipScope): MembershipGrant => ({
  sourceId,
  cause: 'order',
  productId: productIdOf(1),
  scope,
  length: { kind: 'months', months },
  atMs: timeMs(atMs),
  state: 'active',
});

describe('who may use what', () => {
  const bundle = productIdOf(9);
  const course = { id: productIdOf(2), kind: 'course', partOf: [bundle], isFreeForMembers: false } as const;
  const free = { ...course, isFreeForMembers: true };
  const nothing: Holdings = { entitlement: null, bundles: [], membership: null };
  const forever = (productId = course.id): Entitlement =>
    grant(null, {
      userId: USER_ID,
      productId,
      sourceId: 'x',
      cause: 'order',
      access: { kind: 'forever' },
      fromAtMs: NOW,
      now: NOW,
    });
  const member = (scope: MembershipScope): Holdings => ({
    ...nothing,
    membership: addGrant(noMembership(USER_ID, NOW), plan('m', NOW, 1, scope), NOW),
  });
  const end = addMonths(NOW, 1);

  test('nobody who has nothing', () => {
    expect(mayUse(course, nothing, NOW)).toBe(false);
    expect(mayUse(free, nothing, NOW)).toBe(false);
  });
  test('who has it, or a bundle that it is in; not who has another bundle', () => {
    expect(mayUse(course, { ...nothing, entitlement: forever() }, NOW)).toBe(true);
    expect(mayUse(course, { ...nothing, bundles: [forever(bundle)] }, NOW)).toBe(true);
    expect(mayUse(course, { ...nothing, bundles: [forever(productIdOf(8))] }, NOW)).toBe(false);
  });
  test('a member of the platform: what is free for members, until the end, and nothing else', () => {
    expect(mayUse(free, member(PLATFORM), timeMs(end - 1))).toBe(true);
    expect(mayUse(free, member(PLATFORM), end)).toBe(false);
    expect(mayUse(course, member(PLATFORM), NOW)).toBe(false);
  });
  test('a member of the product, or of what it is in; not of something else', () => {
    expect(mayUse(course, member({ kind: 'product', productId: course.id }), NOW)).toBe(true);
    expect(mayUse(course, member({ kind: 'product', productId: bundle }), NOW)).toBe(true);
    expect(mayUse(course, member({ kind: 'product', productId: productIdOf(8) }), NOW)).toBe(false);
  });
  test('a membership is nothing to use: it can be bought again while it lasts', () => {
    const plans = { ...course, kind: 'membership', isFreeForMembers: true } as const;
    expect(mayUse(plans, { ...member(PLATFORM), entitlement: forever() }, NOW)).toBe(false);
  });
});

/** One thing that happened to a user: something was given for some days, and perhaps taken back. */
const happened = fc.record({
  what: fc.constantFrom('own', 'bundle', 'other bundle', 'platform', 'product', 'column', 'other product'),
  onDay: fc.nat({ max: 100 }),
  days: fc.integer({ min: 1, max: 50 }),
  isBack: fc.boolean(),
});

describe(`R27: what somebody may do is what everything they were given comes to (seed ${seed})`, () => {
  const id = productIdOf(2);
  const [bundle, column, other] = [productIdOf(9), productIdOf(8), productIdOf(7)];
  const scopes = {
    platform: PLATFORM,
    product: { kind: 'product', productId: id },
    column: { kind: 'product', productId: column },
    'other product': { kind: 'product', productId: other },
  } as const satisfies Record<string, MembershipScope>;
  const owned = { own: id, bundle, 'other bundle': other } as const;
  const isOwned = (what: string): what is keyof typeof owned => Object.hasOwn(owned, what);
  const day = (n: number) => timeMs(NOW + n * DAY_MS);

  test('the same as marking every day that was paid for on a calendar, for each way of having it', () => {
    const history = fc.tuple(fc.array(happened, { maxLength: 12 }), fc.boolean(), fc.nat({ max: 700 }));
    const check = ([all, isFreeForMembers, onDay]: typeof history extends fc.Arbitrary<infer T>
      ? T
      : never) => {
      const product = { id, kind: 'course', partOf: [bundle, column], isFreeForMembers } as const;
      const entitlements = new Map<ProductId, Entitlement>();
      let membership = noMembership(USER_ID, NOW);
      for (const [index, { what, onDay: from, days, isBack }] of all.entries()) {
        const state = isBack ? 'revoked' : 'active';
        const given = { sourceId: `source_${index}`, cause: 'order', state } as const;
        if (isOwned(what)) {
          const productId = owned[what];
          const access = { kind: 'days', days } as const;
          const before = entitlements.get(productId) ?? null;
          const asked = { ...given, userId: USER_ID, productId, access, fromAtMs: day(from), now: NOW };
          entitlements.set(productId, grant(before, asked));
        } else {
          const length = { kind: 'days', days } as const;
          const one = { ...given, productId: null, scope: scopes[what], length, atMs: day(from) };
          membership = addGrant(membership, one, NOW);
        }
      }
      const bundles = [bundle, other].flatMap((each) => entitlements.get(each) ?? []);
      const holdings = { entitlement: entitlements.get(id) ?? null, bundles, membership };
      const ends = [...Object.keys(owned), ...Object.keys(scopes)]
        .filter((what) => !what.startsWith('other') && (what !== 'platform' || isFreeForMembers))
        .map((what) => lastDayOf(all.filter((one) => one.what === what && !one.isBack)));
      const last = Math.max(...ends);
      const access = accessOf(product, holdings, day(onDay));
      expect(access.mayUse).toBe(onDay < last);
      expect(access.untilAtMs).toBe(onDay < last ? day(last) : null);
    };
    fc.assert(fc.property(history, check), { seed, numRuns: 10_000 });
  });

  /** The first day that is free again, when each length is put on the first free days from when it was had. */
  function lastDayOf(all: readonly { readonly onDay: number; readonly days: number }[]): number {
    let free = 0;
    for (const { onDay, days } of [...all].sort((a, b) => a.onDay - b.onDay)) {
      for (let left = days, at = Math.max(onDay, free); left > 0; left -= 1) free = at += 1;
    }
    return free;
  }

  test('what is had through a bundle alone names it; what is had otherwise too does not', () => {
    const product = { id, kind: 'course', partOf: [bundle], isFreeForMembers: false } as const;
    const of = (productId: ProductId) => {
      const asked = {
        userId: USER_ID,
        productId,
        sourceId: 'x',
        cause: 'order',
        fromAtMs: NOW,
        now: NOW,
      } as const;
      return grant(null, { ...asked, access: { kind: 'forever' } });
    };
    const through = { entitlement: null, bundles: [of(bundle)], membership: null };
    expect(accessOf(product, through, NOW).through).toEqual([bundle]);
    expect(accessOf(product, { ...through, entitlement: of(id) }, NOW).through).toEqual([]);
    expect(accessUntilAtMs(of(id))).toBeNull();
  });
});
