import * as fc from 'fast-check';
import {
  accessOf,
  type Holdings,
  isCovered,
  isOwned,
  isPartCovered,
  NO_ACCESS,
  openedParts,
} from '../../../shared/domain/access/access.ts';
import { accessUntilAtMs, grant, withSource } from '../../../shared/domain/access/entitlement.ts';
import { addGrant, noMembership } from '../../../shared/domain/access/membership.ts';
import { addMonths } from '../../../shared/domain/calendar.ts';
import type { Usable } from '../../../shared/domain/catalogue/product.ts';
import type { Entitlement } from '../../../shared/schemas/access/entitlement.ts';
import type { MembershipGrant, MembershipScope } from '../../../shared/schemas/access/membership.ts';
import { DAY_MS, type ProductId, type TimeMs, timeMs } from '../../../shared/schemas/base.ts';
import { productIdOf } from '../../support/given/coupon.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

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
  const course = {
    id: productIdOf(2),
    kind: 'course',
    partOf: [bundle],
    leftOf: [],
    isFreeForMembers: false,
  } as const;
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
  test('a membership itself cannot be opened, and can be bought again while it lasts', () => {
    const plans = { ...course, kind: 'membership', isFreeForMembers: true } as const;
    expect(mayUse(plans, { ...member(PLATFORM), entitlement: forever() }, NOW)).toBe(false);
  });
});

