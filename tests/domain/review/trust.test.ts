import fc from 'fast-check';
import {
  appeal,
  decide,
  giveUpChecking,
  submitEdit,
  submitNew,
  takeVerdict,
  wipe,
} from '../../../shared/domain/review/review.ts';
import {
  ALLOWED,
  countStep,
  countWriting,
  flagWeightOf,
  isUndecided,
  newWriter,
  pardon,
  probationUntilMs,
  suspensionOf,
  trustOf,
} from '../../../shared/domain/review/trust.ts';
import { AppError } from '../../../shared/errors.ts';
import { DAY_MS, HOUR_MS, type TimeMs, timeMs, UserId } from '../../../shared/schemas/base.ts';
import type { Reviewed } from '../../../shared/schemas/review/review.ts';
import { Trust, Writer, WritingKind } from '../../../shared/schemas/review/writer.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const later = (ms: number) => timeMs(NOW + ms);
const STAFF = UserId.parse('usr_01JD0000000000000000000099');
const BODY = { title: null, body: '很有收获', images: [], audio: null };
const removalsAt = (...days: number[]): Writer['removed'] =>
  days.map((day, n) => ({ target: `comment:cmt_${n}`, atMs: later(day * DAY_MS), by: STAFF }));
const writerOf = (changes: Partial<Writer>): Writer => ({ ...newWriter(USER_ID, NOW), ...changes });
const trustAt = (writer: Writer, days: number, isStaff = false) =>
  trustOf(writer, { createdAtMs: NOW, isStaff }, later(days * DAY_MS));

/** The error's code; null for none. */
function codeOf(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (caught) {
    if (caught instanceof AppError) return caught.code;
    throw caught;
  }
}

describe('trust', () => {
  test.each([
    ['somebody new', {}, 0, 0],
    ['two texts published, within a day', { published: 2 }, 0.9, 0],
    ['two texts published, after a day', { published: 2 }, 1, 1],
    ['one text published, for ever', { published: 1 }, 400, 0],
    ['ten texts, fourteen days, nothing bought', { published: 10 }, 14, 1],
    ['ten texts, thirteen days, something bought', { published: 10, hasBought: true }, 13, 1],
    ['ten texts, fourteen days, something bought', { published: 10, hasBought: true }, 14, 2],
    ['one removal, without a purchase', { published: 2, removed: removalsAt(1) }, 30, 0],
    ['one removal, thirty days later', { published: 2, removed: removalsAt(1) }, 31, 1],
    [
      'one removal of who is trusted more',
      { published: 10, hasBought: true, removed: removalsAt(15) },
      20,
      2,
    ],
    [
      'two removals of who is trusted more',
      { published: 10, hasBought: true, removed: removalsAt(15, 40) },
      69,
      0,
    ],
    [
      'the same thirty days after the second',
      { published: 10, hasBought: true, removed: removalsAt(15, 40) },
      70,
      2,
    ],
    ['removals thirty days apart', { published: 10, hasBought: true, removed: removalsAt(15, 45) }, 46, 2],
  ] as const)('%s', (_, changes, days, expected) => {
    expect(trustAt(writerOf(changes as Partial<Writer>), days)).toBe(expected);
  });

  test('staff are trusted most, unless two of their texts were removed', () => {
    expect(trustAt(writerOf({}), 0, true)).toBe(3);
    expect(trustAt(writerOf({ removed: removalsAt(1, 2) }), 3, true)).toBe(0);
  });

  test('more trust never allows less', () => {
    const levels = Trust.values.size;
    expect(levels).toBe(4);
    for (const [lower, higher] of [
      [0, 1],
      [1, 2],
      [2, 3],
    ] as const) {
      for (const kind of WritingKind.options)
        expect(ALLOWED[higher].day[kind]).toBeGreaterThanOrEqual(ALLOWED[lower].day[kind]);
      expect(ALLOWED[higher].flagWeight).toBeGreaterThan(ALLOWED[lower].flagWeight);
    }
  });

  test('LK16 a third removal within thirty days silences for seven days, and names its cause', () => {
    const writer = writerOf({ removed: removalsAt(0, 10, 20) });
    expect(suspensionOf(writerOf({ removed: removalsAt(0, 10) }), later(10 * DAY_MS))).toBeNull();
    expect(suspensionOf(writer, later(20 * DAY_MS))).toEqual({
      untilMs: later(27 * DAY_MS),
      cause: { target: 'comment:cmt_2', atMs: later(20 * DAY_MS), by: STAFF },
    });
    expect(suspensionOf(writer, later(27 * DAY_MS))).toBeNull();
    expect(suspensionOf({ ...writer, pardonedAtMs: later(21 * DAY_MS) }, later(22 * DAY_MS))).toBeNull();
    const again = { ...writer, pardonedAtMs: later(21 * DAY_MS), removed: removalsAt(0, 10, 20, 23) };
    expect(suspensionOf(again, later(24 * DAY_MS))?.untilMs).toBe(later(30 * DAY_MS));
  });

  test('what silences somebody is lifted once; what was removed stays, and another removal silences again', () => {
    const writer = writerOf({ published: 5, removed: removalsAt(0, 10, 20) });
    const lifted = pardon(writer, later(21 * DAY_MS));
    expect(suspensionOf(lifted, later(21 * DAY_MS))).toBeNull();
    expect(lifted.removed).toEqual(writer.removed);
    expect(trustAt(lifted, 21)).toBe(0);
    expect(pardon(lifted, later(22 * DAY_MS))).toBe(lifted);
    const again = { ...lifted, removed: removalsAt(0, 10, 20, 23) };
    expect(suspensionOf(pardon(again, later(24 * DAY_MS)), later(24 * DAY_MS))).toBeNull();
    // By a clock that is behind the one by which it was removed.
    expect(suspensionOf(pardon(writer, later(20 * DAY_MS - 5)), later(20 * DAY_MS))).toBeNull();
    for (const silent of [writerOf({}), writerOf({ removed: removalsAt(0, 10) })])
      expect(codeOf(() => pardon(silent, later(10 * DAY_MS)))).toBe('writing.not_suspended');
    expect(codeOf(() => pardon(writer, later(27 * DAY_MS)))).toBe('writing.not_suspended');
  });

  test('silence and probation are what a look at every pair of removals says', () => {
    const days = fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 8 });
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 200 }), (unsorted, nowDay) => {
        const all = unsorted.toSorted((one, other) => one - other).filter((day) => day <= nowDay);
        const writer = writerOf({ removed: removalsAt(...all) });
        const isOnProbation = all.some(
          (day, n) => n > 0 && day - (all[n - 1] ?? 0) < 30 && nowDay < day + 30,
        );
        const isSilent = all.some(
          (day, n) =>
            n > 1 &&
            day - (all[n - 1] ?? 0) < 30 &&
            (all[n - 1] ?? 0) - (all[n - 2] ?? 0) < 30 &&
            nowDay < day + 7,
        );
        const now = later(nowDay * DAY_MS);
        expect(probationUntilMs(writer, now) !== null).toBe(isOnProbation);
        expect(suspensionOf(writer, now) !== null).toBe(isSilent);
        if (isSilent) expect(isOnProbation).toBe(true);
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });

  test('three overturned flags within thirty days make the next ones weigh nothing', () => {
    const three = writerOf({ overturned: [NOW, later(DAY_MS), later(2 * DAY_MS)] });
    expect(flagWeightOf({ ...three, overturned: three.overturned.slice(1) }, 2, later(3 * DAY_MS))).toBe(3);
    expect(flagWeightOf(three, 2, later(29 * DAY_MS))).toBe(0);
    expect(flagWeightOf(three, 2, later(30 * DAY_MS))).toBe(3);
  });
});

