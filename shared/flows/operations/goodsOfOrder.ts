import * as goods from '../../data/operations/goods.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Rails } from '../../ports/ports.ts';
import { type Fen, fen, type TimeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import { railOf } from '../payments/railOf.ts';

/**
 * As what the platform of virtual payment sells an order: a thing at the very price, or else at the price that the line
 * has before anything that looks at the whole order, with what is paid below it as its discount.
 * @throws product.not_on_rail when the platform knows neither yet
 */
export async function goodsOfOrder(
  tx: Pick<Tx, 'peek'>,
  { lines, payableFen }: Pick<Order, 'lines' | 'payableFen'>,
  now: TimeMs,
): Promise<{ readonly id: string; readonly priceFen: Fen }> {
  const [line] = lines;
  if (line === undefined || lines.length > 1) throw fail('product.not_on_rail', { detail: 'not one line' });
  const { productId, listFen, shares } = line;
  const unitFen = fen(listFen - shares.activityFen - shares.memberFen);
  const found =
    (await goods.liveAt(tx, productId, payableFen, now)) ?? (await goods.liveAt(tx, productId, unitFen, now));
  if (found === null) throw fail('product.not_on_rail', { params: { productId } });
  return found;
}

/**
 * Refuses an order that its rail could not be paid by yet, before it holds anything.
 * @throws product.not_on_rail
 */
export async function refuseUnlessOnRail(
  tx: Pick<Tx, 'peek'>,
  rails: Rails,
  order: Pick<Order, 'rail' | 'platform' | 'lines' | 'payableFen'>,
  now: TimeMs,
): Promise<void> {
  if (order.payableFen === 0) return;
  const { needsGoods } = railOf(rails, order.rail).abilities(order.platform);
  if (needsGoods) await goodsOfOrder(tx, order, now);
}
