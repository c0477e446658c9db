import * as journal from '../../data/books/journal.ts';
import { listed } from '../../data/collection.ts';
import * as orders from '../../data/orders/orders.ts';
import * as payments from '../../data/payments/payments.ts';
import * as receipts from '../../data/payments/receipts.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import { moneyEntryId, owedFor } from '../../domain/books/journal.ts';
import { receiptId } from '../../domain/payments/settlement.ts';
import { leftFen, refundOfLines, requestRefund } from '../../domain/refunds/refund.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { PaidRail } from '../../ports/rail.ts';
import type { OrderId, TimeMs } from '../../schemas/base.ts';
import type { Receipt } from '../../schemas/payments/payment.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { railOf } from '../payments/railOf.ts';
import { approveAndTake, finishRefund } from './agreeToRefund.ts';
import { settleRefund } from './settleRefund.ts';

/** Refunds that the rail has never been asked for, or that gave nothing back. */
const NOTHING_BACK: readonly Refund['state'][] = ['requested', 'rejected', 'closed'];

/** The id of what the platform gave back of a payment by itself: there is one at most. */
export function platformRefundId(
  { secrets }: Pick<Ports, 'secrets'>,
  payment: { readonly rail: PaidRail; readonly transactionId: string },
): string {
  return `rp_${secrets.digest('refund.platform', receiptId(payment)).slice(0, 26)}`;
}

/** What a platform gave back of a payment by itself. */
export interface GivenBack {
  readonly orderId: OrderId;
  readonly rail: PaidRail;
  readonly transactionId: string;
  /** Null for everything that was left. */
  readonly refundFen: number | null;
}

/**
 * Takes back what an order gave when its platform has given all of a payment back without being asked by us (Apple
 * does): with the same effects as a refund of ours that succeeded, in one transaction. Safe to repeat. Refunds of ours
 * that came before it count, and those that the rail could not make (`abnormal`) have succeeded by it; when something is
 * left after all of them, nothing is done. Of an order that was paid twice, whichever payment goes back first is the one
 * too many. Of money that we never took as ours nothing is left to take back.
 */
export async function takeBackByPlatform(
  ports: Pick<Ports, 'database' | 'secrets'>,
  back: GivenBack,
  now: TimeMs,
): Promise<void> {
  const { database } = ports;
  const { orderId, transactionId, refundFen } = back;
  const all = (await refunds.ofOrder(database, orderId)).filter(({ state }) => !NOTHING_BACK.includes(state));
  const ours = ofPayment(all, transactionId);
  const stuck = ours.filter(({ state }) => state === 'abnormal');
  const givenFen = fenOf(ours) - fenOf(stuck);
  const id = platformRefundId(ports, back);
  const others = (await listed(receipts.ofOrder(database, orderId))).filter(
    (each) => each.id !== receiptId(back) && fenOf(ofPayment(all, each.transactionId)) < each.amountFen,
  );
  await database.tx(async (tx) => {
    const receipt = await receipts.find(tx, receiptId(back));
    if (receipt === null || (await refunds.find(tx, id)) !== null) return;
    const remainingFen = receipt.amountFen - givenFen;
    if (remainingFen <= 0 || (refundFen !== null && refundFen < remainingFen)) return;
    for (const { id: refundId, refundFen: stuckFen } of stuck)
      await settleRefund(tx, { refundId, transactionId, refundFen: stuckFen, state: 'success' }, now);
    const isMoreLeft = remainingFen > fenOf(stuck);
    const isUntouched = remainingFen === receipt.amountFen && stuck.length === 0;
    if (receipt.kind !== 'settled' && !isMoreLeft) return;
    const mayBeSpare = receipt.kind !== 'settled' || isUntouched;
    const isSpare =
      receipt.kind === 'late' || (mayBeSpare && (await isPaidOtherwise(tx, ports, back, others)));
    const isTaken = !isSpare && (await takeBackLines(tx, id, receipt, now));
    if (!isTaken && (isSpare || receipt.kind !== 'settled')) await takeBackMoney(tx, id, receipt, now);
    // What pays for it now is what could not be given back when it came a second time: Apple took it.
    if (isSpare && receipt.kind === 'settled')
      await orders.save(tx, { ...(await orders.get(tx, orderId)), platform: 'ios', updatedAtMs: now });
  });
}

/**
 * Asks virtual payment, whose platform gives money back by itself, whether all of a refund's payment has gone back; then
 * takes back what it had paid for. For when that refund is counted no more. Never within a transaction. Safe to repeat.
 * @throws pay.unavailable when no clear answer came
 */
export async function takeBackIfGone(
  ports: Pick<Ports, 'database' | 'secrets' | 'rails'>,
  { orderId, rail, transactionId }: Refund,
  now: TimeMs,
): Promise<void> {
  const { openid } = await payments.get(ports.database, orderId);
  if (rail !== 'xpay' || openid === null || transactionId === null) return;
  const answer = await railOf(ports.rails, rail).query({ orderId, openid });
  if (answer.state !== 'success' || answer.news.transactionId !== transactionId) return;
  if (answer.news.isAllBack === true)
    await takeBackByPlatform(ports, { orderId, rail, transactionId, refundFen: null }, now);
}

/** Whether another payment of the order is with us and stays: what paid it, or what came twice and cannot go back. */
async function isPaidOtherwise(
  tx: Tx,
  ports: Pick<Ports, 'secrets'>,
  { rail }: GivenBack,
  others: readonly Receipt[],
): Promise<boolean> {
  for (const other of others) {
    const { transactionId, kind } = other;
    const isBack = (await refunds.find(tx, platformRefundId(ports, { rail, transactionId }))) !== null;
    if (isBack || kind === 'late') continue;
    const isOurs =
      kind === 'settled' || owedFor(await journal.get(tx, moneyEntryId(other))) === 'liab:credit';
    if (isOurs) return true;
  }
  return false;
}

const ofPayment = (some: readonly Refund[], transactionId: string) =>
  some.filter((refund) => refund.transactionId === transactionId);
const fenOf = (some: readonly Refund[]) => some.reduce((sum, { refundFen }) => sum + refundFen, 0);

/** The order's money: every line goes back with what is left of it. Answers whether there was anything to take. */
async function takeBackLines(
  tx: Tx,
  id: string,
  { orderId, transactionId }: Receipt,
  now: TimeMs,
): Promise<boolean> {
  const order = await orders.get(tx, orderId);
  const payment = await payments.get(tx, orderId);
  const lines = order.lines
    .map((line) => ({ productId: line.productId, refundFen: leftFen(order, line), takesAccess: true }))
    .filter(({ productId, refundFen }) => refundFen > 0 || !order.revoked.includes(productId));
  if (lines.length === 0) return false;
  const words = { words: null, approvalsNeeded: 0, reason: 'platform', now } as const;
  const refund = { ...refundOfLines({ id, order, payment, lines, ...words }), transactionId };
  await refunds.insert(tx, refund);
  await finishRefund(tx, await approveAndTake(tx, { refund, order }, null, now), now);
  return true;
}

/** Money that had paid for nothing, or for what other money pays for now. */
async function takeBackMoney(tx: Tx, id: string, receipt: Receipt, now: TimeMs): Promise<void> {
  const { orderId, rail, transactionId, amountFen: receivedFen } = receipt;
  const order = await orders.get(tx, orderId);
  const { refund } = requestRefund({ id, order, rail, transactionId, receivedFen, reason: 'platform', now });
  await refunds.insert(tx, refund);
  await finishRefund(tx, refund, now);
}
