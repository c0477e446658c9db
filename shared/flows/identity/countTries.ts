import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import { MINUTE_MS, SECOND_MS, type TimeMs } from '../../schemas/base.ts';

/** How often a secret of one thing may be tried. */
const TRIES_MAX = 10;

/** How long tries are counted together: a quarter of an hour. */
export const TRIES_WINDOW_MS = 15 * MINUTE_MS;

/**
 * Counts one try to guess a secret: ten in a quarter of an hour. To be called before the secret is looked at, so that
 * tries at the same moment count too. `what` says whose secret, and is kept as a digest only. @throws request.too_many
 */
export async function countTries(
  ports: Pick<Ports, 'cache' | 'secrets'>,
  what: string,
  now: TimeMs,
): Promise<void> {
  const tries = await ports.cache.count(`tries:${ports.secrets.digest('tries', what)}`, TRIES_WINDOW_MS);
  if (tries.count <= TRIES_MAX) return;
  const retryAfterSeconds = Math.max(1, Math.ceil((tries.endsAtMs - now) / SECOND_MS));
  throw fail('request.too_many', { params: { retryAfterSeconds } });
}
