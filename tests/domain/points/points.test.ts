import * as fc from 'fast-check';
import {
  type Adjustment,
  adjust,
  adjustedBefore,
  clawBack,
  earn,
  earnPoints,
  lastEntry,
  openBook,
  type PointsBook,
  spendable,
} from '../../../shared/domain/points/points.ts';
import {
  holdFor,
  releaseHold,
  returnSpent,
  shrinkHold,
  spendHold,
} from '../../../shared/domain/points/pointsHold.ts';
import { earnedUntilMs, graceUntilMs, takeLots } from '../../../shared/domain/points/pointsLots.ts';
import {
  AdjustmentId,
  DAY_MS,
  FEN_MAX,
  OrderId,
  type TimeMs,
  timeMs,
  UserId,
} from '../../../shared/schemas/base.ts';
import {
  POINTS_MAX,
  PointsAccount,
  PointsEntry,
  PointsHold,
  type PointsLedgerAccount,
} from '../../../shared/schemas/points/points.ts';
import { NOW, ORDER_ID, USER_ID } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const because = (id: string) => ({ id, cause: 'order_paid', orderId: null, reason: null }) as const;
const earned = (book: PointsBook, id: string, count: number, now: TimeMs = NOW) =>
  earn(book, because(id), count, now);
const opened = (book: PointsBook | null = null, now: TimeMs = NOW) =>
  openBook(book?.account ?? null, USER_ID, now);
const adjustment = (delta: number, changes: Partial<Adjustment> = {}): Adjustment => ({
  adjustmentId: AdjustmentId.parse('adj_01JD0000000000000000000001'),
  userId: USER_ID,
  delta,
  reason: '补发',
  ...changes,
});

/**
 * The same rules in the simplest form: every point is an item with its own end, and taking points sorts all items. It
 * has no lots, merging, books or postings.
 */
class NaivePoints {
  available: number[] = [];
  readonly orders = new Map<string, { held: number[]; spent: number[]; returned: number }>();
  debt = 0;
  expired = 0;

  at(now: number): void {
    const live = this.available.filter((end) => end > now);
    this.expired += this.available.length - live.length;
    this.available = live;
  }

  add(ends: readonly number[]): void {
    const sorted = [...ends].sort((a, b) => a - b);
    const repaid = Math.min(this.debt, sorted.length);
    this.debt -= repaid;
    this.available.push(...sorted.slice(repaid));
  }

  take(count: number): number[] | null {
    if (this.available.length < count) return null;
    this.available.sort((a, b) => a - b);
    return this.available.splice(0, count);
  }

  clawBack(count: number): void {
    const there = Math.min(count, this.available.length);
    this.take(there);
    this.debt += count - there;
  }

  ends(): [number, number][] {
    const counts = new Map<number, number>();
    for (const end of this.available) counts.set(end, (counts.get(end) ?? 0) + 1);
    return [...counts].sort(([a], [b]) => a - b);
  }

  held(): number {
    return [...this.orders.values()].reduce((sum, { held }) => sum + held.length, 0);
  }
}

const step = fc.record({
  kind: fc.constantFrom(
    'earn',
    'earn',
    'hold',
    'hold',
    'release',
    'shrink',
    'spend',
    'return',
    'clawBack',
    'adjust',
    'wait',
  ),
  order: fc.integer({ min: 0, max: 2 }),
  count: fc.integer({ min: 1, max: 12 }),
  days: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 10, max: 200 })),
});

/** The product's state and the naive model, side by side. */
class Both {
  now: TimeMs = NOW;
  account: PointsAccount | null = null;
  readonly entries: PointsEntry[] = [];
  readonly holds = new Map<string, PointsHold>();
  readonly naive = new NaivePoints();

  /** Opens the book. What opening writes off is kept even if the step is refused. */
  book(): PointsBook {
    this.naive.at(this.now);
    const book = openBook(this.account, USER_ID, this.now);
    if (book.entries.length > 0) this.keep(book);
    return { account: book.account, entries: [] };
  }

  keep(book: PointsBook): void {
    this.account = book.account;
    this.entries.push(...book.entries);
  }

  keepBoth({ book, hold }: { book: PointsBook; hold: PointsHold }): void {
    this.keep(book);
    this.holds.set(hold.id, PointsHold.parse(hold));
  }

