import type { Log } from '../../shared/ports/log.ts';

/** A log that nobody reads. */
export const quiet: Log = { write: () => undefined };
