/** The machine's clock. */
import type { Clock } from '../../ports/clock.ts';
import { timeMs } from '../../schemas/base.ts';

/** As good as the machine keeps its time: it may step back. */
export const systemClock: Clock = { now: () => timeMs(Date.now()) };

/** Resolves after so many milliseconds. */
export function systemPause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
