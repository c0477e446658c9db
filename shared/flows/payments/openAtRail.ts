import { describeOrder, RAIL_GRACE_MS } from '../../domain/orders/order.ts';
import { codeOf, fail } from '../../errors.ts';
import { type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import { askRail } from './askRail.ts';
import { railOf } from './railOf.ts';
import type { SettlingPorts } from './settlePayment.ts';

/**
 * Opens an order at the rail, with identical data on every try, because the rail refuses a different amount, time or
 * description for a known number. Resolves to the rail's ticket. When the rail says that it was paid already, the
 * payment is settled first.
 * @throws order.already_paid, order.expired, pay.unavailable
 */
export async function openAtRail(
  ports: SettlingPorts,
  asked: { readonly order: Order; readonly openid: string; readonly now: TimeMs; readonly requestId: string },
): Promise<string | null> {
  const { order, openid } = asked;
  try {
    const { ticket } = await railOf(ports.rails, order.rail).open({
      orderId: order.id,
      description: describeOrder(order),
      amountFen: order.payableFen,
      openid,
      expiresAtMs: timeMs(order.expiresAtMs + RAIL_GRACE_MS),
    });
    return ticket;
  } catch (caught) {
    if (codeOf(caught) !== 'order.already_paid') throw caught;
    const state = await askRail(ports, order.id, asked);
    // It said paid, and now it does not: no clear answer.
    throw state === 'success' ? caught : fail('pay.unavailable', { cause: caught });
  }
}
