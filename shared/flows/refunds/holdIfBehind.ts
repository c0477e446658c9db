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
 * Holds a refund back while the rail has returned more of the payment than our books say: by hand at the merchant's
 * console just now, or before our store was restored from an older backup. This refund may then have been made
 * already, under a number that we have forgotten. Staff are told by a case. `resumeRefund` closes it, and then the
 * refund continues: somebody has seen at the console that nothing went back.
 *
 * Once a notice or a bill has told what went back, a held refund of lines is closed, because it was approved without
 * knowing that. A new request is quoted correctly. A refund of money that paid for nothing continues.
 *
 * Returns whether the refund is to be asked for. Never call it in a transaction.
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
  // The rail does not report second payments when asked.
  if (answer.state !== 'success' || answer.news.transactionId !== transactionId) return true;
  const held = behindCase(refund);
  const isNowBehind = isBehind(id, await refunds.ofOrder(database, orderId), answer.news);
  const known = await cases.find(database, held);
  if (isNowBehind && known?.state === 'closed') return true;
  if (!isNowBehind && (lines.length === 0 || known === null)) return true;
  // The returned money may be this very refund, asked for earlier. Then the rail knows its number.
  if ((await askRefund(ports, refund)) !== null) return true;
  if (isNowBehind) {
    await database.tx((tx) => cases.open(tx, held, now));
    throw fail('pay.unavailable', { detail: `the rail has given back more of ${orderId} than we know of` });
  }
  await database.tx((tx) => settleRefund(tx, endedUnknown(refund), now));
  return false;
}