  run(asked: { kind: string; order: number; count: number; days: number }, index: number): void {
    const id = OrderId.parse(`ord_01JD000000000000000000000${asked.order}`);
    const hold = this.holds.get(id);
    const { count, days, kind } = asked;
    const { naive, now } = this;
    const order = naive.orders.get(id) ?? { held: [], spent: [], returned: 0 };
    naive.orders.set(id, order);
    if (kind === 'wait') this.now = timeMs(now + days * DAY_MS);
    if (kind === 'earn') {
      this.keep(earned(this.book(), `earn:${index}`, count, now));
      naive.add(Array(count).fill(earnedUntilMs(now)));
    }
    if (kind === 'clawBack') {
      this.keep(clawBack(this.book(), because(`claw:${index}`), count, now));
      naive.clawBack(count);
    }
    if (kind === 'adjust') this.#adjust(index % 2 === 0 ? count : -count);
    if (kind === 'hold' && hold?.state !== 'held' && hold?.state !== 'spent') this.#hold(id, count);
    if (kind === 'release' && hold?.state === 'held') {
      this.keepBoth(releaseHold(this.book(), hold, now));
      naive.add(order.held.splice(0).filter((end) => end > now));
    }
    if (kind === 'shrink' && hold?.state === 'held' && count <= hold.count) {
      this.keepBoth(shrinkHold(this.book(), hold, count, now));
      naive.add(order.held.splice(count).filter((end) => end > now));
    }
    if (kind === 'spend' && hold?.state === 'held') {
      this.keepBoth(spendHold(this.book(), hold, now));
      order.spent.push(...order.held.splice(0));
    }
    if (kind === 'return' && hold?.state === 'spent') this.#giveBack(hold, count, index);
  }

  #adjust(delta: number): void {
    const before = this.book();
    const taken = delta > 0 ? [] : this.naive.take(-delta);
    if (taken === null) {
      expect(() => adjust(before, adjustment(delta), this.now)).toThrow('points.not_enough');
      return;
    }
    if (delta > 0) this.naive.add(Array(delta).fill(earnedUntilMs(this.now)));
    this.keep(adjust(before, adjustment(delta), this.now));
  }

  #hold(orderId: OrderId, count: number): void {
    const before = this.book();
    const taken = this.naive.take(count);
    const asked = { orderId, count, now: this.now };
    const hold = this.holds.get(orderId) ?? null;
    if (taken === null) {
      expect(() => holdFor(before, hold, asked)).toThrow('points.not_enough');
      return;
    }
    this.naive.orders.get(orderId)?.held.push(...taken);
    this.keepBoth(holdFor(before, hold, asked));
  }

  #giveBack(hold: PointsHold, count: number, index: number): void {
    const order = this.naive.orders.get(hold.id);
    if (order === undefined) throw new Error('no such order');
    const asked = { refundId: `refund-${index}`, count, now: this.now };
    const before = this.book();
    if (order.returned + count > order.spent.length) {
      expect(() => returnSpent(before, hold, asked)).toThrow(RangeError);
      return;
    }
    order.returned += count;
    this.naive.add(Array(count).fill(Math.max(graceUntilMs(this.now), ...order.spent)));
    this.keepBoth(returnSpent(before, hold, asked));
  }

  posted(name: PointsLedgerAccount): number {
    return this.entries
      .flatMap(({ postings }) => postings)
      .reduce((sum, [account, amount]) => sum + (account === name ? amount : 0), 0);
  }

  agree(): void {
    const { account, naive } = this;
    if (account === null) return;
    // Points that ended since the last step are written off when the book is next opened.
    naive.at(account.updatedAtMs);
    const own = [
      account.lots.map(({ expiresAtMs, remaining }) => [expiresAtMs, remaining]),
      [account.available, account.held, account.debt],
      [this.posted('available'), this.posted('held'), 0 - this.posted('debt'), this.posted('expired')],
      [account.nextExpiryAtMs, account.lines],
    ];
    const { length: available } = naive.available;
    const wanted = [
      naive.ends(),
      [available, naive.held(), naive.debt],
      [available, naive.held(), naive.debt, naive.expired],
      [naive.ends()[0]?.[0] ?? null, this.entries.length],
    ];
    // Compared as JSON first, because matchers are too slow for every step of so many runs.
    if (JSON.stringify(own) !== JSON.stringify(wanted)) expect(own).toEqual(wanted);
    if (account.available > 0 && account.debt > 0) throw new Error('owes, and has some');
  }

  /** Whether every document fits its schema, entries are numbered without a gap, and each cause has one entry. */
  isWhole(): boolean {
    if (this.account !== null) PointsAccount.parse(this.account);
    for (const entry of this.entries) PointsEntry.parse(entry);
    const causes = this.entries.filter(({ cause }) => cause !== 'adjustment').map(({ id }) => id);
    return (
      this.entries.every(({ line }, index) => line === index + 1) && new Set(causes).size === causes.length
    );
  }
}

