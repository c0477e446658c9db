/** A database with code around each transaction. */
import type { Database, Tx } from '../../shared/ports/database.ts';

/** Wraps the operations that each run of a transaction sees. `work` runs the transaction, and ends with it. */
export function wrapped(
  inner: Database,
  run: <T>(tx: Tx, work: (tx: Tx) => Promise<T>) => Promise<T>,
  around: <T>(work: () => Promise<T>) => Promise<T> = (work) => work(),
): Database {
  return {
    find: (collection, id) => inner.find(collection, id),
    findMany: (collection, ids) => inner.findMany(collection, ids),
    list: (collection, query) => inner.list(collection, query),
    tx: (work) => around(() => inner.tx((tx) => run(tx, work))),
    metered: (meter) => wrapped(inner.metered(meter), run, around),
    exportAll: () => inner.exportAll(),
    close: () => inner.close(),
  };
}

/** The operations of a transaction as plain functions. */
export function operationsOf(tx: Tx): Tx {
  return {
    find: (collection, id) => tx.find(collection, id),
    peek: (collection, id) => tx.peek(collection, id),
    insert: (collection, doc) => tx.insert(collection, doc),
    update: (collection, doc) => tx.update(collection, doc),
    remove: (collection, id) => tx.remove(collection, id),
  };
}
