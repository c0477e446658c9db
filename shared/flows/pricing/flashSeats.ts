/** Flash-sale seats: taken with an order, given back when it is closed, and taken again for money that came late. */
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

/** An order, and the seats that it holds or wants. */
export interface SeatsAsked {
  readonly userId: UserId;
  readonly orderId: OrderId;
  readonly seats: readonly { readonly flashSaleId: FlashSaleId; readonly productId: ProductId }[];
  readonly now: TimeMs;
}

/** Takes the seats of a new order. @throws flash.sold_out with the product */
export async function takeSeats(tx: Tx, asked: SeatsAsked): Promise<void> {
  for (const { flashSaleId: saleId, productId } of asked.seats) {
    const isTaken = await takeSeat(tx, { ...asked, saleId, productId }, mayTakeSeat);
    if (!isTaken) throw fail('flash.sold_out', { params: { productId } });
  }
}

/**
 * Takes one seat if `may` allows it, and returns whether the order has it now. The sale's period is not checked
 * here; it was checked when the price was made, and a promised seat may be taken after the sale's end.
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
  await flashSales.saveStock(tx, stock, { ...stock, remaining: stock.remaining - 1, taken: stock.taken + 1 });
  await flashSales.saveSeats(tx, before, withSeat(before, { ...asked, stockId }));
  return true;
}

/**
 * The first of these shards with a seat left; null when there is none. The shards are only peeked at, so that
 * looking, and a rush on a sold-out product, cause no conflicts.
 */
export async function freeStock(tx: Pick<Tx, 'peek'>, stockIds: readonly string[]): Promise<string | null> {
  for (const id of stockIds) {
    const stock = await flashSales.peekStock(tx, id);
    if (stock !== null && stock.remaining > 0) return id;
  }
  return null;
}

/**
 * Gives back the seats that an order holds, each to its shard. Safe to repeat. With `unpaid` they count against the
 * buyer. With `untaken` they do not, because they were taken only a moment ago and could not be kept.
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
    await flashSales.saveStock(tx, stock, {
      ...stock,
      remaining: stock.remaining + 1,
      taken: stock.taken - 1,
    });
    await flashSales.saveSeats(tx, before, withoutSeat(before, orderId, why === 'unpaid', now));
  }
}

/** Whether the user is below the limit of seats. A buyer who has paid need not fulfil anything else. */
const hasRoom: typeof mayTakeSeat = (seats, { perUserMax }) => seatCount(seats) < perUserMax;

/**
 * Takes again the seats that an order had given back, for money that came late. False, and none is taken, when one
 * is gone. The pauses for buyers who gave seats back do not apply.
 */
export async function retakeSeats(tx: Tx, asked: SeatsAsked): Promise<boolean> {
  for (const { flashSaleId: saleId, productId } of asked.seats) {
    if (await takeSeat(tx, { ...asked, saleId, productId }, hasRoom)) continue;
    await giveSeatsBack(tx, asked, 'untaken');
    return false;
  }
  return true;
}
