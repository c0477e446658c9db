/** Figures for Prometheus, counted from the lines of the log: nothing is measured a second time. */
import type { Gauge, Registry } from 'prom-client';
import type { Log } from '../../ports/log.ts';

type Line = Readonly<Record<string, unknown>>;

/** Times in seconds, from a cached read to what a platform may take. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];
/** How long after its event a task ran. Most are rung for at once; the sweep comes after 30 seconds. */
const AGE_SECONDS = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 3_600];

/** What the newest line of `watchBacklog` says, and what the figure is called. */
const BACKLOG = {
  deadTasks: ['zhike_tasks_dead', 'Tasks that were given up, at most 100', 1],
  waitingTasks: ['zhike_tasks_waiting', 'Tasks that are due, at most 100', 1],
  oldestTaskMs: ['zhike_task_oldest_seconds', 'How long the longest waiting task has been due', 1_000],
  waitingCases: ['zhike_cases_waiting', 'Open cases about what waits for most of a day, at most 100', 1],
  openDifferences: ['zhike_differences_open', 'Open differences between bills and books, at most 100', 1],
  lookAgeMs: ['zhike_look_age_seconds', 'How long ago a nightly look ended', 1_000],
} as const;

/** The figures of one process. */
export interface Metrics {
  /** Counts a line. */
  see(line: Line): void;
  /** All figures in Prometheus’s text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** Counters by name, made at their first use. */
function countersIn(registry: Registry, { Counter }: typeof import('prom-client')) {
  const make = (name: string, help: string, labelNames: readonly string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const called = ['function', 'kind'] as const;
  return {
    calls: make('zhike_calls_total', 'Calls by how they ended', [...called, 'outcome']),
    failures: make('zhike_failures_total', 'Calls that did not end well, by code', [...called, 'code']),
    cold: make('zhike_cold_calls_total', 'First calls of a process', called),
    roundTrips: make('zhike_database_round_trips_total', 'Round trips to the database', called),
    reruns: make('zhike_transaction_reruns_total', 'Runs of transactions after a conflict', called),
    paid: make('zhike_orders_paid_total', 'Orders settled, by rail and by how they were heard of', [
      'rail',
      'heard',
    ]),
    refusals: make('zhike_platform_refusals_total', 'Refusals of platforms', ['platform', 'verdict']),
  };
}

/** Makes the figures. The library is loaded by this call, and by nothing else. */
export async function prometheusMetrics(): Promise<Metrics> {
  const client = await import('prom-client');
  const registry = new client.Registry();
  const counters = countersIn(registry, client);
  const register = { registers: [registry] };
  const seconds = new client.Histogram({
    ...{ name: 'zhike_call_seconds', help: 'How long calls took', ...register },
    ...{ labelNames: ['function', 'kind'] as const, buckets: SECONDS },
  });
  const ages = new client.Histogram({
    ...{ name: 'zhike_task_age_seconds', help: 'How long after its event a task ran', ...register },
    ...{ labelNames: ['topic'] as const, buckets: AGE_SECONDS },
  });
  const breakers = new client.Gauge({
    ...{ name: 'zhike_breaker_open', help: '1 while calls to an endpoint are held back', ...register },
    labelNames: ['endpoint'] as const,
  });
  const backlog = new Map<string, readonly [gauge: Gauge, unit: number]>(
    Object.entries(BACKLOG).map(([field, [name, help, unit]]) => [
      field,
      [new client.Gauge({ name, help, ...register }), unit],
    ]),
  );

  const seeCall = (line: Line, ms: number) => {
    const called = { function: text(line.function), kind: text(line.kind) };
    counters.calls.inc({ ...called, outcome: text(line.outcome) });
    seconds.observe(called, ms / 1_000);
    if (typeof line.code === 'string') counters.failures.inc({ ...called, code: line.code });
    if (line.cold === true) counters.cold.inc(called);
    counters.roundTrips.inc(called, Number(line.roundTrips ?? 0));
    counters.reruns.inc(called, Number(line.reruns ?? 0));
    if (typeof line.ageMs === 'number') ages.observe({ topic: text(line.topic) }, line.ageMs / 1_000);
  };
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    see: (line) => {
      if (typeof line.ms === 'number' && typeof line.kind === 'string') seeCall(line, line.ms);
      if (typeof line.paid === 'string') {
        const heard = line.byKind === 'callback' ? 'callback' : 'question';
        counters.paid.inc({ rail: text(line.rail), heard });
      }
      if (typeof line.platformRefused === 'string')
        counters.refusals.inc({ platform: line.platformRefused, verdict: text(line.verdict) });
      if (typeof line.breaker === 'string')
        breakers.set({ endpoint: line.breaker }, line.outcome === 'open' ? 1 : 0);
      if (typeof line.oldestTaskMs === 'number')
        for (const [field, [gauge, unit]] of backlog) gauge.set(Number(line[field] ?? 0) / unit);
    },
  };
}

/** The same log, of which another one sees each line first. */
export function watchedLog(log: Log, see: (line: Line) => void): Log {
  return {
    write: (level, record) => {
      see({ level, ...record });
      log.write(level, record);
    },
  };
}
