import * as z from 'zod';
import * as orders from '../../shared/data/orders/orders.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { placeHolding } from '../../shared/domain/orders/holding.ts';
import { acceptQuote, placedBefore } from '../../shared/domain/orders/order.ts';
import { refuseUnlessOnRail } from '../../shared/flows/operations/goodsOfOrder.ts';
import { insertHolding } from '../../shared/flows/orders/holdings.ts';
import { promotionsFor, quoteLines } from '../../shared/flows/pricing/quoteLines.ts';
import { http } from '../../shared/function.ts';
import { CouponId, Fen, OrderId } from '../../shared/schemas/base.ts';
import { AskedLines, OrderView } from '../../shared/schemas/orders/order.ts';

/**
 * Places an order, and holds its price, coupon, points and flash sale places until its pay window ends.
 *
 * Only a user of WeChat can place an order that costs something: at most 20 pending ones, and 3 of one product. The
 * client makes the id and keeps it until it has an answer: a repeat with the same id and request answers the same
 * order. The server sets the price; `shownFen` is the total that the client showed. Free orders are paid at once. A
 * question is named by its line, and no other order can name it meanwhile.
 */
export const createOrder = http(
  {
    route: 'POST /api/orders',
    auth: 'member',
    input: AskedLines.extend({ orderId: OrderId, couponId: CouponId.nullable(), shownFen: Fen }),
    output: z.object({ order: OrderView }),
    errors: [
      ...(['feature.off', 'question.not_found', 'question.not_ready', 'expert.not_taking'] as const),
      ...(['product.not_found', 'product.already_owned', 'product.not_on_rail'] as const),
      'order.part_twice',
      'coupon.not_found',
      'coupon.not_usable',
      'order.mixed_rails',
      'order.one_at_a_time',
      'order.too_large',
      'order.below_rail_minimum',
      'order.too_many_pending',
      'pay.openid_missing',
      'flash.sold_out',
      'order.id_taken',
      'order.price_changed',
    ],
  },
  async ({ input: { orderId, ...request }, user, now, ports, requestId, said }) => {
    const requestDigest = ports.secrets.digest('order.request', JSON.stringify(request));
    const asked = { id: orderId, userId: user.id, requestDigest, now };
    const promotions = await promotionsFor(ports.database, { ...request, userId: user.id, now });
    return ports.database.tx(async (tx) => {
      const before = await orders.find(tx, orderId);
      if (before !== null) return { order: placedBefore(before, asked) };
      const quoted = await quoteLines(tx, ports, promotions, { ...request, userId: user.id, said, now });
      acceptQuote(quoted.quote, { couponId: request.couponId, fen: request.shownFen });
      const placed = placeHolding({ ...asked, ...quoted });
      await refuseUnlessOnRail(tx, ports.rails, placed.order, now);
      await insertHolding(tx, ports, { ...placed, couponBefore: quoted.coupon }, now);
      await tasks.append(tx, placed.facts, { now, requestId });
      return { order: placed.order };
    });
  },
);
