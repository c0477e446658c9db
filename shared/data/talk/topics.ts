/** The collection of topics. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { GroupId, TimeMs, TopicId, UserId } from '../../schemas/base.ts';
import { Topic, TopicKind, type TopicSort } from '../../schemas/talk/topic.ts';
import { all, defineCollection, store } from '../collection.ts';

/**
 * Found by id. `byLast` and `byHot` list what a group shows, pinned first. `ofGroup` lists all of a group, `ofUser` all
 * of a user, and `checking` what waits for the platform.
 */
export const collection = defineCollection({
  name: 'topics',
  schema: Topic,
  version: 1,
  indexes: {
    byLast: { fields: ['groupId', 'isShown', 'kind', 'isPinned', 'lastAtMs'] },
    byHot: { fields: ['groupId', 'isShown', 'kind', 'isPinned', 'hot'] },
    newest: { fields: ['groupId', 'isShown', 'lastAtMs'] },
    ofGroup: { fields: ['groupId', 'createdAtMs'] },
    ofUser: { fields: ['userId', 'createdAtMs'] },
    checking: { fields: ['checkingSinceMs'] },
  },
});

/** The topic in any state, or null. */
export function find(reader: Pick<Reader, 'find'>, id: TopicId): Promise<Topic | null> {
  return reader.find(collection, id);
}

/** The topic in any state. @throws topic.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: TopicId): Promise<Topic> {
  const topic = await find(reader, id);
  if (topic === null) throw fail('topic.not_found');
  return topic;
}

/** The user's own topic. @throws topic.not_found, also for a topic of somebody else */
export async function getOwn(reader: Pick<Reader, 'find'>, userId: UserId, id: TopicId): Promise<Topic> {
  const topic = await get(reader, id);
  if (topic.userId !== userId) throw fail('topic.not_found');
  return topic;
}

interface PageAsked {
  readonly limit: number;
  readonly cursor: string | null;
}

/**
 * One page of what a group shows, of one kind or of all (null), pinned first.
 * @throws request.invalid for a cursor of another query
 */
export function shownIn(
  reader: Pick<Reader, 'list'>,
  of: { readonly groupId: GroupId; readonly kind: TopicKind | null; readonly sort: TopicSort },
  page: PageAsked,
): Promise<Page<Topic>> {
  const { groupId, kind, sort } = of;
  const index = sort === 'hot' ? 'byHot' : 'byLast';
  const where = { groupId, isShown: true, kind: kind ?? TopicKind.options };
  return reader.list(collection, { index, where, order: 'descending', ...page });
}

/** When something was last written in a group that it shows; null for never. */
export async function lastIn(reader: Pick<Reader, 'list'>, groupId: GroupId): Promise<TimeMs | null> {
  const where = { groupId, isShown: true };
  const query = { index: 'newest', where, order: 'descending', limit: 1, cursor: null } as const;
  return (await reader.list(collection, query)).items[0]?.lastAtMs ?? null;
}

/** One page of all topics of a group, newest first. @throws request.invalid for a cursor of another query */
export function ofGroup(
  reader: Pick<Reader, 'list'>,
  groupId: GroupId,
  page: PageAsked,
): Promise<Page<Topic>> {
  return reader.list(collection, { index: 'ofGroup', where: { groupId }, order: 'descending', ...page });
}

/** One page of a user's topics, newest first. @throws request.invalid for a cursor of another query */
export function ofUser(reader: Pick<Reader, 'list'>, userId: UserId, page: PageAsked): Promise<Page<Topic>> {
  return reader.list(collection, { index: 'ofUser', where: { userId }, order: 'descending', ...page });
}

/** All topics that have waited for the platform's check since before a moment, the longest waiting first. */
export function checkingSince(reader: Reader, before: TimeMs): AsyncGenerator<Topic> {
  const range = { field: 'checkingSinceMs', from: 0, below: before };
  return all(reader, collection, { index: 'checking', where: {}, range, order: 'ascending', limit: 100 });
}

/** Stores a new topic. */
export function insert(tx: Tx, topic: Topic): Promise<void> {
  return tx.insert(collection, topic);
}

/** Stores `after` in place of `before`. Does nothing when it is the same object. */
export function save(tx: Tx, before: Topic, after: Topic): Promise<void> {
  return store(tx, collection, before, after);
}
