import * as paymentExceptions from '../data/paymentExceptions.ts';
import * as refunds from '../data/refunds.ts';
import { advanceRefund, refundException } from '../domain/refund.ts';
import type { RefundNews, Tx } from '../ports.ts';
import type { TimeMs } from '../schemas/base.ts';

/**
 * Writes down what a rail says of a refund: the one way in for a notice, an answer to our request, and an answer to a
 * question. Old news and repeats change nothing. A refund that did not give the money back is put before staff.
 * Answers `unknown` for what is no refund of ours, or not this one: another amount, another transaction (staff can
 * refund at the rail by hand).
 */
export async function settleRefund(
  tx: Tx,
  news: RefundNews,
  now: TimeMs,
): Promise<'advanced' | 'unchanged' | 'unknown'> {
  const refund = await refunds.find(tx, news.refundId);
  if (refund?.transactionId !== news.transactionId || refund.refundFen !== news.refundFen) return 'unknown';
  const advanced = advanceRefund(refund, news.state, now);
  if (advanced === null) return 'unchanged';
  await refunds.save(tx, advanced);
  const exception = refundException(advanced, now);
  if (exception !== null) await paymentExceptions.record(tx, exception);
  return 'advanced';
}
