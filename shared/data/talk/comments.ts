/** The collection of comments. */
import { fail } from '../../errors.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { CommentId, TimeMs } from '../../schemas/base.ts';
import { Comment } from '../../schemas/talk/comment.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Found by id, and listed by what they are about. */
export const collection = defineCollection({
  name: 'comments',
  schema: Comment,
  version: 1,
  indexes: {
    byTime: { fields: ['threadId', 'parentId', 'isShown', 'publicAtMs'] },
    byHot: { fields: ['threadId', 'parentId', 'isShown', 'hot'] },
    ofUser: { fields: ['userId', 'createdAtMs'] },
    checking: { fields: ['checkingSinceMs'] },
  },
});

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

/** Stores a new comment. */
export function insert(tx: Tx, comment: Comment): Promise<void> {
  return tx.insert(collection, comment);
}

/** Stores `after` in place of `before`. Does nothing when it is the same object. */
export function save(tx: Tx, before: Comment, after: Comment): Promise<void> {
  return store(tx, collection, before, after);
}

/** All comments that have waited for the platform's check since before a moment, the longest waiting first. */
export function checkingSince(reader: Reader, before: TimeMs): AsyncGenerator<Comment> {
  const range = { field: 'checkingSinceMs', from: 0, below: before };
  return all(reader, collection, { index: 'checking', where: {}, range, order: 'ascending', limit: 100 });
}
