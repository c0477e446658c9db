import type { PaymentState, Ports } from '../ports.ts';
import type { OrderId, TimeMs } from '../schemas/base.ts';
import { settlePayment } from './settlePayment.ts';

/**
 * Asks the rail what became of an order's payment, and settles it when it was paid. Never within a transaction.
 * @throws pay.unavailable when no clear answer came
 */
export async function askRail(
  ports: Pick<Ports, 'database' | 'pay' | 'log'>,
  orderId: OrderId,
  at: { readonly now: TimeMs; readonly requestId: string },
): Promise<PaymentState['state']> {
  const answer = await ports.pay.query(orderId);
  if (answer.state === 'success') await settlePayment(ports, answer.news, at);
  return answer.state;
}
