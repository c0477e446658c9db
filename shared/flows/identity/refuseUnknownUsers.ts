import * as users from '../../data/identity/users.ts';
import type { Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';

/** Refuses people who do not exist, or whose account somebody took over. @throws user.not_found */
export async function refuseUnknownUsers(tx: Pick<Tx, 'peek'>, ids: readonly UserId[]): Promise<void> {
  for (const id of new Set(ids)) await users.get({ find: tx.peek.bind(tx) }, id);
}
