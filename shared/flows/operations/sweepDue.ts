import * as tasks from '../../data/tasks.ts';
import { isLate, swept } from '../../domain/task.ts';
import type { Ring } from '../../ports/bus.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Task } from '../../schemas/task.ts';
import { added, eachDue } from '../eachDue.ts';

/** The most due tasks that one run reads. When there are more, it reads up to this many of each consumer. */
const TASKS_MAX = 1000;
/** How many tasks of one consumer run at the same time, so that one hanging task does not block the others. */
const LANES = 4;

/** What a sweep has from its timer. */
export interface Sweep {
  readonly now: TimeMs;
  readonly ports: Pick<Ports, 'database' | 'bus' | 'clock' | 'log'>;
  readonly hasTime: () => boolean;
  /** Whether a consumer can be run here. */
  readonly runs: (consumer: string) => boolean;
  readonly consume: (consumer: string, eventId: string) => Promise<string>;
}

/**
 * Rings again for tasks that wait, and runs those that have been due for 30 seconds, if they can be run here. Others
 * that late are left to the sweep that can run them.
 *
 * The broker may not deliver at all, so late tasks do not depend on it. Each consumer has its own lanes: one that
 * fails, hangs or is far behind delays no other. The time of the next look is saved before a task is rung for or run. A
 * task that was done meanwhile is left alone, so its effect still happens once.
 */
export async function sweepDue({
  now,
  ports,
  hasTime,
  runs,
  consume,
}: Sweep): Promise<Record<string, number>> {
  const { database, bus, clock, log } = ports;
  const isOurs = ({ id }: Task) =>
    database.tx(async (tx) => {
      const task = await tasks.find(tx, id);
      const taken = task === null ? null : swept(task, clock.now());
      if (task === null || taken === null) return false;
      await tasks.save(tx, task, taken);
      return true;
    });
  const rings = new Map<string, Ring>();
  const ring = async (task: Task): Promise<string> => {
    if (!(await isOurs(task))) return 'skipped';
    rings.set(task.event.id, { topic: task.event.name, eventId: task.event.id });
    return 'rung';
  };
  const run = async (task: Task): Promise<string> => {
    if (!(await isOurs(task))) return 'skipped';
    // The reason of the failure is stored in the task and logged.
    return consume(task.consumer, task.event.id).catch(() => 'failed');
  };
  const given = { noun: 'task', hasTime, log };
  const due = [...(await tasks.due(database, now, TASKS_MAX))];
  const young = due.flatMap(([, own]) => own.filter((task) => !isLate(task, now)));
  const counts = [await eachDue(young, ring, given)];
  if (rings.size > 0) await bus.ring([...rings.values()]);
  const late = due
    .filter(([consumer]) => runs(consumer))
    .map(([, own]) => own.filter((task) => isLate(task, now)));
  counts.push(...(await Promise.all(late.map((own) => eachDue(own, run, { ...given, lanes: LANES })))));
  return added(counts);
}
