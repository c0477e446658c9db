import type { TimeMs } from '../schemas/base.ts';

/** The time. The only place it comes from. */
export interface Clock {
  now(): TimeMs;
}
