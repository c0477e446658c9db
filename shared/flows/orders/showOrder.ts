/** An order with everything that belongs to it, for staff. */

import * as coupons from '../../data/coupons/coupons.ts';
import * as cases from '../../data/operations/cases.ts';
import * as orders from '../../data/orders/orders.ts';
import * as paymentExceptions from '../../data/payments/paymentExceptions.ts';
import * as payments from '../../data/payments/payments.ts';
import * as receipts from '../../data/payments/receipts.ts';
import * as points from '../../data/points/points.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import * as tasks from '../../data/tasks.ts';
import { staffPaymentView } from '../../domain/identity/staff.ts';
import { receiptId } from '../../domain/payments/settlement.ts';
import { pointsEntryView } from '../../domain/points/points.ts';
import { askableFen, openRefunds } from '../../domain/refunds/refund.ts';
import type { Database } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import { fen, type OrderId, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { StaffOrderView } from '../../schemas/orders/staffOrder.ts';
import type { PointsEntry } from '../../schemas/points/points.ts';

/** The entries that the order caused, from the buyer's ledger since the order was placed. */
async function pointsOf(database: Database, order: Order, now: TimeMs): Promise<PointsEntry[]> {
  const found: PointsEntry[] = [];
  const within = { fromMs: order.createdAtMs, untilMs: timeMs(now + 1) };
  for await (const entry of points.entriesWithin(database, order.userId, within)) {
    if (entry.orderId === order.id) found.push(entry);
  }
  return found;
}

/** How many refunds of an order staff see: the latest. */
const REFUNDS_MAX = 50;

/** The order and everything that became of it. @throws order.not_found */
export async function showOrder(
  { database, rails }: Pick<Ports, 'database' | 'rails'>,
  id: OrderId,
  now: TimeMs,
): Promise<StaffOrderView> {
  const order = await orders.get(database, id);
  const payment = await payments.find(database, id);
  const allBacks = await refunds.ofOrder(database, id);
  const backs = allBacks.slice(0, REFUNDS_MAX);
  const exceptions = await paymentExceptions.ofOrder(database, id);
  const transactionIds = [payment, ...backs, ...exceptions].flatMap((one) => one?.transactionId ?? []);
  const { rail } = order;
  const isPaid = order.state === 'paid';
  const mayRefund = rail === 'zero' || rails[rail]?.abilities(order.platform).mayRefund === true;
  const receiptIds =
    rail === 'zero' ? [] : transactionIds.map((transactionId) => receiptId({ rail, transactionId }));
  const keys = [id, ...backs.map((refund) => refund.id)];
  return {
    order,
    payment: payment === null ? null : staffPaymentView(payment),
    receipts: (await receipts.findMany(database, [...new Set(receiptIds)].slice(0, 100))).filter(
      ({ orderId }) => orderId === id,
    ),
    refunds: [...backs],
    mayRefund: isPaid && mayRefund,
    openRefunds: [...openRefunds(allBacks)],
    refundable: order.lines.map((line) => ({
      productId: line.productId,
      askableFen: isPaid ? askableFen(order, line, allBacks) : fen(0),
    })),
    coupon: order.couponId === null ? null : await coupons.find(database, order.couponId),
    points: (await pointsOf(database, order, now)).map(pointsEntryView),
    exceptions: [...exceptions],
    cases: [...(await cases.ofOrder(database, id))],
    tasks: await tasks.ofKeys(database, keys),
  };
}
