/** The collection of what people told the shop. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { FeedbackId, TimeMs, UserId } from '../../schemas/base.ts';
import { Feedback } from '../../schemas/feedback/feedback.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Found by id. `ofUser` lists somebody's own; `byState` those that wait for an answer, or have one. */
export const collection = defineCollection({
  name: 'feedbacks',
  schema: Feedback,
  version: 1,
  indexes: {
    ofUser: { fields: ['userId', 'createdAtMs'] },
    byState: { fields: ['state', 'sinceAtMs'] },
  },
});

/** The feedback, or null. */
export function find(reader: Pick<Reader, 'find'>, id: FeedbackId): Promise<Feedback | null> {
  return reader.find(collection, id);
}

/** The feedback. @throws feedback.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: FeedbackId): Promise<Feedback> {
  const feedback = await find(reader, id);
  if (feedback === null) throw fail('feedback.not_found');
  return feedback;
}

/** The user's own feedback. @throws feedback.not_found, also for that of somebody else */
export async function getOwn(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  id: FeedbackId,
): Promise<Feedback> {
  const feedback = await get(reader, id);
  if (feedback.userId !== userId) throw fail('feedback.not_found');
  return feedback;
}

interface PageAsked {
  readonly limit: number;
  readonly cursor: string | null;
}

/** One page of somebody's own, newest first. @throws request.invalid for a cursor of another query */
export function ofUser(
  reader: Pick<Reader, 'list'>,
  userId: UserId,
  page: PageAsked,
): Promise<Page<Feedback>> {
  return reader.list(collection, { index: 'ofUser', where: { userId }, order: 'descending', ...page });
}

/**
 * One page of those in a state: the longest waiting first, the last answered first.
 * @throws request.invalid for a cursor of another query
 */
export function inState(
  reader: Pick<Reader, 'list'>,
  state: Feedback['state'],
  page: PageAsked,
): Promise<Page<Feedback>> {
  const order = state === 'open' ? 'ascending' : 'descending';
  return reader.list(collection, { index: 'byState', where: { state }, order, ...page });
}

/** All that have waited for an answer since before an instant, the longest waiting first. */
export function openSince(reader: Reader, below: TimeMs): AsyncGenerator<Feedback> {
  const range = { field: 'sinceAtMs', below };
  const where = { state: 'open' };
  return all(reader, collection, { index: 'byState', where, range, order: 'ascending', limit: 100 });
}

/** Stores a new feedback. */
export function insert(tx: Tx, feedback: Feedback): Promise<void> {
  return tx.insert(collection, feedback);
}

/** Stores a feedback's new state. */
export function save(tx: Tx, before: Feedback, after: Feedback): Promise<void> {
  return store(tx, collection, before, after);
}
