import * as secondFactors from '../../data/identity/secondFactors.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Caller } from '../../schemas/identity/caller.ts';

/**
 * Refuses to add a way to log in for who has turned on a second factor and has not shown it in this session: a stolen
 * session must not become a way in that lasts. @throws auth.second_factor_required
 */
export async function refuseWayIn(tx: Tx, caller: Caller): Promise<void> {
  const factor = await secondFactors.find(tx, caller.id);
  if (factor?.state === 'on' && !caller.hasSecondFactor) throw fail('auth.second_factor_required');
}
