import { refundRequested } from '../../events/refundRequested.ts';
import * as cases from '../../shared/data/operations/cases.ts';
import * as payments from '../../shared/data/payments/payments.ts';
import * as refunds from '../../shared/data/refunds/refunds.ts';
import { unfundedCase } from '../../shared/domain/refunds/refundCase.ts';
import { codeOf } from '../../shared/errors.ts';
import { railOf } from '../../shared/flows/payments/railOf.ts';
import { settleRefund } from '../../shared/flows/refunds/settleRefund.ts';
import { outward } from '../../shared/function.ts';
import type { Refund } from '../../shared/schemas/refunds/refund.ts';

/** What the buyer reads beside the money that comes back. */
const REASONS = {
  late_payment: '订单已关闭，退回款项',
  second_payment: '重复付款，退回款项',
  buyer: '买家申请退款',
  staff: '商家退款',
  platform: '平台退款',
} as const satisfies Record<Refund['reason'], string>;

/**
 * Asks the rail to give money back. The refund's id is the rail's number for it, so asking twice gives back once.
 *
 * The answer only says that the rail has accepted it (or, rarely, what became of it): the money is back when a notice
 * or `syncPayments` says so. When the merchant's account holds too little, staff are told, and it is asked for again.
 * What was answered, or closed by staff, meanwhile is not asked for any more.
 */
export const submitRefund = outward({ on: refundRequested }, async ({ data, now, ports }) => {
  const refund = await refunds.get(ports.database, data.refundId);
  if (refund.state !== 'approved') return async () => undefined;
  const { orderId, refundFen, totalFen, transactionId } = refund;
  const { openid } = await payments.get(ports.database, orderId);
  if (openid === null || transactionId === null)
    throw new Error(`refund ${refund.id} is of a payment that nobody was asked for`);
  const reason = REASONS[refund.reason];
  const asked = { refundId: refund.id, orderId, openid, transactionId, refundFen, totalFen, reason };
  const rail = railOf(ports.rails, refund.rail);
  const news = await rail.refund(asked).catch(async (caught: unknown) => {
    if (codeOf(caught) === 'pay.funds_lacking')
      await ports.database.tx((tx) => cases.openAgain(tx, unfundedCase(refund), now));
    throw caught;
  });
  if (news.refusal !== undefined) ports.log.write('warn', { refundRefused: refund.id, said: news.refusal });
  return async (tx) => {
    const outcome = await settleRefund(tx, news, now);
    if (outcome === 'unknown') throw new Error(`the rail answered for another refund than ${refund.id}`);
  };
});
