import fc from 'fast-check';
import { hotOf } from '../../../shared/domain/talk/hot.ts';
import { DAY_MS, timeMs } from '../../../shared/schemas/base.ts';
import { NOW } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const counts = fc.record({ likes: fc.nat(1_000_000), replies: fc.nat(100_000) });
const age = fc.integer({ min: 0, max: 30 * DAY_MS });
const at = (ageMs: number) => timeMs(NOW - ageMs);
const holds = <T extends unknown[]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...of: T) => void,
) =>
  fc.assert(fc.property(...(arbitraries as unknown as [fc.Arbitrary<unknown>]), check as never), {
    seed,
    numRuns: MODEL_RUNS,
  });

describe('a place by interest', () => {
  test('more likes or more replies never stand lower', () => {
    holds([counts, fc.nat(1_000), fc.nat(1_000), age], ({ likes, replies }, more, answers, ageMs) => {
      const before = hotOf({ likes, replies, publicAtMs: at(ageMs) });
      const after = hotOf({ likes: likes + more, replies: replies + answers, publicAtMs: at(ageMs) });
      expect(after).toBeGreaterThanOrEqual(before);
    });
  });

  test('of two that interest equally, the older never stands higher', () => {
    holds([counts, age, age], (of, one, other) => {
      const [younger, older] = [Math.min(one, other), Math.max(one, other)];
      expect(hotOf({ ...of, publicAtMs: at(younger) })).toBeGreaterThanOrEqual(
        hotOf({ ...of, publicAtMs: at(older) }),
      );
    });
  });

  test('a day of age is made up for by twice the interest, and by nothing less', () => {
    holds([fc.integer({ min: 1, max: 500_000 }), age], (interest, ageMs) => {
      const of = (likes: number, older: number) =>
        hotOf({ likes: likes - 1, replies: 0, publicAtMs: at(ageMs + older) });
      expect(Math.abs(of(2 * interest, DAY_MS) - of(interest, 0))).toBeLessThanOrEqual(1);
      expect(of(2 * interest - 1, DAY_MS)).toBeLessThanOrEqual(of(interest, 0));
    });
  });

  test('a reply interests as much as two likes', () => {
    expect(hotOf({ likes: 0, replies: 3, publicAtMs: NOW })).toBe(
      hotOf({ likes: 6, replies: 0, publicAtMs: NOW }),
    );
  });
});
