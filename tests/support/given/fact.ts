/** Facts, told to the consumers as their producers would tell them. */

import * as tasks from '../../../shared/data/tasks.ts';
import type { Fact } from '../../../shared/event.ts';
import { DuplicateId } from '../../../shared/ports/database.ts';
import type { World } from '../world.ts';

/** Writes the fact's tasks, and rings for none of them. Answers the event's id, to `deliver` it with. */
export async function givenFact(world: World, told: Fact): Promise<string> {
  const at = { now: world.clock.now(), requestId: 'given' };
  await world.ports.database
    .tx((tx) => tasks.append(tx, [told], at))
    .catch((caught: unknown) => {
      // Of a commit whose answer was lost: the tasks are there.
      if (!(caught instanceof DuplicateId)) throw caught;
    });
  return `${told.event.name}:${told.key}`;
}
