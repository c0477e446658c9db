import { codeOf } from '../errors.ts';
import type { Collection, Database, Doc, Tx } from '../ports/database.ts';

/** How many documents are removed in one transaction, which may touch 64. */
const BATCH = 50;

/**
 * Removes documents that are no longer needed, in batches, until none or no time is left. Safe to run concurrently
 * with itself. Documents that only a newer build may remove are skipped. Returns how many this run removed.
 */
export async function removeEach<D extends Doc>(
  database: Database,
  collection: Collection<D>,
  over: AsyncIterable<D>,
  hasTime: () => boolean,
): Promise<number> {
  let removed = 0;
  let batch: string[] = [];
  const flush = async () => {
    const ids = batch;
    batch = [];
    removed += await database.tx(async (tx) => {
      let count = 0;
      for (const id of ids) {
        if ((await tx.find(collection, id)) !== null && (await removes(tx, collection, id))) count += 1;
      }
      return count;
    });
  };
  for await (const { id } of over) {
    if (!hasTime()) return removed;
    batch.push(id);
    if (batch.length === BATCH) await flush();
  }
  if (batch.length > 0 && hasTime()) await flush();
  return removed;
}

/** Removes an existing document unless a newer build has written it. Returns whether it did. */
async function removes(tx: Tx, collection: Collection, id: string): Promise<boolean> {
  try {
    await tx.remove(collection, id);
    return true;
  } catch (caught) {
    if (codeOf(caught) === 'database.newer_version') return false;
    throw caught;
  }
}
