import * as orders from '../../data/orders/orders.ts';
import { type Known, needsPurchase } from '../../domain/review/trust.ts';
import type { Reader } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Writer } from '../../schemas/review/writer.ts';

/** How many orders are looked at for one that cost something. */
const ORDERS_SEEN = 50;

/**
 * The writer with whether they bought something that cost money, looked up where their trust depends on it and nobody
 * has found it yet. It is read outside a transaction, and stays true.
 */
export async function withPurchase(
  reader: Reader,
  writer: Writer,
  known: Known,
  now: TimeMs,
): Promise<Writer> {
  if (writer.hasBought || !needsPurchase(writer, known, now)) return writer;
  const paid = await orders.ofUser(reader, writer.id, { state: 'paid', limit: ORDERS_SEEN, cursor: null });
  return { ...writer, hasBought: paid.items.some(({ payableFen }) => payableFen > 0) };
}
