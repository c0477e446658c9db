import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { replayed } from '../../../shared/domain/task.ts';
import { http } from '../../../shared/function.ts';
import { AnyReason } from '../../../shared/schemas/identity/staff.ts';
import { TaskId, TaskView } from '../../../shared/schemas/task.ts';

/**
 * Brings back a task that was given up or buried. It is tried at once, as often as a new one.
 *
 * Safe to repeat. A task that is pending or done stays as it is, and its effect still happens once.
 */
export const replayTask = http(
  {
    route: 'POST /api/admin/tasks/replay',
    auth: { may: 'task.manage' },
    input: z.strictObject({ taskId: TaskId, reason: AnyReason }),
    output: z.object({ task: TaskView }),
    errors: ['task.not_found'],
  },
  async ({ input: { taskId, reason }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const task = await ports.database.tx(async (tx) => {
      const before = await tasks.get(tx, taskId);
      const after = replayed(before, now);
      if (after === before) return before;
      await tasks.save(tx, before, after);
      const what = { action: 'task.replay', target: taskId, reason, now, requestId };
      const change = { before: { state: before.state }, after: { state: after.state } };
      await audit.append(tx, { id: auditId, actorId: user.id, ...what, ...change });
      return after;
    });
    if (task.state === 'pending') await ports.bus.ring([{ topic: task.event.name, eventId: task.event.id }]);
    return { task };
  },
);
