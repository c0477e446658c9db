/** The connection to a Redis server. It is opened when it is needed. A server that fails is left alone for a while. */
import type { Redis } from 'ioredis';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import type { Server } from './address.ts';

/** How long the server has to take a connection, and to answer a command. */
export interface Timeouts {
  readonly connectMs: number;
  readonly commandMs: number;
}

const TIMEOUTS: Timeouts = { connectMs: 300, commandMs: 50 };
/** How long a server that failed is not asked. */
const AWAY_MS = 2 * SECOND_MS;
/**
 * A connection that nobody has used for longer is not used again. The process may have been frozen meanwhile, and
 * the other end may have gone without a word. So the wall clock counts, not a timer.
 */
const IDLE_MS = 30 * SECOND_MS;

/** The server, the clock, and the log that tells when the server goes and when it is back. */
export interface LinkOptions {
  readonly server: Server;
  readonly clock: Clock;
  readonly log: Log;
  /** 300 and 50 ms when left out. They are read for each connection. */
  readonly timeouts?: Timeouts;
}

/**
 * At most one connection. After any failure, also when the server refuses a command, nobody asks for two seconds.
 * Then one caller tries, and the others go on without the server until that one was answered.
 */
export class Link {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #timeouts: Timeouts;
  #opened: Promise<Redis> | null = null;
  #usedAtMs = 0;
  /** Null while the server answers. */
  #awayAtMs: number | null = null;
  #isTrying = false;

  constructor({ server, clock, log, timeouts = TIMEOUTS }: LinkOptions) {
    this.#server = server;
    this.#clock = clock;
    this.#log = log;
    this.#timeouts = timeouts;
  }

  /** Asks the server. Null when it is away, or fails now. `work` must only fail when the server does. */
  async ask<T>(work: (redis: Redis) => Promise<T>): Promise<{ readonly answer: T } | null> {
    if (!this.#mayAsk()) return null;
    const opened = this.#connection();
    try {
      const answer = await work(await opened);
      if (!this.#isOld(opened)) this.#comeBack();
      return { answer };
    } catch (caught) {
      if (!this.#isOld(opened)) this.#leave(caught);
      return null;
    }
  }

  /** Ends the connection. */
  close(): void {
    const opened = this.#opened;
    this.#opened = null;
    opened?.then(
      (redis) => redis.disconnect(),
      () => undefined,
    );
  }

  /** Whether there is a newer connection, about which this one says nothing. */
  #isOld(opened: Promise<Redis>): boolean {
    return this.#opened !== null && this.#opened !== opened;
  }

  #mayAsk(): boolean {
    if (this.#awayAtMs === null) return true;
    const agoMs = this.#clock.now() - this.#awayAtMs;
    // A clock that was set back does not keep the server away.
    if (this.#isTrying || (agoMs >= 0 && agoMs < AWAY_MS)) return false;
    this.#isTrying = true;
    return true;
  }

  #connection(): Promise<Redis> {
    const now = this.#clock.now();
    const idleMs = now - this.#usedAtMs;
    if (idleMs >= IDLE_MS || idleMs < 0) this.close();
    this.#usedAtMs = now;
    if (this.#opened !== null) return this.#opened;
    const opened = this.#open();
    this.#opened = opened;
    // The server may end a connection while nobody asks, as it does when it restarts. The next caller connects again.
    const onEnd = () => {
      if (this.#opened === opened) this.#opened = null;
    };
    opened.then(
      (redis) => redis.once('end', onEnd),
      () => undefined,
    );
    return opened;
  }

  /** Connects. The driver is loaded by the first call. */
  async #open(): Promise<Redis> {
    const { Redis } = await import('ioredis');
    const redis = new Redis({
      ...this.#server,
      // Servers before Redis 6 know no other protocol.
      protocol: 2,
      disableClientInfo: true,
      lazyConnect: true,
      enableReadyCheck: false,
      connectTimeout: this.#timeouts.connectMs,
      commandTimeout: this.#timeouts.commandMs,
      // Nothing waits for the server to come back, and nothing is sent twice: a count would count twice.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    let failure: unknown = null;
    // What it fails with is thrown by whoever waits for the answer.
    redis.on('error', (error) => {
      failure = error;
    });
    try {
      await redis.connect();
    } catch (error) {
      redis.disconnect();
      throw failure ?? error;
    }
    return redis;
  }

  #leave(caught: unknown): void {
    const isNews = this.#awayAtMs === null;
    this.#awayAtMs = this.#clock.now();
    this.#isTrying = false;
    this.close();
    const reason = caught instanceof Error ? caught.message : String(caught);
    if (isNews) this.#log.write('warn', { cache: 'redis', outcome: 'away', reason });
  }

  #comeBack(): void {
    if (this.#awayAtMs === null) return;
    this.#awayAtMs = null;
    this.#isTrying = false;
    this.#log.write('info', { cache: 'redis', outcome: 'back' });
  }
}
