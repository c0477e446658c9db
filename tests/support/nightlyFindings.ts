import type { Finding } from '../../shared/domain/operations/invariants.ts';
import { LOOK_BEGINNING, lookOn } from '../../shared/flows/operations/checkStore.ts';
import type { Reader } from '../../shared/ports/database.ts';
import type { TimeMs } from '../../shared/schemas/base.ts';
import type { LookPlace } from '../../shared/schemas/operations/look.ts';

/** Everything that the product's own nightly look finds in a store, at once. */
export async function nightlyFindings(reader: Reader, now: TimeMs): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (let place: LookPlace | null = LOOK_BEGINNING; place !== null; ) {
    const { findings, next }: Awaited<ReturnType<typeof lookOn>> = await lookOn(reader, place, now);
    found.push(...findings);
    place = next;
  }
  return found;
}
