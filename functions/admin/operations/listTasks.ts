import * as z from 'zod';
import * as tasks from '../../../shared/data/tasks.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { TaskPage, TaskState } from '../../../shared/schemas/task.ts';

/**
 * Lists tasks in one state, the latest first: effects of events that are still to come, or that were given up (`dead`).
 */
export const listTasks = http(
  {
    route: 'GET /api/admin/tasks',
    auth: { may: 'task.view' },
    input: z.strictObject({ state: TaskState, limit: PageSize, cursor: Cursor.optional() }),
    output: TaskPage,
    errors: [],
  },
  async ({ input: { state, limit = 20, cursor = null }, ports }) => {
    const { items, nextCursor } = await tasks.inState(ports.database, state, { limit, cursor });
    return { items: [...items], nextCursor };
  },
);
