import { idsFrom } from '../../shared/adapters/process/ids.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Ids } from '../../shared/ports/ids.ts';

/** The system's ids over seeded random numbers. */
export function seededIds(clock: Clock, random: () => number): Ids {
  return idsFrom(clock, (bytes) => {
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = Math.floor(random() * 256);
  });
}
