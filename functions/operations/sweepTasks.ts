import * as tasks from '../../shared/data/tasks.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { timer } from '../../shared/function.ts';
import type { Ring } from '../../shared/ports/bus.ts';
import { MINUTE_MS, SECOND_MS, timeMs } from '../../shared/schemas/base.ts';

const PAUSE_MIN_MS = 5 * SECOND_MS;
const PAUSE_MAX_MS = 10 * MINUTE_MS;
/** How many one run rings for: what waits longer is first, the others come next time. */
const RINGS_MAX = 1000;

/**
 * Rings again for tasks that are still waiting: the broker may lose a ring, the task stays.
 *
 * A task is rung for after pauses as long as it has already waited (so they double), at least 5 seconds and at most
 * 10 minutes. The next ring is set before this one is made; who was finished meanwhile is left alone.
 */
export const sweepTasks = timer(
  { cron: '*/5 * * * * * *', budgetMs: 20_000 },
  async ({ now, ports, hasTime }) => {
    const rings = new Map<string, Ring>();
    const counts = await eachDue(
      await tasks.due(ports.database, now, RINGS_MAX),
      async ({ id }) => {
        const task = await ports.database.tx(async (tx) => {
          const task = await tasks.find(tx, id);
          if (task === null || task.state !== 'pending' || task.nextAtMs > now) return null;
          const pauseMs = Math.min(PAUSE_MAX_MS, Math.max(PAUSE_MIN_MS, now - task.createdAtMs));
          await tasks.save(tx, { ...task, nextAtMs: timeMs(now + pauseMs), updatedAtMs: now });
          return task;
        });
        if (task === null) return 'skipped';
        rings.set(task.event.id, { topic: task.event.name, eventId: task.event.id });
        return 'rung';
      },
      { noun: 'task', hasTime, log: ports.log },
    );
    await ports.bus.ring([...rings.values()]);
    return counts;
  },
);
