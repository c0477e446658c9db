import * as payments from '../../data/payments/payments.ts';
import { dayAfter, dayOf } from '../../domain/day.ts';
import type { Bill, BilledRail, BillRow, PaymentNews } from '../../ports/rail.ts';
import { OrderId, type TimeMs } from '../../schemas/base.ts';
import type { Day } from '../../schemas/books/journal.ts';
import type { UnreadableLine } from '../../schemas/books/reconciliation.ts';
import type { Payment } from '../../schemas/payments/payment.ts';
import { type SettlingPorts, settlePayment } from '../payments/settlePayment.ts';

/** A bill that is needed is not there yet. */
export const NOT_BILLED = 'not_billed';

/** A bill may be asked for so many days at once. */
const DAYS_PER_BILL = 31;

/**
 * How much has gone back of a payment by the bills from the day it was paid on. Null when one is not there yet; undefined
 * when a line about it cannot be read.
 */
export type BackByBills = (transactionId: string, paidAtMs: TimeMs) => Promise<number | null | undefined>;

/** Adds up a rail's bills until yesterday. Each day's is read once, however many payments are asked about. */
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

/** What the rail says by now of a payment that a bill tells of; null when it does not say the same. */
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

/** A payment as its line in the bill tells it; a refund's line does not tell enough. */
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
 * Settles a payment that only a bill told us of, by its own line or by that of its refund: as the rail tells it now, or,
 * of a second one, which no question shows, as the bill does. What has gone back of it by the bills counts: no more goes
 * back than is left. An order that is no longer in the store has its money given back, when the rail says the same as
 * its bill.
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
  // Who paid for an order that is no longer there, only the bill says at virtual payment.
  const told = payment === null ? { ...said, openid: said.openid ?? row.openid } : said;
  if (asked === null && payment === null) return settlePayment(ports, told, at);
  const isTouched = told.hasRefunds || (told.movedBackFen ?? 0) > 0;
  const backFen = isTouched ? await at.backOf(told.transactionId, told.paidAtMs) : 0;
  if (backFen === null) return NOT_BILLED;
  return settlePayment(ports, backFen === undefined ? told : { ...told, backFen }, at);
}
