import fc from 'fast-check';
import {
  afterAnswer,
  ageMs,
  CELL_SECONDS,
  type CellSet,
  type Cells,
  cellCount,
  type Heard,
  heardOn,
  reportOf,
  UNHEARD,
  wholeCells,
  withCells,
  withoutCells,
} from '../../miniprogram/model/heard.ts';
import { seed } from '../support/seeded.ts';

const RUNS = 10_000;
const range = fc.tuple(fc.nat(60), fc.nat(12)).map(([from, more]): Cells => [from, from + more]);
const membersOf = (set: CellSet) =>
  new Set(set.flatMap(([from, until]) => Array.from({ length: until - from }, (_, at) => from + at)));
const setOf = (ranges: readonly Cells[]) => ranges.reduce<CellSet>((set, one) => withCells(set, one), []);

describe('sets of cells', () => {
  test('order and repeats make no difference, and ranges do not touch', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), (ranges) => {
        const set = setOf(ranges);
        expect(setOf([...ranges].reverse())).toEqual(set);
        expect(setOf([...ranges, ...set])).toEqual(set);
        expect(membersOf(set)).toEqual(membersOf(ranges));
        expect(cellCount(set)).toBe(membersOf(ranges).size);
        set.slice(1).forEach(([from], at) => {
          expect(from).toBeGreaterThan(set[at]?.[1] ?? Number.POSITIVE_INFINITY);
        });
      }),
      { seed, numRuns: RUNS },
    );
  });

  test('what is taken away is gone, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(range), fc.array(range), (ranges, gone) => {
        const left = withoutCells(setOf(ranges), setOf(gone));
        const taken = membersOf(gone);
        expect(membersOf(left)).toEqual(new Set([...membersOf(ranges)].filter((cell) => !taken.has(cell))));
      }),
      { seed, numRuns: RUNS },
    );
  });

  test('a report has at most 32 ranges, and what it does not have stays', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(400), { maxLength: 90 }), fc.boolean(), (cells, isTaken) => {
        const set = setOf(cells.map((cell): Cells => [cell, cell + 1]));
        const reported = reportOf(set);
        expect(reported.length).toBeLessThanOrEqual(32);
        const left = afterAnswer(set, reported, isTaken ? 0 : 3);
        expect(cellCount(left)).toBe(isTaken ? cellCount(set) - cellCount(reported) : cellCount(set));
      }),
      { seed },
    );
  });
});

/** What somebody does with a player: it plays on for some ticks, is moved, waits, or gets another speed. */
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('play' as const), value: fc.integer({ min: 1, max: 400 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('seek' as const), value: fc.integer({ min: 0, max: 600 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), value: fc.integer({ min: 0, max: 900 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('speed' as const),
      value: fc.constantFrom(0.75, 1, 1.25, 1.5, 2),
    }),
  },
);
type Action = { readonly do: 'play' | 'seek' | 'wait' | 'speed'; readonly value: number };
const TICK_MS = 250;
const LENGTH = 612;

/** Plays by these actions. Answers what was heard, and the stretches that were really played. */
function played(actions: readonly Action[]) {
  let heard: Heard = UNHEARD;
  let [seconds, speed, nowMs] = [0, 1, 0];
  const stretches: [number, number][] = [];
  for (const { do: what, value } of actions) {
    if (what === 'speed') speed = value;
    else if (what === 'seek') seconds = value;
    else if (what === 'wait') nowMs += value * 1_000;
    else {
      const from = seconds;
      heard = heardOn(heard, { seconds, lengthSeconds: LENGTH, speed, nowMs, isStarting: true });
      for (let tick = 0; tick < value && seconds < LENGTH; tick += 1) {
        nowMs += TICK_MS;
        seconds = Math.min(LENGTH, seconds + (TICK_MS / 1_000) * speed);
        heard = heardOn(heard, { seconds, lengthSeconds: LENGTH, speed, nowMs, isStarting: false });
      }
      stretches.push([from, seconds]);
    }
  }
  return { heard, stretches };
}

describe('what was heard', () => {
  const isWhole = (cell: number, stretches: readonly [number, number][]) => {
    const [from, until] = [cell * CELL_SECONDS, Math.min((cell + 1) * CELL_SECONDS, LENGTH)];
    let at = from;
    // Stretches are joined as far as they touch. A second of media is what the rule cannot tell from a tick.
    for (const [start, end] of [...stretches].sort(([a], [b]) => a - b))
      if (start <= at + 1.01) at = Math.max(at, end);
    return at >= until - 0.51;
  };

  test('is only what was played, whatever was jumped over or waited for', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
        const { heard, stretches } = played(actions);
        for (const cell of membersOf(heard.cells))
          expect([cell, isWhole(cell, stretches)]).toEqual([cell, true]);
      }),
      { seed, numRuns: RUNS / 10 },
    );
  });

  test('is all of it when nothing was jumped over: no cell is lost to pauses and changes of speed', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
        const { heard, stretches } = played(actions.filter((one) => one.do !== 'seek'));
        const end = Math.max(0, ...stretches.map(([, until]) => until));
        const [, until] = wholeCells(0, end, LENGTH);
        expect(membersOf(heard.cells)).toEqual(new Set(Array.from({ length: until }, (_, cell) => cell)));
      }),
      { seed, numRuns: RUNS / 10 },
    );
  });

  test('a jump forward begins anew, and one back within what was played goes on', () => {
    const at = (heard: Heard, seconds: number, nowMs: number) =>
      heardOn(heard, { seconds, lengthSeconds: LENGTH, speed: 1, nowMs, isStarting: false });
    let heard = at(UNHEARD, 0, 0);
    heard = at(heard, 11, 11_000);
    expect(heard.cells).toEqual([[0, 2]]);
    heard = at(heard, 300, 11_250);
    heard = at(heard, 306, 17_250);
    expect(heard.cells).toEqual([
      [0, 2],
      [60, 61],
    ]);
    heard = at(heard, 303, 17_500);
    heard = at(heard, 311, 25_500);
    expect(heard.cells).toEqual([
      [0, 2],
      [60, 62],
    ]);
  });

  test('the last cell counts at the end, although it is shorter', () => {
    expect(wholeCells(0, 611.7, 612)).toEqual([0, 123]);
    expect(wholeCells(0, 611, 612)).toEqual([0, 122]);
  });

  test.each([
    [1_000, 5_000, 4_000],
    [5_000, 1_000, 0],
    [0, 99_000_000, 7_200_000],
  ])('a place of %d is %d later so old: %d', (atMs, nowMs, age) => {
    expect(ageMs(atMs, nowMs)).toBe(age);
  });
});
