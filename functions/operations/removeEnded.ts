import * as attempts from '../../shared/data/identity/attempts.ts';
import * as sessions from '../../shared/data/identity/sessions.ts';
import * as usedCodes from '../../shared/data/identity/usedCodes.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { removeEach } from '../../shared/flows/removeEach.ts';
import { timer } from '../../shared/function.ts';
import { DAY_MS, HOUR_MS, timeMs } from '../../shared/schemas/base.ts';

/** Clocks of several processes differ a little: a window that is over for us may not be for all. */
const ATTEMPTS_KEPT_MS = HOUR_MS;
/** WeChat's login codes are good for five minutes. */
const CODE_KEPT_MS = DAY_MS;
/** How long it can be seen that there was a session. */
const SESSION_KEPT_MS = 30 * DAY_MS;

/**
 * Forgets what is over for good: counts of attempts whose window is over, login codes that were used more than a day
 * ago, sessions that ended more than 30 days ago, and tasks that were done more than 90 days ago. What guards money, such as receipts and refunds, is never among
 * them, and no task that is dead or buried.
 */
export const removeEnded = timer(
  { cron: '0 40 4 * * * *', budgetMs: 50_000 },
  async ({ now, ports, hasTime }) => {
    const { database } = ports;
    const counted = attempts.endedBefore(database, timeMs(Math.max(0, now - ATTEMPTS_KEPT_MS)));
    const codes = usedCodes.before(database, timeMs(Math.max(0, now - CODE_KEPT_MS)));
    const ended = sessions.endedBefore(database, timeMs(Math.max(0, now - SESSION_KEPT_MS)));
    const done = tasks.forgettable(database, now);
    return {
      'attempt.removed': await removeEach(database, attempts.collection, counted, hasTime),
      'code.removed': await removeEach(database, usedCodes.collection, codes, hasTime),
      'session.removed': await removeEach(database, sessions.collection, ended, hasTime),
      'task.removed': await removeEach(database, tasks.collection, done, hasTime),
    };
  },
);
