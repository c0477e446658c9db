import type { Platform } from './order.ts';

/** What WeChat's headers say about a request. */
export interface SaidPlatform {
  /** Whether it came from a mini-program. */
  readonly isMiniProgram: boolean;
  /** The device that runs WeChat; null when WeChat names none that we know. */
  readonly device: Exclude<Platform, 'web'> | null;
}
