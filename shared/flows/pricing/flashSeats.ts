/** Places in flash sales: taken with an order, given back when it is closed, and taken again for money that came late. */
import * as flashSales from '../../data/pricing/flashSales.ts';
import {
  mayTakeSeat,
  seatCount,
  stockIdsFor,
  withoutSeat,
  withSeat,
} from '../../domain/pricing/flashSale.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { FlashSaleId, OrderId, ProductId, TimeMs, UserId } from '../../schemas/base.ts';

/** An order, and the places that it holds or wants. */
export interface SeatsAsked {
  readonly userId: UserId;
  readonly orderId: OrderId;
  readonly seats: readonly { readonly flashSaleId: FlashSaleId; readonly productId: ProductId }[];
  readonly now: TimeMs;
}

/** Takes the places of a new order. @throws flash.sold_out with the product */
export async function takeSeats(tx: Tx, asked: SeatsAsked): Promise<void> {
  for (const { flashSaleId: saleId, productId } of asked.seats) {
    const isTaken = await takeSeat(tx, { ...asked, saleId, productId }, mayTakeSeat);
    if (!isTaken) throw fail('flash.sold_out', { params: { productId } });
  }
}

/**
 * Whether the order has its place now, if `may` lets its buyer have one. Whether the sale runs was asked when the price
 * was: who was promised it may take it after the sale's end, too.
 */
async function takeSeat(
  tx: Tx,
  asked: Omit<SeatsAsked, 'seats'> & { readonly saleId: FlashSaleId; readonly productId: ProductId },
  may: typeof mayTakeSeat,
): Promise<boolean> {
  const { saleId, productId, userId, orderId } = asked;
  const sale = await tx.peek(flashSales.collection, saleId);
  const item = sale?.items.find((each) => each.productId === productId);
  if (sale === null || item === undefined) throw new Error(`${saleId} does not sell ${productId}`);
  const before = await flashSales.findSeats(tx, { saleId, productId, userId });
  if (before?.seats.some((seat) => seat.orderId === orderId)) return true;
  if (!may(before, sale, asked.now)) return false;
  const stockId = await freeStock(tx, stockIdsFor(saleId, item, userId));
  const stock = stockId === null ? null : await flashSales.findStock(tx, stockId);
  if (stockId === null || stock === null || stock.remaining === 0) return false;
  await flashSales.saveStock(tx, { ...stock, remaining: stock.remaining - 1, taken: stock.taken + 1 });
  await flashSales.saveSeats(tx, before, withSeat(before, { ...asked, stockId }));
  return true;
}

/**
 * The first of these shards in which a place is left, or null. They are only peeked at, so that a look, and a rush on
 * what is sold out, have no conflicts.
 */
export async function freeStock(tx: Pick<Tx, 'peek'>, stockIds: readonly string[]): Promise<string | null> {
  for (const id of stockIds) {
    const stock = await flashSales.peekStock(tx, id);
    if (stock !== null && stock.remaining > 0) return id;
  }
  return null;
}

/**
 * Gives back the places that an order holds, each to where it came from. Safe to repeat. Those of an order that was not
 * paid in its time count against its buyer; those that were taken a moment ago, and could not be kept, do not.
 */
export async function giveSeatsBack(
  tx: Tx,
  { userId, orderId, seats, now }: SeatsAsked,
  why: 'unpaid' | 'untaken',
): Promise<void> {
  for (const { flashSaleId: saleId, productId } of seats) {
    const before = await flashSales.findSeats(tx, { saleId, productId, userId });
    const seat = before?.seats.find((each) => each.orderId === orderId);
    if (before === null || seat === undefined) continue;
    const stock = await flashSales.findStock(tx, seat.stockId);
    if (stock === null) throw new Error(`there is no ${seat.stockId}`);
    await flashSales.saveStock(tx, { ...stock, remaining: stock.remaining + 1, taken: stock.taken - 1 });
    await flashSales.saveSeats(tx, before, withoutSeat(before, orderId, why === 'unpaid', now));
  }
}

/** Whether the user has fewer places than one may have: all that is asked of who has paid. */
const hasRoom: typeof mayTakeSeat = (seats, { perUserMax }) => seatCount(seats) < perUserMax;

/**
 * Takes the places of an order that had given them back, for money that came late; false, and none is taken, when one
 * of them is gone. No pause stands in the way of who has paid.
 */
export async function retakeSeats(tx: Tx, asked: SeatsAsked): Promise<boolean> {
  for (const { flashSaleId: saleId, productId } of asked.seats) {
    if (await takeSeat(tx, { ...asked, saleId, productId }, hasRoom)) continue;
    await giveSeatsBack(tx, asked, 'untaken');
    return false;
  }
  return true;
}
