import * as fc from 'fast-check';
import { collection } from '../../../shared/data/access/entitlements.ts';
import { accessUntilAtMs, grant, withSource } from '../../../shared/domain/access/entitlement.ts';
import { Entitlement } from '../../../shared/schemas/access/entitlement.ts';
import { DAY_MS, OrderId, timeMs } from '../../../shared/schemas/base.ts';
import { productIdOf } from '../../support/given/coupon.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { seed } from '../../support/seeded.ts';

interface Bought {
  readonly order: number;
  /** Days after `NOW`. */
  readonly onDay: number;
  /** Null for access without an end. */
  readonly days: number | null;
}

const orderIdOf = (n: number) => OrderId.parse(`ord_01JD00000000000000000000${String(n).padStart(2, '0')}`);
const give = (before: Entitlement | null, { order, onDay, days }: Bought) => {
  const fromAtMs = timeMs(NOW + onDay * DAY_MS);
  return grant(before, {
    userId: USER_ID,
    productId: productIdOf(1),
    sourceId: orderIdOf(order),
    cause: 'order',
    access: days === null ? { kind: 'forever' } : { kind: 'days', days },
    fromAtMs,
    now: fromAtMs,
  });
};
const onDay = (day: number) => timeMs(NOW + day * DAY_MS);
/** The access after one order's part was taken back, by default before any of it was used. */
const takenBack = (before: Entitlement, order: number, on = 0) =>
  withSource(before, orderIdOf(order), 'revoked', onDay(on));
const mayUse = (entitlement: Entitlement | null, now: number) => {
  const untilAtMs = accessUntilAtMs(entitlement);
  return untilAtMs === null || now < untilAtMs;
};
const giveAll = (all: readonly Bought[]) => all.reduce<Entitlement | null>(give, null);

