import { deliveryExpected } from '../../events/deliveryExpected.ts';
import * as cases from '../../shared/data/operations/cases.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import * as payments from '../../shared/data/payments/payments.ts';
import { describeOrder } from '../../shared/domain/orders/order.ts';
import { fail } from '../../shared/errors.ts';
import { outward } from '../../shared/function.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';

/** WeChat does not know an order at once that it has told us of. */
const KNOWN_AFTER_MS = 10 * SECOND_MS;

/**
 * Tells WeChat that an order was delivered, where a shop gets its money only after that.
 *
 * Only of orders that were paid by ordinary WeChat Pay; virtual payment has its own way. What WeChat will never take
 * becomes a case: the money stays where it is until somebody has looked.
 */
export const uploadShipping = outward({ on: deliveryExpected }, async ({ data, event, now, ports }) => {
  const { reportDelivery } = ports.rails.wxpay;
  if (reportDelivery === null) return async () => undefined;
  const order = await orders.get(ports.database, data.orderId);
  if (now < event.occurredAtMs + KNOWN_AFTER_MS) throw fail('wechat.unavailable', { detail: 'too early' });
  const { openid } = await payments.get(ports.database, order.id);
  if (openid === null) throw new Error(`${order.id} was paid, and nobody was asked to`);
  const description = describeOrder(order);
  const told = await reportDelivery({
    orderId: order.id,
    openid,
    description,
    deliveredAtMs: event.occurredAtMs,
  });
  if (told === 'absent') throw fail('wechat.unavailable', { detail: 'the order is not known yet' });
  return async (tx) => {
    if (told === 'taken') return;
    const story = `微信未接受订单 ${order.id} 的发货信息（错误码 ${told}），款项可能无法结算，请在商户平台核实`;
    const { id: orderId, userId, payableFen: amountFen } = order;
    await cases.open(tx, { kind: 'shipping_failed', cause: orderId, story, orderId, userId, amountFen }, now);
  };
});
