import * as orders from '../data/orders.ts';
import * as refunds from '../data/refunds.ts';
import * as tasks from '../data/tasks.ts';
import { advanceRefund, approveRefund, toSubmit } from '../domain/refund.ts';
import type { Tx } from '../ports.ts';
import type { TimeMs } from '../schemas/base.ts';
import type { Order } from '../schemas/order.ts';
import type { Approval, Refund } from '../schemas/refund.ts';
import { bookRefund } from './books.ts';
import { saveAdvanced } from './settleRefund.ts';

/**
 * Agrees to a stored refund: by the policy (null), or by one of the staff. Once enough have agreed, access goes at
 * once, and the rail is asked for the money; where no money is to go back, everything else does right away.
 * @throws refund.not_open, refund.same_person, refund.too_much, order.not_paid
 */
export async function agreeToRefund(
  tx: Tx,
  before: { readonly refund: Refund; readonly order: Order },
  approval: Omit<Approval, 'atMs'> | null,
  at: { readonly now: TimeMs; readonly requestId: string },
): Promise<Refund> {
  const { now } = at;
  const { refund, order } = approveRefund(before, approval, now);
  await refunds.save(tx, refund);
  if (refund.state !== 'approved') return refund;
  await orders.save(tx, order);
  await bookRefund(tx, refund, now);
  if (refund.refundFen > 0) {
    await tasks.append(tx, [toSubmit(refund)], at);
    return refund;
  }
  const done = advanceRefund(refund, 'success', now);
  if (done === null) return refund;
  await saveAdvanced(tx, done, now);
  return refunds.get(tx, refund.id);
}
