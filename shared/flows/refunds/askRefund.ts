import * as payments from '../../data/payments/payments.ts';
import * as receipts from '../../data/payments/receipts.ts';
import type { Reader } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { RefundNews } from '../../ports/rail.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { railOf } from '../payments/railOf.ts';

/**
 * Asks the rail what became of a refund. Never call it in a transaction. Null when the rail has never heard of it.
 * @throws pay.unavailable when no clear answer came
 */
export async function askRefund(
  ports: Pick<Ports, 'database' | 'rails'>,
  refund: Refund,
): Promise<RefundNews | null> {
  const { id: refundId, orderId, transactionId } = refund;
  const openid = await payerOf(ports.database, refund);
  if (openid === null || transactionId === null) return null;
  return railOf(ports.rails, refund.rail).queryRefund({ refundId, orderId, openid, transactionId });
}

/** The openid of the payer whose money a refund gives back; null when no payment was opened. */
export async function payerOf(
  reader: Pick<Reader, 'find'>,
  { id, orderId, rail, transactionId }: Refund,
): Promise<string | null> {
  const payment = await payments.find(reader, orderId);
  if (payment !== null || transactionId === null) return payment?.openid ?? null;
  return (await receipts.ofRefund(reader, { id, rail, transactionId })).openid;
}

/** The news for a refund that the rail has never heard of, and that will not be asked for any more: closed. */
export function endedUnknown({ id: refundId, transactionId, refundFen }: Refund): RefundNews {
  return { refundId, transactionId: transactionId ?? '', refundFen, state: 'closed' };
}
