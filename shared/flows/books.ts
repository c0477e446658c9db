import * as journal from '../data/journal.ts';
import * as receipts from '../data/receipts.ts';
import { lateMoneyEntry, moneyEntryId, orderPaidEntry, owedFor, refundEntries } from '../domain/journal.ts';
import { receiptId } from '../domain/settlement.ts';
import type { Tx } from '../ports.ts';
import type { TimeMs } from '../schemas/base.ts';
import type { Order } from '../schemas/order.ts';
import type { Receipt } from '../schemas/payment.ts';
import type { Refund } from '../schemas/refund.ts';

/** Books a paid order, once: of one with nothing to pay the receipt is null. In the transaction that pays it. */
export function bookPaid(tx: Tx, order: Order, receipt: Receipt | null, now: TimeMs): Promise<void> {
  return journal.post(tx, orderPaidEntry(order, receipt, now));
}

/** Books money that came too late or twice, once. In the transaction that writes its receipt. */
export function bookLate(tx: Tx, receipt: Receipt, mayRefund: boolean, now: TimeMs): Promise<void> {
  return journal.post(tx, lateMoneyEntry(receipt, mayRefund, now));
}

/**
 * Books what a refund has come to, whatever was booked of it before: safe to repeat in every state. In each
 * transaction that writes the refund.
 */
export async function bookRefund(tx: Tx, refund: Refund, now: TimeMs): Promise<void> {
  const { rail, transactionId } = refund;
  const receipt =
    rail === 'zero' || transactionId === null
      ? null
      : await receipts.find(tx, receiptId({ rail, transactionId }));
  const isOwn = receipt === null || receipt.kind === 'settled';
  const owed = owedFor(isOwn ? null : await journal.get(tx, moneyEntryId(receipt)));
  for (const entry of refundEntries(refund, owed, now)) await journal.post(tx, entry);
}
