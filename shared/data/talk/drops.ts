/** The collections of drops, and of who claimed of them. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { DropId, TimeMs, UserId } from '../../schemas/base.ts';
import { Drop, DropClaim } from '../../schemas/talk/drop.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Found by id; `newest` lists them for staff, `due` those that have to be ended. */
export const collection = defineCollection({
  name: 'drops',
  schema: Drop,
  version: 1,
  indexes: { newest: { fields: ['createdAtMs'] }, due: { fields: ['state', 'endsAtMs'] } },
});

/** Found by `<drop>:<user>`; `ofDrop` lists those of one drop. */
export const claims = defineCollection({
  name: 'dropClaims',
  schema: DropClaim,
  version: 1,
  indexes: { ofDrop: { fields: ['dropId', 'claimedAtMs'] } },
});

/** The drop in any state, or null. */
export function find(reader: Pick<Reader, 'find'>, id: DropId): Promise<Drop | null> {
  return reader.find(collection, id);
}

/** The drop in any state. @throws drop.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: DropId): Promise<Drop> {
  const drop = await find(reader, id);
  if (drop === null) throw fail('drop.not_found');
  return drop;
}

/** The drop, open or ended. A draft counts as not found. @throws drop.not_found */
export async function getPublished(reader: Pick<Reader, 'find'>, id: DropId): Promise<Drop> {
  const drop = await get(reader, id);
  if (drop.endsAtMs === null) throw fail('drop.not_found', { detail: 'a draft' });
  return drop;
}

/** One page of all drops, newest first. @throws request.invalid for a cursor of another query */
export function list(
  reader: Pick<Reader, 'list'>,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Drop>> {
  return reader.list(collection, { index: 'newest', where: {}, order: 'descending', ...page });
}

/** The open drops whose time is over. */
export function due(reader: Reader, now: TimeMs): AsyncGenerator<Drop> {
  const range = { field: 'endsAtMs', from: 0, below: now + 1 } as const;
  return all(reader, collection, {
    ...{ index: 'due', where: { state: 'published' }, range, order: 'ascending', limit: 50 },
  });
}

/** Stores a new drop. */
export function insert(tx: Tx, drop: Drop): Promise<void> {
  return tx.insert(collection, drop);
}

/** Stores a drop's new state. */
export function save(tx: Tx, before: Drop, after: Drop): Promise<void> {
  return store(tx, collection, before, after);
}

/** A user's claim of a drop; null for none. */
export function findClaim(
  reader: Pick<Reader, 'find'>,
  dropId: DropId,
  userId: UserId,
): Promise<DropClaim | null> {
  return reader.find(claims, `${dropId}:${userId}`);
}

/** All claims of a drop, the first one first; at most as many as a drop has coupons. */
export function claimsOf(reader: Reader, dropId: DropId): AsyncGenerator<DropClaim> {
  return all(reader, claims, { index: 'ofDrop', where: { dropId }, order: 'ascending', limit: 500 });
}

/** Stores a new claim. */
export function insertClaim(tx: Tx, claim: DropClaim): Promise<void> {
  return tx.insert(claims, claim);
}
