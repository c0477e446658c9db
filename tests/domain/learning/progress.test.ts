import fc from 'fast-check';
import { addCells, cellCount, playedCells } from '../../../shared/domain/learning/cells.ts';
import { lastDays, withLearned } from '../../../shared/domain/learning/learnedDays.ts';
import {
  finishLesson,
  handOut,
  type Learnable,
  type Learning,
  lessonProgressView,
  type Reported,
  takeReport,
} from '../../../shared/domain/learning/progress.ts';
import { DAY_MS, HOUR_MS, LessonId, MINUTE_MS, type TimeMs, timeMs } from '../../../shared/schemas/base.ts';
import {
  CELL_SECONDS,
  type CellRange,
  Learner,
  OFFLINE_MS,
  type PlayedAsked,
  Progress,
} from '../../../shared/schemas/learning/progress.ts';
import { productIdOf } from '../../support/given/coupon.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const lessonOf = (n: number, changes: Partial<Learnable> = {}): Learnable => ({
  id: LessonId.parse(`les_01JD00000000000000000000${String(n).padStart(2, '0')}`),
  productId: productIdOf(1),
  body: '',
  mediaKey: 'courses/media.mp4',
  durationSeconds: 600,
  ...changes,
});
const LESSON = lessonOf(1);
const later = (ms: number) => timeMs(NOW + ms);
const opened = (lesson = LESSON, now = NOW) =>
  handOut({ progress: null, learner: null }, { userId: USER_ID, lesson, now });

/** A report of some cells, by default nothing else. */
function report(
  before: Learning,
  seen: readonly CellRange[],
  now: TimeMs,
  more: Partial<PlayedAsked> & { readonly lesson?: Learnable; readonly device?: string } = {},
): Reported {
  const { lesson = LESSON, device = null, ...rest } = more;
  const asked = { positionSeconds: 0, playedAgoMs: 0, isAtEnd: false, ...rest, seen: [...seen] };
  return takeReport(before, { ...asked, lesson, device }, now);
}

describe('a set of cells', () => {
  const count = 500;
  const range = fc
    .tuple(fc.nat(600), fc.integer({ min: 1, max: 200 }))
    .map(([from, length]): CellRange => [from, from + length]);
  const ranges = fc.array(range, { maxLength: 12 });
  const add = (seen: string, some: readonly CellRange[]) => addCells(seen, some, { count, most: count });
  const holds = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void) =>
    fc.assert(fc.property(arbitrary, check), { seed, numRuns: MODEL_RUNS });

  test('order and repeats make no difference, and adding again adds nothing', () => {
    holds(fc.tuple(ranges, ranges), ([one, other]) => {
      const both = add(add('', one).seen, other).seen;
      expect(add(add('', other).seen, one).seen).toBe(both);
      expect(add('', [...other, ...one, ...other]).seen).toBe(both);
      expect(add(both, one)).toEqual({ seen: both, added: 0, left: 0 });
    });
  });

  test('it is what a naive set has, below the number of cells, and what is bounded are the earliest cells', () => {
    holds(fc.tuple(ranges, fc.nat(300)), ([some, most]) => {
      const naive = new Set<number>();
      for (const [from, until] of some) for (let at = from; at < until && at < count; at += 1) naive.add(at);
      const { seen, added, left } = addCells('', some, { count, most });
      expect([added, added + left]).toEqual([Math.min(most, naive.size), naive.size]);
      expect(playedCells(seen, count)).toBe(added);
      const first = [...naive].sort((one, other) => one - other).slice(0, added);
      for (const below of [1, 7, 8, 9, 250, count]) {
        expect(playedCells(seen, below)).toBe(first.filter((at) => at < below).length);
      }
    });
  });

  test('the last cell of media is shorter', () => {
    expect([0, 1, 5, 6, 86_400].map(cellCount)).toEqual([0, 1, 1, 2, 17_280]);
  });
});

/** What attackers do: they open any lesson, and report anything of it, at any time. */
type Attack =
  | { readonly do: 'wait'; readonly ms: number }
  | {
      readonly do: 'open' | 'report';
      readonly lesson: number;
      readonly seen: readonly CellRange[];
      readonly agoMs: number;
    };

