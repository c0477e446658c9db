/** Reading and writing an order together with what it holds. */
import * as coupons from '../../data/coupons/coupons.ts';
import * as carts from '../../data/orders/carts.ts';
import * as orders from '../../data/orders/orders.ts';
import * as payments from '../../data/payments/payments.ts';
import { removePaid } from '../../domain/orders/cart.ts';
import { type Holding, isCouponFree } from '../../domain/orders/holding.ts';
import { pointsOf, seatsOf } from '../../domain/orders/order.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Coupon } from '../../schemas/coupons/coupon.ts';
import type { Order } from '../../schemas/orders/order.ts';
import { ownedOfOrder } from '../access/ownedAmong.ts';
import { bookPaid } from '../books/books.ts';
import { noteOwner } from '../identity/noteOwner.ts';
import { openidOf } from '../payments/openidOf.ts';
import {
  holdPoints,
  releasePoints,
  retakePoints,
  shrinkPoints,
  spendHeldPoints,
} from '../points/pointsMoves.ts';
import { giveSeatsBack, retakeSeats, takeSeats } from '../pricing/flashSeats.ts';
import { areFree, nameQuestions, releaseQuestions } from '../questions/orderedQuestions.ts';
import { noteSale } from '../shares/noteSale.ts';
import { touchFor } from '../shares/touchFor.ts';
import { countOpen } from './countOpen.ts';

/** The payment and coupon of an order that this transaction has read. */
export async function holdingOf(tx: Tx, order: Order): Promise<Holding> {
  return {
    order,
    payment: await payments.get(tx, order.id),
    coupon: order.couponId === null ? null : await coupons.get(tx, order.couponId),
  };
}

/**
 * Stores a new order with the link by which its buyer came, and takes what it holds: its coupon, points, flash-sale
 * seats, and the question that it pays for. An order with something to pay needs a buyer who can pay, and counts among
 * the buyer's unpaid orders.
 * @throws pay.openid_missing, order.too_many_pending, points.not_enough, flash.sold_out; question.not_found,
 * question.not_ready, expert.not_taking
 */
export async function insertHolding(
  tx: Tx,
  { database, settings }: Pick<Ports, 'database' | 'settings'>,
  placed: Holding & {
    /** The coupon before it was locked; null for an order without one. */
    readonly couponBefore: Coupon | null;
  },
  now: TimeMs,
): Promise<void> {
  const { order, payment, coupon, couponBefore } = placed;
  const { id: orderId, userId } = order;
  await noteOwner(tx, userId, now);
  if (order.state !== 'paid') {
    await openidOf({ find: tx.peek.bind(tx) }, userId);
    await countOpen(tx, database, order, now);
  }
  await nameQuestions(tx, database, order, now);
  await orders.insert(tx, { ...order, touch: await touchFor(tx, settings, userId, now) });
  await payments.insert(tx, payment);
  if (coupon !== null && couponBefore !== null) await coupons.save(tx, couponBefore, coupon);
  const count = pointsOf(order);
  await holdPoints(tx, { userId, orderId, count, now });
  await takeSeats(tx, { userId, orderId, seats: seatsOf(order), now });
  if (order.state !== 'paid') return;
  await removePaidFromCart(tx, order, now);
  if (count > 0) await spendHeldPoints(tx, { orderId, now });
  await bookPaid(tx, order, null, now);
}

/** Removes the paid items from the buyer's cart. */
async function removePaidFromCart(tx: Tx, order: Order, now: TimeMs): Promise<void> {
  const cart = await carts.find(tx, order.userId);
  const left = cart === null ? null : removePaid(cart, order, now);
  if (left !== null) await carts.save(tx, cart, left);
}

/**
 * Stores what changed between the two. A paid order uses up what it held, and its items leave the cart. A closed
 * order gives back what it held.
 */
export async function saveHolding(tx: Tx, before: Holding, after: Holding, now: TimeMs): Promise<void> {
  await orders.save(tx, before.order, after.order);
  await payments.save(tx, before.payment, after.payment);
  if (before.coupon !== null && after.coupon !== null) await coupons.save(tx, before.coupon, after.coupon);
  if (before.order.state !== 'paid' && after.order.state === 'paid') {
    await removePaidFromCart(tx, after.order, now);
    await noteSale(tx, after.order, now);
  }
  await saveHeld(tx, before.order, after.order, now);
}

/** Moves points and seats as the order's change of state requires. */
async function saveHeld(tx: Tx, before: Order, after: Order, now: TimeMs): Promise<void> {
  const { id: orderId, userId } = before;
  // A closed order holds nothing. An order that is paid after closing has already taken its points and seats again.
  if (before.state === 'closed' || before.state === 'paid') return;
  const count = pointsOf(after);
  if (after.state === 'closed') {
    await giveSeatsBack(tx, { userId, orderId, seats: seatsOf(before), now }, 'unpaid');
    await releaseQuestions(tx, before, now);
    if (count > 0) await releasePoints(tx, { orderId, now });
    return;
  }
  if (count !== pointsOf(before)) await shrinkPoints(tx, { orderId, count, now });
  if (after.state !== 'paid') return;
  if (count > 0) await spendHeldPoints(tx, { orderId, now });
  if (after.payableFen === 0) await bookPaid(tx, after, null, now);
}

/**
 * Takes again what a closed order had held: its points, which are spent at once, and its seats. Returns false, and
 * takes nothing, when any of it is gone: the coupon is used or expired, seats or points are missing, something in the
 * order was bought again meanwhile, or its question cannot be paid any more.
 */
export async function takeAgain(
  tx: Tx,
  database: Pick<Reader, 'find' | 'findMany'>,
  held: Holding,
  now: TimeMs,
): Promise<boolean> {
  const { order } = held;
  const { id: orderId, userId } = order;
  if (!isCouponFree(held, now)) return false;
  const { covered, parts } = await ownedOfOrder(tx, database, order, now);
  if (covered.size + parts.length > 0) return false;
  if (!(await areFree(tx, order))) return false;
  const seats = { userId, orderId, seats: seatsOf(order), now };
  if (!(await retakeSeats(tx, seats))) return false;
  const count = pointsOf(order);
  if (count === 0 || (await retakePoints(tx, { userId, orderId, count, now }))) return true;
  await giveSeatsBack(tx, seats, 'untaken');
  return false;
}
