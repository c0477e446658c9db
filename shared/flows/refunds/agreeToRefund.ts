import * as orders from '../../data/orders/orders.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import * as tasks from '../../data/tasks.ts';
import { advanceRefund, approveRefund, toSubmit } from '../../domain/refunds/refund.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { Approval, Refund } from '../../schemas/refunds/refund.ts';
import { revokeSource } from '../access/grantAccess.ts';
import { bookRefund } from '../books/books.ts';
import { saveAdvanced } from './settleRefund.ts';

/**
 * Approves a stored refund: by the policy (null), or by a member of staff. With enough approvals, access is taken at
 * once and the rail is asked for the money. When no money is to go back, the refund is completed right away.
 * @throws refund.not_open, refund.same_person, refund.too_much, order.not_paid
 */
export async function agreeToRefund(
  tx: Tx,
  before: { readonly refund: Refund; readonly order: Order },
  approval: Omit<Approval, 'atMs'> | null,
  at: { readonly now: TimeMs; readonly requestId: string },
): Promise<Refund> {
  const refund = await approveAndTake(tx, before, approval, at.now);
  if (refund.state !== 'approved') return refund;
  if (refund.refundFen === 0) return finishRefund(tx, refund, at.now);
  await tasks.append(tx, [toSubmit(refund)], at);
  return refund;
}

/** The refund with one more approval. With enough approvals, the access that goes with it is taken back. */
export async function approveAndTake(
  tx: Tx,
  before: { readonly refund: Refund; readonly order: Order },
  approval: Omit<Approval, 'atMs'> | null,
  now: TimeMs,
): Promise<Refund> {
  const { refund, order } = approveRefund(before, approval, now);
  await refunds.save(tx, before.refund, refund);
  if (refund.state !== 'approved') return refund;
  await orders.save(tx, before.order, order);
  await bookRefund(tx, refund, now);
  const taken = refund.lines.filter((line) => line.takesAccess).map((line) => line.productId);
  const lines = order.lines.filter(({ productId }) => taken.includes(productId));
  await revokeSource(tx, { userId: order.userId, lines, sourceId: order.id, now });
  return refund;
}

/** Completes an approved refund whose money has gone back, with everything that goes with it. */
export async function finishRefund(tx: Tx, refund: Refund, now: TimeMs): Promise<Refund> {
  const done = advanceRefund(refund, 'success', now);
  return done === null ? refund : saveAdvanced(tx, refund, done, now);
}
