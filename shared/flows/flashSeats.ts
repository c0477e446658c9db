/** Places in flash sales: taken with an order, given back when it is closed, and taken again for money that came late. */
import * as flashSales from '../data/flashSales.ts';
import { isRunning } from '../domain/campaign.ts';
import { seatCount, stockIdsFor, withSeat } from '../domain/flashSale.ts';
import { fail } from '../errors.ts';
import type { Tx } from '../ports.ts';
import type { FlashSaleId, OrderId, ProductId, TimeMs, UserId } from '../schemas/base.ts';

/** An order, and the places that it holds or wants. */
export interface SeatsAsked {
  readonly userId: UserId;
  readonly orderId: OrderId;
  readonly seats: readonly { readonly flashSaleId: FlashSaleId; readonly productId: ProductId }[];
  readonly now: TimeMs;
}

/** Takes the places. @throws flash.sold_out with the product, flash.limit_reached */
export async function takeSeats(tx: Tx, asked: SeatsAsked): Promise<void> {
  for (const { flashSaleId: saleId, productId } of asked.seats) {
    const outcome = await takeSeat(tx, { ...asked, saleId, productId });
    if (outcome !== 'taken') throw fail(`flash.${outcome}`, { params: { productId } });
  }
}

async function takeSeat(
  tx: Tx,
  asked: Omit<SeatsAsked, 'seats'> & { readonly saleId: FlashSaleId; readonly productId: ProductId },
): Promise<'taken' | 'sold_out' | 'limit_reached'> {
  const { saleId, productId, userId, orderId, now } = asked;
  const sale = await tx.peek(flashSales.collection, saleId);
  const item = sale?.items.find((each) => each.productId === productId);
  if (sale === null || item === undefined || !isRunning(sale, now)) return 'sold_out';
  const before = await flashSales.findSeats(tx, { saleId, productId, userId });
  if (before?.seats.some((seat) => seat.orderId === orderId)) return 'taken';
  if (seatCount(before) >= sale.perUserMax) return 'limit_reached';
  for (const stockId of stockIdsFor(saleId, item, userId)) {
    const seen = await flashSales.peekStock(tx, stockId);
    if (seen === null || seen.remaining === 0) continue;
    const stock = await flashSales.findStock(tx, stockId);
    if (stock === null || stock.remaining === 0) continue;
    await flashSales.saveStock(tx, { ...stock, remaining: stock.remaining - 1, taken: stock.taken + 1 });
    await flashSales.saveSeats(tx, before, withSeat(before, { ...asked, stockId }));
    return 'taken';
  }
  return 'sold_out';
}

/** Gives back the places that an order holds, each to where it came from. Safe to repeat. */
export async function giveSeatsBack(tx: Tx, { userId, orderId, seats, now }: SeatsAsked): Promise<void> {
  for (const { flashSaleId: saleId, productId } of seats) {
    const before = await flashSales.findSeats(tx, { saleId, productId, userId });
    const seat = before?.seats.find((each) => each.orderId === orderId);
    if (before === null || seat === undefined) continue;
    const stock = await flashSales.findStock(tx, seat.stockId);
    if (stock === null) throw new Error(`there is no ${seat.stockId}`);
    await flashSales.saveStock(tx, { ...stock, remaining: stock.remaining + 1, taken: stock.taken - 1 });
    const left = before.seats.filter((each) => each.orderId !== orderId);
    await flashSales.saveSeats(tx, before, { ...before, seats: left, updatedAtMs: now });
  }
}

/** Takes the places of an order that had given them back; false, and none is taken, when one of them is gone. */
export async function retakeSeats(tx: Tx, asked: SeatsAsked): Promise<boolean> {
  for (const { flashSaleId: saleId, productId } of asked.seats) {
    if ((await takeSeat(tx, { ...asked, saleId, productId })) === 'taken') continue;
    await giveSeatsBack(tx, asked);
    return false;
  }
  return true;
}
