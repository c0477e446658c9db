/** The collections of proposals, which wait for a second person, and of the value each person gave away each day. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import { Proposal, ValueMade } from '../../schemas/identity/proposal.ts';
import { defineCollection, store } from '../collection.ts';

/** Staff list them by state. */
export const collection = defineCollection({
  name: 'proposals',
  schema: Proposal,
  version: 1,
  indexes: { byState: { fields: ['state', 'createdAtMs'] } },
});

/** Found by id only: `<user>:<day>:<kind>`. */
export const made = defineCollection({ name: 'valueMade', schema: ValueMade, version: 1, indexes: {} });

/** The proposal, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Proposal | null> {
  return reader.find(collection, id);
}

/** The proposal. @throws proposal.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: string): Promise<Proposal> {
  const found = await find(reader, id);
  if (found === null) throw fail('proposal.not_found');
  return found;
}

/** Stores a proposal. `before` is what `find` returned in the same transaction; null when it is new. */
export function save(tx: Tx, before: Proposal | null, after: Proposal): Promise<void> {
  return store(tx, collection, before, after);
}

/** One page of the proposals in a state, newest first. @throws request.invalid for a cursor of another query */
export function list(
  reader: Pick<Reader, 'list'>,
  {
    state,
    ...page
  }: { readonly state: Proposal['state']; readonly limit: number; readonly cursor: string | null },
): Promise<Page<Proposal>> {
  return reader.list(collection, { index: 'byState', where: { state }, order: 'descending', ...page });
}

/** The value a user gave away on a day, by its id, or null. */
export function findMade(tx: Tx, id: string): Promise<ValueMade | null> {
  return tx.find(made, id);
}

/** Stores the value a user gave away on a day. `before` is what `findMade` returned in the same transaction. */
export function saveMade(tx: Tx, before: ValueMade | null, after: ValueMade): Promise<void> {
  return store(tx, made, before, after);
}
