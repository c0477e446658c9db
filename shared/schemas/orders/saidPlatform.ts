import type { Platform } from './order.ts';

/** What WeChat says in the headers of a request. */
export interface SaidPlatform {
  /** Whether a mini-program sent it. */
  readonly isMiniProgram: boolean;
  /** The phone or computer on which WeChat runs; null when WeChat says none that we know. */
  readonly device: Exclude<Platform, 'web'> | null;
}