/** One event in a user's history: something was given for some days, and perhaps taken back. */
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

  test('the same as marking every day that was paid for on a calendar: a length of the product itself comes last', () => {
    const history = fc.tuple(fc.array(happened, { maxLength: 12 }), fc.boolean(), fc.nat({ max: 700 }));
    const check = ([all, isFreeForMembers, onDay]: typeof history extends fc.Arbitrary<infer T>
      ? T
      : never) => {
      const product = { id, kind: 'course', partOf: [bundle, column], leftOf: [], isFreeForMembers } as const;
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
      const of = (what: string) => all.filter((one) => one.what === what && !one.isBack);
      const beside = ['bundle', 'product', 'column', ...(isFreeForMembers ? ['platform'] : [])];
      const spans = beside.flatMap((what) => spansOf(of(what), []));
      const last = Math.max(0, ...[...spans, ...spansOf(of('own'), spans)].map(({ until }) => until));
      const access = accessOf(product, holdings, day(onDay));
      expect(access.mayUse).toBe(onDay < last);
      expect(access.untilAtMs).toBe(onDay < last ? day(last) : null);
    };
    fc.assert(fc.property(history, check), { seed, numRuns: MODEL_RUNS });
  });

  interface Days {
    /** The day on which it was given. */
    readonly onDay: number;
    readonly from: number;
    readonly until: number;
  }

  /**
   * Lays each length on the first free days from when it was given: after earlier ones of the same source, and after
   * the access from elsewhere on that day.
   */
  function spansOf(
    all: readonly { readonly onDay: number; readonly days: number }[],
    beside: readonly Days[],
  ) {
    const spans: Days[] = [];
    for (const { onDay, days } of [...all].sort((a, b) => a.onDay - b.onDay)) {
      const before = [...spans, ...beside.filter((span) => span.onDay <= onDay)];
      let from = Math.max(onDay, ...spans.map(({ until }) => until));
      while (before.some((span) => span.from <= from && from < span.until)) from += 1;
      spans.push({ onDay, from, until: from + days });
    }
    return spans;
  }

  test('a product owned only through a bundle names the bundle; one owned otherwise too does not', () => {
    const product = { id, kind: 'course', partOf: [bundle], leftOf: [], isFreeForMembers: false } as const;
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

describe('what is not sold, because nothing would be gained by it', () => {
  const inDays = (days: number | null) => (days === null ? null : timeMs(NOW + days * DAY_MS));
  const until = (days: number | null, besideDays: number | null = 0) => ({
    ...{ mayUse: true, untilAtMs: inDays(days), ownedUntilAtMs: inDays(days) },
    ...{ besideUntilAtMs: inDays(besideDays), hadTrial: false, through: [] },
  });
  const forever = { kind: 'forever' } as const;
  const days = (count: number) => ({ kind: 'days', days: count }) as const;
  const date = (count: number) => ({ kind: 'until', untilAtMs: timeMs(NOW + count * DAY_MS) }) as const;

  test('what is had for ever, on whatever terms; nothing that nobody has', () => {
    for (const rule of [forever, days(30), date(30)]) {
      expect(isCovered(rule, until(null), NOW)).toBe(true);
      expect(isCovered(rule, NO_ACCESS, NOW)).toBe(false);
    }
  });
  test('access that ends never stands in the way of access for ever', () => {
    expect(isCovered(forever, until(3_650, 3_650), NOW)).toBe(false);
  });
  test('a length of time is laid at the end of the one before, but nobody needs one that something else covers', () => {
    expect(isCovered(days(30), until(60), NOW)).toBe(false);
    expect(isCovered(days(30), until(29, 29), NOW)).toBe(false);
    expect(isCovered(days(30), until(30, 30), NOW)).toBe(true);
    expect(isCovered(days(30), until(null, null), NOW)).toBe(true);
  });
  test('a fixed end date counts only where it is later', () => {
    expect(isCovered(date(30), until(29), NOW)).toBe(false);
    expect(isCovered(date(30), until(30), NOW)).toBe(true);
  });
  test('a part of a bundle counts as owned when other access lasts at least as long', () => {
    expect(isPartCovered(days(30), until(30), NOW)).toBe(true);
    expect(isPartCovered(days(30), until(29), NOW)).toBe(false);
    expect(isPartCovered(forever, until(null), NOW)).toBe(true);
  });
});

describe('a trial', () => {
  const id = productIdOf(2);
  const product = { id, kind: 'course', partOf: [], leftOf: [], isFreeForMembers: false } as const;
  const day = fc.integer({ min: 0, max: 40 });
  const rule = fc.oneof(
    fc.constant({ kind: 'forever' } as const),
    day.map((days) => ({ kind: 'days', days: days + 1 }) as const),
    day.map((days) => ({ kind: 'until', untilAtMs: timeMs(NOW + days * DAY_MS) }) as const),
  );
  const source = fc.record({ fromDay: day, access: rule, isTaken: fc.boolean() });

  test('changes nothing about what is owned, when it ends, or what is still sold; it only lets its user in', () => {
    fc.assert(
      fc.property(
        fc.array(source, { maxLength: 4 }),
        fc.record({ fromDay: day, days: fc.integer({ min: 1, max: 30 }) }),
        day,
        rule,
        (sources, tried, nowDay, wanted) => {
          const at = (days: number) => timeMs(NOW + days * DAY_MS);
          const given = { userId: USER_ID, productId: id, now: NOW };
          const without = sources.reduce<Entitlement | null>(
            (before, { fromDay, access, isTaken }, index) => {
              const one = { ...given, sourceId: `s${index}`, cause: 'order', access } as const;
              const after = grant(before, { ...one, fromAtMs: at(fromDay) });
              return isTaken ? withSource(after, one.sourceId, 'revoked', at(fromDay + 1)) : after;
            },
            null,
          );
          const access = { kind: 'until', untilAtMs: at(tried.fromDay + tried.days) } as const;
          const trial = { ...given, sourceId: 'trial', cause: 'trial', access } as const;
          const both = grant(without, { ...trial, fromAtMs: at(tried.fromDay) });
          const now = at(nowDay);
          const has = (entitlement: Entitlement | null) =>
            accessOf(product, { entitlement, bundles: [], membership: null }, now);
          const [plain, more] = [has(without), has(both)];
          expect(isOwned(more)).toBe(plain.mayUse);
          expect(more.ownedUntilAtMs).toEqual(plain.ownedUntilAtMs);
          expect(isCovered(wanted, more, now)).toBe(isCovered(wanted, plain, now));
          expect(isPartCovered(wanted, more, now)).toBe(isPartCovered(wanted, plain, now));
          expect(more.mayUse).toBe(plain.mayUse || now < access.untilAtMs);
          expect(more.hadTrial && !plain.hadTrial).toBe(true);
        },
      ),
      { seed, numRuns: MODEL_RUNS },
    );
  });
});

describe('a bundle and what is, was, and was not paid for in it', () => {
  const bundle = productIdOf(9);
  const part = {
    id: productIdOf(2),
    kind: 'course',
    partOf: [bundle],
    leftOf: [],
    isFreeForMembers: false,
  } as const;
  const left = { ...part, partOf: [], leftOf: [{ productId: bundle, version: 5, atMs: NOW }] };
  const had = (
    terms: { readonly version?: number; readonly without?: readonly ProductId[] },
    sourceId = 'x',
  ) =>
    grant(null, {
      ...{ userId: USER_ID, productId: bundle, sourceId, cause: 'order', access: { kind: 'forever' } },
      ...{ fromAtMs: NOW, now: NOW, ...terms },
    } as const);
  const opens = (product: Usable, entitlement: Entitlement) =>
    mayUse(product, { entitlement: null, bundles: [entitlement], membership: null }, NOW);

  test('a part that left a bundle stays with earlier owners, and later owners do not get it', () => {
    expect(
      [undefined, 1, 4, 5, 6].map((version) => opens(left, had(version === undefined ? {} : { version }))),
    ).toEqual([true, true, true, false, false]);
    expect(opens(part, had({ version: 6 }))).toBe(true);
  });
  test('a part that was not paid for is not open by it', () => {
    expect(opens(part, had({ version: 1, without: [part.id] }))).toBe(false);
    expect(opens({ ...part, id: productIdOf(3) }, had({ version: 1, without: [part.id] }))).toBe(true);
  });
  test('a member of it keeps what has left it for as long as what was given before lasts', () => {
    const scope = { kind: 'product', productId: bundle } as const;
    const member = (atMs: number) => ({
      entitlement: null,
      bundles: [],
      membership: addGrant(noMembership(USER_ID, NOW), plan('m', atMs, 1, scope), NOW),
    });
    expect(mayUse(left, member(NOW), NOW)).toBe(true);
    expect(mayUse(left, member(NOW + 1), timeMs(NOW + 1))).toBe(false);
  });
  test('a library lists the parts that a bundle opens to its owner', () => {
    const [other, gone] = [productIdOf(3), productIdOf(4)];
    const sold = { parts: [part.id, other], formerParts: [{ productId: gone, version: 5 }] };
    expect(openedParts(sold, had({ version: 4 }))).toEqual([part.id, other, gone]);
    expect(openedParts(sold, had({ version: 5, without: [other] }))).toEqual([part.id]);
    expect(openedParts(sold, null)).toEqual([]);
  });
});
