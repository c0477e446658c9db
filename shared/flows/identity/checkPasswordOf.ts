import * as identities from '../../data/identity/identities.ts';
import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import { countTries } from './countTries.ts';

/**
 * Whose name and password these are. A name that nobody has and a wrong password get the same answer for the same
 * work. Tries are counted where they come from, never for the name alone: a stranger elsewhere cannot lock its owner out.
 * @throws auth.password_wrong, request.too_many
 */
export async function checkPasswordOf(
  ports: Ports,
  asked: { readonly userName: string; readonly password: string; readonly address: string },
  now: TimeMs,
): Promise<UserId> {
  await countTries(ports, `password ${asked.userName} ${asked.address}`, now);
  const identity = await identities.find(ports.database, identities.nameId(asked.userName));
  if (identity === null || identity.passwordHash === null) {
    await ports.passwords.hash(asked.password);
    throw fail('auth.password_wrong');
  }
  if (!(await ports.passwords.verify(asked.password, identity.passwordHash)))
    throw fail('auth.password_wrong');
  return identity.userId;
}
