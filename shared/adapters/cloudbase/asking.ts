/** Asking for documents outside transactions: again when no answer came, and together when asked together. */
import type { Meter } from '../../ports/database.ts';
import { type Rerun, runUntilDone } from '../engine/rerun.ts';
import type { Row } from '../engine/row.ts';
import type { Client } from './client.ts';
import { meaningOf, unavailable } from './failures.ts';
import { type Paged, rowOf, type Table } from './table.ts';

/** How many documents are asked for in one call, by their ids. */
const TOGETHER_MAX = 100;

type Found = readonly Readonly<Record<string, unknown>>[];

interface Waiting {
  readonly id: string;
  readonly meter: Meter;
  readonly resolve: (row: Row | null) => void;
  readonly reject: (error: unknown) => void;
}

/** The reads of one process. */
export class Asking {
  readonly #client: Client;
  readonly #rerun: Rerun;
  readonly #waiting = new Map<Table, Waiting[]>();

  constructor(client: Client, rerun: Rerun) {
    this.#client = client;
    this.#rerun = rerun;
  }

  /** One page of a query. Each call is counted on the meter. @throws database.unavailable */
  async page(table: Table, paged: Paged, meter: Meter): Promise<readonly Row[]> {
    const found = await this.repeat(
      async () => table.page(await this.#client.db(meter), paged).get(),
      ` in ${table.name}`,
    );
    return (found.data as Found).map(rowOf);
  }

  /** A document by its id, in one call with all of its collection that are asked for in this turn of the event loop. */
  soon(table: Table, id: string, meter: Meter): Promise<Row | null> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(table) ?? [];
      waiting.push({ id, meter, resolve, reject });
      this.#waiting.set(table, waiting);
      if (waiting.length === 1) setImmediate(() => this.#flush(table));
    });
  }

  /**
   * Runs what changes nothing more when it is repeated: once more when no answer came, such as to the first call after
   * a cold start, and some times more when there was no room for it, or somebody was first.
   * @throws database.unavailable; what `ask` throws in the catalogue's words
   */
  repeat<T>(ask: () => Promise<T>, about = ''): Promise<T> {
    let isSecond = false;
    return runUntilDone(async () => {
      try {
        return { value: await ask() };
      } catch (error) {
        const meaning = meaningOf(error);
        const failure = unavailable(error, about);
        const isHopeless = meaning === 'broken' || meaning === 'missing' || meaning === 'taken';
        if (isHopeless || (meaning === 'lost' && isSecond)) throw failure;
        if (meaning === 'conflict') return 'conflict';
        isSecond = meaning === 'lost';
        return { failure };
      }
    }, this.#rerun);
  }

  #flush(table: Table): void {
    const waiting = this.#waiting.get(table) ?? [];
    this.#waiting.delete(table);
    for (let from = 0; from < waiting.length; from += TOGETHER_MAX) {
      void this.#answer(table, waiting.slice(from, from + TOGETHER_MAX));
    }
  }

  async #answer(table: Table, together: readonly Waiting[]): Promise<void> {
    try {
      const ids = [...new Set(together.map(({ id }) => id))];
      const meters = new Set(together.map(({ meter }) => meter));
      const found = await this.repeat(
        async () => table.many(await this.#client.db(...meters), ids).get(),
        ` in ${table.name}`,
      );
      const rows = new Map((found.data as Found).map((each) => [each._id, rowOf(each)]));
      for (const { id, resolve } of together) resolve(rows.get(id) ?? null);
    } catch (error) {
      // Together they may be too large for an answer.
      const [only, ...more] = together;
      if (more.length === 0) only?.reject(error);
      else for (const each of together) void this.#answer(table, [each]);
    }
  }
}
