/** Runs timer functions on their schedule, as the cloud does: seven fields, read in Beijing time. */
import type { TimerFunction } from '../shared/function.ts';
import type { Ports } from '../shared/ports/ports.ts';
import { runTimer, type TimerHost } from '../shared/runtime/timer.ts';
import { HOUR_MS, SECOND_MS } from '../shared/schemas/base.ts';

/** Cron is read in UTC+8, which has no summer time. */
const OFFSET_MS = 8 * HOUR_MS;

/** After a longer pause than a day, what was due before that is not looked for any more. */
const LOOK_BACK_SECONDS = 86_400;

/** A schedule: whether it fires in the second that begins at this instant. */
export type Schedule = (atMs: number) => boolean;

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly of: (beijing: Date) => number;
}

/** The fields in their order. Beijing's wall clock is read with the getters of UTC from a shifted date. */
const FIELDS: readonly Field[] = [
  { name: 'second', min: 0, max: 59, of: (date) => date.getUTCSeconds() },
  { name: 'minute', min: 0, max: 59, of: (date) => date.getUTCMinutes() },
  { name: 'hour', min: 0, max: 23, of: (date) => date.getUTCHours() },
  { name: 'day', min: 1, max: 31, of: (date) => date.getUTCDate() },
  { name: 'month', min: 1, max: 12, of: (date) => date.getUTCMonth() + 1 },
  { name: 'weekday', min: 0, max: 6, of: (date) => date.getUTCDay() },
  { name: 'year', min: 1970, max: 2099, of: (date) => date.getUTCFullYear() },
];

/** `*`, `a`, `a-b`, each with an optional `/step`, and lists of them. Names of months and days are not used by us. */
function valuesOf(text: string, { name, min, max }: Field): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) throw new Error(`cron: cannot read the ${name} "${text}"`);
    const [, first, last, step] = match;
    const from = first === undefined ? min : Number(first);
    const isOpen = first === undefined || (last === undefined && step !== undefined);
    const to = isOpen ? max : Number(last ?? first);
    const every = Number(step ?? 1);
    if (from < min || to > max || from > to || every < 1) {
      throw new Error(`cron: the ${name} "${text}" is out of range`);
    }
    for (let value = from; value <= to; value += every) values.add(value);
  }
  return values;
}

/** Reads a cron of seven fields. @throws a plain Error when it is none */
export function parseCron(cron: string): Schedule {
  const texts = cron.trim().split(/\s+/);
  if (texts.length !== FIELDS.length) throw new Error(`cron: "${cron}" has not seven fields`);
  const wanted = FIELDS.map((field, index) => ({
    of: field.of,
    values: valuesOf(texts[index] ?? '', field),
  }));
  return (atMs) => {
    const beijing = new Date(atMs + OFFSET_MS);
    return wanted.every(({ of, values }) => values.has(of(beijing)));
  };
}

/** Timers that run whenever somebody ticks. */
export interface Timers {
  /** Starts what is due in each second since the last call, once each, however many seconds that is. */
  tick(): void;
  /** Starts no more, and leaves no time to what runs; resolves when that has ended. */
  stop(): Promise<void>;
}

/**
 * Runs timers, by name, against the clock port. A run may overlap the one before it: that is how the cloud does it,
 * and timers are written for that. What they throw is in the log.
 */
export function createTimers(
  functions: Readonly<Record<string, TimerFunction>>,
  ports: Ports,
  { consumerOf }: Pick<TimerHost, 'consumerOf'> = {},
): Timers {
  const jobs = Object.entries(functions).map(([name, own]) => ({
    name,
    own,
    fires: parseCron(own.contract.cron),
  }));
  const running = new Set<Promise<unknown>>();
  let seenSecond = Math.floor(ports.clock.now() / SECOND_MS);
  let isStopped = false;

  function start(name: string, own: TimerFunction): void {
    const run = runTimer(name, own, ports, {
      isEnding: () => isStopped,
      ...(consumerOf === undefined ? {} : { consumerOf }),
    })
      .catch(() => undefined)
      .finally(() => running.delete(run));
    running.add(run);
  }

  return {
    tick: () => {
      if (isStopped) return;
      const second = Math.floor(ports.clock.now() / SECOND_MS);
      // A clock that was set back is believed: those seconds come again.
      if (second < seenSecond) seenSecond = second - 1;
      const first = Math.max(seenSecond + 1, second - LOOK_BACK_SECONDS);
      for (const { name, own, fires } of jobs) {
        for (let at = first; at <= second; at += 1) {
          if (!fires(at * SECOND_MS)) continue;
          start(name, own);
          // After a pause, a suspended laptop for one, once is enough.
          break;
        }
      }
      seenSecond = second;
    },
    stop: async () => {
      isStopped = true;
      await Promise.all(running);
    },
  };
}

/** Ticks by the machine's own timer until the answer is called; that resolves when what runs has ended. */
export function startTimers(timers: Timers): () => Promise<void> {
  const interval = setInterval(() => timers.tick(), SECOND_MS / 4);
  return () => {
    clearInterval(interval);
    return timers.stop();
  };
}
