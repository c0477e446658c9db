import * as fc from 'fast-check';
import {
  adjustedBefore,
  applyEntry,
  earned,
  earnPoints,
  type PointsMove,
} from '../../shared/domain/points.ts';
import { FEN_MAX, UserId } from '../../shared/schemas/base.ts';
import { POINTS_MAX, PointsAccount, PointsEntry } from '../../shared/schemas/points.ts';
import { NOW, ORDER_ID, USER_ID } from '../support/given.holding.ts';
import { seed } from '../support/seeded.ts';

const move = (delta: number, changes: Partial<PointsMove> = {}): PointsMove => ({
  id: 'adj_1',
  userId: USER_ID,
  delta,
  cause: 'adjustment',
  orderId: null,
  reason: '补发',
  ...changes,
});

const delta = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -POINTS_MAX, max: POINTS_MAX }));
const moves = fc.array(
  fc.record({
    delta: delta.filter((value) => value !== 0),
    cause: fc.constantFrom<PointsMove['cause']>('adjustment', 'order_paid'),
  }),
  { maxLength: 30 },
);

describe(`the points ledger (seed ${seed})`, () => {
  test('T15: the balance is the sum of the lines, always, and the lines are numbered without a gap', () => {
    fc.assert(
      fc.property(moves, (asked) => {
        let account: PointsAccount | null = null;
        const lines: PointsEntry[] = [];
        asked.forEach(({ delta: by, cause }, index) => {
          const one = move(cause === 'order_paid' ? Math.abs(by) : by, { id: `adj_${index}`, cause });
          const balance: number = account?.balance ?? 0;
          if (one.delta < 0 && balance + one.delta < 0) {
            expect(() => applyEntry(account, one, NOW)).toThrow('points.not_enough');
            return;
          }
          const after = applyEntry(account, one, NOW);
          lines.push(after.entry);
          account = after.account;
          expect(PointsEntry.parse(after.entry)).toEqual(after.entry);
          expect(PointsAccount.parse(account)).toEqual(account);
          const sum = lines.reduce((before, line) => before + line.delta, 0);
          expect([account.balance, after.entry.balanceAfter, account.lines]).toEqual([
            sum,
            sum,
            lines.length,
          ]);
          expect(lines.map(({ line }) => line)).toEqual(lines.map((_, at) => at + 1));
        });
      }),
      { seed, numRuns: 500 },
    );
  });
});

test('T2: one point for each whole yuan that is paid, rounded down', () => {
  expect([0, 99, 100, 199, 12_345, FEN_MAX].map(earnPoints)).toEqual([0, 0, 1, 1, 123, POINTS_MAX]);
});

test('an order that earns nothing writes no line', () => {
  expect(earned({ orderId: ORDER_ID, userId: USER_ID, earnsPoints: 0 })).toBeNull();
  expect(earned({ orderId: ORDER_ID, userId: USER_ID, earnsPoints: 9 })).toMatchObject({
    id: `${ORDER_ID}:earn`,
    delta: 9,
  });
});

test('somebody in debt can be given points, also fewer than are owed', () => {
  const debt = { id: USER_ID, balance: -10, lines: 1, updatedAtMs: NOW };
  expect(applyEntry(debt, move(3), NOW).account.balance).toBe(-7);
  expect(() => applyEntry(debt, move(-1), NOW)).toThrow('points.not_enough');
});

test('the same adjustment again is its line; another one under that id is points.adjustment_taken', () => {
  const { entry } = applyEntry(null, move(5), NOW);
  expect(adjustedBefore(entry, move(5))).toBe(entry);
  const other = UserId.parse('usr_01JD0000000000000000000009');
  for (const changed of [move(6), move(5, { reason: '别的' }), move(5, { userId: other })]) {
    expect(() => adjustedBefore(entry, changed)).toThrow('points.adjustment_taken');
  }
});
