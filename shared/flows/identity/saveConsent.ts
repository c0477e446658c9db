import * as consentEntries from '../../data/identity/consentEntries.ts';
import * as users from '../../data/identity/users.ts';
import type { ChangedConsent } from '../../domain/identity/legal.ts';
import type { Tx } from '../../ports/database.ts';
import type { User } from '../../schemas/identity/user.ts';

/** Stores a changed consent together with the entry that proves it. Returns the user as they are now. */
export async function saveConsent(tx: Tx, before: User, { user, entry }: ChangedConsent): Promise<User> {
  if (entry === null) return before;
  await users.save(tx, before, user);
  await consentEntries.insert(tx, entry);
  return user;
}
