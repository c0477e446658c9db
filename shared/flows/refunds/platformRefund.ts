import * as journal from '../../data/books/journal.ts';
import { listed } from '../../data/collection.ts';
import * as cases from '../../data/operations/cases.ts';
import * as orders from '../../data/orders/orders.ts';
import * as payments from '../../data/payments/payments.ts';
import * as receipts from '../../data/payments/receipts.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import { moneyEntryId, owedFor } from '../../domain/books/journal.ts';
import { receiptId } from '../../domain/payments/settlement.ts';
import {
  advanceRefund,
  isSameAtRail,
  linesOfPlatform,
  type Room,
  refundOfLines,
  requestRefund,
  roomFor,
} from '../../domain/refunds/refund.ts';
import { partCase } from '../../domain/refunds/refundCase.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { PaidRail } from '../../ports/rail.ts';
import { fen, type TimeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { Receipt } from '../../schemas/payments/payment.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { approveAndTake, finishRefund } from './agreeToRefund.ts';
import { saveAdvanced } from './settleRefund.ts';

/** The format of the refund numbers that we make, now or before a restore. */
const OUR_NUMBER = /^(rfd|rl|rs|rq)_[0-9A-Za-z_]{1,28}$/;

/**
 * The id of a payment's refund that the rail made by itself without naming a number. There is at most one for each
 * payment.
 */
export function platformRefundId(
  { secrets }: Pick<Ports, 'secrets'>,
  payment: { readonly rail: PaidRail; readonly transactionId: string },
): string {
  return `rp_${secrets.digest('refund.platform', receiptId(payment)).slice(0, 26)}`;
}

/** The id of a refund that the rail made by itself under a number that cannot be used as our id. */
export function numberedRefundId(
  { secrets }: Pick<Ports, 'secrets'>,
  { rail, number }: { readonly rail: PaidRail; readonly number: string },
): string {
  return `rp_${secrets.digest('refund.number', `${rail}:${number}`).slice(0, 26)}`;
}

/** A refund of a payment that the rail made, and that our books may not have. */
export interface GivenBack {
  readonly rail: PaidRail;
  /** The rail's refund number; left out when the rail only says that nothing is left of the payment. */
  readonly number?: string;
  readonly transactionId: string;
  /** In fen; null for everything that was left. */
  readonly refundFen: number | null;
}

/**
 * The outcome. `known`: it was in our books. `unpaid`: we do not know the payment yet. `too_much`: by our books that
 * much cannot have gone back, and nothing was written.
 */
export type TakenBack = 'taken_back' | 'known' | 'unpaid' | 'too_much';

type Taking = Pick<Ports, 'database' | 'secrets'>;

/**
 * Adds a refund to our books that the rail made and they do not have: one made by hand at the merchant's console, by
 * Apple, or by us before a restore. It becomes a refund of the order with the reason `platform`, once for each
 * number. Safe to repeat.
 *
 * When nothing is left of the order's money, all access is taken, as with our own refunds. A part is spread over the
 * lines, leaves the access, and opens a case. Our own refunds that the rail has not accepted, and for which too
 * little is left, are closed. For an order that was paid twice, the payment that goes back whole first counts as the
 * surplus one.
 */
export async function takeBackByPlatform(ports: Taking, back: GivenBack, now: TimeMs): Promise<TakenBack> {
  return ports.database.tx(async (tx) => {
    const receipt = await receipts.find(tx, receiptId(back));
    if (receipt === null) return 'unpaid';
    const found = await findOwn(tx, ports, back);
    if (found === 'known') return 'known';
    // The order is found before its refunds are listed. Approving one of them writes the order, so a concurrent
    // approval conflicts.
    const order = await orders.find(tx, receipt.orderId);
    const all = await refunds.ofOrder(ports.database, receipt.orderId);
    const room = roomFor(receipt, all, back.refundFen);
    if (room === null) return back.refundFen === null ? 'known' : 'too_much';
    for (const { id } of room.toClose) await closeUnmade(tx, id, room.isAll, now);
    const taking = { ports, tx, receipt, room, found, now };
    if (order !== null && (await isOfOrder(taking, order, all))) await takeBackLines(taking);
    else await takeBackMoney(taking, order);
    return 'taken_back';
  });
}

/** The id for a refund, and our existing refund with its number. */
interface Found {
  readonly id: string;
  /** Our refund that still waits for staff, but was already made at the rail. */
  readonly asked: Refund | null;
}

interface TakingBack {
  readonly ports: Taking;
  readonly tx: Tx;
  readonly receipt: Receipt;
  readonly room: Room;
  readonly found: Found;
  readonly now: TimeMs;
}

async function findOwn(tx: Tx, ports: Taking, back: GivenBack): Promise<Found | 'known'> {
  const { rail, number, refundFen, transactionId } = back;
  const unnumbered = platformRefundId(ports, back);
  if ((await refunds.find(tx, unnumbered)) !== null) return 'known';
  if (number === undefined) return { id: unnumbered, asked: null };
  const numbered = numberedRefundId(ports, { rail, number });
  if ((await refunds.find(tx, numbered)) !== null) return 'known';
  if (!OUR_NUMBER.test(number)) return { id: numbered, asked: null };
  const own = await refunds.find(tx, number);
  if (own === null) return { id: number, asked: null };
  const isSame = isSameAtRail(own, { transactionId, refundFen: refundFen ?? own.refundFen });
  if (isSame && own.state === 'requested') return { id: number, asked: own };
  const isAside = !isSame || own.state === 'closed' || own.state === 'rejected';
  return isAside ? { id: numbered, asked: null } : 'known';
}

/**
 * Closes one of our refunds that the rail can no longer make. Staff are told unless everything has gone back anyway.
 */
async function closeUnmade(tx: Tx, id: string, isAll: boolean, now: TimeMs): Promise<void> {
  const before = await refunds.get(tx, id);
  const closed = advanceRefund(before, 'closed', now);
  if (closed !== null) await saveAdvanced(tx, before, closed, now, { isTold: !isAll });
}

/** Whether the money that went back is the order's own: as far as we know, no other payment pays for the order. */
async function isOfOrder(taking: TakingBack, order: Order, all: readonly Refund[]): Promise<boolean> {
  const { tx, ports, receipt, room, now } = taking;
  if (receipt.kind === 'late' || receipt.kind === 'lost') return false;
  const isUntouched = room.isAll && room.refundFen === receipt.amountFen;
  if (receipt.kind === 'settled' && !isUntouched) return true;
  const isSpare = isUntouched && (await isPaidOtherwise(tx, ports, receipt, all));
  if (receipt.kind === 'second') return !isSpare && isLeft(order, room.refundFen);
  // The order is now paid by a second payment that could not be given back, because Apple took it.
  if (isSpare) await orders.save(tx, order, { ...order, platform: 'ios', updatedAtMs: now });
  return !isSpare;
}

/** Whether the amount is exactly what is left of the order. */
function isLeft(order: Order, refundFen: number): boolean {
  const { state, payableFen, refundedFen, refundingFen } = order;
  return state === 'paid' && refundFen === payableFen - refundedFen - refundingFen;
}

/**
 * Whether another payment of the order stays with us: the one that settled it, or a second one that cannot go back.
 */
async function isPaidOtherwise(
  tx: Tx,
  { database }: Taking,
  { id, orderId }: Receipt,
  all: readonly Refund[],
): Promise<boolean> {
  for (const other of await listed(receipts.ofOrder(database, orderId))) {
    if (other.id === id || other.kind === 'late' || roomFor(other, all, null) === null) continue;
    const isOurs =
      other.kind === 'settled' || owedFor(await journal.get(tx, moneyEntryId(other))) === 'liab:credit';
    if (isOurs) return true;
  }
  return false;
}

/** Takes back the order's own money, spread over its lines by what is left of each. */
async function takeBackLines({ tx, receipt, room, found, now }: TakingBack): Promise<void> {
  const { orderId, transactionId } = receipt;
  // Read again, because our closed refunds changed it.
  const order = await orders.get(tx, orderId);
  const payment = await payments.get(tx, orderId);
  const lines = linesOfPlatform(order, room.refundFen);
  const words = { words: null, approvalsNeeded: 0, reason: 'platform', now } as const;
  const made = { ...refundOfLines({ id: found.id, order, payment, lines, ...words }), transactionId };
  const refund = found.asked === null ? made : { ...found.asked, lines: made.lines, approvalsNeeded: 0 };
  if (found.asked === null) await refunds.insert(tx, refund);
  await finishRefund(tx, await approveAndTake(tx, { refund, order }, null, now), now);
  if (found.asked === null && lines.every((line) => !line.takesAccess))
    await cases.open(tx, partCase(refund), now);
}

/** Takes back money that paid for nothing, or for what another payment pays for now. */
async function takeBackMoney(
  { tx, receipt, room, found, now }: TakingBack,
  order: Order | null,
): Promise<void> {
  const { orderId, rail, transactionId, amountFen } = receipt;
  const platform = order?.platform ?? (rail === 'xpay' ? 'android' : 'web');
  const userId = order?.userId ?? null;
  const of = { id: found.id, order: { id: orderId, userId, rail, platform }, rail, transactionId };
  const { refund } = requestRefund({ ...of, receivedFen: amountFen, reason: 'platform', now });
  const part = { ...refund, refundFen: fen(room.refundFen) };
  await refunds.insert(tx, part);
  if (order !== null) {
    // Writing the order makes two concurrent refunds of its payments conflict, so they are decided one after the
    // other.
    const before = await orders.get(tx, orderId);
    await orders.save(tx, before, { ...before, updatedAtMs: now });
  }
  await finishRefund(tx, part, now);
}

/**
 * Asks virtual payment, whose platform may refund by itself, whether a refund's whole payment has gone back; if so,
 * takes back what it paid for. It is called when that refund no longer counts. Never call it in a transaction. Safe
 * to repeat.
 * @throws pay.unavailable when no clear answer came
 */
export async function takeBackIfGone(
  ports: Pick<Ports, 'database' | 'secrets' | 'rails'>,
  { orderId, rail, transactionId }: Refund,
  now: TimeMs,
): Promise<void> {
  const payment = await payments.find(ports.database, orderId);
  if (rail !== 'xpay' || payment?.openid == null || transactionId === null) return;
  if (ports.rails.xpay === null) throw fail('pay.unavailable', { detail: 'no rail xpay' });
  const answer = await ports.rails.xpay.query({ orderId, openid: payment.openid });
  if (answer.state !== 'success' || answer.news.transactionId !== transactionId) return;
  if (answer.news.isAllBack === true)
    await takeBackByPlatform(ports, { rail, transactionId, refundFen: null }, now);
}
