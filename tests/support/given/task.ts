/** Tasks that were given up. */
import { welcomeNewUser } from '../../../functions/coupons/welcomeNewUser.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { fail } from '../../../shared/errors.ts';
import type { Task } from '../../../shared/schemas/task.ts';
import { createWorld, type World } from '../world.ts';

/**
 * A world whose `welcomeNewUser` cannot succeed as long as `isBroken`, and the dead task of Alice's registration. How
 * often it had its effect is in `effects`.
 */
export async function worldWithDeadTask(seed = 1) {
  const state = { isBroken: true, effects: 0 };
  const consumers: Parameters<typeof createWorld>[0] = {
    seed,
    consumers: {
      welcomeNewUser: {
        ...welcomeNewUser,
        run: async () => {
          if (state.isBroken) throw fail('course.not_found');
          state.effects += 1;
        },
      },
    },
  };
  const world = await createWorld(consumers);
  const { userId } = await world.login('alice');
  await world.drain();
  const taskId = tasks.taskId('welcomeNewUser', `user.registered:${userId}`);
  return { world, state, taskId };
}

/** The task as it is stored. */
export async function taskOf(world: World, id: string): Promise<Task> {
  const task = await world.ports.database.find(tasks.collection, id);
  if (task === null) throw new Error(`there is no task ${id}`);
  return task;
}
