/** One call as it is watched: what its log lines have in common, what it costs, and the ports that tell. */
import type { Database, Meter } from '../ports/database.ts';
import type { Log } from '../ports/log.ts';
import type { Ports } from '../ports/ports.ts';
import type { TimeMs } from '../schemas/base.ts';
import { Doorbell } from './doorbell.ts';
import { heeding } from './heed.ts';
import { traceOfRequest } from './trace.ts';

/** The request that a call answers or follows from, and the trace that it belongs to. */
export interface Cause {
  readonly requestId: string;
  readonly traceId: string;
}

/** What runs, and why, if that is known already. */
export interface Begun {
  readonly function: string;
  readonly kind: string;
  readonly cause: Cause | null;
}

/** The processes that have had a call, by their memory. */
const warm = new WeakSet<Ports['memory']>();

/** One call, from its first step to its log line. */
export class Watched {
  /** The ports as the function gets them. */
  readonly ports: Ports;
  readonly startedAtMs: TimeMs;
  readonly #begun: Begun;
  readonly #given: Ports;
  readonly #meter: Meter = { roundTrips: 0, reruns: 0 };
  readonly #isCold: boolean;
  readonly #doorbell: Doorbell;
  #cause: Cause | null;

  constructor(given: Ports, begun: Begun) {
    this.#given = given;
    this.#begun = begun;
    this.#cause = begun.cause;
    this.startedAtMs = given.clock.now();
    this.#isCold = !warm.has(given.memory);
    warm.add(given.memory);
    this.#doorbell = new Doorbell(given.database.metered(this.#meter), () => this.#traceId);
    const database: Database = this.#doorbell;
    const attempts = given.attempts.metered(this.#meter);
    const log: Log = {
      write: (level, record) =>
        given.log.write(level, { ...this.#cause, by: begun.function, byKind: begun.kind, ...record }),
    };
    this.ports = { ...heeding({ ...given, log }), database, attempts };
  }

  get #traceId(): string {
    return this.#cause?.traceId ?? traceOfRequest(this.#begun.function);
  }

  /** Says why it runs, for a call that learns it from what it reads. */
  follows(cause: Cause): void {
    this.#cause = cause;
  }

  /** Rings the broker for the facts that were appended. */
  async ring(): Promise<void> {
    const { rings } = this.#doorbell;
    if (rings.length > 0) await this.#given.bus.ring(rings);
  }

  /**
   * Writes the call's one line: `{requestId, traceId, function, kind, ms, …record, roundTrips, reruns, cold}`. `cold`
   * is true for the first call of a process.
   */
  tell(level: 'info' | 'warn' | 'error', record: Readonly<Record<string, unknown>>): void {
    const { function: name, kind } = this.#begun;
    const ms = this.#given.clock.now() - this.startedAtMs;
    const own = { ...this.#cause, function: name, kind, ms };
    this.#given.log.write(level, { ...own, ...record, ...this.#meter, cold: this.#isCold });
  }
}
