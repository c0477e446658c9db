/** The connections of this process. They are opened when they are needed, and shared in the order of asking. */
import { fail } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Server } from './address.ts';
import { meaningOf } from './failures.ts';
import { Link } from './link.ts';

/**
 * A connection that nobody has used for longer is not used again. The process may have been frozen meanwhile, and
 * the other end may have gone without a word. So the wall clock counts, not a timer.
 */
const IDLE_MS = 30_000;

interface Idle {
  readonly link: Link;
  readonly usedAtMs: number;
}

/** At most `size` connections to a server. */
export class Pool {
  readonly #server: Server;
  readonly #size: number;
  readonly #clock: Clock;
  #idle: Idle[] = [];
  /** How often the connections had been dropped when each was opened. */
  readonly #born = new WeakMap<Link, number>();
  #drops = 0;
  #used = 0;
  readonly #waiting: (() => void)[] = [];
  #isClosed = false;
  #emptied: (() => void) | null = null;

  constructor(server: Server, { size, clock }: { readonly size: number; readonly clock: Clock }) {
    this.#server = server;
    this.#size = size;
    this.#clock = clock;
  }

  /**
   * Lends a connection to `work`, which must leave no transaction open on it unless it destroys it.
   * @throws database.unavailable when the pool is closed; an error of the driver
   */
  async use<T>(work: (link: Link) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw closed();
    if (this.#used === this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#used += 1;
    let link: Link | null = null;
    try {
      if (this.#isClosed) throw closed();
      link = this.#takeIdle() ?? (await this.#connect());
      return await work(link);
    } catch (error) {
      const meaning = meaningOf(error);
      // When one connection is dead or leads to a replica, the others most likely are too.
      if (meaning === 'lost' || meaning === 'readOnly') this.#drop();
      if (meaning === 'noRoom') link?.destroy();
      throw error;
    } finally {
      if (link !== null) this.#giveBack(link);
      const next = this.#waiting.shift();
      if (next !== undefined) next();
      else this.#release();
    }
  }

  /** Throws away every connection: those in use once they are given back. */
  #drop(): void {
    this.#drops += 1;
    for (const { link } of this.#idle.splice(0)) link.destroy();
  }

  /** Ends all connections, once what is under way has its answer. Safe to repeat. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { link } of this.#idle.splice(0)) link.close();
    if (this.#used > 0) {
      await new Promise<void>((resolve) => {
        const before = this.#emptied;
        this.#emptied = () => {
          before?.();
          resolve();
        };
      });
    }
  }

  #takeIdle(): Link | null {
    for (;;) {
      const last = this.#idle.pop();
      if (last === undefined) return null;
      const idleMs = this.#clock.now() - last.usedAtMs;
      // A clock that was set back says nothing about how long it was.
      if (!last.link.isBroken && idleMs >= 0 && idleMs < IDLE_MS) return last.link;
      last.link.destroy();
    }
  }

  async #connect(): Promise<Link> {
    const drops = this.#drops;
    const link = await Link.connect(this.#server);
    this.#born.set(link, drops);
    return link;
  }

  #giveBack(link: Link): void {
    if (link.isBroken || this.#born.get(link) !== this.#drops) link.destroy();
    else if (this.#isClosed) link.close();
    else this.#idle.push({ link, usedAtMs: this.#clock.now() });
  }

  #release(): void {
    this.#used -= 1;
    if (this.#used === 0) this.#emptied?.();
  }
}

function closed(): Error {
  return fail('database.unavailable', { detail: 'closed' });
}
