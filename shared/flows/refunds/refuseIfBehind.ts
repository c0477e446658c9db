import * as cases from '../../data/operations/cases.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import { isBehind } from '../../domain/refunds/refund.ts';
import { behindCase } from '../../domain/refunds/refundCase.ts';
import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { railOf } from '../payments/railOf.ts';
import { askRefund } from './askRefund.ts';

/**
 * Lets a refund wait when the rail has given back money of its payment that our books do not have: by hand at the
 * merchant's console just now, or before our store was restored from an older copy. The refund may have been made
 * already, under a number that we have forgotten. Staff hear of it, and once a notice or a bill has told what went back,
 * the refund goes on. Never within a transaction.
 * @throws pay.unavailable when it has to wait, and when no clear answer came
 */
export async function refuseIfBehind(
  ports: Pick<Ports, 'database' | 'rails'>,
  refund: Refund,
  openid: string,
  now: TimeMs,
): Promise<void> {
  const { id, orderId, rail, transactionId } = refund;
  const answer = await railOf(ports.rails, rail).query({ orderId, openid });
  // Of a second payment no question tells.
  if (answer.state !== 'success' || answer.news.transactionId !== transactionId) return;
  const known = await refunds.ofOrder(ports.database, orderId);
  if (!isBehind(id, known, answer.news)) return;
  // What was given back may be this very refund, asked for before: then the rail knows its number.
  if ((await askRefund(ports, refund)) !== null) return;
  await ports.database.tx((tx) => cases.open(tx, behindCase(refund), now));
  throw fail('pay.unavailable', { detail: `the rail has given back more of ${orderId} than we know of` });
}
