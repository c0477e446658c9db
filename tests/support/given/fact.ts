/** Stores facts as their producers would, for their consumers. */

import * as tasks from '../../../shared/data/tasks.ts';
import type { Fact } from '../../../shared/event.ts';
import { DuplicateId } from '../../../shared/ports/database.ts';
import type { World } from '../world.ts';

/** Writes the fact's tasks without ringing. Answers the event's id for `deliver`. */
export async function givenFact(world: World, told: Fact): Promise<string> {
  const at = { now: world.clock.now(), requestId: 'given' };
  await world.ports.database
    .tx((tx) => tasks.append(tx, [told], at))
    .catch((caught: unknown) => {
      // A commit whose answer was lost: the tasks exist already.
      if (!(caught instanceof DuplicateId)) throw caught;
    });
  return `${told.event.name}:${told.key}`;
}
