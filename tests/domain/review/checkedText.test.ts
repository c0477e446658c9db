import fc from 'fast-check';
import { pieces, worst } from '../../../shared/domain/review/checkedText.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const some = fc.string({ unit: fc.constantFrom('a', '违', '规', '😀', '\n'), maxLength: 700 });
const holds = (check: (text: string, most: number) => void) =>
  fc.assert(fc.property(some, fc.integer({ min: 130, max: 300 }), check), { seed, numRuns: MODEL_RUNS });

test('the pieces of a text hold all of it in order, none is too long or empty, and no character is cut', () => {
  holds((text, most) => {
    const found = pieces(text, most);
    let covered = 0;
    for (const piece of found) {
      expect(piece.length).toBeGreaterThan(0);
      expect(piece.length).toBeLessThanOrEqual(most);
      expect(/\p{Cs}/u.test(piece)).toBe(false);
      const at = text.indexOf(piece, Math.max(0, covered - most));
      expect(at >= 0 && at <= covered).toBe(true);
      covered = Math.max(covered, at + piece.length);
    }
    expect(covered).toBe(text.length);
  });
});

test('a planted word is whole in some piece, wherever it stands', () => {
  fc.assert(
    fc.property(fc.nat(900), fc.integer({ min: 130, max: 300 }), (before, most) => {
      const text = `${'字'.repeat(before)}违规词语${'字'.repeat(900 - before)}`;
      expect(pieces(text, most).some((piece) => piece.includes('违规词语'))).toBe(true);
    }),
    { seed, numRuns: MODEL_RUNS },
  );
});

test('the worst of several verdicts counts, with its own cause', () => {
  const said = (verdict: 'pass' | 'review' | 'risky', cause: string) => ({ verdict, label: null, cause });
  expect(worst([said('pass', 'a'), said('risky', 'b'), said('review', 'c'), said('risky', 'd')]).cause).toBe(
    'b',
  );
  expect(worst([said('pass', 'a'), said('review', 'b')]).cause).toBe('b');
});
