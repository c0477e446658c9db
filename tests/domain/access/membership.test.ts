import * as fc from 'fast-check';
import {
  addBundle,
  addGrant,
  isMemberFor,
  membershipUntilAtMs,
  noMembership,
  periodsOf,
  withGrant,
} from '../../../shared/domain/access/membership.ts';
import { addMonths } from '../../../shared/domain/calendar.ts';
import {
  Membership,
  type MembershipGrant,
  type MembershipScope,
} from '../../../shared/schemas/access/membership.ts';
import { DAY_MS, timeMs } from '../../../shared/schemas/base.ts';
import { productIdOf } from '../../support/given/coupon.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const PLATFORM: MembershipScope = { kind: 'platform' };
const shanghai = (text: string) => timeMs(Date.parse(`${text}+08:00`));
const plan = (
  sourceId: string,
  atMs: number,
  months: 1 | 3 | 12,
  scope: MembershipScope = PLATFORM,
): MembershipGrant => ({
  sourceId,
  cause: 'order',
  productId: productIdOf(1),
  scope,
  length: { kind: 'months', months },
  atMs: timeMs(atMs),
  state: 'active',
});
const withAll = (grants: readonly MembershipGrant[]) =>
  grants.reduce((before, one) => addGrant(before, one, NOW), noMembership(USER_ID, NOW));

