import { deliveryExpected } from '../../../events/deliveryExpected.ts';
import * as cases from '../../data/operations/cases.ts';
import * as orders from '../../data/orders/orders.ts';
import * as paymentExceptions from '../../data/payments/paymentExceptions.ts';
import * as receipts from '../../data/payments/receipts.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import * as tasks from '../../data/tasks.ts';
import type { Holding } from '../../domain/orders/holding.ts';
import { receiptId, type Settlement, settle, settlementCase } from '../../domain/payments/settlement.ts';
import { fail } from '../../errors.ts';
import { fact } from '../../event.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { PaymentNews } from '../../ports/rail.ts';
import { OrderId, type TimeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import { ownedOfOrder } from '../access/ownedAmong.ts';
import { bookLate, bookPaid, bookRefund } from '../books/books.ts';
import { holdingOf, saveHolding, takeAgain } from '../orders/holdings.ts';
import { withFriend } from '../points/pointsRewards.ts';
import { railOf } from './railOf.ts';

/** The ports that settling money needs. */
export type SettlingPorts = Pick<Ports, 'database' | 'rails' | 'secrets' | 'log'>;

/**
 * Settles money that a rail reports. Every source of such news uses it: a notice, a push, an answer to a question, a
 * bill. Everything commits in one transaction, which is safe to repeat: the receipt of a settled transaction stops a
 * second settlement, even when only the answer to our own commit was lost. Wrong money is recorded for staff.
 * @throws notice.order_unknown when there is no such order, after that was recorded, so that the rail notifies again
 */
export async function settlePayment(
  ports: SettlingPorts,
  news: PaymentNews,
  at: { readonly now: TimeMs; readonly requestId: string },
): Promise<Settlement['outcome']> {
  const refundNumber = ports.secrets.digest('refund.second', receiptId(news)).slice(0, 26);
  const { outcome, exception } = await ports.database.tx(async (tx) => {
    const found = await orders.find(tx, news.orderNumber);
    const order = found === null ? null : ofPayer(found, news);
    const held = order === null ? null : await holdingOf(tx, order);
    const settlement = await decide(tx, ports, news, { held, refundNumber, now: at.now });
    await write(tx, held, settlement, at);
    if (settlement.outcome === 'settled' && isDeliveryExpected(ports, news)) {
      const { orderNumber: orderId } = news;
      await tasks.append(tx, [fact(deliveryExpected, orderId, { orderId: OrderId.parse(orderId) })], at);
    }
    return settlement;
  });
  if (exception !== null) {
    const { kind, orderNumber, transactionId, refundId } = exception;
    ports.log.write('warn', { paymentException: kind, orderNumber, transactionId, refundId });
  }
  // How it was heard of is in the rest of the line: by a callback, or by a question.
  if (outcome === 'settled') ports.log.write('info', { paid: news.orderNumber, rail: news.rail });
  if (outcome === 'unknown') throw fail('notice.order_unknown');
  return outcome;
}

/**
 * The order with the platform that the money really came from. A phone states its platform when it orders, and
 * nobody checks that. The rail knows whether Apple took the money, and the money goes back the same way. No rule
 * depends on other differences between platforms.
 */
function ofPayer(order: Order, { isByApple }: PaymentNews): Order {
  if (isByApple === undefined || isByApple === (order.platform === 'ios')) return order;
  return { ...order, platform: isByApple ? 'ios' : 'android' };
}

/** Whether the rail releases the money only after a delivery report. */
function isDeliveryExpected({ rails }: SettlingPorts, { rail }: PaymentNews): boolean {
  return rail === 'wxpay' && rails.wxpay.reportDelivery !== null;
}

async function decide(
  tx: Tx,
  ports: SettlingPorts,
  news: PaymentNews,
  asked: { readonly held: Holding | null; readonly refundNumber: string; readonly now: TimeMs },
): Promise<Settlement> {
  const { held } = asked;
  const rail = railOf(ports.rails, news.rail);
  const abilities = rail.abilities(held?.order.platform ?? (news.isByApple === true ? 'ios' : 'web'));
  const receipt = await receipts.find(tx, receiptId(news));
  const known = { ...asked, receipt, merchant: rail.merchant, abilities };
  const unasked = { isHeldAgain: null, isOwned: false };
  const settlement = settle(news, { ...known, ...unasked });
  if (held === null) return settlement;
  if (settlement.outcome === 'settled') {
    const { isAll: isOwned } = await ownedOfOrder(tx, ports.database, held.order, asked.now);
    return settle(news, { ...known, ...unasked, isOwned });
  }
  if (settlement.outcome !== 'late' || abilities.mayClose) return settlement;
  const isHeldAgain = await takeAgain(tx, ports.database, held, asked.now);
  return settle(news, { ...known, ...unasked, isHeldAgain });
}

async function write(
  tx: Tx,
  held: Holding | null,
  settlement: Settlement,
  at: { readonly now: TimeMs; readonly requestId: string },
): Promise<void> {
  const { changed, receipt, refund, exception, facts, outcome } = settlement;
  const opened = settlementCase(settlement);
  const isGoingBack = refund !== null || outcome === 'gone';
  if (receipt !== null) await receipts.insert(tx, receipt);
  if (held !== null && changed !== null) await saveHolding(tx, held, changed, at.now);
  if (refund !== null) await refunds.insert(tx, refund);
  if (receipt !== null && receipt.kind !== 'settled') await bookLate(tx, receipt, isGoingBack, at.now);
  if (receipt?.kind === 'settled' && changed !== null) await bookPaid(tx, changed.order, receipt, at.now);
  if (refund !== null) await bookRefund(tx, refund, at.now);
  if (exception !== null) await paymentExceptions.record(tx, exception);
  if (opened !== null)
    await cases.open(tx, { ...opened, orderId: receipt?.orderId ?? held?.order.id ?? null }, at.now);
  await tasks.append(tx, held === null ? facts : await withFriend(tx, held.order.userId, facts), at);
}
