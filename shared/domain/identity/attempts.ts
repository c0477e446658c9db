/** How often a secret may be tried. */
import { MINUTE_MS } from '../../schemas/base.ts';

const WINDOW_MS = 15 * MINUTE_MS;

/** Tries for one account or one person's codes: ten in 15 minutes. */
export const TRIES = { max: 10, windowMs: WINDOW_MS };

/**
 * Tries from one network address, for all accounts together. It is higher because a whole classroom may share an
 * address.
 */
export const TRIES_OF_ADDRESS = { max: 100, windowMs: WINDOW_MS };