describe(`the points ledger (seed ${seed})`, () => {
  test('lots, first-in first-out, holds, returns, expiry and debt are what they would be point by point', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const both = new Both();
        steps.forEach((asked, index) => {
          both.run(asked, index);
          both.agree();
        });
        expect(both.isWhole()).toBe(true);
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });
});

test('T2: one point for each whole yuan that is paid, rounded down', () => {
  expect([0, 99, 100, 199, 12_345, FEN_MAX].map(earnPoints)).toEqual([0, 0, 1, 1, 123, POINTS_MAX]);
});

test('earned points last for a year and to the end of that month, in Shanghai', () => {
  const ends = (at: string) => new Date(earnedUntilMs(timeMs(Date.parse(at)))).toISOString();
  expect(ends('2026-11-23T00:00:00Z')).toBe('2027-11-30T16:00:00.000Z');
  expect(ends('2026-11-30T15:59:59.999Z')).toBe('2027-11-30T16:00:00.000Z');
  expect(ends('2026-11-30T16:00:00.000Z')).toBe('2027-12-31T16:00:00.000Z');
  expect(ends('2027-12-31T15:59:59.999Z')).toBe('2028-12-31T16:00:00.000Z');
  expect(ends('2028-02-29T12:00:00Z')).toBe('2029-02-28T16:00:00.000Z');
});

test('points are spendable up to their last millisecond, and written off from the next on', () => {
  const book = earned(opened(), 'a', 10);
  const endMs = earnedUntilMs(NOW);
  expect([spendable(book.account, timeMs(endMs - 1)), spendable(book.account, endMs)]).toEqual([10, 0]);
  expect(opened(book, timeMs(endMs - 1)).entries).toEqual([]);
  const after = opened(book, endMs);
  expect(after.account).toMatchObject({ available: 0, lots: [], nextExpiryAtMs: null });
  expect(after.entries).toMatchObject([
    {
      id: `${USER_ID}:expire:${endMs}`,
      postings: [
        ['available', -10],
        ['expired', 10],
      ],
    },
  ]);
});

test('points that end first are spent first, and come back to their lot', () => {
  const later = timeMs(NOW + 60 * DAY_MS);
  const book = earned(earned(opened(), 'a', 10), 'b', 10, later);
  const held = holdFor(book, null, { orderId: ORDER_ID, count: 12, now: later });
  expect(held.hold.lots).toEqual([
    { expiresAtMs: earnedUntilMs(NOW), remaining: 10 },
    { expiresAtMs: earnedUntilMs(later), remaining: 2 },
  ]);
  expect(held.book.account.lots).toEqual([{ expiresAtMs: earnedUntilMs(later), remaining: 8 }]);
  const back = releaseHold(held.book, held.hold, later);
  expect(back.book.account.lots).toEqual(book.account.lots);
});

test('points that ended while an order held them are written off when they come back; the rest is as before', () => {
  const later = timeMs(NOW + 60 * DAY_MS);
  const book = earned(earned(opened(), 'a', 10), 'b', 10, later);
  const held = holdFor(book, null, { orderId: ORDER_ID, count: 12, now: later });
  const late = earnedUntilMs(NOW);
  const back = releaseHold(openBook(held.book.account, USER_ID, late), held.hold, late);
  expect(back.book.account.lots).toEqual([{ expiresAtMs: earnedUntilMs(later), remaining: 10 }]);
  expect(back.book.entries.map(({ id, cause, postings }) => [id, cause, postings])).toEqual([
    [
      `${ORDER_ID}:release:1`,
      'release',
      [
        ['available', 2],
        ['held', -2],
      ],
    ],
    [
      `${ORDER_ID}:expire:1`,
      'expire',
      [
        ['held', -10],
        ['expired', 10],
      ],
    ],
  ]);
});

