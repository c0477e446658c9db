/** Refunds: money on its way back. That the rail accepts one does not mean that the buyer has it. */
import { refundRequested } from '../../events/refundRequested.ts';
import { type Fact, fact } from '../event.ts';
import type { Fen, OrderId, TimeMs } from '../schemas/base.ts';
import type { Rail } from '../schemas/order.ts';
import type { PaymentException, Refund, RefundState } from '../schemas/payment.ts';
import { firstSyncAtMs } from './payment.ts';

/**
 * The refund machine: to which states news may take a refund. `success` and `closed` are final; what the rail could
 * not do by itself (`abnormal`) may still be done by staff at the rail.
 *
 *   requested ──▶ processing ──▶ success | closed
 *        └────────────┴────────▶ abnormal ──▶ processing | success | closed
 *   (news may be faster than the answer to our request: requested ──▶ success | closed too)
 */
const next = {
  requested: ['processing', 'success', 'closed', 'abnormal'],
  processing: ['success', 'closed', 'abnormal'],
  success: [],
  closed: [],
  abnormal: ['processing', 'success', 'closed'],
} as const satisfies Record<RefundState, readonly RefundState[]>;

/** A refund of everything one transaction brought, and the fact that makes the rail be asked for it. */
export function requestRefund(asked: {
  /** Also the rail's number: made from the cause, so that one cause gives back once. */
  readonly id: string;
  readonly orderId: OrderId;
  readonly rail: Rail;
  readonly transactionId: string;
  readonly receivedFen: Fen;
  readonly reason: Refund['reason'];
  readonly now: TimeMs;
}): { readonly refund: Refund; readonly facts: readonly Fact[] } {
  const { id, orderId, rail, transactionId, receivedFen, reason, now } = asked;
  const refund: Refund = {
    id,
    orderId,
    rail,
    transactionId,
    refundFen: receivedFen,
    totalFen: receivedFen,
    reason,
    state: 'requested',
    syncNextAtMs: null,
    syncTries: 0,
    requestedAtMs: now,
    finishedAtMs: null,
    updatedAtMs: now,
  };
  return { refund, facts: [fact(refundRequested, id, { refundId: id })] };
}

/** The refund after what the rail says of it, or null when that changes nothing (old news, or news of a final refund). */
export function advanceRefund(
  refund: Refund,
  state: Exclude<RefundState, 'requested'>,
  now: TimeMs,
): Refund | null {
  const possible: readonly RefundState[] = next[refund.state];
  if (!possible.includes(state)) return null;
  const isUnderWay = state === 'processing';
  return {
    ...refund,
    state,
    syncNextAtMs: isUnderWay ? firstSyncAtMs(now) : null,
    finishedAtMs: isUnderWay ? null : now,
    updatedAtMs: now,
  };
}

/** What staff must know of a refund that did not give the money back, or null. */
export function refundException(refund: Refund, now: TimeMs): PaymentException | null {
  if (refund.state !== 'closed' && refund.state !== 'abnormal') return null;
  const kind = refund.state === 'closed' ? 'refund_closed' : 'refund_abnormal';
  return {
    id: `${refund.id}:${refund.transactionId}:${kind}`,
    kind,
    orderNumber: refund.orderId,
    transactionId: refund.transactionId,
    expectedFen: refund.refundFen,
    receivedFen: 0,
    currency: 'CNY',
    refundId: refund.id,
    detail:
      kind === 'refund_closed'
        ? '退款已被关闭，款项仍在商户账户，需人工处理'
        : '退款异常，款项未能退回，需在商户平台人工处理',
    createdAtMs: now,
  };
}
