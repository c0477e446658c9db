/** Asking the server something that changes nothing: again when no answer came, and together when asked together. */
import type { AppError } from '../../errors.ts';
import type { Meter } from '../../ports/database.ts';
import { type Rerun, runUntilDone } from '../engine/rerun.ts';
import { meaningOf, unavailable } from './failures.ts';
import type { Rows } from './link.ts';
import type { Pool } from './pool.ts';

const READ_TIMEOUT_MS = 2_000;
/** How many statements are sent in one packet. More are shared out among connections. */
const TOGETHER_MAX = 32;

interface Waiting {
  readonly sql: string;
  readonly meter: Meter;
  readonly resolve: (rows: Rows) => void;
  readonly reject: (error: unknown) => void;
}

/** The reads of one process. */
export class Asking {
  readonly #pool: Pool;
  readonly #rerun: Rerun;
  #waiting: Waiting[] = [];

  constructor(pool: Pool, rerun: Rerun) {
    this.#pool = pool;
    this.#rerun = rerun;
  }

  /** The rows of one statement. Each packet is counted on the meter. @throws database.unavailable */
  async ask(sql: string, meter: Meter): Promise<Rows> {
    const [rows = []] = await this.#send([sql], new Set([meter]));
    return rows;
  }

  /** The same for a quick statement, in one packet with all that are asked for in this turn of the event loop. */
  askSoon(sql: string, meter: Meter): Promise<Rows> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ sql, meter, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < waiting.length; from += TOGETHER_MAX) {
      void this.#answer(waiting.slice(from, from + TOGETHER_MAX));
    }
  }

  async #answer(together: readonly Waiting[]): Promise<void> {
    try {
      const meters = new Set(together.map(({ meter }) => meter));
      const all = await this.#send(
        together.map(({ sql }) => sql),
        meters,
      );
      for (const [place, { resolve }] of together.entries()) resolve(all[place] ?? []);
    } catch (error) {
      // One that fails by itself must not fail the others.
      const [only, ...more] = together;
      if (more.length === 0) only?.reject(error);
      else for (const each of together) void this.#answer([each]);
    }
  }

  /** Nothing happens when no answer comes, so it is asked once more, on a new connection. */
  #send(statements: readonly string[], meters: ReadonlySet<Meter>): Promise<readonly Rows[]> {
    const asked = { statements: statements.length, timeoutMs: READ_TIMEOUT_MS };
    let isSecond = false;
    return runUntilDone(async () => {
      for (const meter of meters) meter.roundTrips += 1;
      try {
        return { value: await this.#pool.use((link) => link.ask(statements.join(';'), asked)) };
      } catch (error) {
        const meaning = meaningOf(error);
        const failure: AppError = unavailable(error);
        if (meaning === 'broken' || (meaning === 'lost' && isSecond)) throw failure;
        isSecond = meaning === 'lost';
        return { failure };
      }
    }, this.#rerun);
  }
}
