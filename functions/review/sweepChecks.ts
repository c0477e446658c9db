import { ASK_AGAIN_MS } from '../../shared/domain/review/mediaCheck.ts';
import { added, eachDue } from '../../shared/flows/eachDue.ts';
import { REVIEWED } from '../../shared/flows/review/reviewedKinds.ts';
import { sweepCheck } from '../../shared/flows/review/sweepCheck.ts';
import { timer } from '../../shared/function.ts';
import { timeMs } from '../../shared/schemas/base.ts';
import { ReviewedKind } from '../../shared/schemas/review/review.ts';

/**
 * Asks WeChat once more about files of which it has said nothing for 40 minutes, and sends to staff what it has not
 * answered about for two hours, so that nothing waits without a person knowing.
 */
export const sweepChecks = timer(
  { cron: '0 */15 * * * * *', budgetMs: 50_000 },
  async ({ now, ports, hasTime, requestId }) => {
    const counts = [];
    for (const kind of ReviewedKind.options) {
      const waiting = REVIEWED[kind].checkingSince(ports.database, timeMs(now - ASK_AGAIN_MS + 1));
      const sweep = ({ id }: { readonly id: string }) =>
        ports.database.tx((tx) => sweepCheck(tx, `${kind}:${id}`, { now, requestId }));
      counts.push(await eachDue(waiting, sweep, { noun: kind, hasTime, log: ports.log }));
    }
    return added(counts);
  },
);
