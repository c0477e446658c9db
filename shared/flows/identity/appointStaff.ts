/**
 * Appointing staff from the command line. Only somebody who can reach the database can do it; no route leads here.
 */

import * as identities from '../../data/identity/identities.ts';
import * as secondFactors from '../../data/identity/secondFactors.ts';
import * as users from '../../data/identity/users.ts';
import * as audit from '../../data/operations/audit.ts';
import { nameIdentity } from '../../domain/identity/identity.ts';
import { checkPassword } from '../../domain/identity/password.ts';
import { authenticatorUrl, invite } from '../../domain/identity/secondFactor.ts';
import { endSessions } from '../../domain/identity/session.ts';
import { newUser } from '../../domain/identity/user.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import { type TimeMs, UserId } from '../../schemas/base.ts';
import type { Role, User } from '../../schemas/identity/user.ts';
import { registerUser } from './registerUser.ts';
import { newRecoveryCodes, newSeed } from './secondFactor.ts';

/** The ports that a command line has. */
type StaffPorts = Pick<Ports, 'database' | 'ids' | 'clock' | 'passwords'>;

/**
 * One use of the command. Its id is made before the transaction, so that a rerun of the transaction has the same id.
 */
interface Use {
  readonly id: string;
  readonly now: TimeMs;
}

function newUse(ports: StaffPorts): Use {
  return { id: ports.ids.make('use'), now: ports.clock.now() };
}

/** Records a role change. The actor is the command, not a user. */
function auditRole(tx: Tx, user: User, use: Use, before: Role | null): Promise<void> {
  return audit.append(tx, {
    id: `staff.role:${use.id}`,
    actorId: 'command',
    action: 'staff.role',
    target: user.id,
    reason: null,
    before: before === null ? null : { role: before },
    after: { role: user.role },
    now: use.now,
    requestId: use.id,
  });
}

/**
 * Registers a member of staff with a name and a password. The nickname is the user name where none is given.
 * @throws user.password_weak, user.name_taken
 */
export async function createStaff(
  ports: StaffPorts,
  asked: {
    readonly userName: string;
    readonly password: string;
    readonly role: Role;
    readonly nickname?: string;
  },
): Promise<User> {
  checkPassword(asked.password, asked.userName);
  const passwordHash = await ports.passwords.hash(asked.password, { lane: 'account', source: 'command' });
  const use = newUse(ports);
  const { now } = use;
  const userId = UserId.parse(ports.ids.make('usr'));
  const id = identities.nameId(asked.userName);
  return ports.database.tx(async (tx) => {
    const before = await identities.find(tx, id);
    if (before?.userId === userId) return users.get(tx, userId);
    if (before !== null) throw fail('user.name_taken');
    const { userName, nickname = userName, role } = asked;
    const user = newUser({ id: userId, nickname, role, openid: null, now });
    await auditRole(tx, user, use, null);
    const identity = nameIdentity({ id, userId, passwordHash, now });
    return registerUser(tx, user, identity, { now, requestId: use.id });
  });
}

/** What is shown once after a second factor was set up on the machine: the app's address and the recovery codes. */
export interface NewFactor {
  readonly url: string;
  readonly recoveryCodes: readonly string[];
}

/**
 * Turns on a second factor for a member of staff, and ends all their sessions. Null for a learner, and when a factor
 * is on already. `replaces` overrides the latter, for an only administrator who has lost app and codes.
 * @throws user.not_found
 */
export async function giveFactor(
  ports: StaffPorts & Pick<Ports, 'secrets'>,
  { userId, replaces }: { readonly userId: UserId; readonly replaces: boolean },
): Promise<NewFactor | null> {
  const use = newUse(ports);
  const { key, seedSealed } = newSeed(ports);
  const { codes, digests } = newRecoveryCodes(ports, userId);
  return ports.database.tx(async (tx) => {
    const user = await users.get(tx, userId);
    const before = await secondFactors.find(tx, userId);
    const made = { url: authenticatorUrl(user.nickname, key), recoveryCodes: codes };
    // This key can be stored already only when this same transaction committed and its answer was lost.
    if (before?.seedSealed === seedSealed) return made;
    if (user.role === 'learner' || (before?.state === 'on' && !replaces)) return null;
    const fresh = invite(before, { userId, digest: '', now: use.now });
    const on = { ...fresh, state: 'on' as const, seedSealed, enrolment: null, recoveryDigests: digests };
    await secondFactors.save(tx, before, on);
    await users.save(tx, user, endSessions(user, use.now));
    await audit.append(tx, {
      id: `second_factor.turn_on:${use.id}`,
      ...{ actorId: 'command', action: 'second_factor.turn_on', target: userId, reason: null },
      before: { secondFactor: before?.state ?? 'off' },
      after: { secondFactor: 'on' },
      now: use.now,
      requestId: use.id,
    });
    return made;
  });
}

/** Gives a user another role, from their next call on. `learner` removes all rights. @throws user.not_found */
export async function setRole(
  ports: StaffPorts,
  asked: { readonly userId: UserId; readonly role: Role },
): Promise<User> {
  const use = newUse(ports);
  return ports.database.tx(async (tx) => {
    const before = await users.get(tx, asked.userId);
    if (before.role === asked.role) return before;
    const after = { ...before, role: asked.role, updatedAtMs: use.now };
    await users.save(tx, before, after);
    await auditRole(tx, after, use, before.role);
    return after;
  });
}
