/** The collection of messages. Their ids are derived from their causes. */
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import { ENDED_STATES, Message, type MessageState } from '../../schemas/inbox/message.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Stored messages. `ofUser` lists an inbox; `due` those in a state by when they go on or have ended. */
export const collection = defineCollection({
  name: 'messages',
  schema: Message,
  version: 1,
  indexes: { ofUser: { fields: ['userId', 'createdAtMs'] }, due: { fields: ['state', 'nextAtMs'] } },
});

/** The message, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Message | null> {
  return reader.find(collection, id);
}

/** Stores a new message. @throws DuplicateId when its cause was told before */
export function insert(tx: Tx, message: Message): Promise<void> {
  return tx.insert(collection, message);
}

/** Stores a message's new state. Does nothing when it is the same object. */
export function save(tx: Tx, before: Message, after: Message): Promise<void> {
  return store(tx, collection, before, after);
}

/** One page of a user's messages, the newest first. @throws request.invalid for a cursor of another query */
export function ofUser(
  reader: Pick<Reader, 'list'>,
  userId: UserId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Message>> {
  return reader.list(collection, { index: 'ofUser', where: { userId }, order: 'descending', ...page });
}

/** The user's messages that came after an instant, the newest first, at most `limit`. */
export async function since(
  reader: Pick<Reader, 'list'>,
  userId: UserId,
  { afterMs, limit }: { readonly afterMs: TimeMs; readonly limit: number },
): Promise<readonly Message[]> {
  const range = { field: 'createdAtMs', from: afterMs + 1 };
  const query = { index: 'ofUser', where: { userId }, range, order: 'descending', limit } as const;
  return (await reader.list(collection, { ...query, cursor: null })).items;
}

/** All messages whose time has come, the longest waiting first. */
export function due(reader: Reader, now: TimeMs): AsyncGenerator<Message> {
  return all(reader, collection, {
    index: 'due',
    where: { state: 'waiting' },
    range: { field: 'nextAtMs', below: now + 1 },
    order: 'ascending',
    limit: 100,
  });
}

/** The messages that have been in a state since an instant, the newest first, at most `limit`. */
export async function inState(
  reader: Pick<Reader, 'list'>,
  state: MessageState,
  { fromMs, limit }: { readonly fromMs: TimeMs; readonly limit: number },
): Promise<readonly Message[]> {
  const range = { field: 'nextAtMs', from: fromMs };
  const query = { index: 'due', where: { state }, range, order: 'descending', limit } as const;
  return (await reader.list(collection, { ...query, cursor: null })).items;
}

/** All messages that ended before an instant. */
export async function* endedBefore(reader: Reader, before: TimeMs): AsyncGenerator<Message> {
  const range = { field: 'nextAtMs', below: before };
  for (const state of ENDED_STATES) {
    yield* all(reader, collection, {
      ...{ index: 'due', where: { state }, range },
      ...{ order: 'ascending', limit: 500 },
    });
  }
}
