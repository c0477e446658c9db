import fc from 'fast-check';
import { takeVerdict, wipe } from '../../../shared/domain/review/review.ts';
import {
  commentView,
  countComment,
  EDIT_MS,
  editComment,
  myCommentView,
  noCount,
  writeComment,
} from '../../../shared/domain/talk/comment.ts';
import { ratingOf, threadOf } from '../../../shared/domain/talk/thread.ts';
import { BasisPoints, CommentId, timeMs } from '../../../shared/schemas/base.ts';
import type { Comment } from '../../../shared/schemas/talk/comment.ts';
import { ThreadId } from '../../../shared/schemas/talk/thread.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const THREAD = ThreadId.parse('product:prd_01JD0000000000000000000001');
const commentIdOf = (n: number) =>
  CommentId.parse(`cmt_01JD00000000000000000000${String(n).padStart(2, '0')}`);
const later = (ms: number) => timeMs(NOW + ms);
const HALF = BasisPoints.parse(5_000);
const written = (n = 1, more: Partial<Parameters<typeof writeComment>[0]> = {}) =>
  writeComment(
    {
      ...{ id: commentIdOf(n), userId: USER_ID, threadId: THREAD, parentId: null },
      body: '好课',
      stars: 4,
      learnedBp: HALF,
      ...more,
    },
    [],
    NOW,
  );
const passed = (comment: Comment) => {
  const said = {
    version: comment.review.version,
    part: 'text',
    verdict: 'pass',
    label: 100,
    cause: 'check:1',
  } as const;
  return takeVerdict(comment, said, NOW);
};
const BESIDE = {
  userId: null,
  authorOf: () => ({ id: USER_ID, nickname: '知友', avatarUrl: null }),
  isLiked: () => true,
};

describe('what is counted of comments', () => {
  /** Comments 0 … 2 stand by themselves, the others reply to one of them. */
  const PARENTS = 3;
  const act = fc.oneof(
    fc.record({ does: fc.constant('show'), of: fc.nat(9), isShown: fc.boolean() }),
    fc.record({ does: fc.constant('rate'), of: fc.nat(9), stars: fc.option(fc.integer({ min: 1, max: 5 })) }),
    fc.record({ does: fc.constant('count'), of: fc.nat(9) }),
  );

  test('whatever is shown, hidden and rated, and however often it is counted, sums are those of what is counted', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const all = Array.from({ length: 10 }, (_, n) =>
          written(n, { parentId: n < PARENTS ? null : commentIdOf(n % PARENTS) }),
        );
        let thread = noCount(THREAD, NOW);
        const of = (n: number) => all[n] as Comment;
        const count = (n: number) => {
          const above = n < PARENTS ? null : n % PARENTS;
          const counted = countComment(of(n), { thread, parent: above === null ? null : of(above) }, NOW);
          all[n] = counted.comment;
          if (above !== null && counted.parent !== null) all[above] = counted.parent;
          thread = counted.thread;
        };
        const check = () => {
          const counted = all.map((each) => each.counted);
          expect(thread.comments).toBe(counted.filter(({ isShown }) => isShown).length);
          const stars = [1, 2, 3, 4, 5].map((n) => counted.filter((each) => each.stars === n).length);
          expect(thread.stars).toEqual(stars);
          for (let n = 0; n < PARENTS; n += 1) {
            const own = all.filter(({ parentId }) => parentId === commentIdOf(n));
            expect(of(n).replies).toBe(own.filter((each) => each.counted.isShown).length);
          }
        };
        for (const each of acts) {
          if (each.does === 'show') all[each.of] = { ...of(each.of), isShown: each.isShown };
          else if (each.does === 'rate') all[each.of] = { ...of(each.of), stars: each.stars };
          else count(each.of);
          check();
        }
        for (const n of all.keys()) count(n);
        check();
        expect(thread.comments).toBe(all.filter(({ isShown }) => isShown).length);
        expect(ratingOf(thread)?.people ?? 0).toBe(
          all.filter(({ isShown, stars }) => isShown && stars !== null).length,
        );
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });

  test('the average is between the fewest and the most stars given, and rounded down', () => {
    const given = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(given, (each) => {
        const stars = [1, 2, 3, 4, 5].map((n) => each.filter((one) => one === n).length);
        const rating = ratingOf({ stars });
        const exact = (each.reduce((sum, one) => sum + one, 0) * 100) / each.length;
        expect(rating).toMatchObject({ people: each.length, averageHundredths: Math.floor(exact) });
        expect(rating?.averageHundredths).toBeGreaterThanOrEqual(100 * Math.min(...each));
        expect(rating?.averageHundredths).toBeLessThanOrEqual(100 * Math.max(...each));
      }),
      { seed, numRuns: MODEL_RUNS },
    );
    expect(ratingOf(null)).toBeNull();
    expect(ratingOf(noCount(THREAD, NOW))).toBeNull();
  });
});

describe('editing', () => {
  test('other words are a new version, and others see the old ones until they have passed', () => {
    const edited = editComment(
      passed(written()),
      { body: '很好', stars: 4 },
      ['contact'],
      later(EDIT_MS - 1),
    );
    expect(edited.review).toMatchObject({ version: 2, state: 'checking', doubts: ['contact'] });
    expect(commentView(edited, [], BESIDE)).toMatchObject({ body: '好课', isEdited: false });
    const doubtless = { ...edited, review: { ...edited.review, doubts: [] } };
    expect(commentView(passed(doubtless), [], BESIDE)).toMatchObject({ body: '很好', isEdited: true });
  });

  test('the same words are no new version, and other stars need no check', () => {
    const before = passed(written());
    expect(editComment(before, { body: '好课', stars: 4 }, [], later(EDIT_MS))).toBe(before);
    const after = editComment(before, { body: '好课', stars: 2 }, [], NOW);
    expect(after).toMatchObject({ stars: 2, review: { version: 1, state: 'public' } });
  });

  test('comment.not_editable: after fifteen minutes, and to give stars or take them back', () => {
    const edits =
      (stars: number | null, ms = 0) =>
      () =>
        editComment(passed(written()), { body: '很好', stars }, [], later(ms));
    expect(edits(4, EDIT_MS)).toThrow('comment.not_editable');
    expect(edits(null)).toThrow('comment.not_editable');
    expect(edits(4, EDIT_MS - 1)).not.toThrow();
  });

  test('its author is told until when', () => {
    const untilMs = later(EDIT_MS);
    expect(myCommentView(passed(written()), NOW).editUntilMs).toBe(untilMs);
    expect(myCommentView(passed(written()), untilMs).editUntilMs).toBeNull();
    expect(myCommentView(wipe(written(), NOW), NOW).editUntilMs).toBeNull();
  });
});

describe('what others see', () => {
  test('nothing of what is not shown but its place: no words, no author, no stars', () => {
    for (const comment of [written(), wipe(passed(written()), NOW)]) {
      expect(commentView({ ...comment, likes: 3 }, [], BESIDE)).toMatchObject({
        ...{ author: null, body: null, stars: null, learnedBp: null, likes: 0, isMine: false },
      });
    }
  });

  test('how far its author had come stands beside stars only', () => {
    expect(commentView(passed(written()), [], BESIDE)).toMatchObject({ stars: 4, learnedBp: 5_000 });
    expect(commentView(passed(written(1, { stars: null })), [], BESIDE).learnedBp).toBeNull();
  });

  test('a thread names what it is about', () => {
    expect(threadOf(THREAD)).toEqual({ kind: 'product', id: 'prd_01JD0000000000000000000001' });
  });
});
