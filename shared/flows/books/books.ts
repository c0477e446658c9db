import * as journal from '../../data/books/journal.ts';
import * as receipts from '../../data/payments/receipts.ts';
import {
  lateMoneyEntry,
  moneyEntryId,
  type Owed,
  orderPaidEntry,
  owedFor,
  refundEntries,
} from '../../domain/books/journal.ts';
import { receiptId } from '../../domain/payments/settlement.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { Receipt } from '../../schemas/payments/payment.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';

/**
 * Books a paid order, once. It must run in the transaction that pays the order. `receipt` is null when there was
 * nothing to pay.
 */
export function bookPaid(tx: Tx, order: Order, receipt: Receipt | null, now: TimeMs): Promise<void> {
  return journal.post(tx, orderPaidEntry(order, receipt, now));
}

/** Books money that came too late or twice, once. It must run in the transaction that writes the receipt. */
export function bookLate(tx: Tx, receipt: Receipt, mayRefund: boolean, now: TimeMs): Promise<void> {
  return journal.post(tx, lateMoneyEntry(receipt, mayRefund, now));
}

/**
 * Books everything a refund has come to so far. It is safe to repeat in every state. It must run in each transaction
 * that writes the refund.
 */
export async function bookRefund(tx: Tx, refund: Refund, now: TimeMs): Promise<void> {
  for (const entry of refundEntries(refund, await owedBy(tx, refund), now)) await journal.post(tx, entry);
}

/**
 * The account that a refund is charged to. When the order's own payment goes back without its lines, a second
 * payment pays for the order from then on.
 */
async function owedBy(tx: Tx, { rail, transactionId, lines }: Refund): Promise<Owed> {
  if (lines.length > 0 || rail === 'zero' || transactionId === null) return 'refunds';
  const receipt = await receipts.find(tx, receiptId({ rail, transactionId }));
  if (receipt === null) return 'refunds';
  return receipt.kind === 'settled' ? 'liab:credit' : owedFor(await journal.get(tx, moneyEntryId(receipt)));
}
