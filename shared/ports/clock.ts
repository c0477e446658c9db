import type { TimeMs } from '../schemas/base.ts';

/** The clock. The time comes from nowhere else. */
export interface Clock {
  now(): TimeMs;
}