const lessons = [300, 3_600, 20_000, 86_400].map((durationSeconds, n) => lessonOf(n, { durationSeconds }));
const anyRange = fc
  .tuple(fc.nat(17_279), fc.nat(17_279))
  .map(([from, length]): CellRange => [from, Math.min(17_280, from + length + 1)]);
const attack: fc.Arbitrary<Attack> = fc.oneof(
  fc.record({
    do: fc.constant('wait' as const),
    ms: fc.oneof(fc.nat(10_000), fc.nat(5 * MINUTE_MS), fc.nat(4 * HOUR_MS)),
  }),
  fc.record({
    do: fc.constantFrom('open' as const, 'report' as const, 'report' as const),
    lesson: fc.nat(lessons.length - 1),
    seen: fc.array(anyRange, { minLength: 1, maxLength: 4 }),
    agoMs: fc.nat(OFFLINE_MS),
  }),
);

/** What an attacker has of a lesson. */
interface Got {
  readonly progress: Progress;
  readonly firstAtMs: number;
  readonly handOuts: number;
}

/** Holds what an attacker got against the time that has passed. */
function holdAgainstTime(got: readonly Got[], now: TimeMs): void {
  let totalMs = 0;
  for (const { progress, firstAtMs, handOuts } of got) {
    const creditMs = progress.cells * CELL_SECONDS * 1_000;
    totalMs += creditMs;
    expect(creditMs).toBeLessThanOrEqual(2 * (now - firstAtMs) + 10_000 * handOuts);
  }
  const firstAtMs = Math.min(now, ...got.map((one) => one.firstAtMs));
  expect(totalMs).toBeLessThanOrEqual(2 * (now - firstAtMs) + 10_000);
}

