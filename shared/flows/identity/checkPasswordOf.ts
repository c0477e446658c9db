import * as identities from '../../data/identity/identities.ts';
import { TRIES } from '../../domain/identity/attempts.ts';
import { fail } from '../../errors.ts';
import type { HashWork } from '../../ports/passwords.ts';
import type { Ports } from '../../ports/ports.ts';
import type { UserId } from '../../schemas/base.ts';

/** A name and a password as typed, their network address, and the hashing lane. */
interface Typed {
  readonly userName: string;
  readonly password: string;
  readonly address: string;
  readonly lane: HashWork['lane'];
  /** The user they must belong to; null at a login, where any user will do. */
  readonly owner: UserId | null;
}

/**
 * The user that a name and password belong to. At a login, an unknown name and a wrong password get the same answer
 * after the same work. When the owner is known, a name that is not theirs is refused without hashing. Tries are
 * counted by name and address together, so a stranger elsewhere cannot lock out the owner.
 * @throws auth.password_wrong, request.too_many
 */
export async function checkPasswordOf(
  { attempts, database, passwords }: Pick<Ports, 'attempts' | 'database' | 'passwords'>,
  { userName, password, address, lane, owner }: Typed,
): Promise<UserId> {
  await attempts.count(`password ${userName} ${address}`, TRIES);
  const identity = await identities.find(database, identities.nameId(userName));
  if (owner !== null && identity?.userId !== owner) {
    throw fail('auth.password_wrong', { detail: 'not the name of who asks' });
  }
  const work = { lane, source: owner ?? address };
  if (identity === null || identity.passwordHash === null) {
    await passwords.hash(password, work);
    throw fail('auth.password_wrong');
  }
  if (!(await passwords.verify(password, identity.passwordHash, work))) throw fail('auth.password_wrong');
  return identity.userId;
}
