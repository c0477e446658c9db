/** The collection of answers to paid questions. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { QuestionId, TimeMs } from '../../schemas/base.ts';
import { Answer } from '../../schemas/questions/question.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Found by the question's id; `checking` lists what waits for the platform. */
export const collection = defineCollection({
  name: 'answers',
  schema: Answer,
  version: 1,
  indexes: { checking: { fields: ['checkingSinceMs'] } },
});

/** The answer to this question in any state, or null. */
export function find(reader: Pick<Reader, 'find'>, id: QuestionId): Promise<Answer | null> {
  return reader.find(collection, id);
}

/** All answers that have waited for the platform's check since before a moment, the longest waiting first. */
export function checkingSince(reader: Reader, before: TimeMs): AsyncGenerator<Answer> {
  const range = { field: 'checkingSinceMs', from: 0, below: before };
  return all(reader, collection, { index: 'checking', where: {}, range, order: 'ascending', limit: 100 });
}

/** Stores `after` in place of `before`, which is null for the first answer. */
export function save(tx: Tx, before: Answer | null, after: Answer): Promise<void> {
  return store(tx, collection, before, after);
}
