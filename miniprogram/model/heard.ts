/**
 * What was really played of a lesson, as a set of cells of five seconds. What was jumped over is not in it, and what
 * was played twice is in it once. The server says when a cell counts; until then the phone keeps it and reports it
 * again.
 */

/** The length of a cell in seconds. */
export const CELL_SECONDS = 5;

/** Cells from the first (inclusive) to the second (exclusive). */
export type Cells = readonly [number, number];

/** A set of cells: ranges in order that do not touch. */
export type CellSet = readonly Cells[];

/** A stretch that was played without a jump, and when it was at its end, in milliseconds since 1970. */
export interface Run {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly atMs: number;
}

/** What was played of one lesson and no answer has taken yet. */
export interface Heard {
  readonly cells: CellSet;
  readonly run: Run | null;
}

/** Nothing was played yet. */
export const UNHEARD: Heard = { cells: [], run: null };

/** Where a player is. */
export interface Moment {
  readonly seconds: number;
  /** Zero when it is not known. */
  readonly lengthSeconds: number;
  /** How fast it plays: 1 is as it was recorded. */
  readonly speed: number;
  readonly nowMs: number;
  /** Whether it begins to play here. The time before that was a pause, in which nothing was played. */
  readonly isStarting: boolean;
}

/** How much a player's time may be ahead of the clock, in seconds of media. Its ticks are not exact. */
const TICK_SECONDS = 1;

/** How late after the beginning of a cell a player may first tell where it is. */
const LATE_SECONDS = 0.5;

/** How close to the end the last cell counts, since players end a little early. */
const END_SECONDS = 0.5;

/** A set with one more range. */
export function withCells(set: CellSet, [from, until]: Cells): CellSet {
  if (from >= until) return set;
  const apart = set.filter(([first, end]) => end < from || first > until);
  const joined = set.filter(([first, end]) => end >= from && first <= until);
  const whole: Cells = [
    Math.min(from, ...joined.map(([first]) => first)),
    Math.max(until, ...joined.map(([, end]) => end)),
  ];
  return [...apart, whole].sort(([a], [b]) => a - b);
}

/** A set without the cells of another one. */
export function withoutCells(set: CellSet, taken: CellSet): CellSet {
  return taken.reduce<CellSet>(
    (left, [from, until]) =>
      left.flatMap(([first, end]): Cells[] => {
        const parts: Cells[] = [
          [first, Math.min(end, from)],
          [Math.max(first, until), end],
        ];
        return parts.filter(([a, b]) => a < b);
      }),
    set,
  );
}

/** How many cells a set has. */
export function cellCount(set: CellSet): number {
  return set.reduce((sum, [from, until]) => sum + until - from, 0);
}

/** The cells that were played whole from one second to another. The last cell of the media may be shorter. */
export function wholeCells(fromSeconds: number, toSeconds: number, lengthSeconds: number): Cells {
  const isAtEnd = lengthSeconds > 0 && toSeconds >= lengthSeconds - END_SECONDS;
  const until = isAtEnd ? Math.ceil(lengthSeconds / CELL_SECONDS) : Math.floor(toSeconds / CELL_SECONDS);
  return [Math.max(0, Math.ceil((fromSeconds - LATE_SECONDS) / CELL_SECONDS)), until];
}

/** Whether a player can have come from the end of a run to where it is now by playing. */
function isPlayedOn(
  { fromSeconds, toSeconds, atMs }: Run,
  { seconds, speed, nowMs, isStarting }: Moment,
): boolean {
  const playedMs = isStarting ? 0 : Math.max(0, nowMs - atMs);
  return seconds >= fromSeconds && seconds - toSeconds <= (playedMs / 1_000) * speed + TICK_SECONDS;
}

/** What was played when a player is here now. It is asked at every tick, and when a player starts. */
export function heardOn({ cells, run }: Heard, moment: Moment): Heard {
  const { seconds, lengthSeconds, nowMs } = moment;
  const isOn = run !== null && isPlayedOn(run, moment);
  const fromSeconds = isOn ? run.fromSeconds : seconds;
  const next: Run = { fromSeconds, toSeconds: seconds, atMs: nowMs };
  const played = wholeCells(fromSeconds, seconds, lengthSeconds);
  const [first, end] = played;
  const isKnown = cells.some(([from, until]) => from <= first && end <= until);
  return { cells: isKnown ? cells : withCells(cells, played), run: next };
}

/** The largest number of ranges that a report takes. */
const RANGES_MAX = 32;

/** What is reported now: the first ranges of a set. */
export function reportOf(cells: CellSet): CellSet {
  return cells.slice(0, RANGES_MAX);
}

/** What is left to report after an answer. When it did not take all, all is reported again. */
export function afterAnswer(cells: CellSet, reported: CellSet, leftCells: number): CellSet {
  return leftCells === 0 ? withoutCells(cells, reported) : cells;
}

/** The longest that a place may be old when it is reported. */
const AGE_MAX_MS = 7_200_000;

/** How long ago something was, as the server takes it. The phone's clock may have been set meanwhile. */
export function ageMs(atMs: number, nowMs: number): number {
  return Math.min(AGE_MAX_MS, Math.max(0, Math.round(nowMs - atMs)));
}
