import * as refunds from '../../data/refunds/refunds.ts';
import { isSameAtRail } from '../../domain/refunds/refund.ts';
import type { Ports } from '../../ports/ports.ts';
import type { PaidRail, RefundNews } from '../../ports/rail.ts';
import type { TimeMs } from '../../schemas/base.ts';
import { endedUnknown } from './askRefund.ts';
import { type TakenBack, takeBackByPlatform } from './platformRefund.ts';
import { settleRefund } from './settleRefund.ts';

/** The outcome of the news. `unknown`: we do not know the refund, and it has given nothing back. */
export type Heard = 'advanced' | 'unchanged' | 'unknown' | TakenBack;

/**
 * Takes a rail's news of a refund into our books. Every source of such news uses it: a notice, a push, an answer to
 * our request or question, a bill. A refund in our books is settled. A refund that is not, and has given money back,
 * is added with the reason `platform`. When the rail knows a refund's number as a different refund, ours can never
 * be made, so it is closed. That happens after a restore, when a client reuses a number that we have forgotten.
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
