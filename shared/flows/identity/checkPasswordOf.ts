import * as identities from '../../data/identity/identities.ts';
import { TRIES } from '../../domain/identity/attempts.ts';
import { fail } from '../../errors.ts';
import type { HashWork } from '../../ports/passwords.ts';
import type { Ports } from '../../ports/ports.ts';
import type { UserId } from '../../schemas/base.ts';

/** A name and a password as they were typed, where they come from, and in which lane they are looked at. */
interface Typed {
  readonly userName: string;
  readonly password: string;
  readonly address: string;
  readonly lane: HashWork['lane'];
  /** Whose they have to be: null for a login, where anybody's will do. */
  readonly owner: UserId | null;
}

/**
 * Whose name and password these are. At a login, a name that nobody has and a wrong password get the same answer for
 * the same work. Where the owner is known, a name that is not theirs is refused without any work, whoever has it.
 * Tries are counted where they come from, never for the name alone: a stranger elsewhere cannot lock its owner out.
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
