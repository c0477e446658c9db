import * as orders from '../data/orders.ts';
import * as paymentExceptions from '../data/paymentExceptions.ts';
import * as receipts from '../data/receipts.ts';
import * as refunds from '../data/refunds.ts';
import * as tasks from '../data/tasks.ts';
import { receiptId, type Settlement, settle } from '../domain/settlement.ts';
import { fail } from '../errors.ts';
import type { PaymentNews, Ports } from '../ports.ts';
import type { TimeMs } from '../schemas/base.ts';
import { holdingOf, saveHolding } from './holdings.ts';
import { railOf } from './railOf.ts';

/**
 * Settles money that a rail says has come: the one way in for a notice, an answer to a question, and a bill. Everything
 * commits in one transaction and safely repeats: the receipt of a transaction that was settled stops the second time,
 * also when only the answer to our own commit was lost. What is wrong with the money is written down for staff.
 *
 * @throws notice.order_unknown when there is no such order, after that was written down: the rail shall tell again
 */
export async function settlePayment(
  ports: Pick<Ports, 'database' | 'rails' | 'log'>,
  news: PaymentNews,
  at: { readonly now: TimeMs; readonly requestId: string },
): Promise<Settlement['outcome']> {
  const rail = railOf(ports.rails, news.rail);
  const { outcome, exception } = await ports.database.tx(async (tx) => {
    const order = await orders.find(tx, news.orderNumber);
    const held = order === null ? null : await holdingOf(tx, order);
    const settlement = settle(news, {
      held,
      receipt: await receipts.find(tx, receiptId(news)),
      merchant: rail.merchant,
      abilities: rail.abilities('web'),
      now: at.now,
    });
    const { changed, receipt, refund } = settlement;
    if (receipt !== null) await receipts.insert(tx, receipt);
    if (held !== null && changed !== null) await saveHolding(tx, held, changed);
    if (refund !== null) await refunds.insert(tx, refund);
    if (settlement.exception !== null) await paymentExceptions.record(tx, settlement.exception);
    await tasks.append(tx, settlement.facts, at);
    return settlement;
  });
  if (exception !== null) {
    const { kind, orderNumber, transactionId, refundId } = exception;
    ports.log.write('warn', { paymentException: kind, orderNumber, transactionId, refundId });
  }
  if (outcome === 'unknown') throw fail('notice.order_unknown');
  return outcome;
}
