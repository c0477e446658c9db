import * as cases from '../../shared/data/operations/cases.ts';
import * as tasks from '../../shared/data/tasks.ts';
import {
  endedCase,
  isToBeTold,
  isToEnd,
  LATE_TASK_MS,
  WAITING_KINDS,
  type Waiting,
  type WaitingKind,
  waitingCases,
} from '../../shared/domain/operations/waiting.ts';
import { waitingNow } from '../../shared/flows/operations/waitingNow.ts';
import { timer } from '../../shared/function.ts';
import { timeMs } from '../../shared/schemas/base.ts';

/** The count of late tasks in the log stops here. */
const LATE_COUNTED_MAX = 1000;

/**
 * Opens a case for everything that a buyer or the shop has waited for most of a day, and logs late tasks.
 *
 * Each thing gets its own case; when very many of one kind wait, one case covers the rest. Age counts from when the
 * thing was first due, whatever has been tried since. A case ends by itself once its thing no longer waits. A case that
 * staff closed opens again if the thing still waits the next day.
 */
export const watchWaiting = timer(
  { cron: '0 */10 * * * * *', budgetMs: 50_000 },
  async ({ now, ports: { database, log } }) => {
    let lateCount = 0;
    for await (const { id, dueFirstAtMs } of tasks.waitingSince(database, timeMs(now - LATE_TASK_MS))) {
      if (lateCount === 0) log.write('error', { lateTask: id, dueFirstAtMs });
      lateCount += 1;
      if (lateCount === LATE_COUNTED_MAX) break;
    }
    const counts = { 'task.late': lateCount, 'case.opened': 0, 'case.ended': 0 };
    const found = new Map<WaitingKind, readonly Waiting[]>();
    for (const kind of WAITING_KINDS) {
      const waiting = await waitingNow(database, kind, now);
      found.set(kind, waiting);
      for (const opened of waitingCases(kind, waiting)) {
        const isOpened = await database.tx((tx) =>
          cases.openWhen(tx, opened, (before) => isToBeTold(before, now), now),
        );
        if (isOpened) counts['case.opened'] += 1;
      }
    }
    for await (const { id } of cases.openOf(database, 'waiting')) {
      const isEnded = await database.tx(async (tx) => {
        const open = await cases.get(tx, id);
        if (open.state !== 'open' || !isToEnd(open, found)) return false;
        await cases.save(tx, open, endedCase(open, now));
        return true;
      });
      if (isEnded) counts['case.ended'] += 1;
    }
    return counts;
  },
);
