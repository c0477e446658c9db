/** The collection of inboxes: what a user has read, and what they were sent lately. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { Inbox } from '../../schemas/inbox/message.ts';
import { defineCollection, store } from '../collection.ts';

/** Under the users' ids. `optedIn` lists those who may be told of promotions, by id. */
export const collection = defineCollection({
  name: 'inboxes',
  schema: Inbox,
  version: 1,
  indexes: { optedIn: { fields: ['isOptedIn'] } },
});

/** The user's inbox; null when nothing is known of it yet. */
export function find(reader: Pick<Reader, 'find'>, userId: UserId): Promise<Inbox | null> {
  return reader.find(collection, userId);
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(tx: Pick<Tx, 'insert' | 'update'>, before: Inbox | null, after: Inbox): Promise<void> {
  return store(tx, collection, before, after);
}

/** At most `limit` inboxes of users who may be told of promotions, in the order of their ids, behind `after`. */
export async function optedIn(
  reader: Pick<Reader, 'list'>,
  { after, limit }: { readonly after: UserId | null; readonly limit: number },
): Promise<readonly Inbox[]> {
  const range = after === null ? {} : { range: { field: 'id', from: `${after}!` } };
  const query = { index: 'optedIn', where: { isOptedIn: true }, order: 'ascending', limit } as const;
  return (await reader.list(collection, { ...query, ...range, cursor: null })).items;
}