const grants = fc
  .array(
    fc.record({
      // Over three years, so that grants overlap, follow each other and leave gaps. Often at the same moment.
      hour: fc.nat({ max: 26_000 }),
      length: fc.oneof(
        fc.constantFrom<1 | 3 | 12>(1, 3, 12).map((months) => ({ kind: 'months', months }) as const),
        fc.integer({ min: 1, max: 60 }).map((days) => ({ kind: 'days', days }) as const),
      ),
      /** So many hours after it was given, often before it began to count. */
      revokedAfter: fc.option(fc.nat({ max: 12_000 })),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((all) =>
    all.map(
      ({ hour, length, revokedAfter }, index): MembershipGrant => ({
        ...plan(`src_${index}`, NOW + hour * 3_600_000, 1),
        length,
        ...(revokedAfter === null
          ? {}
          : { state: 'revoked', revokedAtMs: timeMs(NOW + (hour + revokedAfter) * 3_600_000) }),
      }),
    ),
  );

/**
 * The reference model. It walks the grants by hand with its own calendar. It has no set of periods: it only knows where
 * the last period ended, and on which day of the month a chain of months started.
 */
function naiveEnd(all: readonly MembershipGrant[]): number {
  let end = 0;
  let run: { date: string; months: number } | null = null;
  const wall = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString();
  let live = 0;
  const sorted = [...all];
  sorted.sort((a, b) => (a.atMs === b.atMs ? a.sourceId.localeCompare(b.sourceId) : a.atMs - b.atMs));
  for (const { atMs, length, state, revokedAtMs = 0 } of sorted) {
    const start = Math.max(atMs, end);
    if (state === 'revoked') {
      // The time used of it counts as if it had been sold alone, so the model sees no other grant.
      const whole = naiveEnd([{ ...plan('alone', start, 1), length }]);
      if (revokedAtMs <= start) continue;
      end = Math.min(whole, revokedAtMs);
      run = null;
      continue;
    }
    if (length.kind === 'days') {
      end = start + length.days * 86_400_000;
      live = end;
      run = null;
      continue;
    }
    if (run === null || atMs > end) run = { date: wall(start), months: 0 };
    run.months += length.months;
    const [year = 0, month = 0, day = 0] = run.date.slice(0, 10).split('-').map(Number);
    const index: number = year * 12 + (month - 1) + run.months;
    const [toYear, toMonth] = [Math.floor(index / 12), (index % 12) + 1];
    const isLeap = (toYear % 4 === 0 && toYear % 100 !== 0) || toYear % 400 === 0;
    const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    const two = (n: number) => String(n).padStart(2, '0');
    const toDay = Math.min(day, lengths[toMonth - 1] ?? 0);
    end = Date.parse(`${toYear}-${two(toMonth)}-${two(toDay)}${run.date.slice(10, 23)}+08:00`);
    live = end;
  }
  return live;
}

describe(`memberships (seed ${seed})`, () => {
  const holds = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void, numRuns = MODEL_RUNS) =>
    fc.assert(fc.property(arbitrary, check), { seed, numRuns });

  test('R27: it ends where all grants laid end to end are over, as counted by hand', () => {
    holds(grants, (all) => {
      expect(membershipUntilAtMs(withAll(all), 'platform')).toBe(naiveEnd(all));
    });
  });

  test('the same in whatever order the news of the grants comes, and however often', () => {
    const shuffled = grants.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
    );
    holds(shuffled, ([all, other]) => {
      expect(membershipUntilAtMs(withAll(other), 'platform')).toBe(
        membershipUntilAtMs(withAll(all), 'platform'),
      );
    });
  });

  test('T13: after revoking a grant it is as if the grant had never been given; giving it again restores it', () => {
    const withOne = grants.chain((all) => fc.tuple(fc.constant(all), fc.nat({ max: all.length - 1 })));
    holds(withOne, ([drawn, index]) => {
      const all = drawn.map(({ revokedAtMs: _, ...one }) => ({ ...one, state: 'active' as const }));
      const whole = withAll(all);
      const which = { sourceId: `src_${index}`, productId: productIdOf(1) };
      const without = withGrant(whole, which, 'revoked', NOW);
      const rest = all.filter((_, at) => at !== index);
      expect(membershipUntilAtMs(without, 'platform')).toBe(naiveEnd(rest));
      expect(without.grants).toHaveLength(all.length);
      expect(withGrant(without, which, 'revoked', NOW)).toBe(without);
      expect(withGrant(without, which, 'active', NOW)).toEqual(whole);
    });
  });

  test('periods never overlap, never begin before they were given, and none is shorter than it was sold', () => {
    holds(grants, (all) => {
      let end = 0;
      for (const [{ atMs, length }, period] of periodsOf(all)) {
        expect(period.fromAtMs).toBeGreaterThanOrEqual(Math.max(atMs, end));
        const days = length.kind === 'days' ? length.days : 28 * length.months - 3;
        expect(period.untilAtMs - period.fromAtMs).toBeGreaterThanOrEqual(days * DAY_MS);
        end = period.untilAtMs;
      }
    });
  });

  test('three months one by one end when a quarter does, and four quarters when a year does', () => {
    const day = fc.nat({ max: 1_500 }).map((days) => NOW + days * DAY_MS);
    holds(day, (at) => {
      const oneByOne = (count: number, months: 1 | 3) =>
        withAll(Array.from({ length: count }, (_, index) => plan(`src_${index}`, at + index, months)));
      const once = (months: 3 | 12) => membershipUntilAtMs(withAll([plan('one', at, months)]), 'platform');
      expect(membershipUntilAtMs(oneByOne(3, 1), 'platform')).toBe(once(3));
      expect(membershipUntilAtMs(oneByOne(4, 3), 'platform')).toBe(once(12));
    });
  });
});

describe('the calendar', () => {
  test.each([
    ['2027-01-31T10:00:00', 1, '2027-02-28T10:00:00'],
    ['2028-01-31T10:00:00', 1, '2028-02-29T10:00:00'],
    ['2027-01-31T10:00:00', 3, '2027-04-30T10:00:00'],
    ['2026-12-15T23:59:59', 1, '2027-01-15T23:59:59'],
    ['2028-02-29T00:00:00', 12, '2029-02-28T00:00:00'],
    // In UTC it is still the 30th. Months are counted in the shop's time zone.
    ['2027-01-31T02:00:00', 1, '2027-02-28T02:00:00'],
  ])('%s and %i months is %s', (from, months, to) => {
    expect(addMonths(shanghai(from), months)).toBe(shanghai(to));
  });
});

test('T13: refunding the first of three months moves the other two forward and destroys neither', () => {
  const january = shanghai('2027-01-10T08:00:00');
  const whole = withAll([
    plan('a', january, 1),
    plan('b', january + DAY_MS, 1),
    plan('c', january + 2 * DAY_MS, 1),
  ]);
  expect(membershipUntilAtMs(whole, 'platform')).toBe(shanghai('2027-04-10T08:00:00'));
  const rest = withGrant(whole, { sourceId: 'a', productId: productIdOf(1) }, 'revoked', NOW);
  expect(membershipUntilAtMs(rest, 'platform')).toBe(shanghai('2027-03-11T08:00:00'));
});

test('T13: a year that is refunded after two months leaves a renewal of a month whole', () => {
  const bought = shanghai('2027-01-10T08:00:00');
  const whole = withAll([plan('year', bought, 12), plan('month', bought + DAY_MS, 1)]);
  const refunded = shanghai('2027-03-10T08:00:00');
  const which = { sourceId: 'year', productId: productIdOf(1) };
  const rest = withGrant(whole, which, 'revoked', refunded);
  expect(membershipUntilAtMs(rest, 'platform')).toBe(shanghai('2027-04-10T08:00:00'));
  expect(withGrant(rest, which, 'active', refunded).grants).toEqual(whole.grants);
});

describe('membership', () => {
  const bundle = productIdOf(9);
  const course = { id: productIdOf(2), partOf: [bundle] };
  const end = addMonths(NOW, 1);
  const member = (scope: MembershipScope) => ({
    membership: addGrant(noMembership(USER_ID, NOW), plan('m', NOW, 1, scope), NOW),
  });

  test('the member price is for members of the platform, of the product, and of what it is in', () => {
    const isMember = (scope: MembershipScope) => isMemberFor(member(scope).membership, course, NOW);
    expect(isMember(PLATFORM)).toBe(true);
    expect(isMember({ kind: 'product', productId: bundle })).toBe(true);
    expect(isMember({ kind: 'product', productId: productIdOf(8) })).toBe(false);
    expect(isMemberFor(null, course, NOW)).toBe(false);
    expect(isMemberFor(member(PLATFORM).membership, course, end)).toBe(false);
  });
  test('a membership with the most grants and bundles fits its schema', () => {
    const full = addBundle(
      withAll(Array.from({ length: 400 }, (_, n) => plan(`s${n}`, NOW, 12))),
      bundle,
      NOW,
    );
    expect(Membership.parse(full)).toEqual(full);
    expect(addBundle(full, bundle, NOW)).toBe(full);
    expect(membershipUntilAtMs(full, 'platform')).toBe(9_999_999_999_999);
  });
});
