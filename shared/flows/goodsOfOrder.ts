import * as goods from '../data/goods.ts';
import { fail } from '../errors.ts';
import type { Tx } from '../ports.ts';
import type { Fen, TimeMs } from '../schemas/base.ts';
import type { Order } from '../schemas/order.ts';

/**
 * As what the platform of virtual payment sells an order: a thing at the very price, or else at the list price, with
 * what is paid below it as its discount.
 * @throws product.not_on_rail when the platform knows neither yet
 */
export async function goodsOfOrder(
  tx: Pick<Tx, 'peek'>,
  { lines, payableFen }: Pick<Order, 'lines' | 'payableFen'>,
  now: TimeMs,
): Promise<{ readonly id: string; readonly priceFen: Fen }> {
  const [line] = lines;
  if (line === undefined || lines.length > 1) throw fail('product.not_on_rail', { detail: 'not one line' });
  const { productId, listFen } = line;
  const found =
    (await goods.liveAt(tx, productId, payableFen, now)) ?? (await goods.liveAt(tx, productId, listFen, now));
  if (found === null) throw fail('product.not_on_rail', { params: { productId } });
  return found;
}
