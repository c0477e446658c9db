/** How somebody comes to work for the shop. Only who can reach the database can do it: there is no route to it. */
import * as audit from '../data/audit.ts';
import * as identities from '../data/identities.ts';
import * as users from '../data/users.ts';
import { nameIdentity } from '../domain/identity.ts';
import { checkPassword } from '../domain/password.ts';
import { newUser } from '../domain/user.ts';
import { fail } from '../errors.ts';
import type { Ports, Tx } from '../ports.ts';
import { type TimeMs, UserId } from '../schemas/base.ts';
import type { Role, User } from '../schemas/user.ts';
import { registerUser } from './registerUser.ts';

/** What it takes: a command line has no more than this. */
type StaffPorts = Pick<Ports, 'database' | 'ids' | 'clock' | 'passwords'>;

/** Nobody of the staff did it, so the entry's actor is the user whom it is about. */
function auditRole(tx: Tx, user: User, now: TimeMs, before: Role | null): Promise<void> {
  return audit.append(tx, {
    id: `staff.role:${user.id}:${now}`,
    atMs: now,
    actorId: user.id,
    action: 'staff.role',
    target: user.id,
    reason: null,
    details: { before, after: user.role, by: 'command' },
  });
}

/** Registers a member of staff under a name and a password. @throws user.password_weak, user.name_taken */
export async function createStaff(
  ports: StaffPorts,
  asked: { readonly userName: string; readonly password: string; readonly role: Role },
): Promise<User> {
  checkPassword(asked.password, asked.userName);
  const passwordHash = await ports.passwords.hash(asked.password);
  const now = ports.clock.now();
  const userId = UserId.parse(ports.ids.make('usr'));
  const id = identities.nameId(asked.userName);
  const at = { now, requestId: ports.ids.make('req') };
  return ports.database.tx(async (tx) => {
    const identity = await identities.find(tx, id);
    if (identity?.userId === userId) return users.get(tx, userId);
    if (identity !== null) throw fail('user.name_taken');
    const user = newUser({ id: userId, nickname: asked.userName, role: asked.role, openid: null, now });
    await auditRole(tx, user, now, null);
    return registerUser(tx, user, nameIdentity({ id, userId, passwordHash, now }), at);
  });
}

/** Gives somebody another role, from their next call on; `learner` takes all rights away. @throws user.not_found */
export async function setRole(
  ports: Pick<StaffPorts, 'database' | 'clock'>,
  asked: { readonly userId: UserId; readonly role: Role },
): Promise<User> {
  const now = ports.clock.now();
  return ports.database.tx(async (tx) => {
    const before = await users.get(tx, asked.userId);
    if (before.role === asked.role) return before;
    const after = { ...before, role: asked.role, updatedAtMs: now };
    await users.save(tx, after);
    await auditRole(tx, after, now, before.role);
    return after;
  });
}
