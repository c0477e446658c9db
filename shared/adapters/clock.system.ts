/** The machine's clock. */
import type { Clock } from '../ports.ts';
import { timeMs } from '../schemas/base.ts';

export const systemClock: Clock = { now: () => timeMs(Date.now()) };
