import * as cases from '../../data/operations/cases.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import { isBehind } from '../../domain/refunds/refund.ts';
import { behindCase } from '../../domain/refunds/refundCase.ts';
import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { railOf } from '../payments/railOf.ts';
import { askRefund, endedUnknown } from './askRefund.ts';
import { settleRefund } from './settleRefund.ts';

/**
 * Holds a refund back while the rail has given back money of its payment that our books do not have: by hand at the
 * merchant's console just now, or before our store was put back to an older copy. The refund may have been made already,
 * under a number that we have forgotten. Staff hear of it.
 *
 * Once a notice or a bill has told what went back, a refund of lines that was held is closed, because it was agreed to
 * without knowing that; whoever asks again is quoted what is right. Money that paid for nothing goes on its way. Answers
 * whether the refund is to be asked for. Never within a transaction.
 * @throws pay.unavailable while it is held, and when no clear answer came
 */
export async function holdIfBehind(
  ports: Pick<Ports, 'database' | 'rails'>,
  refund: Refund,
  openid: string,
  now: TimeMs,
): Promise<boolean> {
  const { database, rails } = ports;
  const { id, orderId, rail, transactionId, lines } = refund;
  const answer = await railOf(rails, rail).query({ orderId, openid });
  // Of a second payment no question tells.
  if (answer.state !== 'success' || answer.news.transactionId !== transactionId) return true;
  const held = behindCase(refund);
  const isNowBehind = isBehind(id, await refunds.ofOrder(database, orderId), answer.news);
  if (!isNowBehind && (lines.length === 0 || !(await cases.isKnown(database, held)))) return true;
  // What was given back may be this very refund, asked for before: then the rail knows its number.
  if ((await askRefund(ports, refund)) !== null) return true;
  if (isNowBehind) {
    await database.tx((tx) => cases.open(tx, held, now));
    throw fail('pay.unavailable', { detail: `the rail has given back more of ${orderId} than we know of` });
  }
  await database.tx((tx) => settleRefund(tx, endedUnknown(refund), now));
  return false;
}
