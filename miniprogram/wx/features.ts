/** Which features are switched on. Ways to those that are off are not shown. */
import type { Talk } from '../../client/types.ts';
import { client } from './client.ts';
import { failureOf } from './failure.ts';
import { cached } from './store.ts';

const MINUTE_MS = 60_000;
/** How long an answer is believed. */
const KEPT_MS = 10 * MINUTE_MS;

/** The switches, as they were within ten minutes; null when they are not known. */
export async function features(): Promise<Talk | null> {
  try {
    return await cached('features', KEPT_MS, () => client.getFeatures({}))(() => undefined);
  } catch (caught) {
    failureOf(caught);
    return null;
  }
}
