/** The collection of paid questions. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { QuestionId, TimeMs, UserId } from '../../schemas/base.ts';
import { PaidState, Question, type QuestionState } from '../../schemas/questions/question.ts';
import { all, defineCollection, store } from '../collection.ts';

/**
 * Found by id. `ofAsker` and `ofExpert` list those of one of the two, `due` what ends by time, `toRemind` what the
 * expert is reminded of, and `checking` what waits for the platform.
 */
export const collection = defineCollection({
  name: 'questions',
  schema: Question,
  version: 1,
  indexes: {
    ofAsker: { fields: ['userId', 'createdAtMs'] },
    ofExpert: { fields: ['expertId', 'state', 'createdAtMs'] },
    due: { fields: ['state', 'nextAtMs'] },
    toRemind: { fields: ['remindAtMs'] },
    checking: { fields: ['checkingSinceMs'] },
  },
});

/** The question in any state, or null. */
export function find(reader: Pick<Reader, 'find'>, id: QuestionId): Promise<Question | null> {
  return reader.find(collection, id);
}

/** The question in any state. @throws question.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: QuestionId): Promise<Question> {
  const question = await find(reader, id);
  if (question === null) throw fail('question.not_found');
  return question;
}

/** The user's own question. @throws question.not_found, also for a question of somebody else */
export async function getOwn(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  id: QuestionId,
): Promise<Question> {
  const question = await get(reader, id);
  if (question.userId !== userId) throw fail('question.not_found');
  return question;
}

/** The question to this expert, once it is paid. @throws question.not_found, also for one to somebody else */
export async function getFor(
  reader: Pick<Reader, 'find'>,
  expertId: UserId,
  id: QuestionId,
): Promise<Question> {
  const question = await get(reader, id);
  if (question.expertId !== expertId || question.paidAtMs === null) throw fail('question.not_found');
  return question;
}

/** The question that the user asked, or that was paid for their answer. @throws question.not_found for any other */
export async function getSeen(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  id: QuestionId,
): Promise<Question> {
  const question = await get(reader, id);
  return question.userId === userId ? question : getFor(reader, userId, id);
}

interface PageAsked {
  readonly limit: number;
  readonly cursor: string | null;
}

/** One page of what a user asked, newest first. @throws request.invalid for a cursor of another query */
export function ofAsker(
  reader: Pick<Reader, 'list'>,
  userId: UserId,
  page: PageAsked,
): Promise<Page<Question>> {
  return reader.list(collection, { index: 'ofAsker', where: { userId }, order: 'descending', ...page });
}

/**
 * One page of the paid questions to an expert, in one state or in all (null), newest first.
 * @throws request.invalid for a cursor of another query
 */
export function ofExpert(
  reader: Pick<Reader, 'list'>,
  of: { readonly expertId: UserId; readonly state: PaidState | null },
  page: PageAsked,
): Promise<Page<Question>> {
  const { expertId, state } = of;
  const where = { expertId, state: state ?? PaidState.options };
  return reader.list(collection, { index: 'ofExpert', where, order: 'descending', ...page });
}

/** How many paid questions wait for an expert's answer, at most `max`. It is read outside the transaction. */
export async function countOpen(
  reader: Pick<Reader, 'list'>,
  expertId: UserId,
  max: number,
): Promise<number> {
  const where = { expertId, state: ['open', 'answering'] satisfies QuestionState[] };
  const query = { index: 'ofExpert', where, order: 'descending', limit: max, cursor: null } as const;
  return (await reader.list(collection, query)).items.length;
}

/** All questions in these states whose time has come, the longest due first. */
export function due(reader: Reader, states: readonly QuestionState[], now: TimeMs): AsyncGenerator<Question> {
  const range = { field: 'nextAtMs', from: 0, below: now + 1 };
  const where = { state: [...states] };
  return all(reader, collection, { index: 'due', where, range, order: 'ascending', limit: 100 });
}

/** All questions that their expert is to be reminded of by now. */
export function toRemind(reader: Reader, now: TimeMs): AsyncGenerator<Question> {
  const range = { field: 'remindAtMs', from: 0, below: now + 1 };
  return all(reader, collection, { index: 'toRemind', where: {}, range, order: 'ascending', limit: 100 });
}

/** All questions that have waited for the platform's check since before a moment, the longest waiting first. */
export function checkingSince(reader: Reader, before: TimeMs): AsyncGenerator<Question> {
  const range = { field: 'checkingSinceMs', from: 0, below: before };
  return all(reader, collection, { index: 'checking', where: {}, range, order: 'ascending', limit: 100 });
}

/** Stores a new question. */
export function insert(tx: Tx, question: Question): Promise<void> {
  return tx.insert(collection, question);
}

/** Stores `after` in place of `before`. Does nothing when it is the same object. */
export function save(tx: Tx, before: Question, after: Question): Promise<void> {
  return store(tx, collection, before, after);
}
