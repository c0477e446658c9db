import * as z from 'zod';
import * as orders from '../shared/data/orders.ts';
import * as payments from '../shared/data/payments.ts';
import * as users from '../shared/data/users.ts';
import { markOpening, refuseUnlessPending } from '../shared/domain/order.ts';
import { markOpened, markPrepaid } from '../shared/domain/payment.ts';
import { fail } from '../shared/errors.ts';
import { openAtRail } from '../shared/flows/openAtRail.ts';
import { railOf } from '../shared/flows/railOf.ts';
import { http } from '../shared/function.ts';
import { OrderId } from '../shared/schemas/base.ts';
import { PhonePaymentView } from '../shared/schemas/payment.ts';

/**
 * Opens the payment of an order, and answers what the mini-program hands to `wx.requestPayment`. May be repeated.
 *
 * That the payment is to be opened is committed before the rail is asked, so that money can never come for something
 * we do not know of. A payment that is open is only signed again: the rail keeps it for two hours, far longer than
 * our pay window. That the phone says "ok" does not mean paid; the order says so.
 */
export const payOrder = http(
  {
    route: 'POST /api/orders/{orderId}/pay',
    auth: 'member',
    input: z.strictObject({ orderId: OrderId }),
    output: z.object({ payment: PhonePaymentView }),
    errors: [
      'order.not_found',
      'order.already_paid',
      'order.not_pending',
      'order.expired',
      'pay.openid_missing',
      'pay.unavailable',
    ],
  },
  async ({ input, user, now, ports, requestId }) => {
    const { openid } = await users.get(ports.database, user.id);
    if (openid === null) throw fail('pay.openid_missing');
    const { order, payment } = await ports.database.tx(async (tx) => {
      const before = await orders.getOwn(tx, input.orderId, user.id);
      refuseUnlessPending(before, now);
      const payment = await payments.get(tx, before.id);
      if (payment.prepayId !== null) return { order: before, payment };
      const opening = { order: markOpening(before, now), payment: markOpened(payment, openid, now) };
      await orders.save(tx, opening.order);
      await payments.save(tx, opening.payment);
      return opening;
    });
    const rail = railOf(ports.rails, order.rail);
    const asked = { orderId: order.id, payableFen: order.payableFen, goods: null, sessionKey: null };
    if (payment.prepayId !== null) return { payment: rail.request({ ...asked, ticket: payment.prepayId }) };
    const ticket = await openAtRail(ports, { order, openid: payment.openid ?? openid, now, requestId });
    await ports.database.tx(async (tx) => {
      refuseUnlessPending(await orders.get(tx, order.id), now);
      await payments.save(tx, markPrepaid(await payments.get(tx, order.id), ticket, now));
    });
    return { payment: rail.request({ ...asked, ticket }) };
  },
);