const bought = fc
  .array(
    fc.record({
      onDay: fc.nat({ max: 60 }),
      days: fc.option(fc.integer({ min: 1, max: 40 }), { freq: 8 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) => all.map((one, order) => ({ ...one, order })));

describe(`what orders give comes to (seed ${seed})`, () => {
  const holds = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void) =>
    fc.assert(fc.property(arbitrary, check), { seed, numRuns: 500 });

  test('every day that was paid for: bought while access lasts, it is added at the end', () => {
    holds(bought, (all) => {
      const days = new Set<number>();
      for (const one of all.toSorted((a, b) => a.onDay - b.onDay || a.order - b.order)) {
        if (one.days === null) {
          expect(accessUntilAtMs(giveAll(all))).toBeNull();
          return;
        }
        let day = one.onDay;
        while (days.has(day)) day += 1;
        for (let left = one.days; left > 0; left -= 1, day += 1) days.add(day);
      }
      expect(accessUntilAtMs(giveAll(all))).toBe(NOW + (Math.max(...days) + 1) * DAY_MS);
    });
  });

  test('the same in whatever order the news of them comes', () => {
    const shuffled = bought.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    holds(shuffled, ([all, other]) => {
      expect(accessUntilAtMs(giveAll(other))).toBe(accessUntilAtMs(giveAll(all)));
    });
  });

  test('an order gives once, however often it is told', () => {
    holds(bought, (all) => {
      const once = giveAll(all);
      for (const again of all) expect(give(once, again)).toBe(once);
      expect(Entitlement.parse(once)).toEqual(once);
      expect(once?.sources).toHaveLength(all.length);
    });
  });

  test('access of a refunded order does not count; that of other orders stays', () => {
    const withOne = bought.chain((all) => fc.tuple(fc.constant(all), fc.nat({ max: all.length - 1 })));
    holds(withOne, ([all, order]) => {
      const whole = giveAll(all);
      if (whole === null) throw new Error('something was bought');
      const rest = takenBack(whole, order);
      const without = giveAll(all.filter((one) => one.order !== order));
      expect(accessUntilAtMs(rest)).toBe(accessUntilAtMs(without));
      expect(rest.sources).toHaveLength(all.length);
    });
  });

  test('T13: days that were used of access that is taken back are not taken from other access', () => {
    const withCut = bought.chain((all) =>
      fc.tuple(fc.constant(all), fc.nat({ max: all.length - 1 }), fc.nat({ max: 120 })),
    );
    holds(withCut, ([all, order, on]) => {
      fc.pre(all.every((one) => one.days !== null || one.order === order));
      const whole = giveAll(all);
      if (whole === null) throw new Error('something was bought');
      const days = new Set<number>();
      let end = 0;
      for (const one of all.toSorted((a, b) => a.onDay - b.onDay || a.order - b.order)) {
        let day = one.onDay;
        while (days.has(day)) day += 1;
        const isBack = one.order === order;
        for (let left = one.days ?? 1_000; left > 0 && !(isBack && day >= on); left -= 1, day += 1)
          days.add(day);
        if (!isBack) end = day;
      }
      expect(accessUntilAtMs(takenBack(whole, order, on))).toBe(end === 0 ? 0 : onDay(end));
    });
  });
});

test('what was taken back and is given again is as it was; doing either twice changes nothing', () => {
  const whole = giveAll([
    { order: 1, onDay: 0, days: 7 },
    { order: 2, onDay: 1, days: 7 },
  ]);
  if (whole === null) throw new Error('something was bought');
  const without = takenBack(whole, 1);
  expect(accessUntilAtMs(without)).toBe(onDay(8));
  expect(takenBack(without, 1)).toBe(without);
  expect(withSource(without, orderIdOf(1), 'active', whole.updatedAtMs)).toEqual(whole);
  expect(withSource(whole, orderIdOf(1), 'active', NOW)).toBe(whole);
  expect(takenBack(whole, 9)).toBe(whole);
});

test('a fixed end date given twice is the same date, and it shortens no other access', () => {
  const until = (before: Entitlement | null, sourceId: string, day: number, boughtOn: number) =>
    grant(before, {
      userId: USER_ID,
      productId: productIdOf(1),
      sourceId,
      cause: 'gift',
      access: { kind: 'until', untilAtMs: onDay(day) },
      fromAtMs: onDay(boughtOn),
      now: onDay(boughtOn),
    });
  const once = until(null, 'a', 10, 0);
  expect(accessUntilAtMs(until(once, 'b', 10, 5))).toBe(onDay(10));
  expect(accessUntilAtMs(until(once, 'b', 3, 9))).toBe(onDay(10));
  expect(accessUntilAtMs(give(once, { order: 1, onDay: 4, days: 7 }))).toBe(onDay(17));
});

test('access that is granted as revoked opens nothing until it is given again', () => {
  const asked = {
    userId: USER_ID,
    productId: productIdOf(1),
    sourceId: 'x',
    cause: 'order',
    access: { kind: 'forever' },
    fromAtMs: NOW,
    state: 'revoked',
    now: NOW,
  } as const;
  const given = grant(null, asked);
  expect(accessUntilAtMs(given)).toBe(0);
  expect(accessUntilAtMs(withSource(given, 'x', 'active', NOW))).toBeNull();
});

test('access ends at its end, to the millisecond', () => {
  const week = giveAll([{ order: 1, onDay: 0, days: 7 }]);
  expect(mayUse(week, timeMs(onDay(7) - 1))).toBe(true);
  expect(mayUse(week, onDay(7))).toBe(false);
});

test('who never bought it may not use it', () => {
  expect(mayUse(null, NOW)).toBe(false);
  expect(accessUntilAtMs(null)).toBe(0);
});

test('a payment that the rail dates a little ahead of our clock opens at once', () => {
  expect(mayUse(giveAll([{ order: 1, onDay: 1, days: 7 }]), NOW)).toBe(true);
});

test('access that an older build stored, when every source was an order, is read correctly', () => {
  const { id, userId, productId, updatedAtMs } = give(null, { order: 1, onDay: 0, days: 7 });
  const orderId = orderIdOf(1);
  const source = { orderId, fromAtMs: NOW, untilAtMs: onDay(7), state: 'active' };
  const old = { id, userId, productId, updatedAtMs, sources: [source] };
  const read = Entitlement.parse(collection.upgrade?.(old, 1));
  expect(read).toEqual(give(null, { order: 1, onDay: 0, days: 7 }));
});

test('bought for ever and taken back is gone; given again by the same order it stays gone', () => {
  const forever = give(null, { order: 1, onDay: 0, days: null });
  const revoked = takenBack(forever, 1);
  expect(mayUse(forever, onDay(9_999))).toBe(true);
  expect(mayUse(revoked, NOW)).toBe(false);
  expect(give(revoked, { order: 1, onDay: 0, days: null })).toBe(revoked);
});
