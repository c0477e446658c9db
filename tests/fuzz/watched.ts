/** Watches a database: what calls write, and what is stored now. */
import type { Collection, Database, Doc, Tx } from '../../shared/ports/database.ts';

type Touch = (collection: string, id: string, doc: Doc | null) => void;

/** The same transaction, which reports its writes: the new document, or null for a removed one. */
function telling(tx: Tx, touch: Touch): Tx {
  return {
    find: (collection, id) => tx.find(collection, id),
    peek: (collection, id) => tx.peek(collection, id),
    insert: (collection, doc) => {
      touch(collection.name, doc.id, doc);
      return tx.insert(collection, doc);
    },
    update: (collection, doc) => {
      touch(collection.name, doc.id, doc);
      return tx.update(collection, doc);
    },
    remove: (collection, id) => {
      touch(collection.name, id, null);
      return tx.remove(collection, id);
    },
  };
}

/** Records what is committed. */
export class Watched {
  readonly #written = new Set<string>();
  readonly #stored = new Map<string, Map<string, Doc>>();

  /** The names of the collections written since the last call, each once. */
  take(): string[] {
    const names = [...this.#written];
    this.#written.clear();
    return names;
  }

  /** Every document of a collection, in the order of creation. */
  all<D extends Doc>({ name }: Collection<D>): D[] {
    return [...(this.#stored.get(name)?.values() ?? [])] as D[];
  }

  /** Wraps a database. */
  around(inner: Database): Database {
    return {
      find: (collection, id) => inner.find(collection, id),
      findMany: (collection, ids) => inner.findMany(collection, ids),
      list: (collection, query) => inner.list(collection, query),
      metered: (meter) => this.around(inner.metered(meter)),
      exportAll: () => inner.exportAll(),
      close: () => inner.close(),
      tx: async (work) => {
        let touched: Parameters<Touch>[] = [];
        const value = await inner.tx((tx) => {
          touched = [];
          return work(telling(tx, (...touch) => touched.push(touch)));
        });
        for (const touch of touched) this.#keep(...touch);
        return value;
      },
    };
  }

  /** Reads what is already stored. */
  async fill(database: Database): Promise<void> {
    for await (const { collection, id, doc } of database.exportAll()) this.#keep(collection, id, doc as Doc);
    this.#written.clear();
  }

  #keep(collection: string, id: string, doc: Doc | null): void {
    this.#written.add(collection);
    const docs = this.#stored.get(collection) ?? new Map<string, Doc>();
    this.#stored.set(collection, docs);
    if (doc === null) docs.delete(id);
    else docs.set(id, doc);
  }
}
