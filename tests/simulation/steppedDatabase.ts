import type { Database, Tx } from '../../shared/ports/database.ts';

/** Waits for the kernel to pick this call. */
export type Step = (label: string) => Promise<void>;

/**
 * A database whose every call waits for the kernel: before the call, and after a commit, before its answer. So other
 * transactions come between any two calls, and a process may die after a commit whose answer it did not get. `current`
 * is read at every call, so the database's faults may change while it is used.
 */
export function steppedDatabase(current: () => Database, step: Step): Database {
  const stepped = (tx: Tx): Tx => ({
    find: async (collection, id) => {
      await step(`find ${collection.name}/${id}`);
      return tx.find(collection, id);
    },
    peek: async (collection, id) => {
      await step(`peek ${collection.name}/${id}`);
      return tx.peek(collection, id);
    },
    insert: async (collection, doc) => {
      await step(`insert ${collection.name}/${doc.id}`);
      return tx.insert(collection, doc);
    },
    update: async (collection, doc) => {
      await step(`update ${collection.name}/${doc.id}`);
      return tx.update(collection, doc);
    },
    remove: async (collection, id) => {
      await step(`remove ${collection.name}/${id}`);
      return tx.remove(collection, id);
    },
  });
  return {
    find: async (collection, id) => {
      await step(`read ${collection.name}/${id}`);
      return current().find(collection, id);
    },
    findMany: async (collection, ids) => {
      await step(`read ${collection.name} × ${ids.length}`);
      return current().findMany(collection, ids);
    },
    list: async (collection, query) => {
      await step(`list ${collection.name}.${query.index}`);
      return current().list(collection, query);
    },
    tx: async (work) => {
      const value = await current().tx(async (tx) => {
        await step('begin');
        const end = await work(stepped(tx));
        await step('commit');
        return end;
      });
      await step('committed');
      return value;
    },
    metered: (meter) => steppedDatabase(() => current().metered(meter), step),
    exportAll: () => current().exportAll(),
    close: () => current().close(),
  };
}
