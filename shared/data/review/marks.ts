/** The collection of marks: one document for each person and thing. */
import type { Reader, Tx } from '../../ports/database.ts';
import { Mark, type MarkOf, type MarkTarget, markId } from '../../schemas/review/mark.ts';
import { all, defineCollection, many, store } from '../collection.ts';

/** Found by id, and what is not counted yet by its target. */
export const collection = defineCollection({
  name: 'marks',
  schema: Mark,
  version: 1,
  indexes: {
    uncounted: { fields: ['isCounted', 'target', 'atMs'] },
  },
});

/** The mark; null when it was never set. */
export function find(reader: Pick<Reader, 'find'>, of: MarkOf): Promise<Mark | null> {
  return reader.find(collection, markId(of));
}

/** The stored marks among these. */
export function among(reader: Pick<Reader, 'findMany'>, of: readonly MarkOf[]): Promise<Mark[]> {
  return many(reader, collection, of.map(markId));
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Tx, before: Mark | null, after: Mark | null): Promise<void> {
  return after === null ? Promise.resolve() : store(tx, collection, before, after);
}

/** Some marks that are not counted yet, those of one target behind each other. */
export async function uncounted(reader: Pick<Reader, 'list'>, limit: number): Promise<readonly Mark[]> {
  const query = { index: 'uncounted', where: { isCounted: false }, order: 'ascending' } as const;
  return (await reader.list(collection, { ...query, limit, cursor: null })).items;
}

/** How many marks the count of a thing contains. It reads each of them. */
export async function countedOn(reader: Reader, target: MarkTarget): Promise<number> {
  let counted = 0;
  const query = { index: 'uncounted', order: 'ascending', limit: 500 } as const;
  for (const isCounted of [true, false])
    for await (const mark of all(reader, collection, { ...query, where: { isCounted, target } }))
      counted += Number(mark.countedAs);
  return counted;
}
