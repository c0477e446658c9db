import fc from 'fast-check';
import type { Case, StoredDifference } from '../../client/types.ts';
import { caseIdOf, caseOf, dayOf, gapFen, inOrder } from '../../console/screens/dayBooks.ts';

const sum = fc.option(fc.integer({ min: 0, max: 1000 }));
const difference = fc
  .record({
    id: fc.constantFrom('wxpay:2026-11-29:amount_diff:1', 'wxpay:2026-11-29:missing_local:2'),
    state: fc.constantFrom('open' as const, 'healed' as const),
    foundAtMs: fc.nat(9),
    oursFen: sum,
    billFen: sum,
  })
  .map((made) => made as unknown as StoredDifference);

describe('a day of the books', () => {
  it('is named by its rail and its day, and by nothing else', () => {
    expect(dayOf('xpay~2026-11-29')).toEqual({ rail: 'xpay', day: '2026-11-29' });
    const others = ['', 'wxpay', 'zero~2026-11-29', 'wxpay~2026-1-1', 'wxpay~2026-11-29~2'];
    expect(others.map(dayOf)).toEqual(others.map(() => null));
  });

  it('has a gap where both sides have a sum', () => {
    fc.assert(
      fc.property(difference, (one) => {
        const gap = gapFen(one);
        expect(gap === null).toBe(one.oursFen === null || one.billFen === null);
        if (gap !== null) expect((one.oursFen ?? 0) + gap).toBe(one.billFen);
      }),
    );
  });

  it('finds the case of a difference by its cause', () => {
    fc.assert(
      fc.property(difference, difference, (one, other) => {
        const cases = [{ id: caseIdOf(other) } as Case];
        expect(caseOf(one, cases) !== null).toBe(one.id === other.id);
      }),
    );
  });

  it('shows what is open first, and loses nothing', () => {
    fc.assert(
      fc.property(fc.array(difference), (all) => {
        const shown = inOrder(all);
        expect([shown.length, new Set(shown)]).toEqual([all.length, new Set(all)]);
        const states = shown.map(({ state }) => state);
        expect(states.lastIndexOf('open')).toBeLessThan(
          states.includes('healed') ? states.indexOf('healed') : states.length,
        );
      }),
    );
  });
});
