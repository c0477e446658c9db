/** The collection of comments. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import { type CommentId, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import { Comment, type CommentSort, FIRST_REPLIES_MAX } from '../../schemas/talk/comment.ts';
import type { ThreadId } from '../../schemas/talk/thread.ts';
import { all, defineCollection, store } from '../collection.ts';

/**
 * Found by id. `byTime` and `byHot` list what a thread shows, and what is in reply to a comment. `ofUser` and
 * `ofUserIn` list a user's, everywhere and in a thread. `checking` lists what waits for the platform; `uncounted` and
 * `unranked` list what a timer has to see to.
 */
export const collection = defineCollection({
  name: 'comments',
  schema: Comment,
  version: 1,
  indexes: {
    byTime: { fields: ['threadId', 'parentId', 'isListed', 'publicAtMs'] },
    byHot: { fields: ['threadId', 'parentId', 'isListed', 'hot'] },
    ofUser: { fields: ['userId', 'createdAtMs'] },
    checking: { fields: ['checkingSinceMs'] },
    ofUserIn: { fields: ['userId', 'threadId', 'createdAtMs'] },
    uncounted: { fields: ['isCounted', 'threadId'] },
    unranked: { fields: ['isRanked', 'publicAtMs'] },
  },
});

/** The comment with all that is derived for the indexes, whoever changed it. */
function indexed(comment: Comment): Comment {
  const { isShown, stars, counted, review, likes, replies, ranked } = comment;
  const publicAtMs = review.publicAtMs ?? timeMs(0);
  const isRankedSo = likes === ranked.likes && replies === ranked.replies && publicAtMs === ranked.publicAtMs;
  return {
    ...comment,
    publicAtMs,
    isListed: isShown || replies > 0,
    isCounted: counted.isShown === isShown && counted.stars === (isShown ? stars : null),
    isRanked: isRankedSo || publicAtMs === 0,
  };
}

/** The comment, or null. */
export function find(reader: Pick<Reader, 'find'>, id: CommentId): Promise<Comment | null> {
  return reader.find(collection, id);
}

/** The comment. @throws comment.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: CommentId): Promise<Comment> {
  const comment = await find(reader, id);
  if (comment === null) throw fail('comment.not_found');
  return comment;
}

/** The user's own comment. @throws comment.not_found, also for a comment of somebody else */
export async function getOwn(reader: Pick<Reader, 'find'>, userId: UserId, id: CommentId): Promise<Comment> {
  const comment = await get(reader, id);
  if (comment.userId !== userId) throw fail('comment.not_found');
  return comment;
}

/** The comment, read in a transaction that it may change during without harm; null when there is none. */
export function peek(tx: Pick<Tx, 'peek'>, id: CommentId): Promise<Comment | null> {
  return tx.peek(collection, id);
}

/** The existing comments among `ids` (at most 100), in that order. */
export function findMany(
  reader: Pick<Reader, 'findMany'>,
  ids: readonly CommentId[],
): Promise<readonly Comment[]> {
  return reader.findMany(collection, ids);
}

/** A part of a thread: what stands by itself (`parentId` null), or the replies to a comment. */
export interface PartOfThread {
  readonly threadId: ThreadId | Comment['threadId'];
  readonly parentId: CommentId | null;
}

interface PageAsked {
  readonly limit: number;
  readonly cursor: string | null;
}

/** One page of what stands in a thread by itself. @throws request.invalid for a cursor of another query */
export function ofThread(
  reader: Pick<Reader, 'list'>,
  threadId: ThreadId,
  { sort, ...page }: PageAsked & { readonly sort: CommentSort },
): Promise<Page<Comment>> {
  const index = sort === 'hot' ? 'byHot' : 'byTime';
  const where = { threadId, parentId: null, isListed: true };
  return reader.list(collection, { index, where, order: 'descending', ...page });
}

/** One page of the replies to a comment, the oldest first. @throws request.invalid for a cursor of another query */
export function repliesTo(
  reader: Pick<Reader, 'list'>,
  { id, threadId }: Pick<Comment, 'id' | 'threadId'>,
  page: PageAsked,
): Promise<Page<Comment>> {
  const where = { threadId, parentId: id, isListed: true };
  return reader.list(collection, { index: 'byTime', where, order: 'ascending', ...page });
}

/** The ids of the first replies to a comment that are shown. */
export async function firstRepliesTo(
  reader: Pick<Reader, 'list'>,
  parent: Pick<Comment, 'id' | 'threadId'>,
): Promise<readonly CommentId[]> {
  const { items } = await repliesTo(reader, parent, { limit: FIRST_REPLIES_MAX, cursor: null });
  return items.map(({ id }) => id);
}

/**
 * One page of a user's comments, newest first; in one thread, or everywhere when it is null.
 * @throws request.invalid for a cursor of another query
 */
export function ofUser(
  reader: Pick<Reader, 'list'>,
  { userId, threadId }: { readonly userId: UserId; readonly threadId: ThreadId | null },
  page: PageAsked,
): Promise<Page<Comment>> {
  const of =
    threadId === null
      ? { index: 'ofUser', where: { userId } }
      : { index: 'ofUserIn', where: { userId, threadId } };
  return reader.list(collection, { ...of, order: 'descending', ...page });
}

/** Every comment of a thread, in any state. */
export function everyOneIn(reader: Reader, threadId: string): AsyncGenerator<Comment> {
  return all(reader, collection, { index: 'byTime', where: { threadId }, order: 'ascending', limit: 500 });
}

/** The first comments that are not counted as they are, thread by thread. */
export async function uncounted(reader: Pick<Reader, 'list'>, limit: number): Promise<readonly Comment[]> {
  const query = { index: 'uncounted', where: { isCounted: false }, order: 'ascending' } as const;
  return (await reader.list(collection, { ...query, limit, cursor: null })).items;
}

/** The first comments that became public since a moment and are not where their interest has them. */
export async function unranked(
  reader: Pick<Reader, 'list'>,
  { sinceMs, limit }: { readonly sinceMs: TimeMs; readonly limit: number },
): Promise<readonly Comment[]> {
  const range = { field: 'publicAtMs', from: sinceMs };
  const query = { index: 'unranked', where: { isRanked: false }, range, order: 'ascending' } as const;
  return (await reader.list(collection, { ...query, limit, cursor: null })).items;
}

/** Stores a new comment. */
export function insert(tx: Tx, comment: Comment): Promise<void> {
  return tx.insert(collection, indexed(comment));
}

/** Stores `after` in place of `before`. Does nothing when it is the same object. */
export function save(tx: Tx, before: Comment, after: Comment): Promise<void> {
  return store(tx, collection, before, after === before ? before : indexed(after));
}

/** All comments that have waited for the platform's check since before a moment, the longest waiting first. */
export function checkingSince(reader: Reader, before: TimeMs): AsyncGenerator<Comment> {
  const range = { field: 'checkingSinceMs', from: 0, below: before };
  return all(reader, collection, { index: 'checking', where: {}, range, order: 'ascending', limit: 100 });
}
