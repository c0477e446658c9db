import { foldMarks } from '../../functions/review/foldMarks.ts';
import { setMark } from '../../functions/review/setMark.ts';
import { unsetMark } from '../../functions/review/unsetMark.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';
import type { Mark } from '../../shared/schemas/review/mark.ts';
import { givenShown, storedComment } from '../support/given/comment.ts';
import { givenCourse } from '../support/given/course.ts';
import { badWorld, storedIn } from '../support/given/order.ts';
import { givenWriter } from '../support/given/writer.ts';
import { bar, lanes } from './bar.ts';

/** How often marks are counted, and how late a count may be. */
const FOLDED_EVERY_MS = 12 * SECOND_MS;
const LATE_MAX_MS = 15 * SECOND_MS;

/**
 * It would be red when a mark is counted without being found again in the transaction that counts it, and when taking
 * one back forgets that it was counted.
 */
export const L05 = bar({
  proves:
    'likes of one comment by thousands at once, some taken back meanwhile, are refused to nobody, and fifteen seconds later the count is the truth',
  flags: { likes: 10_000, atOnce: 512, conflict: 0.02, commitLost: 0.02 },
  brief: { likes: 400, atOnce: 64 },
  run: async ({ seed, flags: { likes, atOnce, ...chaos }, note }) => {
    const world = await badWorld(seed, chaos);
    const author = await givenWriter(world, 'author');
    const { productId } = await givenCourse(world);
    const { id: target } = await givenShown(world, author, `product:${productId}`);
    note(`${likes} people log in`);
    const people = await lanes(
      Array.from({ length: likes }, (_, n) => `fan${n}`),
      16,
      (name) => world.login(name),
    );
    const asked = { kind: 'like', target };
    const refused: (string | null)[] = [];
    let folded = 0;
    const fold = async () => {
      const { 'marks.counted': counted = 0 } = await world.run(foldMarks);
      folded += counted;
    };
    note(`${likes} likes, ${atOnce} at once`);
    await lanes(people, atOnce, async ({ token }, index) => {
      const set = await world.call(setMark, asked, { token });
      if (set.status !== 200) refused.push(set.code);
      if (index % 10 === 3) {
        if (index % 20 === 3) await fold();
        const unset = await world.call(unsetMark, asked, { token });
        if (unset.status !== 200) refused.push(unset.code);
      }
      if (index % atOnce === 0) await fold();
    });
    let count = (await storedComment(world, target)).likes;
    const truth = ((await storedIn(world, 'marks')) as Mark[]).filter(({ isOn }) => isOn).length;
    let lateMs = 0;
    while (count !== truth && lateMs + FOLDED_EVERY_MS <= LATE_MAX_MS) {
      world.clock.advance(FOLDED_EVERY_MS);
      lateMs += FOLDED_EVERY_MS;
      await fold();
      count = (await storedComment(world, target)).likes;
    }
    const uncounted = ((await storedIn(world, 'marks')) as Mark[]).filter(
      ({ isCounted }) => !isCounted,
    ).length;
    const expected = likes - Math.floor((likes + 6) / 10);
    await world.close();
    const violations = [
      ...refused.map((code) => `refused: ${code}`),
      ...(truth === expected ? [] : [`${truth} like it, and ${expected} said so last`]),
      ...(count === truth ? [] : [`the count is ${count}, ${truth} like it`]),
      ...(uncounted === 0 ? [] : [`${uncounted} marks are not counted`]),
    ];
    return { pass: violations.length === 0, measured: { likes, truth, count, lateMs, folded, violations } };
  },
});
