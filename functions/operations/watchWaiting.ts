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

/** The log names the first of the tasks that are late, and counts so many. */
const LATE_COUNTED_MAX = 1000;

/**
 * Tells staff of everything that a buyer or the shop has waited for for most of a day, and logs tasks that are late.
 *
 * Each thing gets a case of its own; when very many of a kind wait, one case says so of the rest. Age counts from when a
 * thing was due first, whatever has been tried since. A case ends by itself once nothing waits any more. One that staff
 * closed is opened again when the thing still waits the next day.
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
        await cases.save(tx, endedCase(open, now));
        return true;
      });
      if (isEnded) counts['case.ended'] += 1;
    }
    return counts;
  },
);
