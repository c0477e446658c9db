/** Whose money that of a question is: what is written when that changes. */
import * as journal from '../../data/books/journal.ts';
import * as orders from '../../data/orders/orders.ts';
import * as experts from '../../data/questions/experts.ts';
import * as questions from '../../data/questions/questions.ts';
import { countAnswer } from '../../domain/questions/expert.ts';
import { isInTime } from '../../domain/questions/question.ts';
import {
  type Booked,
  bookRefunded,
  type LineMoney,
  settleBooked,
} from '../../domain/questions/questionBooks.ts';
import { lineRefundOf } from '../../domain/refunds/refund.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { Question } from '../../schemas/questions/question.ts';

interface At {
  readonly now: TimeMs;
  readonly requestId: string;
}

/** The order that pays for a question. @throws a plain Error for a question that no order names */
export async function orderOf(tx: Tx, { id, orderId }: Question): Promise<Order> {
  if (orderId === null) throw new Error(`no order pays for ${id}`);
  return orders.get(tx, orderId);
}

/** What of a line's money has gone back. */
export function lineMoneyOf(order: Order, productId: ProductId): LineMoney {
  const { refundedFen } = lineRefundOf(order, productId);
  const paidFen = order.lines.find((line) => line.productId === productId)?.paidFen ?? 0;
  const isAllBack = paidFen === 0 ? order.revoked.includes(productId) : refundedFen === paidFen;
  return { refundedFen, isAllBack };
}

/** Whether nothing of a question's money stays with us any more: all of it is back, or on its way. */
export function isReturned({ productId, paidFen }: Question, order: Order): boolean {
  const { refundedFen, refundingFen } = lineRefundOf(order, productId);
  return paidFen === 0 ? order.revoked.includes(productId) : refundedFen + refundingFen === paidFen;
}

/** Refuses an answer to a question whose money is all on its way back. @throws question.not_open */
export async function refuseReturned(tx: Tx, question: Question): Promise<void> {
  if (isReturned(question, await orderOf(tx, question))) throw fail('question.not_open');
}

/** Stores a question with its entries. One that is settled now counts for its expert. */
export async function saveBooked(tx: Tx, before: Question, booked: Booked, at: At): Promise<void> {
  const { question, entries } = booked;
  await questions.save(tx, before, question);
  for (const entry of entries) await journal.post(tx, entry);
  if (before.settledAtMs !== null || question.settledAtMs === null) return;
  const expert = await experts.get(tx, question.expertId);
  await experts.save(tx, expert, countAnswer(expert, isInTime(question), at.now));
}

/**
 * Settles a question, once nothing of its money is on its way back. Answers whether it did.
 * @throws question.not_open
 */
export async function settleQuestion(tx: Tx, question: Question, at: At): Promise<boolean> {
  const order = await orderOf(tx, question);
  const { refundingFen, refundedFen } = lineRefundOf(order, question.productId);
  if (refundingFen > 0) return false;
  await saveBooked(tx, question, settleBooked(question, refundedFen, at.now), at);
  return true;
}

/** Records what has gone back of a question's money. Safe to repeat. */
export async function recordRefunded(tx: Tx, question: Question, order: Order, at: At): Promise<void> {
  const booked = bookRefunded(question, lineMoneyOf(order, question.productId), at.now);
  if (booked.question !== question) await saveBooked(tx, question, booked, at);
}
