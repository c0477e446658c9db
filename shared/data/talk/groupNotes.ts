/** The collection of what users set for groups. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { GroupId, UserId } from '../../schemas/base.ts';
import { GroupNote } from '../../schemas/talk/group.ts';
import { defineCollection, many, store } from '../collection.ts';

/** Found by the group's and the user's id. */
export const collection = defineCollection({
  name: 'groupNotes',
  schema: GroupNote,
  version: 1,
  indexes: {},
});

const idOf = (groupId: GroupId, userId: UserId) => `${groupId}:${userId}`;

/** What the user set for the group; null for nothing. */
export function find(
  reader: Pick<Reader, 'find'>,
  groupId: GroupId,
  userId: UserId,
): Promise<GroupNote | null> {
  return reader.find(collection, idOf(groupId, userId));
}

/** What the user set for these groups. */
export function among(
  reader: Pick<Reader, 'findMany'>,
  groupIds: readonly GroupId[],
  userId: UserId,
): Promise<readonly GroupNote[]> {
  return many(
    reader,
    collection,
    groupIds.map((groupId) => idOf(groupId, userId)),
  );
}

/** Stores `after` in place of `before`, which is null for nothing. Does nothing when both are the same object. */
export function save(tx: Tx, before: GroupNote | null, after: GroupNote): Promise<void> {
  return store(tx, collection, before, after);
}
