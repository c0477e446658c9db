/** How far the nightly look through the store has come. */
import * as z from 'zod';
import { TimeMs } from '../base.ts';
import { Day } from '../books/journal.ts';

/** Where the look goes on: a part of the store, and behind which of its documents; null for the part's beginning. */
export const LookPlace = z.object({ part: z.string().max(50), cursor: z.string().max(1_000).nullable() });
export type LookPlace = z.infer<typeof LookPlace>;

/** The look that goes on, or that has ended. */
export const Look = z.object({
  id: z.literal('invariants'),
  /** The day in whose night it has gone on last. */
  night: Day,
  /** Null when it has ended. */
  place: LookPlace.nullable(),
  updatedAtMs: TimeMs,
});
export type Look = z.infer<typeof Look>;
