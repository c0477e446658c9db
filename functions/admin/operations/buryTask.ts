import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { buried } from '../../../shared/domain/task.ts';
import { http } from '../../../shared/function.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { TaskId, TaskView } from '../../../shared/schemas/task.ts';

/**
 * Buries a task that was given up or keeps failing: it is not tried again, because somebody has dealt with it
 * otherwise.
 *
 * The task is kept with its errors, and `replayTask` can bring it back.
 */
export const buryTask = http(
  {
    route: 'POST /api/admin/tasks/bury',
    auth: { may: 'task.manage' },
    input: z.strictObject({ taskId: TaskId, reason: Reason }),
    output: z.object({ task: TaskView }),
    errors: ['task.not_found', 'task.not_dead'],
  },
  async ({ input: { taskId, reason }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const task = await ports.database.tx(async (tx) => {
      const before = await tasks.get(tx, taskId);
      const after = buried(before, reason, now);
      if (after === before) return before;
      await tasks.save(tx, before, after);
      const what = { action: 'task.bury', target: taskId, reason, now, requestId };
      const change = { before: { state: before.state }, after: { state: after.state } };
      await audit.append(tx, { id: auditId, actorId: user.id, ...what, ...change });
      return after;
    });
    return { task };
  },
);
