/** The collection of what is counted of threads, and the one comment of each user that gives a product stars. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { CommentId, ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Comment } from '../../schemas/talk/comment.ts';
import { Rating, ThreadCount, type ThreadId } from '../../schemas/talk/thread.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by the thread's id only. */
export const collection = defineCollection({
  name: 'threadCounts',
  schema: ThreadCount,
  version: 1,
  indexes: {},
});

/** Who has given stars to what. Found by id only. */
export const ratings = defineCollection({ name: 'ratings', schema: Rating, version: 1, indexes: {} });

/** What is counted of the thread; null when nothing was. */
export function find(reader: Pick<Reader, 'find'>, id: ThreadId): Promise<ThreadCount | null> {
  return reader.find(collection, id);
}

/** Stores what is counted of a thread. `before` is null for the first time. */
export function save(tx: Tx, before: ThreadCount | null, after: ThreadCount): Promise<void> {
  return store(tx, collection, before, after);
}

const ratingId = (productId: ProductId, userId: UserId) => `${productId}:${userId}`;

/** The id of the rating that a comment is; null for a comment without stars. */
export function ratingIdOf({ threadId, stars, userId }: Pick<Comment, 'threadId' | 'stars' | 'userId'>) {
  return stars === null ? null : `${threadId.slice('product:'.length)}:${userId}`;
}

/** The comment by which a user gives a product stars; null for none. */
export function findRating(
  reader: Pick<Reader, 'find'>,
  of: { readonly productId: ProductId; readonly userId: UserId },
): Promise<Rating | null> {
  return reader.find(ratings, ratingId(of.productId, of.userId));
}

/** Stores by which comment a user gives a product stars. */
export function insertRating(
  tx: Tx,
  of: { readonly productId: ProductId; readonly userId: UserId; readonly commentId: CommentId },
  now: TimeMs,
): Promise<void> {
  const { productId, userId, commentId } = of;
  return tx.insert(ratings, { id: ratingId(productId, userId), commentId, createdAtMs: now });
}

/** Lets a user give a product stars again. @throws Error when they gave none */
export function removeRating(
  tx: Tx,
  of: { readonly productId: ProductId; readonly userId: UserId },
): Promise<void> {
  return tx.remove(ratings, ratingId(of.productId, of.userId));
}
