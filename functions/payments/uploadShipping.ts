import { deliveryExpected } from '../../events/deliveryExpected.ts';
import * as cases from '../../shared/data/operations/cases.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import * as payments from '../../shared/data/payments/payments.ts';
import { describeOrder } from '../../shared/domain/orders/order.ts';
import { fail } from '../../shared/errors.ts';
import { pacedBriefly } from '../../shared/flows/payments/paced.ts';
import { outward } from '../../shared/function.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';
import type { Order } from '../../shared/schemas/orders/order.ts';

/** The earliest time to report a delivery, after the payment: WeChat does not know a new order at once. */
const KNOWN_AFTER_MS = 10 * SECOND_MS;

/**
 * Tells WeChat that an order was delivered, in shops that get their money only after that.
 *
 * It applies to ordinary WeChat Pay only; virtual payment reports deliveries in its own way. If all of the money has
 * gone back, nothing is reported. While the rest of it is going back, the task waits. An order that WeChat refuses for
 * good becomes a case, because its money stays at WeChat until somebody has looked.
 */
export const uploadShipping = outward({ on: deliveryExpected }, async ({ data, event, now, ports }) => {
  const { reportDelivery } = pacedBriefly(ports).rails.wxpay;
  if (reportDelivery === null) return async () => undefined;
  const order = await orders.get(ports.database, data.orderId);
  if (isToldNoMore(order)) return async () => undefined;
  if (now < event.occurredAtMs + KNOWN_AFTER_MS) throw fail('wechat.unavailable', { detail: 'too early' });
  const { id: orderId, userId, payableFen: amountFen } = order;
  const { openid } = await payments.get(ports.database, orderId);
  if (openid === null) throw new Error(`${orderId} was paid, and nobody was asked to`);
  const told = await reportDelivery({
    orderId,
    openid,
    description: describeOrder(order),
    deliveredAtMs: event.occurredAtMs,
  });
  if (told === 'absent') throw fail('wechat.unavailable', { detail: 'the order is not known yet' });
  return async (tx) => {
    // A refund that began during the request explains the refusal, so it is no case.
    if (told === 'taken' || isToldNoMore(await orders.get(tx, orderId))) return;
    ports.log.write('warn', { shippingRefused: orderId, said: told });
    const story = `微信未接受订单 ${orderId} 的发货信息（${told.code} ${told.words}），款项可能无法结算，请在商户平台核实`;
    await cases.open(tx, { kind: 'shipping_failed', cause: orderId, story, orderId, userId, amountFen }, now);
  };
});

/**
 * Whether all of the order's money has gone back.
 * @throws wechat.unavailable while the rest of it is on its way back
 */
function isToldNoMore({ payableFen, refundedFen, refundingFen }: Order): boolean {
  if (refundedFen === payableFen) return true;
  if (refundedFen + refundingFen === payableFen)
    throw fail('wechat.unavailable', { detail: 'all of it is going back' });
  return false;
}
