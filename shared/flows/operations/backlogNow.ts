import * as cases from '../../data/operations/cases.ts';
import * as looks from '../../data/operations/looks.ts';
import * as tasks from '../../data/tasks.ts';
import { dayAfter, dayOf } from '../../domain/day.ts';
import type { Database, Reader } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { CaseKind } from '../../schemas/operations/case.ts';

/** Counting stops here: more of the same would tell nobody anything new. */
const COUNTED_MAX = 100;

/** What waits, and for how long. Counts stop at 100. */
export interface Backlog {
  /** Tasks that were given up, and wait for staff. */
  readonly deadTasks: number;
  readonly waitingTasks: number;
  /** How long the longest waiting task has been due; 0 when none waits. */
  readonly oldestTaskMs: number;
  /** Open cases about what has waited for most of a day. */
  readonly waitingCases: number;
  /** Open cases about differences between a rail's bill and our books. */
  readonly openDifferences: number;
  /** How long ago a nightly look ended, or the shop began to be watched. */
  readonly lookAgeMs: number;
}

async function openCases(reader: Reader, kind: CaseKind): Promise<number> {
  const { items } = await cases.list(reader, { state: 'open', kind, limit: COUNTED_MAX, cursor: null });
  return items.length;
}

/** When a look last ended. A shop without any begins here: as if one had ended now, and tonight's was to come. */
async function lookEndedAtMs(database: Database, now: TimeMs): Promise<TimeMs> {
  const found = await looks.find(database);
  if (found !== null) return found.endedAtMs ?? found.updatedAtMs;
  const begun = { night: dayAfter(dayOf(now), -1), place: null, updatedAtMs: now, endedAtMs: now };
  return database.tx(async (tx) => {
    const before = await looks.find(tx);
    if (before === null) await looks.save(tx, null, { id: 'invariants', ...begun });
    return before?.endedAtMs ?? now;
  });
}

/** What waits now. */
export async function backlogNow(database: Database, now: TimeMs): Promise<Backlog> {
  const waiting = await tasks.longestWaiting(database, now, COUNTED_MAX);
  const dead = await tasks.inState(database, 'dead', { limit: COUNTED_MAX, cursor: null });
  return {
    deadTasks: dead.items.length,
    waitingTasks: waiting.length,
    oldestTaskMs: now - (waiting[0]?.dueFirstAtMs ?? now),
    waitingCases: await openCases(database, 'waiting'),
    openDifferences: await openCases(database, 'reconciliation'),
    lookAgeMs: now - (await lookEndedAtMs(database, now)),
  };
}
