import type { Refusal } from '../../errors.ts';
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

/** What staff must be told of a refund that waits for money in the merchant's account. */
export function unfundedCase(refund: Refund) {
  const story = '商户账户余额不足，款项暂时退不出去；充值后会自动重试，无需重新发起退款。';
  return { kind: 'refund_unfunded', story, ...about(refund) } as const;
}

function about({ id, orderId, transactionId, refundFen }: Refund) {
  return { cause: id, orderId, refundId: id, transactionId, amountFen: refundFen };
}

/**
 * What staff must be told of a refund that did not give the money back, with what the platform said of it; null of any
 * other.
 */
export function refundCase(refund: Refund, refusal: Refusal | undefined) {
  if (refund.state !== 'closed' && refund.state !== 'abnormal') return null;
  const { kind, story } = STORIES[refund.state];
  const said = refusal === undefined ? '' : `渠道返回：${refusal.code} ${refusal.words}`.trim();
  return { kind, story: story + said, ...about(refund) };
}
