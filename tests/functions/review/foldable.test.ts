import * as fc from 'fast-check';
import { turnMark } from '../../../shared/domain/review/mark.ts';
import { foldable, READ_AT_ONCE } from '../../../shared/flows/review/foldMarks.ts';
import { CommentId, timeMs, UserId } from '../../../shared/schemas/base.ts';

const ulid = (n: number) => `01JD${String(n).padStart(22, '0')}`;

/** Marks as they are listed: so many of each target, those of a target behind each other. */
function listed(counts: readonly number[]) {
  return counts.flatMap((count, place) => {
    const target = CommentId.parse(`cmt_${ulid(place)}`);
    return Array.from({ length: count }, (_, n) => {
      const userId = UserId.parse(`usr_${ulid(n)}`);
      return turnMark(null, { kind: 'like', target, userId }, true, timeMs(n)) ?? [];
    }).flat();
  });
}

describe('marks in turns', () => {
  test('each mark is counted once, in parts that fit a transaction, and what runs at once shares no target', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 130 }), { maxLength: 120 }), (counts) => {
        const marks = listed(counts).slice(0, READ_AT_ONCE);
        const turns = foldable(marks);
        expect(turns.flat(2)).toEqual(marks);
        for (const turn of turns) {
          const targets = turn.map((part) => new Set(part.map(({ target }) => target)));
          expect(turn.length).toBeLessThanOrEqual(8);
          for (const [place, part] of turn.entries())
            expect(part.length + (targets[place]?.size ?? 0)).toBeLessThanOrEqual(63);
          const all = targets.flatMap((each) => [...each]);
          expect(new Set(all).size).toBe(all.length);
        }
      }),
    );
  });

  test('marks of many targets are counted at once, and those of one target one part after the other', () => {
    expect(foldable(listed(Array(64).fill(1))).map((turn) => turn.length)).toEqual([8]);
    expect(foldable(listed([165])).map((turn) => turn.length)).toEqual([1, 1, 1]);
  });
});
