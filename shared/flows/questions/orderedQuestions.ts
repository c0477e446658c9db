/** What an order holds of the question that it pays for: no other order can pay for it meanwhile. */
import * as experts from '../../data/questions/experts.ts';
import * as questions from '../../data/questions/questions.ts';
import { OPEN_MAX, refuseUnlessTaking } from '../../domain/questions/expert.ts';
import { nameInOrder, releaseFromOrder } from '../../domain/questions/question.ts';
import { fail } from '../../errors.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';

type Named = Pick<Order, 'id' | 'userId' | 'lines'>;

/** The question that each line of an order pays for. */
const namedIn = ({ lines }: Pick<Order, 'lines'>) =>
  lines.flatMap(({ questionId, productId }) => (questionId === null ? [] : [{ questionId, productId }]));

/**
 * Has a new order hold the question that it pays for.
 * @throws question.not_found, also for a question of somebody else or to another expert; question.not_ready,
 *   expert.not_taking
 */
export async function nameQuestions(
  tx: Tx,
  database: Pick<Reader, 'list'>,
  order: Named,
  now: TimeMs,
): Promise<void> {
  for (const { questionId, productId } of namedIn(order)) {
    const before = await questions.getOwn(tx, order.userId, questionId);
    if (before.productId !== productId) throw fail('question.not_found');
    const expert = await experts.get(tx, before.expertId);
    refuseUnlessTaking(expert, await questions.countOpen(database, expert.id, OPEN_MAX), now);
    await questions.save(tx, before, nameInOrder(before, order.id, now));
  }
}

/** Lets go of the question of an order that was closed. Safe to repeat. */
export async function releaseQuestions(tx: Tx, order: Named, now: TimeMs): Promise<void> {
  for (const { questionId } of namedIn(order)) {
    const before = await questions.get(tx, questionId);
    await questions.save(tx, before, releaseFromOrder(before, order.id, now));
  }
}

/** Whether a closed order can still pay for its question: no other order does, and its check still stands. */
export async function areFree(tx: Tx, order: Named): Promise<boolean> {
  for (const { questionId } of namedIn(order)) {
    const question = await questions.find(tx, questionId);
    if (question?.state !== 'ready' || !question.isShown) return false;
  }
  return true;
}
