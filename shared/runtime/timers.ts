/** Runs timer functions on their schedules as the cloud does: a cron of seven fields, in Beijing's time. */
import type { TimerFunction } from '../function.ts';
import type { Ports } from '../ports/ports.ts';
import { HOUR_MS, SECOND_MS } from '../schemas/base.ts';
import { runTimer, type TimerHost } from './timer.ts';

/** Beijing's time is UTC+8 without summer time. */
const OFFSET_MS = 8 * HOUR_MS;

/** After a pause of more than a day, only the last day is searched for runs that were due. */
const LOOK_BACK_SECONDS = 86_400;

/** Whether a schedule fires in the second that begins at this instant. */
export type Schedule = (atMs: number) => boolean;

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly of: (beijing: Date) => number;
}

/** The fields of a cron in their order. The date is shifted by the offset, so its UTC getters give Beijing's time. */
const FIELDS: readonly Field[] = [
  { name: 'second', min: 0, max: 59, of: (date) => date.getUTCSeconds() },
  { name: 'minute', min: 0, max: 59, of: (date) => date.getUTCMinutes() },
  { name: 'hour', min: 0, max: 23, of: (date) => date.getUTCHours() },
  { name: 'day', min: 1, max: 31, of: (date) => date.getUTCDate() },
  { name: 'month', min: 1, max: 12, of: (date) => date.getUTCMonth() + 1 },
  { name: 'weekday', min: 0, max: 6, of: (date) => date.getUTCDay() },
  { name: 'year', min: 1970, max: 2099, of: (date) => date.getUTCFullYear() },
];

/**
 * The values of a field: `*`, `a`, `a-b`, each with an optional `/step`, and lists of these. Names of months and days
 * are not supported.
 */
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

/** Parses a cron of seven fields. @throws Error when it is not one */
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

/** Timers that run when `tick` is called. */
export interface Timers {
  /** Starts each timer that was due since the last call: once, however often it was due. */
  tick(): void;
  /** Starts no more runs and tells running ones to end. Resolves when they have ended. */
  stop(): Promise<void>;
}

/**
 * Makes timers by name that follow the clock port. As in the cloud, a run may overlap the one before it, and timers are
 * written for that. Failures are logged.
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
      // If the clock was set back, those seconds fire again.
      if (second < seenSecond) seenSecond = second - 1;
      const first = Math.max(seenSecond + 1, second - LOOK_BACK_SECONDS);
      for (const { name, own, fires } of jobs) {
        for (let at = first; at <= second; at += 1) {
          if (!fires(at * SECOND_MS)) continue;
          start(name, own);
          // One run is enough after a pause, such as a laptop's sleep.
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

/** Ticks by the machine's timer. Calling the answer stops it, and resolves when all runs have ended. */
export function startTimers(timers: Timers): () => Promise<void> {
  const interval = setInterval(() => timers.tick(), SECOND_MS / 4);
  return () => {
    clearInterval(interval);
    return timers.stop();
  };
}
