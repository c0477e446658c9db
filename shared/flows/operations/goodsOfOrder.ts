import * as goods from '../../data/operations/goods.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Rails } from '../../ports/ports.ts';
import { type Fen, fen, type TimeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import { railOf } from '../payments/railOf.ts';

/**
 * The goods under which virtual payment sells an order. These are goods at exactly the payable price, or else at the
 * line's price before whole-order promotions, with the rest as a discount.
 * @throws product.not_on_rail when neither is live at the platform yet
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
 * Refuses an order that its rail could not be paid by yet, before the order holds anything.
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
