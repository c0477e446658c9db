/** Evaluates the alarms over the lines of this process, as the log service does in the cloud. */
import { type Alarm, alarms, type Clause, type Figure } from '../tools/alarms.ts';
import { Spread } from './spread.ts';

const MINUTE_MS = 60_000;

/** A line of the log. */
export type Line = Readonly<Record<string, unknown>>;

/** Whether a line meets a clause. */
export function meets(line: Line, clause: Clause): boolean {
  const value = line[clause.field] ?? null;
  if (value === null) return false;
  if ('isThere' in clause) return true;
  if ('atLeast' in clause) return typeof value === 'number' && value >= clause.atLeast;
  return clause.isOneOf.includes(String(value));
}

/** What one minute's lines come to, for one figure. */
class Minute {
  lines = 0;
  met = 0;
  max: number | null = null;
  readonly spread = new Spread();

  see(line: Line, figure: Figure): void {
    this.lines += 1;
    if ('count' in figure || 'percent' in figure) {
      if (meets(line, 'count' in figure ? figure.count : figure.percent)) this.met += 1;
      return;
    }
    const value = line['max' in figure ? figure.max : figure.p99];
    if (typeof value !== 'number') return;
    if ('max' in figure) this.max = Math.max(this.max ?? value, value);
    else this.spread.add(value);
  }
}

function worth(figure: Figure, minutes: readonly Minute[]): number | null {
  const sum = (of: (minute: Minute) => number) => minutes.reduce((total, minute) => total + of(minute), 0);
  if ('count' in figure) return sum(({ met }) => met);
  if ('percent' in figure) {
    const lines = sum((minute) => minute.lines);
    return lines === 0 ? null : (sum(({ met }) => met) * 100) / lines;
  }
  if ('max' in figure) {
    const known = minutes.flatMap(({ max }) => max ?? []);
    return known.length === 0 ? null : Math.max(...known);
  }
  return Spread.of(minutes.map(({ spread }) => spread)).quantile(0.99);
}

/** One alarm over the last minutes of its window. */
class Watch {
  readonly alarm: Alarm;
  readonly #since: number;
  /** By figure, and by the minute since 1970. */
  readonly #minutes = new Map<string, Map<number, Minute>>();

  constructor(alarm: Alarm, now: number) {
    this.alarm = alarm;
    this.#since = now;
    for (const name of Object.keys(alarm.figures)) this.#minutes.set(name, new Map());
  }

  see(line: Line, now: number): void {
    if (!this.alarm.among.every((clause) => meets(line, clause))) return;
    const at = Math.floor(now / MINUTE_MS);
    for (const [name, figure] of Object.entries(this.alarm.figures)) {
      const minutes = this.#minutes.get(name) ?? new Map<number, Minute>();
      const minute = minutes.get(at) ?? new Minute();
      minutes.set(at, minute);
      minute.see(line, figure);
      for (const old of minutes.keys()) if (old <= at - this.alarm.windowMinutes - 1) minutes.delete(old);
    }
  }

  figures(now: number): Record<string, number | null> {
    const from = Math.floor(now / MINUTE_MS) - this.alarm.windowMinutes;
    const named = Object.entries(this.alarm.figures).map(([name, figure]) => {
      const minutes = [...(this.#minutes.get(name) ?? [])]
        .filter(([at]) => at > from)
        .map(([, each]) => each);
      return [name, worth(figure, minutes)] as const;
    });
    return Object.fromEntries(named);
  }

  isOn(now: number): boolean {
    const figures = this.figures(now);
    return this.alarm.when.every((each) => {
      const value = figures[each.figure] ?? null;
      if ('above' in each) return value !== null && value > each.above;
      // What is missing can only be told once there was time for it to come.
      return (
        value !== null && value < each.below && now - this.#since >= this.alarm.windowMinutes * MINUTE_MS
      );
    });
  }
}

/** An alarm as it stands. */
export interface AlarmState {
  readonly alarm: Alarm;
  readonly isOn: boolean;
  readonly figures: Readonly<Record<string, number | null>>;
}

/** All alarms, over the lines that it is told. It keeps sums of each minute, and no lines. */
export class AlarmBook {
  readonly #watches: readonly Watch[];

  constructor(now: number) {
    this.#watches = alarms.map((alarm) => new Watch(alarm, now));
  }

  /** Takes a line that is written now. */
  see(line: Line, now: number): void {
    for (const watch of this.#watches) watch.see(line, now);
  }

  /** How each alarm stands now. */
  states(now: number): readonly AlarmState[] {
    return this.#watches.map((watch) => ({
      alarm: watch.alarm,
      isOn: watch.isOn(now),
      figures: watch.figures(now),
    }));
  }
}
