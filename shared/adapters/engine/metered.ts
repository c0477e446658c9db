/** An engine as one call sees it: what it asks for is counted on the call's own meter. */
import type { Collection, Database, Doc, Meter, Page, Query, Tx } from '../../ports/database.ts';

/** An engine that is told, with each question, on which meter the question counts. */
export interface Counting extends Database {
  find<D extends Doc>(collection: Collection<D>, id: string, meter?: Meter): Promise<D | null>;
  findMany<D extends Doc>(collection: Collection<D>, ids: readonly string[], meter?: Meter): Promise<D[]>;
  list<D extends Doc>(collection: Collection<D>, query: Query, meter?: Meter): Promise<Page<D>>;
  tx<T>(work: (tx: Tx) => Promise<T>, meter?: Meter): Promise<T>;
}

/** A meter that nobody reads. */
export function unread(): Meter {
  return { roundTrips: 0, reruns: 0 };
}

/** The engine, with everything counted on one meter. */
export class Metered implements Database {
  readonly #engine: Counting;
  readonly #meter: Meter;

  constructor(engine: Counting, meter: Meter) {
    this.#engine = engine;
    this.#meter = meter;
  }

  find<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null> {
    return this.#engine.find(collection, id, this.#meter);
  }

  findMany<D extends Doc>(collection: Collection<D>, ids: readonly string[]): Promise<D[]> {
    return this.#engine.findMany(collection, ids, this.#meter);
  }

  list<D extends Doc>(collection: Collection<D>, query: Query): Promise<Page<D>> {
    return this.#engine.list(collection, query, this.#meter);
  }

  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#engine.tx(work, this.#meter);
  }

  metered(meter: Meter): Database {
    return new Metered(this.#engine, meter);
  }

  exportAll(): ReturnType<Database['exportAll']> {
    return this.#engine.exportAll();
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}
