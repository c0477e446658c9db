import * as orders from '../data/orders.ts';
import * as payments from '../data/payments.ts';
import * as receipts from '../data/receipts.ts';
import * as refunds from '../data/refunds.ts';
import { leftFen, refundOfLines, requestRefund } from '../domain/refund.ts';
import { receiptId } from '../domain/settlement.ts';
import type { PaymentNews, Ports, Tx } from '../ports.ts';
import type { OrderId, TimeMs } from '../schemas/base.ts';
import type { Receipt } from '../schemas/payment.ts';
import { approveAndTake, finishRefund } from './agreeToRefund.ts';

/**
 * Takes back what an order gave when the platform has given all of a payment back without being asked by us (Apple
 * does): with the same effects as a refund of ours that succeeded, in one transaction. Safe to repeat. Of money that
 * we never took as ours nothing is left to take back.
 */
export async function takeBackByPlatform(
  ports: Pick<Ports, 'database' | 'secrets'>,
  asked: { readonly orderId: OrderId; readonly news: PaymentNews },
  now: TimeMs,
): Promise<void> {
  const { orderId, news } = asked;
  const receiptKey = receiptId(news);
  const id = `rp_${ports.secrets.digest('refund.platform', receiptKey).slice(0, 26)}`;
  await ports.database.tx(async (tx) => {
    const receipt = await receipts.find(tx, receiptKey);
    if (receipt === null || (await refunds.find(tx, id)) !== null) return;
    if (receipt.kind === 'settled') await takeBackLines(tx, id, orderId, now);
    else await takeBackMoney(tx, id, receipt, now);
  });
}

/** The order's own money: every line goes back with what is left of it. */
async function takeBackLines(tx: Tx, id: string, orderId: OrderId, now: TimeMs): Promise<void> {
  const order = await orders.get(tx, orderId);
  const payment = await payments.get(tx, orderId);
  const lines = order.lines.map((line) => ({
    productId: line.productId,
    refundFen: leftFen(order, line),
    takesAccess: true,
  }));
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