test('points that a refund returns last for at least seven more days', () => {
  const book = earned(opened(), 'a', 10);
  const held = holdFor(book, null, { orderId: ORDER_ID, count: 10, now: NOW });
  const spent = spendHold(held.book, held.hold, NOW);
  const late = timeMs(earnedUntilMs(NOW) + 1);
  const asked = { refundId: 'refund-1', count: 10, now: late };
  const back = returnSpent(openBook(spent.book.account, USER_ID, late), spent.hold, asked);
  const [lot] = back.book.account.lots;
  expect(back.book.account.available).toBe(10);
  expect(lot?.expiresAtMs).toBeGreaterThanOrEqual(late + 7 * DAY_MS);
  expect(lot?.expiresAtMs).toBeLessThan(late + 8 * DAY_MS);
});

test('points that a refund returns keep their end if it is later, and those that end last return first', () => {
  const later = timeMs(NOW + 60 * DAY_MS);
  const book = earned(earned(opened(), 'a', 6), 'b', 6, later);
  const held = holdFor(book, null, { orderId: ORDER_ID, count: 12, now: later });
  const spent = spendHold(held.book, held.hold, later);
  const first = returnSpent(spent.book, spent.hold, { refundId: 'refund-1', count: 8, now: later });
  const ends = [earnedUntilMs(NOW), earnedUntilMs(later)];
  expect(first.book.account.lots).toEqual([
    { expiresAtMs: ends[0], remaining: 2 },
    { expiresAtMs: ends[1], remaining: 6 },
  ]);
  const second = returnSpent(first.book, first.hold, { refundId: 'refund-2', count: 4, now: later });
  expect(second.book.account.lots).toEqual([
    { expiresAtMs: ends[0], remaining: 6 },
    { expiresAtMs: ends[1], remaining: 6 },
  ]);
});

test('T15: an order that was priced anew keeps what it still needs, what ends first, under entries of its own', () => {
  const later = timeMs(NOW + 60 * DAY_MS);
  const book = earned(earned(opened(), 'a', 6), 'b', 6, later);
  const first = holdFor(book, null, { orderId: ORDER_ID, count: 9, now: later });
  // The kept points have ended by now, and were promised to the order.
  const now = earnedUntilMs(NOW);
  const second = shrinkHold(openBook(first.book.account, USER_ID, now), first.hold, 7, now);
  expect(second.book.account).toMatchObject({ available: 5, held: 7 });
  expect(second.hold).toMatchObject({ state: 'held', count: 7, number: 2 });
  expect(second.hold.lots.map(({ remaining }) => remaining)).toEqual([6, 1]);
  const third = shrinkHold(second.book, second.hold, 1, now);
  expect(third.book.account).toMatchObject({ available: 6, held: 1 });
  const spent = spendHold(third.book, third.hold, now);
  expect(spent.book.account).toMatchObject({ available: 6, held: 0 });
  expect(spent.book.entries.map(({ id }) => id)).toEqual([
    `${ORDER_ID}:release:1`,
    `${ORDER_ID}:release:2`,
    `${ORDER_ID}:expire:2`,
    `${ORDER_ID}:spend:3`,
  ]);
  expect(() => shrinkHold(first.book, first.hold, 10, NOW)).toThrow(RangeError);
});

test('a lot is written off once, also when a clock that runs behind gives back a part of it afterwards', () => {
  const book = earned(opened(), 'a', 10);
  const held = holdFor(book, null, { orderId: ORDER_ID, count: 4, now: NOW });
  const endMs = earnedUntilMs(NOW);
  const after = openBook(held.book.account, USER_ID, endMs);
  const back = releaseHold(after, held.hold, timeMs(endMs - 1));
  expect(back.book.account).toMatchObject({ available: 0, held: 0, lots: [] });
  expect(openBook(back.book.account, USER_ID, timeMs(endMs + 1)).entries).toEqual([]);
});

