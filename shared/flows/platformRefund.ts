import * as orders from '../data/orders.ts';
import * as payments from '../data/payments.ts';
import * as receipts from '../data/receipts.ts';
import * as refunds from '../data/refunds.ts';
import { leftFen, refundOfLines, requestRefund } from '../domain/refund.ts';
import { receiptId } from '../domain/settlement.ts';
import type { PaidRail, Ports, Tx } from '../ports.ts';
import type { OrderId, TimeMs } from '../schemas/base.ts';
import type { Receipt } from '../schemas/payment.ts';
import type { Refund } from '../schemas/refund.ts';
import { approveAndTake, finishRefund } from './agreeToRefund.ts';
import { settleRefund } from './settleRefund.ts';

/** Refunds that the rail has never been asked for, or that gave nothing back. */
const NOTHING_BACK: readonly Refund['state'][] = ['requested', 'rejected', 'closed'];

/** The id of what the platform gave back of a payment by itself: there is one at most. */
export function platformRefundId(
  { secrets }: Pick<Ports, 'secrets'>,
  payment: { readonly rail: PaidRail; readonly transactionId: string },
): string {
  return `rp_${secrets.digest('refund.platform', receiptId(payment)).slice(0, 26)}`;
}

/** What a platform gave back of a payment by itself. */
export interface GivenBack {
  readonly orderId: OrderId;
  readonly rail: PaidRail;
  readonly transactionId: string;
  /** Null for everything that was left. */
  readonly refundFen: number | null;
}

/**
 * Takes back what an order gave when its platform has given all of a payment back without being asked by us (Apple
 * does): with the same effects as a refund of ours that succeeded, in one transaction. Safe to repeat. Refunds of ours
 * that came before it count, and those that the rail could not make (`abnormal`) have succeeded by it; when something is
 * left after all of them, nothing is done. Of money that we never took as ours nothing is left to take back.
 */
export async function takeBackByPlatform(
  ports: Pick<Ports, 'database' | 'secrets'>,
  back: GivenBack,
  now: TimeMs,
): Promise<void> {
  const { database } = ports;
  const { orderId, transactionId, refundFen } = back;
  const ours = (await refunds.ofOrder(database, orderId)).filter(
    (each) => each.transactionId === transactionId && !NOTHING_BACK.includes(each.state),
  );
  const stuck = ours.filter(({ state }) => state === 'abnormal');
  const givenFen = fenOf(ours) - fenOf(stuck);
  const id = platformRefundId(ports, back);
  await database.tx(async (tx) => {
    const receipt = await receipts.find(tx, receiptId(back));
    if (receipt === null || (await refunds.find(tx, id)) !== null) return;
    const remainingFen = receipt.amountFen - givenFen;
    if (remainingFen <= 0 || (refundFen !== null && refundFen < remainingFen)) return;
    for (const { id: refundId, refundFen: stuckFen } of stuck)
      await settleRefund(tx, { refundId, transactionId, refundFen: stuckFen, state: 'success' }, now);
    if (receipt.kind === 'settled') await takeBackLines(tx, id, orderId, now);
    else if (remainingFen > fenOf(stuck)) await takeBackMoney(tx, id, receipt, now);
  });
}

const fenOf = (some: readonly Refund[]) => some.reduce((sum, { refundFen }) => sum + refundFen, 0);

/** The order's own money: every line goes back with what is left of it. */
async function takeBackLines(tx: Tx, id: string, orderId: OrderId, now: TimeMs): Promise<void> {
  const order = await orders.get(tx, orderId);
  const payment = await payments.get(tx, orderId);
  const lines = order.lines
    .map((line) => ({ productId: line.productId, refundFen: leftFen(order, line), takesAccess: true }))
    .filter(({ productId, refundFen }) => refundFen > 0 || !order.revoked.includes(productId));
  if (lines.length === 0) return;
  const words = { words: null, approvalsNeeded: 0, reason: 'platform', now } as const;
  const refund = refundOfLines({ id, order, payment, lines, ...words });
  await refunds.insert(tx, refund);
  await finishRefund(tx, await approveAndTake(tx, { refund, order }, null, now), now);
}

/** Money that had paid for nothing. */
async function takeBackMoney(tx: Tx, id: string, receipt: Receipt, now: TimeMs): Promise<void> {
  const { orderId, rail, transactionId, amountFen: receivedFen } = receipt;
  const order = await orders.get(tx, orderId);
  const { refund } = requestRefund({ id, order, rail, transactionId, receivedFen, reason: 'platform', now });
  await refunds.insert(tx, refund);
  await finishRefund(tx, refund, now);
}
