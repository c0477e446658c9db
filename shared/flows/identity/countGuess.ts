import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import { MINUTE_MS, SECOND_MS, type TimeMs } from '../../schemas/base.ts';

/** How often codes may be tried from one network address in a quarter of an hour: a classroom sits behind one. */
const GUESSES_MAX = 100;
const GUESSES_WINDOW_MS = 15 * MINUTE_MS;

/** Counts one try to redeem a code, before the code is looked at. @throws request.too_many */
export async function countGuess(
  ports: Pick<Ports, 'cache' | 'secrets'>,
  address: string,
  now: TimeMs,
): Promise<void> {
  const key = `guesses:${ports.secrets.digest('redeem.address', address)}`;
  const { count, endsAtMs } = await ports.cache.count(key, GUESSES_WINDOW_MS);
  if (count <= GUESSES_MAX) return;
  const retryAfterSeconds = Math.max(1, Math.ceil((endsAtMs - now) / SECOND_MS));
  throw fail('request.too_many', { params: { retryAfterSeconds } });
}
