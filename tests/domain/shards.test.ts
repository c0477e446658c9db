import * as fc from 'fast-check';
import { spread, startingAt } from '../../shared/domain/shards.ts';
import { USER_ID } from '../support/given/holding.ts';
import { seed } from '../support/seeded.ts';

describe(`shards (seed ${seed})`, () => {
  test('nothing is lost between them, and they differ by one at most', () => {
    const check = (count: number, shards: number) => {
      const each = spread(count, shards);
      expect(each).toHaveLength(shards);
      expect(each.reduce((sum, one) => sum + one, 0)).toBe(count);
      expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
    };
    fc.assert(fc.property(fc.nat({ max: 1_000_000 }), fc.integer({ min: 1, max: 16 }), check), { seed });
  });

  test('a user looks through all of them, each once', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    expect(startingAt(ids, USER_ID).toSorted()).toEqual(ids);
  });
});
