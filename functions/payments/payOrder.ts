import * as z from 'zod';
import * as orders from '../../shared/data/orders/orders.ts';
import { refuseUnlessPending } from '../../shared/domain/orders/order.ts';
import { refuseOnOtherPhone } from '../../shared/domain/pricing/platform.ts';
import { sessionKeyOf } from '../../shared/flows/identity/sessionKeyOf.ts';
import { openidOf } from '../../shared/flows/payments/openidOf.ts';
import { openPayment } from '../../shared/flows/payments/openPayment.ts';
import { railOf } from '../../shared/flows/payments/railOf.ts';
import { http } from '../../shared/function.ts';
import { OrderId } from '../../shared/schemas/base.ts';
import { LoginCode } from '../../shared/schemas/identity/user.ts';
import { PhonePaymentView } from '../../shared/schemas/payments/payment.ts';

/**
 * Opens the payment of an order, and answers what `wx.requestPayment` or `wx.requestVirtualPayment` needs, by the
 * order's rail. Safe to repeat.
 *
 * The payment is committed before the rail is asked and before anything is signed, so money can never come for
 * something that we do not know of. A payment that is already open is only signed again. Virtual payment is signed with
 * the buyer's session key. So a fresh `wx.login` code may be sent, and must be sent after `auth.session_key_ended`. An
 * "ok" on the phone does not mean that the order is paid: only the order's state says so.
 */
export const payOrder = http(
  {
    route: 'POST /api/orders/{orderId}/pay',
    auth: 'member',
    input: z.strictObject({ orderId: OrderId, code: LoginCode.optional() }),
    output: z.object({ payment: PhonePaymentView }),
    errors: [
      'order.not_found',
      'order.already_paid',
      'order.not_pending',
      'order.expired',
      'order.other_phone',
      'product.already_owned',
      'product.not_on_rail',
      'pay.openid_missing',
      'pay.unavailable',
      'auth.code_invalid',
      'auth.login_blocked',
      'auth.session_key_ended',
      'wechat.unavailable',
    ],
    cost: 'platform',
  },
  async ({ input, user, now, ports, requestId, said }) => {
    const openid = await openidOf(ports.database, user.id);
    const order = await orders.getOwn(ports.database, input.orderId, user.id);
    refuseUnlessPending(order, now);
    const { selling } = ports.settings;
    if (ports.rails.xpay !== null) refuseOnOtherPhone(order, said, selling);
    const { needsSessionKey } = railOf(ports.rails, order.rail).abilities(order.platform);
    const code = input.code ?? null;
    const sessionKey = needsSessionKey ? await sessionKeyOf(ports, { openid, code, now }) : null;
    return { payment: await openPayment(ports, { order, openid, sessionKey, now, requestId }) };
  },
);
