import { refundRequested } from '../../events/refundRequested.ts';
import * as cases from '../../shared/data/operations/cases.ts';
import * as refunds from '../../shared/data/refunds/refunds.ts';
import { isSameAtRail } from '../../shared/domain/refunds/refund.ts';
import { unfundedCase } from '../../shared/domain/refunds/refundCase.ts';
import { codeOf } from '../../shared/errors.ts';
import { pacedBriefly } from '../../shared/flows/payments/paced.ts';
import { railOf } from '../../shared/flows/payments/railOf.ts';
import { payerOf } from '../../shared/flows/refunds/askRefund.ts';
import { hearOfRefund } from '../../shared/flows/refunds/hearOfRefund.ts';
import { holdIfBehind } from '../../shared/flows/refunds/holdIfBehind.ts';
import { settleRefund } from '../../shared/flows/refunds/settleRefund.ts';
import { outward } from '../../shared/function.ts';
import type { Refund } from '../../shared/schemas/refunds/refund.ts';

/** What the buyer reads in WeChat beside the refunded money. */
const REASONS = {
  ...{ late_payment: '订单已关闭，退回款项', second_payment: '重复付款，退回款项' },
  buyer: '买家申请退款',
  staff: '商家退款',
  platform: '平台退款',
  unanswered: '提问未获回答，退回款项',
} as const satisfies Record<Refund['reason'], string>;

/**
 * Asks the rail to give money back. The refund's id is the rail's idempotency key, so asking twice gives back once.
 *
 * The rail's answer usually only says that it has accepted the refund. The money is back when a notice or
 * `syncPayments` says so. If the merchant's account holds too little, staff get a case and the rail is asked again. A
 * refund that was finished or closed meanwhile is not asked for. Nor is one of an order for which the rail has given
 * back money that we know nothing of, because our store may be an older copy. The request waits for its turn at the
 * rail; if none comes soon, it is put off, and that does not count as a try.
 */
export const submitRefund = outward({ on: refundRequested }, async ({ data, now, ports }) => {
  const refund = await refunds.get(ports.database, data.refundId);
  if (refund.state !== 'approved') return async () => undefined;
  const { orderId, refundFen, totalFen, transactionId } = refund;
  const openid = await payerOf(ports.database, refund);
  if (openid === null || transactionId === null)
    throw new Error(`refund ${refund.id} is of a payment that nobody was asked for`);
  const reason = REASONS[refund.reason];
  const asked = { refundId: refund.id, orderId, openid, transactionId, refundFen, totalFen, reason };
  const inTurn = pacedBriefly(ports);
  const rail = railOf(inTurn.rails, refund.rail);
  if (!(await holdIfBehind(inTurn, refund, openid, now))) return async () => undefined;
  const news = await rail.refund(asked).catch(async (caught: unknown) => {
    if (codeOf(caught) === 'pay.funds_lacking')
      await ports.database.tx((tx) => cases.openAgain(tx, unfundedCase(refund), now));
    throw caught;
  });
  if (news.refusal !== undefined) ports.log.write('warn', { refundRefused: refund.id, said: news.refusal });
  // The rail knows this id with other values: a refund that our store has lost.
  if (!isSameAtRail(refund, news)) await hearOfRefund(ports, rail.name, news, now);
  return async (tx) => {
    const outcome = isSameAtRail(refund, news) ? await settleRefund(tx, news, now) : 'other';
    const isOpen = (await refunds.get(tx, refund.id)).state === 'approved';
    if (outcome !== 'advanced' && isOpen)
      throw new Error(`the rail answered for another refund than ${refund.id}`);
  };
});
