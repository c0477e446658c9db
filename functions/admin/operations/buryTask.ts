import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { buried } from '../../../shared/domain/task.ts';
import { http } from '../../../shared/function.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { TaskId, TaskView } from '../../../shared/schemas/task.ts';

/**
 * Lays a task to rest that was given up, or that fails again and again, and is not to be tried again, because somebody has
 * seen to it otherwise. It is kept, with its reasons, and `replayTask` can still bring it back.
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
      await tasks.save(tx, after);
      const what = { action: 'task.bury', target: taskId, reason, now, requestId };
      const change = { before: { state: before.state }, after: { state: after.state } };
      await audit.append(tx, { id: auditId, actorId: user.id, ...what, ...change });
      return after;
    });
    return { task };
  },
);
