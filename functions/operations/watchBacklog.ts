import { backlogNow } from '../../shared/flows/operations/backlogNow.ts';
import { timer } from '../../shared/function.ts';

/**
 * Logs each minute what waits, and for how long, for the alarms.
 *
 * An alarm looks at the lines of some minutes. What lasts longer, such as a dead task, would be forgotten if only its
 * beginning was logged. When these lines themselves are missing, the timers do not run, which is an alarm too.
 */
export const watchBacklog = timer(
  { cron: '20 * * * * * *', budgetMs: 20_000 },
  async ({ now, ports: { database, log } }) => {
    log.write('info', { ...(await backlogNow(database, now)) });
    return {};
  },
);