describe('credit costs real time', () => {
  test('LK3 whatever attackers report, they get at most twice the time since they began, over all lessons, and per lesson', () => {
    const check = (attacks: readonly Attack[]) => {
      let now = NOW;
      let learner: Learner | null = null;
      const known = new Map<number, Got>();
      for (const step of attacks) {
        if (step.do === 'wait') {
          now = timeMs(now + step.ms);
          continue;
        }
        const lesson = lessons[step.lesson] ?? LESSON;
        const mine = known.get(step.lesson);
        if (step.do === 'open') {
          const handed = handOut(
            { progress: mine?.progress ?? null, learner },
            { userId: USER_ID, lesson, now },
          );
          const isNew = handed.progress.handedAtMs !== mine?.progress.handedAtMs;
          learner = handed.learner;
          const { firstAtMs = now, handOuts = 0 } = mine ?? {};
          known.set(step.lesson, {
            progress: handed.progress,
            firstAtMs,
            handOuts: handOuts + Number(isNew),
          });
        } else if (mine !== undefined && learner !== null) {
          const more = { lesson, playedAgoMs: step.agoMs };
          const told: Reported = report({ progress: mine.progress, learner }, step.seen, now, more);
          expect(told.progress.cells).toBe(mine.progress.cells + told.accepted);
          expect(playedCells(told.progress.seen, cellCount(lesson.durationSeconds))).toBe(
            told.progress.cells,
          );
          learner = told.learner;
          known.set(step.lesson, { ...mine, progress: told.progress });
          holdAgainstTime([...known.values()], now);
        }
      }
      for (const { progress } of known.values()) expect(Progress.safeParse(progress).success).toBe(true);
      if (learner !== null) expect(Learner.safeParse(learner).success).toBe(true);
    };
    fc.assert(fc.property(fc.array(attack, { maxLength: 60 }), check), { seed, numRuns: MODEL_RUNS });
  });

  test('honest learners lose nothing: at 0.75 to 2 times the speed, with reports lost, repeated and out of order', () => {
    fc.assert(
      fc.property(fc.array(honestStep, { minLength: 1, maxLength: 15 }), (steps) => {
        const phone = new Phone();
        for (const step of steps) phone.does(step);
        phone.flush();
        for (const [n, cells] of phone.played) {
          const { seen } = phone.stored.get(n) ?? { seen: '' };
          expect(playedCells(seen, cellCount(lessons[n]?.durationSeconds ?? 0))).toBe(cells.size);
        }
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });

  test('LK1 who seeks to the end has played what was played, and not what was skipped', () => {
    const sought = report(opened(), [[118, 120]], later(10_000), { positionSeconds: 599 });
    expect(sought.progress).toMatchObject({ cells: 2, playedAtMs: null });
    const [all, soon] = [[0, 120] as CellRange, later(30_000)];
    expect(report(opened(), [all], soon)).toMatchObject({
      accepted: 14,
      left: 106,
      progress: { playedAtMs: null },
    });
    expect(report(opened(), [all], later(5 * MINUTE_MS)).progress.playedAtMs).toBe(later(5 * MINUTE_MS));
  });

  test('LK2 reporting the same again adds nothing, however often, and a share of the lesson is not the lesson', () => {
    const now = later(10 * MINUTE_MS);
    const once = report(opened(), [[0, 36]], now);
    let again = once;
    for (let n = 0; n < 20; n += 1) again = report(again, [[0, 36]], timeMs(now + n * MINUTE_MS));
    expect(again.progress).toMatchObject({ cells: 36, playedAtMs: null });
    expect(again.learner.days).toEqual(once.learner.days);
    expect(lessonProgressView(again.progress, LESSON).progressBp).toBe(3_000);
  });

  test('LK4 a share is never above the whole, also when the media became shorter', () => {
    const all = report(opened(), [[0, 17_280]], later(10 * MINUTE_MS));
    expect(all.accepted).toBe(120);
    for (const durationSeconds of [600, 300, 7, 0]) {
      expect(lessonProgressView(all.progress, { durationSeconds }).progressBp).toBe(10_000);
    }
    expect(lessonProgressView(all.progress, { durationSeconds: 1_200 }).progressBp).toBe(5_000);
  });

  test('LK5 what is finished stays finished, whatever is reported later, and however long the lesson becomes', () => {
    const now = later(10 * MINUTE_MS);
    const done = finishLesson(report(opened(), [[0, 120]], now), false, now);
    expect(done.progress.finishedAtMs).toBe(now);
    const nextDay = later(DAY_MS);
    const longer = { ...LESSON, durationSeconds: 6_000 };
    const again = finishLesson(report(done, [[0, 3]], nextDay, { lesson: longer }), true, nextDay);
    expect(again.progress).toMatchObject({ finishedAtMs: now, cells: 120 });
    expect(lessonProgressView(again.progress, longer)).toMatchObject({ progressBp: 1_000, isFinished: true });
  });

  test('LK7 a device that is paused, or was offline, does not move a newer place back', () => {
    const now = later(10 * MINUTE_MS);
    const tv = { positionSeconds: 300, device: '电视' };
    const onTv = report(opened(), [[50, 60]], now, tv);
    expect(onTv.progress.position).toEqual({ seconds: 300, atMs: now, device: '电视' });
    const phone = { positionSeconds: 60, device: '手机' };
    const offline = report(onTv, [[0, 12]], timeMs(now + 5_000), { ...phone, playedAgoMs: 6_000 });
    expect(offline.progress).toMatchObject({ cells: 22, position: onTv.progress.position });
    const paused = report(offline, [], timeMs(now + HOUR_MS), phone);
    expect(paused.progress).toBe(offline.progress);
    const playing = report(offline, [[0, 1]], timeMs(now + HOUR_MS), phone);
    expect(playing.progress.position).toMatchObject({ seconds: 60, device: '手机' });
    expect(
      report(offline, [[0, 1]], timeMs(now + HOUR_MS), { positionSeconds: 9_999 }).progress.position?.seconds,
    ).toBe(600);
  });

  test('LK10 each kind of lesson can be finished: a text by its end, after a time in which it can be read', () => {
    const text = lessonOf(2, { mediaKey: null, body: '字'.repeat(400), durationSeconds: 0 });
    const end = { lesson: text, isAtEnd: true };
    expect(report(opened(text), [], later(19_999), end).progress.playedAtMs).toBeNull();
    expect(report(opened(text), [], later(20_000), { lesson: text }).progress.playedAtMs).toBeNull();
    expect(report(opened(text), [], later(20_000), end).progress.playedAtMs).toBe(later(20_000));
    const long = { ...text, body: '字'.repeat(50_000) };
    expect(report(opened(long), [], later(119_999), { ...end, lesson: long }).progress.playedAtMs).toBeNull();
    expect(
      report(opened(long), [], later(120_000), { ...end, lesson: long }).progress.playedAtMs,
    ).not.toBeNull();
    const untimed = { ...text, mediaKey: 'courses/old.mp4' };
    expect(
      report(opened(untimed), [], later(20_000), { ...end, lesson: untimed }).progress.playedAtMs,
    ).not.toBeNull();
    const timedText = { ...text, durationSeconds: 60 };
    const told = report(opened(timedText), [[0, 12]], later(60_000), { ...end, lesson: timedText });
    expect(told).toMatchObject({ accepted: 0, progress: { playedAtMs: later(60_000), position: null } });
  });

  test('a lesson with a quiz is finished once it was played and the quiz was passed, in either order', () => {
    const now = later(10 * MINUTE_MS);
    const played = report(opened(), [[0, 108]], now);
    expect(finishLesson(played, true, now)).toBe(played);
    const passed = { ...played, progress: { ...played.progress, passedAtMs: now } };
    expect(finishLesson(passed, true, now).progress.finishedAtMs).toBe(now);
    const unplayed = { ...opened(), progress: { ...opened().progress, passedAtMs: now } };
    expect(finishLesson(unplayed, true, now)).toBe(unplayed);
  });

  test('opening writes at most every ten minutes, and a hand-out is renewed after two hours', () => {
    const first = opened();
    const openAt = (ms: number) => handOut(first, { userId: USER_ID, lesson: LESSON, now: later(ms) });
    expect(openAt(10 * MINUTE_MS)).toEqual(first);
    expect(openAt(10 * MINUTE_MS).learner).toBe(first.learner);
    expect(openAt(10 * MINUTE_MS + 1).learner).toMatchObject({
      contactAtMs: later(10 * MINUTE_MS + 1),
      sessionAtMs: NOW,
    });
    expect(openAt(OFFLINE_MS).progress).toBe(first.progress);
    expect(openAt(OFFLINE_MS + 1).progress).toMatchObject({
      handedAtMs: later(OFFLINE_MS + 1),
      cellsSince: 0,
    });
    expect(openAt(OFFLINE_MS + HOUR_MS).learner.sessionAtMs).toBe(NOW);
    expect(openAt(OFFLINE_MS + HOUR_MS + 1).learner.sessionAtMs).toBe(later(OFFLINE_MS + HOUR_MS + 1));
  });
});

describe('days in a row', () => {
  const learner = opened().learner;
  /** Five seconds before midnight in Shanghai. */
  const lateMs = Date.parse('2026-11-22T15:59:55.000Z');
  const at = (ms: number) => timeMs(lateMs + ms);
  const five = { seconds: 300, lessons: 0 };

  test('LK12 a day ends at midnight in Shanghai', () => {
    const today = withLearned(learner, five, at(0));
    expect(today.streak).toEqual({ day: '2026-11-22', count: 1, best: 1 });
    const tomorrow = withLearned(today, five, at(5_000));
    expect(tomorrow.streak).toEqual({ day: '2026-11-23', count: 2, best: 2 });
    expect(withLearned(tomorrow, five, at(0)).days).toHaveLength(2);
    expect(lastDays(tomorrow, at(2 * DAY_MS)).streak).toEqual({ count: 2, best: 2 });
    expect(lastDays(tomorrow, at(2 * DAY_MS + 5_000)).streak).toEqual({ count: 0, best: 2 });
    expect(lastDays(null, at(0)).streak).toEqual({ count: 0, best: 0 });
  });

  test('a day counts with five minutes or a finished lesson, and a missed day begins again', () => {
    const little = withLearned(learner, { seconds: 295, lessons: 0 }, at(0));
    expect(little.streak).toBeNull();
    expect(withLearned(little, { seconds: 5, lessons: 0 }, at(0)).streak).toMatchObject({ count: 1 });
    const one = withLearned(little, { seconds: 0, lessons: 1 }, at(0));
    expect(one.days).toEqual([{ day: '2026-11-22', seconds: 295, lessons: 1 }]);
    expect(withLearned(one, five, at(2 * DAY_MS)).streak).toEqual({ day: '2026-11-24', count: 1, best: 1 });
    expect(lastDays(one, at(DAY_MS)).week.map(({ seconds }) => seconds)).toEqual([0, 0, 0, 0, 0, 295, 0]);
  });

  test('only so many days are kept', () => {
    let now = learner;
    for (let day = 0; day < 100; day += 1) now = withLearned(now, five, at(day * DAY_MS));
    expect(Learner.parse(now).days).toHaveLength(62);
    expect(now.streak).toMatchObject({ count: 100, best: 100 });
  });
});

/** What an honest learner does. */
type HonestStep =
  | {
      readonly do: 'play';
      readonly lesson: number;
      readonly share: number;
      readonly seconds: number;
      readonly speed: number;
      readonly isLost: boolean;
    }
  | { readonly do: 'pause'; readonly ms: number }
  | { readonly do: 'repeat' };

const honestStep: fc.Arbitrary<HonestStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('play' as const),
      lesson: fc.nat(lessons.length - 1),
      share: fc.double({ min: 0, max: 0.99, noNaN: true }),
      seconds: fc.integer({ min: 1, max: 5_400 }),
      speed: fc.constantFrom(0.75, 1, 1.5, 2, 2),
      isLost: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pause' as const), ms: fc.nat(6 * HOUR_MS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const) }) },
);

/** A phone that keeps what it played until it is taken, and reports before it opens something. */
class Phone {
  now: TimeMs = NOW;
  learner: Learner | null = null;
  readonly stored = new Map<number, Progress>();
  readonly played = new Map<number, Set<number>>();
  readonly #waiting = new Map<number, Set<number>>();
  readonly #old: { readonly lesson: number; readonly ranges: readonly CellRange[] }[] = [];
  #waitingSinceMs: number | null = null;

  does(step: HonestStep): void {
    if (step.do === 'repeat') {
      const [first] = this.#old;
      if (first !== undefined) this.#send(first.lesson, first.ranges);
    } else if (step.do === 'pause') {
      // Nothing may wait for longer than a phone may be offline.
      if (this.#waitsUntil(step.ms)) this.flush();
      this.now = timeMs(this.now + step.ms);
    } else {
      if (!step.isLost || this.#waitsUntil(step.seconds * 1_000) || !this.stored.has(step.lesson))
        this.flush();
      this.#play(step);
    }
  }

  #waitsUntil(ms: number): boolean {
    return this.#waitingSinceMs !== null && this.now + ms - this.#waitingSinceMs > OFFLINE_MS;
  }

  #play({ lesson: n, share, seconds, speed }: Extract<HonestStep, { do: 'play' }>): void {
    const lesson = lessons[n] ?? LESSON;
    const before = this.stored.get(n);
    const isOld = before === undefined || this.now - before.handedAtMs > HOUR_MS;
    if (isOld) {
      this.flush();
      const handed = handOut(
        { progress: this.stored.get(n) ?? null, learner: this.learner },
        { userId: USER_ID, lesson, now: this.now },
      );
      this.stored.set(n, handed.progress);
      this.learner = handed.learner;
    }
    this.#waitingSinceMs ??= this.now;
    const from = Math.floor(share * lesson.durationSeconds);
    const until = Math.min(lesson.durationSeconds, from + seconds * speed);
    this.now = timeMs(this.now + Math.ceil(((until - from) / speed) * 1_000));
    const mine = this.played.get(n) ?? new Set();
    const waiting = this.#waiting.get(n) ?? new Set();
    this.played.set(n, mine);
    this.#waiting.set(n, waiting);
    for (let cell = Math.ceil(from / CELL_SECONDS); (cell + 1) * CELL_SECONDS <= until; cell += 1) {
      mine.add(cell);
      waiting.add(cell);
    }
  }

  flush(): void {
    for (const [n, cells] of this.#waiting) {
      const ranges = [...cells].map((cell): CellRange => [cell, cell + 1]).reverse();
      if (ranges.length === 0) continue;
      expect(this.#send(n, ranges)).toBe(0);
      this.#old.push({ lesson: n, ranges });
      cells.clear();
    }
    this.#waitingSinceMs = null;
  }

  #send(n: number, ranges: readonly CellRange[]): number {
    const progress = this.stored.get(n);
    if (progress === undefined || this.learner === null) throw new Error('it was opened');
    const told = report({ progress, learner: this.learner }, ranges, this.now, {
      lesson: lessons[n] ?? LESSON,
    });
    this.stored.set(n, told.progress);
    this.learner = told.learner;
    return told.left;
  }
}
