/** The machine's clock. */
import type { Clock } from '../ports.ts';
import { timeMs } from '../schemas/base.ts';

/** As good as the machine keeps its time: it may step back. */
export const systemClock: Clock = { now: () => timeMs(Date.now()) };