describe('what is counted', () => {
  const add = (writer: Writer, what: WritingKind, trust: Trust, now: TimeMs = NOW) =>
    countWriting(writer, { what, edited: null }, trust, now);

  test('a day takes as many as the table says, and the next day in Shanghai begins again', () => {
    for (const trust of [...Trust.values]) {
      for (const what of WritingKind.options) {
        let writer = writerOf({});
        for (let n = 0; n < ALLOWED[trust].day[what]; n++)
          writer = { ...add(writer, what, trust), undecided: 0 };
        expect(codeOf(() => add(writer, what, trust))).toBe('writing.too_many');
        expect(add(writer, what, trust, later(DAY_MS)).counts[what]).toBe(1);
      }
    }
    const [lastMs, firstMs] = [Date.parse('2026-11-22T15:59:59Z'), Date.parse('2026-11-22T16:00:00Z')];
    const evening = add(newWriter(USER_ID, timeMs(lastMs)), 'topic', 0, timeMs(lastMs));
    expect(codeOf(() => add(evening, 'topic', 0, timeMs(lastMs)))).toBe('writing.too_many');
    expect(add({ ...evening, undecided: 0 }, 'topic', 0, timeMs(firstMs)).day).toBe('2026-11-23');
  });

  test('somebody new may have three undecided texts; an edit of one of them is no fourth', () => {
    let writer = writerOf({});
    for (let n = 0; n < 3; n++) writer = add(writer, 'comment', 0);
    expect(codeOf(() => add(writer, 'comment', 0))).toBe('writing.too_many');
    expect(add(writer, 'flag', 0).undecided).toBe(3);
    expect(add(writer, 'comment', 1).undecided).toBe(4);
    const edited = submitNew(USER_ID, BODY, [], NOW);
    expect(countWriting(writer, { what: 'comment', edited }, 0, NOW).undecided).toBe(3);
  });

  test('who is silent writes nothing', () => {
    const writer = writerOf({ removed: removalsAt(-3, -2, -1) });
    for (const what of WritingKind.options)
      expect(codeOf(() => add(writer, what, 3))).toBe('writing.suspended');
  });

  /** Steps that may happen to a text, by number. A step that is not open is none. */
  const steps: readonly ((text: Reviewed, now: TimeMs) => Reviewed)[] = [
    (text, now) => takeVerdict(text, { ...said(text), verdict: 'pass' }, now),
    (text, now) => takeVerdict(text, { ...said(text), verdict: 'review' }, now),
    (text, now) => takeVerdict(text, { ...said(text), verdict: 'risky' }, now),
    (text, now) => giveUpChecking(text, now),
    (text, now) => decide(text, { decision: 'approve', ...by(text) }, now),
    (text, now) => decide(text, { decision: 'reject', ...by(text) }, now),
    (text, now) => decide(text, { decision: 'remove', ...by(text) }, now),
    (text, now) => appeal(text, now),
    (text, now) => wipe(text, now),
  ];
  const said = ({ review }: Reviewed) =>
    ({ version: review.version, part: 'text', label: null, cause: 'check:1' }) as const;
  const by = ({ review }: Reviewed) => ({
    version: review.version,
    by: review.appealedVersion === null ? STAFF : OTHER,
  });
  const OTHER = UserId.parse('usr_01JD0000000000000000000098');

  test('undecided, published and removed are what a look at all of one’s texts says', () => {
    const acts = fc.array(fc.tuple(fc.nat(2), fc.nat(steps.length + 1)), { maxLength: 40 });
    fc.assert(
      fc.property(acts, (chosen) => {
        const texts = new Map<string, Reviewed>();
        let writer = newWriter(USER_ID, NOW);
        for (const [index, [which, act]] of chosen.entries()) {
          const now = later(index * HOUR_MS);
          const target = `comment:cmt_${which}`;
          const before = texts.get(target);
          const step = steps[act];
          if (before === undefined || step === undefined) {
            const after = changed(before, now);
            if (after === null) continue;
            writer = countWriting(writer, { what: 'comment', edited: before ?? null }, 3, now);
            texts.set(target, after);
            continue;
          }
          let after = before;
          codeOf(() => {
            after = step(before, now);
          });
          writer = countStep(writer, { target, before, after }, now);
          texts.set(target, after);
        }
        const all = [...texts.values()];
        expect(writer.undecided).toBe(all.filter(isUndecided).length);
        expect(writer.published).toBe(all.filter(({ review }) => review.publicAtMs !== null).length);
        for (const [target, { shown }] of texts)
          if (shown !== null) expect(writer.removed.map((removal) => removal.target)).not.toContain(target);
        expect(() => Writer.parse(writer)).not.toThrow();
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });

  /** A new text, or an edit of the one there is; null where it cannot be edited. */
  function changed(before: Reviewed | undefined, now: TimeMs): Reviewed | null {
    if (before === undefined) return submitNew(USER_ID, BODY, [], now);
    let after: Reviewed | null = null;
    codeOf(() => {
      after = submitEdit(before, BODY, [], now);
    });
    return after;
  }

  test('LK15 what the platform passed makes somebody known, without a decision of staff', () => {
    let writer = newWriter(USER_ID, NOW);
    for (const n of [1, 2]) {
      const before = submitNew(USER_ID, BODY, [], NOW);
      writer = countWriting(writer, { what: 'comment', edited: null }, 0, NOW);
      const after = takeVerdict(before, { ...said(before), verdict: 'pass' }, NOW);
      writer = countStep(writer, { target: `comment:cmt_${n}`, before, after }, NOW);
    }
    expect(trustAt(writer, 1)).toBe(1);
  });

  test('an appeal that succeeds takes the removal back, and one that is lost is no second removal', () => {
    const target = 'comment:cmt_1';
    const shown = takeVerdict(
      submitNew(USER_ID, BODY, [], NOW),
      { version: 1, part: 'text', label: null, cause: 'check:1', verdict: 'pass' },
      NOW,
    );
    const removed = decide(shown, { decision: 'remove', version: 1, by: STAFF }, NOW);
    const appealed = appeal(removed, NOW);
    let writer = countStep(newWriter(USER_ID, NOW), { target, before: shown, after: removed }, NOW);
    expect(writer.removed).toEqual([{ target, atMs: NOW, by: STAFF }]);
    writer = countStep(writer, { target, before: removed, after: appealed }, NOW);
    const lost = decide(appealed, { decision: 'reject', version: 1, by: OTHER }, later(1));
    expect(countStep(writer, { target, before: appealed, after: lost }, later(1)).removed).toEqual(
      writer.removed,
    );
    const won = decide(appealed, { decision: 'approve', version: 1, by: OTHER }, later(1));
    expect(countStep(writer, { target, before: appealed, after: won }, later(1)).removed).toEqual([]);
  });
});
