import * as secondFactors from '../../data/identity/secondFactors.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Caller } from '../../schemas/identity/caller.ts';

/**
 * Refuses to add a way to log in when the user has a second factor that this session has not shown. A stolen session
 * must not become a lasting way in.
 * @throws auth.second_factor_required
 */
export async function refuseWayIn(tx: Tx, caller: Caller): Promise<void> {
  const factor = await secondFactors.find(tx, caller.id);
  if (factor?.state === 'on' && !caller.hasSecondFactor) throw fail('auth.second_factor_required');
}
