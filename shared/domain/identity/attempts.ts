/** How often what is secret may be tried. */
import { MINUTE_MS } from '../../schemas/base.ts';

const WINDOW_MS = 15 * MINUTE_MS;

/** One secret, or one person's codes: ten in a quarter of an hour. */
export const TRIES = { max: 10, windowMs: WINDOW_MS };

/** From one network address, whoever they are of: a classroom sits behind one. */
export const TRIES_OF_ADDRESS = { max: 100, windowMs: WINDOW_MS };
