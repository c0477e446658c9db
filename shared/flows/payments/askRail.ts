import * as payments from '../../data/payments/payments.ts';
import type { PaymentState } from '../../ports/rail.ts';
import type { OrderId, TimeMs } from '../../schemas/base.ts';
import { railOf } from './railOf.ts';
import { type SettlingPorts, settlePayment } from './settlePayment.ts';

/**
 * Asks the rail what became of an order's payment, and settles it if it was paid. Never call it in a transaction. A
 * payment that was never opened is `absent`, without asking. `refused`: wrong money came. Unless the rail itself
 * told us (`isPushed`), which our answer confirms, the rail is told that the order was delivered.
 * @throws pay.unavailable when no clear answer came
 */
export async function askRail(
  ports: SettlingPorts,
  orderId: OrderId,
  at: { readonly now: TimeMs; readonly requestId: string },
  isPushed = false,
): Promise<PaymentState['state'] | 'refused'> {
  const { openid, rail } = await payments.get(ports.database, orderId);
  if (openid === null) return 'absent';
  const payRail = railOf(ports.rails, rail);
  const answer = await payRail.query({ orderId, openid });
  if (answer.state !== 'success') return answer.state;
  const outcome = await settlePayment(ports, answer.news, at);
  if (outcome === 'refused') return 'refused';
  // If this fails too, the rail keeps pushing.
  if (!isPushed)
    await payRail.provide?.(orderId).catch(() => ports.log.write('warn', { notProvided: orderId }));
  return 'success';
}
