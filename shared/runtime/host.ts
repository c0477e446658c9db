/**
 * The whole product in one process of its own: in a container, or on any machine. It needs no other product but the
 * database: events are delivered in the process, and timers follow its clock. Several may run at the same time, because
 * every timer is safe to repeat and to overlap, and a task is done once whoever does it.
 */
import { collections } from '../data/collections.ts';
import type { AnyFunction } from '../function.ts';
import type { Log } from '../ports/log.ts';
import type { Ports } from '../ports/ports.ts';
import { SECOND_MS } from '../schemas/base.ts';
import { describeCaught } from './caught.ts';
import { type Consumer, runConsumer } from './consumer.ts';
import { Deliveries } from './deliveries.ts';
import { endpointsOf } from './endpoints.ts';
import type { HttpRequest, HttpResponse } from './exchange.ts';
import { metricsPage } from './metricsPage.ts';
import { serve } from './node.ts';
import { Ready } from './readiness.ts';
import { createTimers, startTimers } from './timers.ts';

/** Figures that are counted from the lines of the log. */
interface HostMetrics {
  /** Who sends it as a bearer token may read them. */
  readonly token: string;
  readonly contentType: string;
  text(): Promise<string>;
  watch(log: Log): Log;
}

/** What a host runs. */
export interface HostOptions {
  readonly functions: Readonly<Record<string, AnyFunction>>;
  /** The consumers of each topic. */
  readonly consumers: Readonly<Record<string, readonly string[]>>;
  /** @throws a plain Error that names what is missing */
  readonly ports: (watch?: (log: Log) => Log) => Ports;
  /** The figures at `/metrics`, and who may read them; null for no such page. */
  readonly metrics: () => Promise<HostMetrics | null>;
  /** 0 for any free port. */
  readonly port: number;
}

/** A running host. */
export interface Host {
  readonly port: number;
  /**
   * Takes no new requests, and lets what is under way end, for at most five seconds. What has not ended then is done
   * again by whoever finds its task. Safe to repeat.
   */
  close(): Promise<void>;
}

const EFFECTS_AT_ONCE = 16;
const EFFECTS_AT_ONCE_EACH = 4;
const DRAIN_MS = 5 * SECOND_MS;

function said(status: number, state: string): HttpResponse {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  return { status, headers, body: JSON.stringify({ state }) };
}

function ofKind<K extends AnyFunction['kind']>(functions: HostOptions['functions'], ...kinds: readonly K[]) {
  const own = Object.entries(functions).filter(([, each]) => kinds.some((kind) => kind === each.kind));
  return Object.fromEntries(own) as Record<string, Extract<AnyFunction, { kind: K }>>;
}

/** Delivers in this process what the outer ports would ring a broker for. */
function deliveringPorts(outer: Ports, { functions, consumers: topics }: HostOptions) {
  const consumers: Record<string, Consumer> = ofKind(functions, 'consumer', 'outward');
  const deliveries = new Deliveries({
    atOnce: EFFECTS_AT_ONCE,
    atOnceEach: EFFECTS_AT_ONCE_EACH,
    deliver: async (name, eventId) => {
      const own = consumers[name];
      if (own !== undefined) await runConsumer(name, own, eventId, ports);
    },
  });
  const ports: Ports = {
    ...outer,
    bus: {
      ring: async (rings) => {
        for (const { topic, eventId } of rings) {
          for (const consumer of topics[topic] ?? []) deliveries.add({ consumer, eventId });
        }
        deliveries.pump();
      },
    },
  };
  return { ports, deliveries, consumerOf: (name: string) => consumers[name] };
}

/**
 * Starts the host. It listens at once: `/health` answers 200 as long as the process does, and `/ready` only while it
 * can serve. Timers begin when the database is there.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const metrics = await options.metrics();
  const { ports, deliveries, consumerOf } = deliveringPorts(options.ports(metrics?.watch), options);
  const ready = new Ready(ports, collections);
  const figures = metrics === null ? async () => null : metricsPage(metrics, metrics.token);
  const pages = async (request: HttpRequest): Promise<HttpResponse | null> => {
    if (request.path === '/health') return said(200, 'alive');
    if (request.path !== '/ready') return figures(request);
    const state = await ready.now();
    return said(state === 'ready' ? 200 : 503, state);
  };
  const { port } = options;
  const served = await serve(endpointsOf(options.functions), ports, { port, host: '0.0.0.0', pages });
  let stopTimers = async (): Promise<void> => undefined;
  void ready.wait().then((isReady) => {
    if (!isReady) return;
    stopTimers = startTimers(createTimers(ofKind(options.functions, 'timer'), ports, { consumerOf }));
  });
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    ready.drain();
    const ended = Promise.all([served.close(), stopTimers()]).then(() => deliveries.rest());
    let cut: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      cut = setTimeout(resolve, DRAIN_MS);
    });
    await Promise.race([ended, late]);
    clearTimeout(cut);
    await Promise.race([ports.database.close(), late]);
  };
  return {
    port: served.port,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/**
 * Starts the host of a program, and ends the program on SIGTERM and SIGINT: with 0, or 1 when it could not start.
 * A setting that is missing is named on standard error.
 */
export function runHost(options: HostOptions): void {
  startHost(options).then(
    (host) => {
      const end = () => {
        host
          .close()
          .catch((caught: unknown) => console.error(JSON.stringify(describeCaught(caught))))
          .finally(() => process.exit(0));
      };
      process.once('SIGTERM', end);
      process.once('SIGINT', end);
      console.log(JSON.stringify({ level: 'info', function: 'host', outcome: 'listens', port: host.port }));
    },
    (caught: unknown) => {
      const reason = caught instanceof Error ? caught.message : String(caught);
      console.error(JSON.stringify({ level: 'error', cannotStart: reason }));
      process.exit(1);
    },
  );
}
