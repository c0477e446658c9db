import * as attempts from '../../shared/data/identity/attempts.ts';
import * as sessions from '../../shared/data/identity/sessions.ts';
import * as usedCodes from '../../shared/data/identity/usedCodes.ts';
import * as messages from '../../shared/data/inbox/messages.ts';
import * as quizzes from '../../shared/data/learning/quizzes.ts';
import * as mediaChecks from '../../shared/data/review/mediaChecks.ts';
import * as uploads from '../../shared/data/review/uploads.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { CHECK_KEPT_MS } from '../../shared/domain/review/mediaCheck.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { removeEach } from '../../shared/flows/removeEach.ts';
import { removeUpload } from '../../shared/flows/review/removeUpload.ts';
import { timer } from '../../shared/function.ts';
import { DAY_MS, HOUR_MS, timeMs } from '../../shared/schemas/base.ts';

/** How long a count of attempts is kept after its window. The clocks of several processes differ a little. */
const ATTEMPTS_KEPT_MS = HOUR_MS;
/** How long a used login code is kept. WeChat's login codes are valid for five minutes. */
const CODE_KEPT_MS = DAY_MS;
/** How long a try at a quiz is kept. */
const TRIES_KEPT_MS = 180 * DAY_MS;
/** How long a message stays in an inbox. */
const MESSAGE_KEPT_MS = 180 * DAY_MS;
/** How long an ended session is kept. */
const SESSION_KEPT_MS = 30 * DAY_MS;

/**
 * Removes what is certainly no longer needed: counts of attempts whose window ended more than an hour ago, login codes
 * used more than a day ago, sessions that ended more than 30 days ago, tasks done more than 90 days ago, tries at
 * quizzes and messages more than 180 days old, uploads that nothing uses, with their files, two days after they were
 * asked for, and checks of files begun more than 90 days ago. It never removes what guards money, such as receipts and
 * refunds, nor a dead or buried task.
 */
export const removeEnded = timer(
  { cron: '0 40 4 * * * *', budgetMs: 50_000 },
  async ({ now, ports, hasTime }) => {
    const { database, log } = ports;
    const since = (keptMs: number) => timeMs(Math.max(0, now - keptMs));
    const counted = attempts.endedBefore(database, since(ATTEMPTS_KEPT_MS));
    const codes = usedCodes.before(database, since(CODE_KEPT_MS));
    const ended = sessions.endedBefore(database, since(SESSION_KEPT_MS));
    const checked = mediaChecks.before(database, since(CHECK_KEPT_MS));
    const traced = mediaChecks.tracesBefore(database, since(CHECK_KEPT_MS));
    const tries = quizzes.attemptsBefore(database, since(TRIES_KEPT_MS));
    const told = messages.endedBefore(database, since(MESSAGE_KEPT_MS));
    const unused = uploads.endedBefore(database, now);
    return {
      'attempt.removed': await removeEach(database, attempts.collection, counted, hasTime),
      'code.removed': await removeEach(database, usedCodes.collection, codes, hasTime),
      'session.removed': await removeEach(database, sessions.collection, ended, hasTime),
      'message.removed': await removeEach(database, messages.collection, told, hasTime),
      'try.removed': await removeEach(database, quizzes.attempts, tries, hasTime),
      'check.removed': await removeEach(database, mediaChecks.collection, checked, hasTime),
      'trace.removed': await removeEach(database, mediaChecks.traces, traced, hasTime),
      'task.removed': await removeEach(database, tasks.collection, tasks.forgettable(database, now), hasTime),
      ...(await eachDue(unused, (upload) => removeUpload(ports, upload), { noun: 'upload', hasTime, log })),
    };
  },
);
