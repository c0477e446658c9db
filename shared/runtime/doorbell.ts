/**
 * Collects the events that a call's transactions appended, so that the broker can be rung for them after the call.
 */
import * as z from 'zod';
import * as tasks from '../data/tasks.ts';
import type { Ring } from '../ports/bus.ts';
import type { Collection, Database, Doc, Meter, Page, Query, Tx } from '../ports/database.ts';

const TaskEvent = z.object({ event: z.looseObject({ id: z.string(), name: z.string() }) });

/** A transaction that notes the events of the tasks it inserts, and writes into each which trace it belongs to. */
class NotingTx implements Tx {
  constructor(
    private readonly inner: Tx,
    private readonly traceOf: () => string,
    private readonly note: (ring: Ring) => void,
  ) {}

  find<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null> {
    return this.inner.find(collection, id);
  }

  peek<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null> {
    return this.inner.peek(collection, id);
  }

  async insert<D extends Doc>(collection: Collection<D>, doc: D): Promise<void> {
    if (collection.name !== tasks.collection.name) return this.inner.insert(collection, doc);
    const { event } = TaskEvent.parse(doc);
    await this.inner.insert(collection, { ...doc, event: { ...event, traceId: this.traceOf() } });
    this.note({ topic: event.name, eventId: event.id });
  }

  update<D extends Doc>(collection: Collection<D>, doc: D): Promise<void> {
    return this.inner.update(collection, doc);
  }

  remove<D extends Doc>(collection: Collection<D>, id: string): Promise<void> {
    return this.inner.remove(collection, id);
  }
}

/**
 * The database of one call. `rings` holds the events of committed transactions, each once. A transaction that ran
 * more than once may leave rings for events that it did not commit; such a ring finds no task and has no effect.
 */
export class Doorbell implements Database {
  readonly #inner: Database;
  readonly #traceOf: () => string;
  readonly #rings = new Map<string, Ring>();

  /** `traceOf` is asked at each task, because a call may learn its trace from what it reads. */
  constructor(inner: Database, traceOf: () => string) {
    this.#inner = inner;
    this.#traceOf = traceOf;
  }

  /** The rings so far, in the order of their events. */
  get rings(): readonly Ring[] {
    return [...this.#rings.values()];
  }

  find<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null> {
    return this.#inner.find(collection, id);
  }

  findMany<D extends Doc>(collection: Collection<D>, ids: readonly string[]): Promise<D[]> {
    return this.#inner.findMany(collection, ids);
  }

  list<D extends Doc>(collection: Collection<D>, query: Query): Promise<Page<D>> {
    return this.#inner.list(collection, query);
  }

  async tx<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const told: Ring[] = [];
    const result = await this.#inner.tx((tx) =>
      work(new NotingTx(tx, this.#traceOf, (ring) => told.push(ring))),
    );
    for (const ring of told) this.#rings.set(ring.eventId, ring);
    return result;
  }

  /** A call inside this one has a doorbell of its own. */
  metered(meter: Meter): Database {
    return this.#inner.metered(meter);
  }

  exportAll(): ReturnType<Database['exportAll']> {
    return this.#inner.exportAll();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
