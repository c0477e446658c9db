/** Collections for the tests of the database port, and the two ways in which every test writes to them. */
import * as z from 'zod';
import { defineCollection } from '../../shared/data/collection.ts';
import type { Collection, Database, Doc, Tx } from '../../shared/ports/database.ts';

/** A document with a balance, to be read, decided on and written. */
export const accounts = defineCollection({
  name: 'accounts',
  schema: z.object({ id: z.string(), balance: z.int(), note: z.string().optional() }),
  version: 1,
  indexes: {},
});

/** The effects that have happened, by the name of their cause. */
export const marks = defineCollection({
  name: 'marks',
  schema: z.object({ id: z.string() }),
  version: 1,
  indexes: {},
});

/** A document to be listed: with a text, a number or null, and a boolean. */
export const books = defineCollection({
  name: 'books',
  schema: z.object({
    id: z.string(),
    shelf: z.string(),
    rank: z.number().nullable(),
    title: z.string(),
    isOpen: z.boolean(),
  }),
  version: 1,
  indexes: {
    byShelf: { fields: ['shelf', 'rank'] },
    byTitle: { fields: ['title'] },
    byRank: { fields: ['rank', 'title'] },
    byState: { fields: ['isOpen', 'shelf', 'rank'] },
  },
});
export type Book = z.infer<typeof books.schema>;

/** Anything that JSON can hold. */
export const papers = defineCollection({
  name: 'papers',
  schema: z.object({ id: z.string(), content: z.json() }),
  version: 1,
  indexes: {},
});

export const collections: readonly Collection[] = [accounts, marks, books, papers];

/** Writes documents, replacing existing ones. It may be repeated, as a transaction's work must. */
export async function put<D extends Doc>(
  database: Database,
  collection: Collection<D>,
  ...docs: readonly D[]
): Promise<void> {
  await database.tx(async (tx) => {
    for (const doc of docs) {
      if ((await tx.find(collection, doc.id)) === null) await tx.insert(collection, doc);
      else await tx.update(collection, doc);
    }
  });
}

/** Runs a change that takes effect once under the name of its cause, however often its work runs. */
export function once(database: Database, cause: string, change: (tx: Tx) => Promise<void>): Promise<void> {
  return database.tx(async (tx) => {
    if ((await tx.find(marks, cause)) !== null) return;
    await tx.insert(marks, { id: cause });
    await change(tx);
  });
}

/** Adds to a balance, once for each cause. */
export function add(database: Database, cause: string, id: string, amount: number): Promise<void> {
  return once(database, cause, async (tx) => {
    const account = await tx.find(accounts, id);
    if (account === null) throw new Error(`no account ${id}`);
    await tx.update(accounts, { ...account, balance: account.balance + amount });
  });
}
