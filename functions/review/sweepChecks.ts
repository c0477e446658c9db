import { CHECK_MAX_MS, giveUpChecking } from '../../shared/domain/review/review.ts';
import { added, eachDue } from '../../shared/flows/eachDue.ts';
import { REVIEWED } from '../../shared/flows/review/reviewedKinds.ts';
import { stepReview } from '../../shared/flows/review/stepReview.ts';
import { timer } from '../../shared/function.ts';
import { timeMs } from '../../shared/schemas/base.ts';
import { ReviewedKind } from '../../shared/schemas/review/review.ts';

/**
 * Sends to staff what WeChat has not answered about for two hours, so that nothing waits without a person knowing.
 */
export const sweepChecks = timer(
  { cron: '0 */5 * * * * *', budgetMs: 50_000 },
  async ({ now, ports, hasTime, requestId }) => {
    const before = timeMs(now - CHECK_MAX_MS + 1);
    const counts = [];
    for (const kind of ReviewedKind.options) {
      const due = REVIEWED[kind].checkingSince(ports.database, before);
      const giveUp = async ({ id }: { readonly id: string }) => {
        const step = (found: Parameters<typeof giveUpChecking>[0]) =>
          (found.checkingSinceMs ?? now) < before ? giveUpChecking(found, now) : found;
        const stepped = await ports.database.tx((tx) =>
          stepReview(tx, `${kind}:${id}`, step, { now, requestId }),
        );
        return stepped === null || stepped.before === stepped.after ? 'answered' : 'queued';
      };
      counts.push(await eachDue(due, giveUp, { noun: kind, hasTime, log: ports.log }));
    }
    return added(counts);
  },
);
