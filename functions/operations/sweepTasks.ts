import * as tasks from '../../shared/data/tasks.ts';
import { isLate, swept } from '../../shared/domain/task.ts';
import { added, eachDue } from '../../shared/flows/eachDue.ts';
import { timer } from '../../shared/function.ts';
import type { Ring } from '../../shared/ports/bus.ts';
import type { Task } from '../../shared/schemas/task.ts';

/** The most due tasks that one run reads. When there are more, it reads up to this many of each consumer. */
const TASKS_MAX = 1000;
/** How many tasks of one consumer run at the same time, so that one hanging task does not block the others. */
const LANES = 4;

/**
 * Rings again for tasks that wait, and runs those that have been due for 30 seconds itself.
 *
 * The broker may not deliver at all, so late tasks do not depend on it. Each consumer has its own lanes: one that
 * fails, hangs or is far behind delays no other. The time of the next look is saved before a task is rung for or run. A
 * task that was done meanwhile is left alone, so its effect still happens once.
 */
export const sweepTasks = timer(
  { cron: '*/5 * * * * * *', budgetMs: 20_000, runsConsumers: true },
  async ({ now, ports, hasTime, consume }) => {
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
    const due = [...(await tasks.due(database, now, TASKS_MAX)).values()];
    const young = due.flat().filter((task) => !isLate(task, now));
    const counts = [await eachDue(young, ring, given)];
    if (rings.size > 0) await bus.ring([...rings.values()]);
    const late = due.map((own) => own.filter((task) => isLate(task, now)));
    counts.push(...(await Promise.all(late.map((own) => eachDue(own, run, { ...given, lanes: LANES })))));
    return added(counts);
  },
);
