import { idsFrom } from '../../shared/adapters/ids.system.ts';
import type { Clock, Ids } from '../../shared/ports.ts';

/** The system's ids over chance that can be had again. */
export function seededIds(clock: Clock, random: () => number): Ids {
  return idsFrom(clock, (bytes) => {
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = Math.floor(random() * 256);
  });
}
