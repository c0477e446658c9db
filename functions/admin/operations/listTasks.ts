import * as z from 'zod';
import * as tasks from '../../../shared/data/tasks.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { TaskPage, TaskState } from '../../../shared/schemas/task.ts';

/** Lists what events still have to cause, or what was given up (`dead`), the latest first. */
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
