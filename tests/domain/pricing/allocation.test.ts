import * as fc from 'fast-check';
import { allocate } from '../../../shared/domain/pricing/allocation.ts';
import { FEN_MAX } from '../../../shared/schemas/base.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const amount = fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: FEN_MAX / 20 }));
const weights = fc.array(amount, { minLength: 1, maxLength: 20 });
/** Weights, and an amount that can be allocated to them. */
const spread = weights.chain((all) =>
  fc.record({
    weights: fc.constant(all),
    total: fc.nat({ max: all.reduce((sum, weight) => sum + weight, 0) }),
  }),
);
const sum = (numbers: readonly number[]) => numbers.reduce((before, number) => before + number, 0);

describe(`allocation (seed ${seed})`, () => {
  test('shares sum to the total, to the fen, and none is above its weight', () => {
    fc.assert(
      fc.property(spread, (asked) => {
        const shares = allocate(asked.total, asked.weights);
        expect(sum(shares)).toBe(asked.total);
        shares.forEach((share, index) => {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(asked.weights[index] ?? -1);
        });
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });

  test('each share is its exact part, rounded up or down', () => {
    fc.assert(
      fc.property(spread, (asked) => {
        const whole = BigInt(sum(asked.weights));
        allocate(asked.total, asked.weights).forEach((share, index) => {
          const exact = BigInt(asked.total) * BigInt(asked.weights[index] ?? 0);
          const distance = BigInt(share) * whole - exact;
          expect(distance > -whole && distance < whole).toBe(whole > 0n);
        });
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });

  test.each([
    ['T18: 10 yuan over three lines of 10 yuan', 1_000, [1_000, 1_000, 1_000], [334, 333, 333]],
    ['T19: nine fen over ten lines of one fen', 9, Array(10).fill(1), [...Array(9).fill(1), 0]],
    ['the larger remainder comes first', 10, [5, 6, 7], [3, 3, 4]],
    ['a line of nothing gets nothing', 1, [0, 3, 0], [0, 1, 0]],
    ['nothing over nothing', 0, [0, 0], [0, 0]],
    [
      'more than the safe integers in between',
      FEN_MAX - 1,
      [FEN_MAX, FEN_MAX],
      [499_999_999 + 1, 499_999_999],
    ],
  ])('%s', (_, total, over, shares) => {
    expect(allocate(total, over)).toEqual(shares);
  });

  test.each([
    ['more than there is', 4, [1, 2]],
    ['half a fen', 0.5, [1]],
    ['a debt', -1, [1]],
    ['a weight below zero', 1, [2, -1]],
    ['no number', Number.NaN, [1]],
  ])('%s is refused as a broken rule', (_, total, over) => {
    expect(() => allocate(total, over)).toThrow(RangeError);
  });
});
