import * as z from 'zod';
import * as orders from '../shared/data/orders.ts';
import * as tasks from '../shared/data/tasks.ts';
import { placeHolding } from '../shared/domain/holding.ts';
import { acceptQuote, placedBefore } from '../shared/domain/order.ts';
import { insertHolding } from '../shared/flows/holdings.ts';
import { promotionsFor, quoteCart } from '../shared/flows/quoteCart.ts';
import { http } from '../shared/function.ts';
import { CouponId, Fen, OrderId } from '../shared/schemas/base.ts';
import { AskedCart, OrderView } from '../shared/schemas/order.ts';

/**
 * Places an order, and holds its price, its coupon, its points and its places in flash sales until its pay window ends.
 * With nothing to pay it is paid at once.
 *
 * The client makes the order's id and keeps it until it has an answer, so a retry cannot buy twice: the same id with
 * the same request gets the same order again, whatever has become of it. The price is ours alone; the client only
 * says what total it showed. Paying is `payOrder`.
 */
export const createOrder = http(
  {
    route: 'POST /api/orders',
    auth: 'member',
    input: z.strictObject({
      orderId: OrderId,
      ...AskedCart.shape,
      couponId: CouponId.nullable(),
      shownFen: Fen,
    }),
    output: z.object({ order: OrderView }),
    errors: [
      'product.not_found',
      'product.already_owned',
      'coupon.not_found',
      'coupon.not_usable',
      'order.mixed_rails',
      'order.one_at_a_time',
      'order.too_large',
      'flash.sold_out',
      'order.id_taken',
      'order.price_changed',
    ],
  },
  async ({ input: { orderId, ...request }, user, now, ports, requestId }) => {
    const requestDigest = ports.secrets.digest('order.request', JSON.stringify(request));
    const asked = { id: orderId, userId: user.id, requestDigest, now };
    const promotions = await promotionsFor(ports.database, { ...request, userId: user.id, now });
    const order = await ports.database.tx(async (tx) => {
      const before = await orders.find(tx, orderId);
      if (before !== null) return placedBefore(before, asked);
      const { quote, coupon } = await quoteCart(tx, ports, promotions, { ...request, userId: user.id, now });
      acceptQuote(quote, { couponId: request.couponId, fen: request.shownFen });
      const placed = placeHolding({ ...asked, platform: request.platform, quote, coupon });
      await insertHolding(tx, placed, now);
      await tasks.append(tx, placed.facts, { now, requestId });
      return placed.order;
    });
    return { order };
  },
);
