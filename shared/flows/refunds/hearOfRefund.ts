import * as refunds from '../../data/refunds/refunds.ts';
import { isSameAtRail } from '../../domain/refunds/refund.ts';
import type { Ports } from '../../ports/ports.ts';
import type { PaidRail, RefundNews } from '../../ports/rail.ts';
import type { TimeMs } from '../../schemas/base.ts';
import { endedUnknown } from './askRefund.ts';
import { type TakenBack, takeBackByPlatform } from './platformRefund.ts';
import { settleRefund } from './settleRefund.ts';

/** What came of the news; `unknown`: a refund that we know nothing of, and that has given nothing back. */
export type Heard = 'advanced' | 'unchanged' | 'unknown' | TakenBack;

/**
 * Takes what a rail says of a refund into our books: the one way in for a notice, a push, an answer to our request, an
 * answer to a question, and a bill. What they have is settled. What they do not have, and has given money back, becomes
 * a refund of the platform's. A refund of ours under a number that the rail knows as another one will never be made, so
 * it is closed: after a restore, a client may use a number again that we have forgotten.
 */
export async function hearOfRefund(
  ports: Pick<Ports, 'database' | 'secrets'>,
  rail: PaidRail,
  news: RefundNews,
  now: TimeMs,
): Promise<Heard> {
  const { refundId: number, transactionId, refundFen, state } = news;
  const settled = await ports.database.tx((tx) => settleRefund(tx, news, now));
  if (settled !== 'unknown' || state === 'processing') return settled;
  const isClosed = await ports.database.tx(async (tx) => {
    const own = await refunds.find(tx, number);
    if (own === null || own.rail !== rail || isSameAtRail(own, news)) return false;
    return (await settleRefund(tx, endedUnknown(own), now)) === 'advanced';
  });
  if (state !== 'success') return isClosed ? 'advanced' : 'unknown';
  return takeBackByPlatform(ports, { rail, number, transactionId, refundFen }, now);
}
