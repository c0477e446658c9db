/** The start of every user, whichever way they log in. */
import { userRegistered } from '../../../events/userRegistered.ts';
import * as identities from '../../data/identity/identities.ts';
import * as users from '../../data/identity/users.ts';
import * as tasks from '../../data/tasks.ts';
import { fact } from '../../event.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Identity, User } from '../../schemas/identity/user.ts';
import { saveNames } from './saveNames.ts';

/**
 * Stores a new user with their first identity, and appends the fact that they registered. The caller must have found
 * the identity free in this transaction. Of two concurrent registrations, one then runs again and finds it taken.
 */
export async function registerUser(
  tx: Tx,
  user: User,
  identity: Identity,
  at: { readonly now: TimeMs; readonly requestId: string },
): Promise<User> {
  await users.insert(tx, user);
  await saveNames(tx, null, user);
  await identities.insert(tx, identity);
  const via = identity.passwordHash === null ? 'wechat' : 'password';
  await tasks.append(
    tx,
    [fact(userRegistered, user.id, { userId: user.id, via, registeredAtMs: at.now })],
    at,
  );
  return user;
}
