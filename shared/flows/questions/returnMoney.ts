import { questionClosed } from '../../../events/questionClosed.ts';
import * as cases from '../../data/operations/cases.ts';
import * as payments from '../../data/payments/payments.ts';
import * as questions from '../../data/questions/questions.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import * as tasks from '../../data/tasks.ts';
import { giveBack } from '../../domain/questions/question.ts';
import { leftFen, refundOfLines } from '../../domain/refunds/refund.ts';
import { fact } from '../../event.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Fen, fen, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { Question, ReturnCause } from '../../schemas/questions/question.ts';
import { railOf } from '../payments/railOf.ts';
import { agreeToRefund } from '../refunds/agreeToRefund.ts';
import { orderOf } from './settleQuestion.ts';

interface At {
  readonly ports: Pick<Ports, 'rails'>;
  readonly now: TimeMs;
  readonly requestId: string;
}

/** Whether we can give back the money of this order. */
export function mayGiveBack(order: Order, { rails }: Pick<Ports, 'rails'>): boolean {
  return order.rail === 'zero' || railOf(rails, order.rail).abilities(order.platform).mayRefund;
}

/** What of a question's money has not gone back and is not on its way. */
export function leftOf(order: Order, { productId }: Question): Fen {
  const line = order.lines.find((each) => each.productId === productId);
  return line === undefined ? fen(0) : leftFen(order, line);
}

const STORY =
  '提问未获回答，应退还提问者，但该订单的款项只能由苹果公司退回。提问者已收到向苹果公司申请退款的指引，苹果公司询问时本店不持异议；95 天后仍未退回的，请发放兑换码补偿。';

/**
 * Gives the money of a question back, or what of it `judged` says, in the transaction that decides it: the refund is
 * approved by rule, and the access to nothing goes with it. Without anything left the refund that is under way is
 * waited for. Where we cannot give back it is a case.
 * @throws question.not_open
 */
export async function returnMoney(
  tx: Tx,
  question: Question,
  why: {
    readonly cause: ReturnCause;
    readonly judged?: { readonly refundFen: Fen; readonly by: UserId; readonly reason: string };
  },
  at: At,
): Promise<void> {
  const { cause, judged } = why;
  const order = await orderOf(tx, question);
  const { productId } = question;
  const refundFen = judged?.refundFen ?? leftOf(order, question);
  const isWhole = judged === undefined || refundFen === leftOf(order, question);
  const takesAccess = isWhole && !order.revoked.includes(productId);
  const isNeeded = refundFen > 0 || takesAccess;
  const isRefunded = isNeeded && mayGiveBack(order, at.ports);
  const id = `rq_${question.id.slice(4)}`;
  const facts = [fact(questionClosed, question.id, { questionId: question.id })];
  await questions.save(tx, question, giveBack(question, { cause, refundId: isRefunded ? id : null }, at.now));
  await tasks.append(tx, facts, at);
  if (isNeeded && !isRefunded) {
    const about = { orderId: order.id, userId: order.userId, productId, amountFen: refundFen };
    await cases.open(
      tx,
      { kind: 'question_unrefundable', cause: question.id, story: STORY, ...about },
      at.now,
    );
  }
  if (!isRefunded) return;
  const lines = [{ productId, refundFen, takesAccess }];
  const payment = await payments.get(tx, order.id);
  const asked = { id, order, payment, lines, words: judged?.reason ?? null, now: at.now };
  const refund = refundOfLines(
    judged === undefined
      ? { ...asked, reason: 'unanswered', approvalsNeeded: 0 }
      : { ...asked, reason: 'staff' },
  );
  await refunds.insert(tx, refund);
  const approval = judged === undefined ? null : { by: judged.by, reason: judged.reason };
  await agreeToRefund(tx, { refund, order }, approval, at);
}