test('points that ended while they were held pay no debt', () => {
  const held = holdFor(earned(opened(), 'a', 10), null, { orderId: ORDER_ID, count: 10, now: NOW });
  const owing = clawBack(held.book, because('claw'), 6, NOW);
  const endMs = earnedUntilMs(NOW);
  const back = releaseHold(openBook(owing.account, USER_ID, endMs), held.hold, endMs);
  expect(back.book.account).toMatchObject({ available: 0, held: 0, debt: 6 });
});

test('T16: points.not_enough: nothing is held for what there is not', () => {
  const book = earned(opened(), 'a', 10);
  const asked = { orderId: ORDER_ID, count: 11, now: NOW };
  expect(() => holdFor(book, null, asked)).toThrow(
    expect.objectContaining({ code: 'points.not_enough', params: { available: 10 } }),
  );
});

test('a hold is released or spent, once, and nothing else', () => {
  const book = earned(opened(), 'a', 10);
  const held = holdFor(book, null, { orderId: ORDER_ID, count: 4, now: NOW });
  const spent = spendHold(held.book, held.hold, NOW);
  const released = releaseHold(held.book, held.hold, NOW);
  expect(() => releaseHold(spent.book, spent.hold, NOW)).toThrow('spent, not held');
  expect(() => spendHold(released.book, released.hold, NOW)).toThrow('released, not held');
  expect(() => holdFor(held.book, held.hold, { orderId: ORDER_ID, count: 1, now: NOW })).toThrow(
    'held, not released',
  );
  expect(() => returnSpent(held.book, held.hold, { refundId: 'r', count: 1, now: NOW })).toThrow(
    'held, not spent',
  );
});

test('what was spent already is owed, and what comes next pays it first', () => {
  const spent = spendHold(
    ...(() => {
      const { book, hold } = holdFor(earned(opened(), 'a', 10), null, {
        orderId: ORDER_ID,
        count: 8,
        now: NOW,
      });
      return [book, hold] as const;
    })(),
    NOW,
  );
  const owing = clawBack(spent.book, because('claw'), 10, NOW);
  expect(owing.account).toMatchObject({ available: 0, held: 0, debt: 8 });
  expect(lastEntry(owing).postings).toEqual([
    ['available', -2],
    ['debt', -8],
    ['issued', 10],
  ]);
  expect(earned(owing, 'b', 5).account).toMatchObject({ available: 0, debt: 3 });
  expect(earned(owing, 'b', 20).account).toMatchObject({ available: 12, debt: 0 });
});

test('earned and taken back end the same, whichever comes first', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 0, max: 40 }),
      (had, count, daysAgo) => {
        const before = timeMs(NOW - daysAgo * DAY_MS);
        const book = had === 0 ? opened() : earned(opened(null, before), 'had', had, before);
        const taken = Math.ceil(count / 2);
        const first = clawBack(earned(book, 'earn', count), because('claw'), taken, NOW).account;
        const second = earned(clawBack(book, because('claw'), taken, NOW), 'earn', count).account;
        expect(second).toEqual(first);
      },
    ),
    { seed, numRuns: MODEL_RUNS },
  );
});

test('the same adjustment again is its entry; another one under that id is points.adjustment_taken', () => {
  const entry = lastEntry(adjust(opened(), adjustment(5), NOW));
  expect(adjustedBefore(entry, adjustment(5))).toBe(entry);
  const other = UserId.parse('usr_01JD0000000000000000000009');
  for (const changes of [{ delta: 6 }, { reason: '别的' }, { userId: other }]) {
    expect(() => adjustedBefore(entry, adjustment(5, changes))).toThrow('points.adjustment_taken');
  }
  const owing = clawBack(opened(), because('claw'), 10, NOW);
  expect(adjustedBefore(lastEntry(adjust(owing, adjustment(5), NOW)), adjustment(5))).toMatchObject({
    debtAfter: 5,
  });
});

test('a clock that runs a little behind writes no entry before the last one', () => {
  const book = earned(opened(), 'a', 10);
  const behind = earned(opened(book, timeMs(NOW - 500)), 'b', 1, timeMs(NOW - 500));
  expect(lastEntry(behind).createdAtMs).toBe(NOW);
});

test('more than there is cannot be taken from lots', () => {
  expect(() => takeLots([{ expiresAtMs: NOW, remaining: 3 }], 4)).toThrow(RangeError);
});
