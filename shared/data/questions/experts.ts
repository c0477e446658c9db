/** The collection of experts, who answer paid questions. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { Expert } from '../../schemas/questions/expert.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by the user's id; `listed` lists whom everybody sees, `newest` all of them, for staff. */
export const collection = defineCollection({
  name: 'experts',
  schema: Expert,
  version: 1,
  indexes: { listed: { fields: ['isListed', 'createdAtMs'] }, newest: { fields: ['createdAtMs'] } },
});

/** The expert in any state, or null. */
export function find(reader: Pick<Reader, 'find'>, id: UserId): Promise<Expert | null> {
  return reader.find(collection, id);
}

/** The expert in any state. @throws expert.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: UserId): Promise<Expert> {
  const expert = await find(reader, id);
  if (expert === null) throw fail('expert.not_found');
  return expert;
}

interface PageAsked {
  readonly limit: number;
  readonly cursor: string | null;
}

/** One page of the experts whom everybody sees, newest first. @throws request.invalid for another query's cursor */
export function listed(reader: Pick<Reader, 'list'>, page: PageAsked): Promise<Page<Expert>> {
  const where = { isListed: true };
  return reader.list(collection, { index: 'listed', where, order: 'descending', ...page });
}

/** One page of all experts, newest first. @throws request.invalid for a cursor of another query */
export function list(reader: Pick<Reader, 'list'>, page: PageAsked): Promise<Page<Expert>> {
  return reader.list(collection, { index: 'newest', where: {}, order: 'descending', ...page });
}

/** Stores `after` in place of `before`, which is null for somebody new. */
export function save(tx: Tx, before: Expert | null, after: Expert): Promise<void> {
  return store(tx, collection, before, after);
}
