import * as payments from '../../data/payments/payments.ts';
import { dayAfter, dayOf } from '../../domain/day.ts';
import type { Bill, BilledRail, BillRow, PaymentNews } from '../../ports/rail.ts';
import { OrderId, type TimeMs } from '../../schemas/base.ts';
import type { Day } from '../../schemas/books/journal.ts';
import type { UnreadableLine } from '../../schemas/books/reconciliation.ts';
import type { Payment } from '../../schemas/payments/payment.ts';
import { type SettlingPorts, settlePayment } from '../payments/settlePayment.ts';

/** The outcome when a needed bill is not available yet. */
export const NOT_BILLED = 'not_billed';

/** The largest number of days in one request for bills. */
const DAYS_PER_BILL = 31;

/**
 * How much of a payment has gone back according to the bills since the day it was paid. Null when one of them is not
 * available yet; undefined when a line about it cannot be read.
 */
export type BackByBills = (transactionId: string, paidAtMs: TimeMs) => Promise<number | null | undefined>;

/** Adds up a rail's bills up to yesterday. Each day's bill is read once, however many payments are asked about. */
export function backByBills(rail: BilledRail, now: TimeMs): BackByBills {
  const read = new Map<Day, Promise<Bill | null>>();
  const billFrom = async (first: Day): Promise<Bill | null> => {
    const rows: BillRow[] = [];
    const unreadable: UnreadableLine[] = [];
    const today = dayOf(now);
    for (let from = first; from < today; from = dayAfter(from, DAYS_PER_BILL)) {
      const days: Day[] = [];
      for (let day = from; day < today && days.length < DAYS_PER_BILL; day = dayAfter(day, 1)) days.push(day);
      const billed = await rail.bill(days);
      if (billed === null) return null;
      rows.push(...billed.rows);
      unreadable.push(...billed.unreadable);
    }
    return { rows, unreadable };
  };
  return async (transactionId, paidAtMs) => {
    const first = dayOf(paidAtMs);
    const asked = read.get(first) ?? billFrom(first);
    read.set(first, asked);
    const bill = await asked;
    if (bill === null) return null;
    if (bill.unreadable.some((line) => line.transactionId === transactionId)) return undefined;
    const back = bill.rows.filter(
      (row) => row.kind === 'refund' && row.state === 'success' && row.transactionId === transactionId,
    );
    return back.reduce((sum, { amountFen }) => sum + amountFen, 0);
  };
}

/** Asks the rail about a payment that a bill contains. Null when the rail does not confirm that payment. */
async function askAbout(
  rail: BilledRail,
  { orderNumber, transactionId, openid: billedOpenid }: BillRow,
  payment: Payment | null,
): Promise<PaymentNews | null> {
  const orderId = OrderId.safeParse(orderNumber);
  const openid = payment?.openid ?? billedOpenid;
  if (!orderId.success || openid === null) return null;
  const answer = await rail.query({ orderId: orderId.data, openid });
  return answer.state === 'success' && answer.news.transactionId === transactionId ? answer.news : null;
}

/** A payment as its bill line reports it; null for a refund's line, which does not contain enough. */
function toldBy(rail: BilledRail, row: BillRow): PaymentNews | null {
  if (row.kind === 'refund') return null;
  const {
    transactionId,
    orderNumber,
    amountFen: totalFen,
    currency,
    openid,
    atMs: paidAtMs,
    isByApple,
  } = row;
  const told = { transactionId, orderNumber, totalFen, currency, openid, paidAtMs, isByApple };
  return { ...rail.merchant, ...told, rail: rail.name, state: 'success', hasRefunds: true };
}

/**
 * Settles a payment that only a bill reported, by its own line or by its refund's. It uses what the rail says now.
 * The rail does not report second payments when asked, so for those it uses the bill. Money that already went back
 * according to the bills is taken into account, so never more goes back than is left. Money for an order missing
 * from the store goes back, when the rail confirms the bill.
 */
export async function settleBilled(
  ports: SettlingPorts,
  rail: BilledRail,
  row: BillRow,
  at: { readonly now: TimeMs; readonly requestId: string; readonly backOf: BackByBills },
): Promise<string> {
  const payment = await payments.find(ports.database, row.orderNumber);
  const asked = await askAbout(rail, row, payment);
  const said = asked ?? toldBy(rail, row);
  if (said === null) return 'unknown';
  // At virtual payment, only the bill says who paid for an order that is missing from the store.
  const told = payment === null ? { ...said, openid: said.openid ?? row.openid } : said;
  if (asked === null && payment === null) return settlePayment(ports, told, at);
  const isTouched = told.hasRefunds || (told.movedBackFen ?? 0) > 0;
  const backFen = isTouched ? await at.backOf(told.transactionId, told.paidAtMs) : 0;
  if (backFen === null) return NOT_BILLED;
  return settlePayment(ports, backFen === undefined ? told : { ...told, backFen }, at);
}
