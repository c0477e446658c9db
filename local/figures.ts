/** What the figures page shows: sums over the lines of the last hour, and what the newest line of a kind says. */
import { AlarmBook, type AlarmState, type Line } from './alarmBook.ts';
import { Spread } from './spread.ts';

const MINUTE_MS = 60_000;
/** How far back sums go. */
const MINUTES = 60;

/** Sums over some calls of one function. */
class Sums {
  calls = 0;
  refused = 0;
  failed = 0;
  conflicts = 0;
  reruns = 0;
  roundTrips = 0;
  readonly spread = new Spread();

  see(line: Line): void {
    this.calls += 1;
    if (line.outcome === 'refused') this.refused += 1;
    if (line.outcome === 'failed') this.failed += 1;
    if (line.code === 'database.conflict') this.conflicts += 1;
    this.reruns += Number(line.reruns ?? 0);
    this.roundTrips += Number(line.roundTrips ?? 0);
    this.spread.add(Number(line.ms ?? 0));
  }

  static of(parts: readonly Sums[]): Summed {
    const sum = (of: (part: Sums) => number) => parts.reduce((total, part) => total + of(part), 0);
    const spread = Spread.of(parts.map((part) => part.spread));
    return {
      calls: sum(({ calls }) => calls),
      refused: sum(({ refused }) => refused),
      failed: sum(({ failed }) => failed),
      conflicts: sum(({ conflicts }) => conflicts),
      reruns: sum(({ reruns }) => reruns),
      roundTrips: sum(({ roundTrips }) => roundTrips),
      p50Ms: spread.quantile(0.5),
      p99Ms: spread.quantile(0.99),
    };
  }
}

/** The sums of an hour. Times are null when there were no calls. */
export interface Summed {
  readonly calls: number;
  readonly refused: number;
  readonly failed: number;
  /** Calls that gave up because of conflicting transactions. */
  readonly conflicts: number;
  readonly reruns: number;
  readonly roundTrips: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** What waits, as `watchBacklog` last said. */
export type BacklogSaid = Readonly<
  Record<
    'deadTasks' | 'waitingTasks' | 'oldestTaskMs' | 'waitingCases' | 'openDifferences' | 'lookAgeMs',
    number
  >
>;

/** All figures at one moment. */
export interface FiguresNow {
  readonly nowMs: number;
  /** Since when lines have been counted, at most an hour ago. */
  readonly sinceMs: number;
  readonly alarms: readonly AlarmState[];
  readonly backlog: BacklogSaid | null;
  readonly all: Summed;
  readonly callbacks: Summed;
  /** By function, those with most calls first. */
  readonly functions: readonly (Summed & { readonly name: string; readonly kind: string })[];
  /** Calls and failed calls of each minute, the oldest first. */
  readonly minutes: readonly { readonly calls: number; readonly failed: number }[];
  readonly breakers: readonly {
    readonly endpoint: string;
    readonly isOpen: boolean;
    readonly atMs: number;
  }[];
}

const BACKLOG_FIELDS = [
  'deadTasks',
  'waitingTasks',
  'oldestTaskMs',
  'waitingCases',
  'openDifferences',
  'lookAgeMs',
] as const;

/** Reads the lines of this process, and keeps sums of each minute of the last hour. */
export class Figures {
  readonly #book: AlarmBook;
  readonly #beganMs: number;
  /** By minute since 1970, and by function. */
  readonly #minutes = new Map<number, Map<string, Sums>>();
  readonly #kinds = new Map<string, string>();
  readonly #breakers = new Map<string, { readonly isOpen: boolean; readonly atMs: number }>();
  #backlog: BacklogSaid | null = null;

  constructor(now: number) {
    this.#book = new AlarmBook(now);
    this.#beganMs = now;
  }

  /** Takes a line that is written now. */
  see(line: Line, now: number): void {
    this.#book.see(line, now);
    if (typeof line.breaker === 'string')
      this.#breakers.set(line.breaker, { isOpen: line.outcome === 'open', atMs: now });
    if (typeof line.oldestTaskMs === 'number')
      this.#backlog = Object.fromEntries(
        BACKLOG_FIELDS.map((name) => [name, Number(line[name] ?? 0)]),
      ) as BacklogSaid;
    const { function: name, kind } = line;
    if (typeof name === 'string' && typeof kind === 'string' && line.ms !== undefined) {
      this.#kinds.set(name, kind);
      this.#sumsOf(name, now).see(line);
    }
  }

  #sumsOf(name: string, now: number): Sums {
    const at = Math.floor(now / MINUTE_MS);
    let minute = this.#minutes.get(at);
    if (minute === undefined) {
      minute = new Map();
      this.#minutes.set(at, minute);
      for (const old of this.#minutes.keys()) if (old <= at - MINUTES) this.#minutes.delete(old);
    }
    const sums = minute.get(name) ?? new Sums();
    minute.set(name, sums);
    return sums;
  }

  /** The figures now. */
  at(now: number): FiguresNow {
    const last = Math.floor(now / MINUTE_MS);
    const kept = [...this.#minutes].filter(([at]) => at > last - MINUTES && at <= last);
    const byName = new Map<string, Sums[]>();
    for (const [, minute] of kept)
      for (const [name, sums] of minute) byName.set(name, [...(byName.get(name) ?? []), sums]);
    const functions = [...byName].map(([name, parts]) => ({
      name,
      kind: this.#kinds.get(name) ?? '',
      ...Sums.of(parts),
    }));
    const ofKind = (isSuch: (kind: string) => boolean) =>
      Sums.of([...byName].flatMap(([name, parts]) => (isSuch(this.#kinds.get(name) ?? '') ? parts : [])));
    const minutes = Array.from({ length: MINUTES }, (_, index) => {
      const parts = [...(this.#minutes.get(last - MINUTES + 1 + index)?.values() ?? [])];
      const { calls, failed } = Sums.of(parts);
      return { calls, failed };
    });
    return {
      nowMs: now,
      sinceMs: Math.max(this.#beganMs, now - MINUTES * MINUTE_MS),
      alarms: this.#book.states(now),
      backlog: this.#backlog,
      all: ofKind(() => true),
      callbacks: ofKind((kind) => kind === 'callback'),
      functions: functions.sort((a, b) => b.calls - a.calls || a.name.localeCompare(b.name)),
      minutes,
      breakers: [...this.#breakers].map(([endpoint, state]) => ({ endpoint, ...state })),
    };
  }
}
