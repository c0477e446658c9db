import fc from 'fast-check';
import type { OutlineAsked as Outline } from '../../client/types.ts';
import * as moves from '../../console/screens/outlineMoves.ts';
import { OutlineAsked } from '../../shared/schemas/catalogue/product.ts';

const idOf = (at: number) => `les_01JCSEED0000000000000000${String(at).padStart(2, '0')}`;

/** An outline with up to four chapters, and lessons that stand once each. */
const outlines: fc.Arbitrary<Outline> = fc
  .array(fc.array(fc.boolean(), { maxLength: 4 }), { minLength: 1, maxLength: 4 })
  .map((chapters) => {
    let next = 0;
    return chapters.map((lessons, at) => ({
      title: `第 ${at} 章`,
      lessons: lessons.map((isHidden) => ({ id: idOf(next++), isHidden })),
    }));
  });
const withLesson = outlines
  .filter((outline) => outline.some(({ lessons }) => lessons.length > 0))
  .chain((outline) => {
    const ids = outline.flatMap(({ lessons }) => lessons.map(({ id }) => id));
    return fc.tuple(fc.constant(outline), fc.constantFrom(...ids));
  });

const idsIn = (outline: Outline) => outline.flatMap(({ lessons }) => lessons.map(({ id }) => id));
const steps = fc.constantFrom(-1 as const, 1 as const);

describe('moves in an outline', () => {
  it('lose no lesson, double none, and stay what the schema takes', () => {
    const place = fc.record({ chapter: fc.nat(5), place: fc.nat(5) });
    fc.assert(
      fc.property(withLesson, place, steps, ([outline, id], to, step) => {
        for (const after of [
          moves.moveLesson(outline, id, to),
          moves.stepLesson(outline, id, step),
          moves.stepChapter(outline, to.chapter, step),
          moves.hideLesson(outline, id, true),
          moves.renameChapter(outline, to.chapter, '新'),
          moves.removeChapter(outline, to.chapter),
          moves.addChapter(outline, '新'),
        ]) {
          expect([...idsIn(after)].sort()).toEqual([...idsIn(outline)].sort());
          expect(OutlineAsked.safeParse(after).success).toBe(true);
        }
      }),
    );
  });

  it('put a lesson before the one that stood at the place', () => {
    fc.assert(
      fc.property(withLesson, fc.nat(), fc.nat(), ([outline, id], at, place) => {
        const chapter = at % outline.length;
        const lessons = outline[chapter]?.lessons ?? [];
        const to = { chapter, place: place % (lessons.length + 1) };
        const after = moves.moveLesson(outline, id, to);
        const next = lessons.slice(to.place).find((lesson) => lesson.id !== id);
        const own = after[chapter]?.lessons ?? [];
        const stands = own.findIndex((lesson) => lesson.id === id);
        expect(stands).toBeGreaterThanOrEqual(0);
        expect(own[stands + 1]?.id).toBe(next?.id);
      }),
    );
  });

  it('step through the whole course, and back to where they came from', () => {
    fc.assert(
      fc.property(withLesson, steps, ([outline, id], step) => {
        const after = moves.stepLesson(outline, id, step);
        const isAtEnd = JSON.stringify(after) === JSON.stringify(outline);
        const back = moves.stepLesson(after, id, step === 1 ? -1 : 1);
        if (!isAtEnd) expect(back).toEqual(outline);
        const order = idsIn(outline);
        const end = step === 1 ? order.at(-1) : order[0];
        if (isAtEnd) expect(id).toBe(end);
      }),
    );
  });

  it('change the order by one lesson, or the chapter alone', () => {
    fc.assert(
      fc.property(withLesson, steps, ([outline, id], step) => {
        const [before, after] = [idsIn(outline), idsIn(moves.stepLesson(outline, id, step))];
        const way = Math.abs(before.indexOf(id) - after.indexOf(id));
        expect(way).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('remove a chapter only when it is empty, and a lesson when it is named', () => {
    const outline = [
      { title: '一', lessons: [{ id: idOf(1), isHidden: false }] },
      { title: '二', lessons: [] },
    ];
    expect(moves.removeChapter(outline, 0)).toEqual(outline);
    expect(moves.removeChapter(outline, 1)).toHaveLength(1);
    expect(idsIn(moves.removeLesson(outline, idOf(1)))).toEqual([]);
    expect(moves.titlesIn(' 一 \n\n二\n')).toEqual(['一', '二']);
  });
});
