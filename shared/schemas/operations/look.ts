/** The progress of the nightly look through the store. */
import * as z from 'zod';
import { TimeMs } from '../base.ts';
import { Day } from '../books/journal.ts';

/** Where the look continues: in which part of the store, and after which document; null for the part's beginning. */
export const LookPlace = z.object({ part: z.string().max(50), cursor: z.string().max(1_000).nullable() });
export type LookPlace = z.infer<typeof LookPlace>;

/** The current look, or the last one that ended. */
export const Look = z.object({
  id: z.literal('invariants'),
  /** The night of its last run, as the day on which that night ended. */
  night: Day,
  /** Where it continues; null when it has ended. */
  place: LookPlace.nullable(),
  updatedAtMs: TimeMs,
  /** When a look last ended, well or not; before the first one, since when the shop has been watched. */
  endedAtMs: TimeMs.optional(),
});
export type Look = z.infer<typeof Look>;
