/** What can go wrong with a call to the simulated cloud. */

/**
 * `refuse`: an internal error, and nothing is done. `before`, `after`: no answer comes, and the deed is not done, or it
 * is. `throttle`: too many calls. `stale`: a read answers what stood before the last write. `fail`: the work on a
 * function that the call begins fails.
 */
export const CLOUD_FAULTS = ['refuse', 'before', 'after', 'throttle', 'stale', 'fail'] as const;
/** One of them. */
export type CloudFault = (typeof CLOUD_FAULTS)[number];

/** A call as it is counted, from 1. */
export interface CountedCall {
  readonly number: number;
  readonly service: string;
  readonly action: string;
  readonly isWrite: boolean;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Chooses what happens to a call; null for nothing. */
export type ChooseFault = (call: CountedCall) => CloudFault | null;
