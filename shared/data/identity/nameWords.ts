/** The words of nicknames, under ids that begin with the word: staff find people by the beginnings of words. */
import type { Page, Reader, Tx } from '../../ports/database.ts';
import { NameWord } from '../../schemas/identity/nameWord.ts';
import { defineCollection, startingWith } from '../collection.ts';

/** By id only, which begins with the word. */
export const collection = defineCollection({
  name: 'nameWords',
  schema: NameWord,
  version: 1,
  indexes: {},
});

/** Stores a word, unless it is there already. */
export async function add(tx: Tx, word: NameWord): Promise<void> {
  if ((await tx.find(collection, word.id)) === null) await tx.insert(collection, word);
}

/** Takes a word away, if it is there. */
export async function remove(tx: Tx, { id }: NameWord): Promise<void> {
  if ((await tx.find(collection, id)) !== null) await tx.remove(collection, id);
}

/** Those of these words that there are, at most 100 ids. */
export function among(reader: Pick<Reader, 'findMany'>, ids: readonly string[]): Promise<NameWord[]> {
  return reader.findMany(collection, ids);
}

/** One page of the words that begin so, in alphabetical order. @throws request.invalid for a cursor of another query */
export function beginning(
  reader: Pick<Reader, 'list'>,
  start: string,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<NameWord>> {
  const range = startingWith('id', start);
  return reader.list(collection, { index: 'id', where: {}, range, order: 'ascending', ...page });
}
