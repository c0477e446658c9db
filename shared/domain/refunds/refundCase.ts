import { fail, type Refusal } from '../../errors.ts';
import type { Case } from '../../schemas/operations/case.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';

const STORIES = {
  closed: {
    kind: 'refund_closed',
    story: '退款已关闭，款项仍在商户账户；买家的权益已恢复。请核对后重新发起退款。',
  },
  abnormal: {
    kind: 'refund_abnormal',
    story: '退款异常，款项未能退回买家账户，需在商户平台人工处理。',
  },
} as const;

/** The case about a refund that waits for money in the merchant's account. */
export function unfundedCase(refund: Refund) {
  const story = '商户账户余额不足，款项暂时退不出去；充值后会自动重试，无需重新发起退款。';
  return { kind: 'refund_unfunded', story, ...about(refund) } as const;
}

function about({ id, orderId, transactionId, refundFen }: Refund) {
  return { cause: id, orderId, refundId: id, transactionId, amountFen: refundFen };
}

/** The case about a partial refund that the rail made by itself, for an unknown reason. */
export function partCase(refund: Refund) {
  const story =
    '支付渠道退回了订单的一部分款项（例如在商户平台手工退款），我方没有发起。金额已按比例记入各商品，买家的权益未收回；请核实原因，必要时收回权益。';
  return { kind: 'platform_refund', story, ...about(refund) } as const;
}

/** The case about a refund on hold, because the rail has given back more of the payment than we know of. */
export function behindCase(refund: Refund) {
  const story =
    '支付渠道显示该笔付款已有我方账目中没有的退款，为避免重复退款，本次退款暂缓。渠道的通知或对账单补齐账目后，本次退款会自动关闭并恢复权益；仍需退款的，请核对后重新发起。若在商户平台核实款项并未退出（例如手工退款已失败），请由财务继续此退款（“继续退款”），此工单随之关闭。';
  const { cause, ...rest } = about(refund);
  return { kind: 'platform_refund', story, cause: `${cause}:held`, ...rest } as const;
}

/**
 * Refuses to close the case that holds an approved refund back, because the refund would continue.
 * @throws case.holds_refund
 */
export function refuseIfHolding({ id }: Case, refund: Refund | null): void {
  if (refund?.state !== 'approved') return;
  const { kind, cause } = behindCase(refund);
  if (id === `${kind}:${cause}`) throw fail('case.holds_refund', { params: { refundId: refund.id } });
}

/** The case about a refund that did not return the money, with the platform's words; null for any other refund. */
export function refundCase(refund: Refund, refusal: Refusal | undefined) {
  if (refund.state !== 'closed' && refund.state !== 'abnormal') return null;
  const { kind, story } = STORIES[refund.state];
  const said = refusal === undefined ? '' : `渠道返回：${refusal.code} ${refusal.words}`.trim();
  return { kind, story: story + said, ...about(refund) };
}
