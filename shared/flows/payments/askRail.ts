import * as payments from '../../data/payments/payments.ts';
import type { PaymentState, PayRail } from '../../ports/rail.ts';
import type { OrderId, TimeMs } from '../../schemas/base.ts';
import { railOf } from './railOf.ts';
import { type SettlingPorts, settlePayment } from './settlePayment.ts';

/** What became of a payment. `refused`: wrong money came. */
export type AskedState = PaymentState['state'] | 'refused';

interface At {
  readonly now: TimeMs;
  readonly requestId: string;
}

/**
 * Asks the rail what became of an order's payment, and settles it if it was paid. Never call it in a transaction. A
 * payment that was never opened is `absent`, without asking. The rail is told that the order was delivered.
 * @throws pay.unavailable when no clear answer came
 */
export async function askRail(ports: SettlingPorts, orderId: OrderId, at: At): Promise<AskedState> {
  const { openid, rail } = await payments.get(ports.database, orderId);
  if (openid === null) return 'absent';
  const payRail = railOf(ports.rails, rail);
  const state = await settleByAsking(ports, payRail, { orderId, openid }, at);
  // If this fails too, the rail keeps pushing.
  if (state === 'success')
    await payRail.provide?.(orderId).catch(() => ports.log.write('warn', { notProvided: orderId }));
  return state;
}

/**
 * Asks one rail what became of an opened payment, and settles it if it was paid. Never call it in a transaction.
 * @throws pay.unavailable when no clear answer came
 */
export async function settleByAsking(
  ports: SettlingPorts,
  rail: Pick<PayRail, 'query'>,
  asked: { readonly orderId: OrderId; readonly openid: string },
  at: At,
): Promise<AskedState> {
  const answer = await rail.query(asked);
  if (answer.state !== 'success') return answer.state;
  return (await settlePayment(ports, answer.news, at)) === 'refused' ? 'refused' : 'success';
}
