/** The machine's clock. */
import type { Clock } from '../../ports/clock.ts';
import { timeMs } from '../../schemas/base.ts';

/** The machine's time. It may step back. */
export const systemClock: Clock = { now: () => timeMs(Date.now()) };

/** Resolves after `ms` milliseconds. */
export function systemPause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
