import * as orders from '../../data/orders/orders.ts';
import * as payments from '../../data/payments/payments.ts';
import { markOpening, refuseUnlessPending } from '../../domain/orders/order.ts';
import { markOpened, markPrepaid } from '../../domain/payments/payment.ts';
import type { PhonePayment } from '../../ports/rail.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import { refuseIfPaidTwice } from '../access/ownedAmong.ts';
import { goodsOfOrder } from '../operations/goodsOfOrder.ts';
import { openAtRail } from './openAtRail.ts';
import { railOf } from './railOf.ts';
import type { SettlingPorts } from './settlePayment.ts';

/**
 * Opens a pending order's payment at its rail, or finds it open, and signs what the phone pays with. The intent to
 * open it is committed before the rail is asked.
 * @throws order.already_paid, order.expired, order.not_pending, product.already_owned, product.not_on_rail,
 * pay.unavailable
 */
export async function openPayment(
  ports: SettlingPorts,
  asked: {
    readonly order: Order;
    readonly openid: string;
    readonly sessionKey: string | null;
    readonly now: TimeMs;
    readonly requestId: string;
  },
): Promise<PhonePayment> {
  const { openid, sessionKey, now, requestId } = asked;
  const rail = railOf(ports.rails, asked.order.rail);
  const { needsGoods } = rail.abilities(asked.order.platform);
  const { order, payment, goods } = await ports.database.tx(async (tx) => {
    const order = await orders.get(tx, asked.order.id);
    refuseUnlessPending(order, now);
    await refuseIfPaidTwice(tx, ports.database, order, now);
    const payment = await payments.get(tx, order.id);
    const goods = payment.goods ?? (needsGoods ? await goodsOfOrder(tx, order, now) : null);
    if (payment.state === 'prepaid') return { order, payment, goods };
    const opening = { order: markOpening(order, now), payment: markOpened(payment, { openid, goods }, now) };
    await orders.save(tx, order, opening.order);
    await payments.save(tx, payment, opening.payment);
    return { ...opening, goods };
  });
  const words = { orderId: order.id, payableFen: order.payableFen, goods, sessionKey };
  if (payment.state === 'prepaid') return rail.request({ ...words, ticket: payment.prepayId });
  const ticket = await openAtRail(ports, { order, openid: payment.openid ?? openid, now, requestId });
  await ports.database.tx(async (tx) => {
    refuseUnlessPending(await orders.get(tx, order.id), now);
    const before = await payments.get(tx, order.id);
    await payments.save(tx, before, markPrepaid(before, ticket, now));
  });
  return rail.request({ ...words, ticket });
}
