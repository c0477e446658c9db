/** Tasks that were given up, and tasks that wait. */
import { welcomeNewUser } from '../../../functions/coupons/welcomeNewUser.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { fail } from '../../../shared/errors.ts';
import type { EventType } from '../../../shared/event.ts';
import { timeMs } from '../../../shared/schemas/base.ts';
import type { Task } from '../../../shared/schemas/task.ts';
import { createWorld, type World } from '../world.ts';

/**
 * A world whose `welcomeNewUser` fails while `isBroken`, with the dead task of Alice's registration. `effects` counts
 * how often the effect happened.
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

/** The stored task. */
export async function taskOf(world: World, id: string): Promise<Task> {
  const task = await world.ports.database.find(tasks.collection, id);
  if (task === null) throw new Error(`there is no task ${id}`);
  return task;
}

/** So many pending tasks of one consumer, each older than the one before. Their events do not exist. */
export async function givenManyTasks(
  world: World,
  consumer: string,
  of: EventType,
  count: number,
): Promise<void> {
  const now = world.clock.now();
  for (let first = 0; first < count; first += 50) {
    await world.ports.database.tx(async (tx) => {
      for (let n = first; n < Math.min(count, first + 50); n += 1) {
        const atMs = timeMs(now - 60_000 - n);
        const event = {
          id: `${of.name}:made-up-${n}`,
          name: of.name,
          version: of.version,
          occurredAtMs: atMs,
          requestId: 'r',
          data: of.example,
        };
        const task = { id: tasks.taskId(consumer, event.id), consumer, event, state: 'pending' as const };
        const times = { nextAtMs: atMs, dueFirstAtMs: atMs, createdAtMs: atMs, updatedAtMs: atMs };
        const tried = { attempts: 0, faults: 0, reason: null, deaths: [] };
        await tx.insert(tasks.collection, { ...task, ...tried, ...times });
      }
    });
  }
}
