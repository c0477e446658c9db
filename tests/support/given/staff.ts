/** Members of staff for tests. */

import { confirmSecondFactor } from '../../../functions/admin/identity/confirmSecondFactor.ts';
import { startSecondFactor } from '../../../functions/admin/identity/startSecondFactor.ts';
import { loginWithPassword } from '../../../functions/identity/loginWithPassword.ts';
import { register } from '../../../functions/identity/register.ts';
import * as users from '../../../shared/data/identity/users.ts';
import { endSessions } from '../../../shared/domain/identity/session.ts';
import { newUser } from '../../../shared/domain/identity/user.ts';
import { openSession } from '../../../shared/flows/identity/openSession.ts';
import type { UserId } from '../../../shared/schemas/base.ts';
import type { Role, User } from '../../../shared/schemas/identity/user.ts';
import type { World } from '../world.ts';

/** A member of staff, logged in. */
export interface Staff {
  readonly token: string;
  readonly userId: UserId;
}

/** Somebody of this role, logged in, with a second factor shown in that session if asked for. Each call makes another. */
export async function givenStaff(
  world: World,
  role: Role,
  { secondFactor = false }: { readonly secondFactor?: boolean } = {},
): Promise<Staff> {
  const now = world.clock.now();
  const enter = async (tx: Parameters<typeof users.insert>[0], id: UserId) => {
    const staff = newUser({ id, nickname: null, role, openid: null, now });
    await users.insert(tx, staff);
    return staff;
  };
  const { token, user } = await openSession(world.ports, now, enter, async () => secondFactor);
  return { token, userId: user.id };
}

/** Somebody who is there already, of this role from now on, logged in with a second factor. */
export async function givenStaffOf(world: World, userId: UserId, role: Role): Promise<Staff> {
  await change(world, userId, (user) => ({ ...user, role }));
  const enter = (tx: Parameters<typeof users.get>[0]) => users.get(tx, userId);
  const { token } = await openSession(world.ports, world.clock.now(), enter, async () => true);
  return { token, userId };
}

async function change(world: World, userId: UserId, to: (user: User) => User): Promise<void> {
  await world.ports.database.tx(async (tx) => users.save(tx, to(await users.get(tx, userId))));
}

/** Has this user banned. */
export function givenBanned(world: World, userId: UserId): Promise<void> {
  return change(world, userId, (user) => ({ ...endSessions(user, world.clock.now()), state: 'banned' }));
}

/** The password of everybody who is made here. */
export const PASSWORD = 'three grey herons at dusk';

/** Somebody of this role who logs in with a name and `PASSWORD`. */
export async function givenNamedStaff(world: World, role: Role, userName = 'boss'): Promise<Staff> {
  const { data } = await world.call(register, { userName, password: PASSWORD });
  await change(world, data.user.id, (user) => ({ ...user, role }));
  return { token: data.token, userId: data.user.id };
}

/** What the app shows for this key, so many seconds from now. */
export function appCode(world: World, key: string, secondsLater = 0): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...key].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  const step = Math.floor((world.clock.now() / 1000 + secondsLater) / 30);
  return world.ports.secrets.oneTimeCode(Buffer.from(bytes).toString('base64url'), step);
}

/** Turns on the second factor of somebody who logs in by name: the app's key and the recovery codes. */
export async function givenSecondFactor(world: World, staff: Staff, userName = 'boss') {
  const { token } = staff;
  const started = await world.call(startSecondFactor, { userName, password: PASSWORD }, { token });
  const { key } = started.data;
  const confirmed = await world.call(confirmSecondFactor, { oneTimeCode: appCode(world, key) }, { token });
  return { key, recoveryCodes: confirmed.data.recoveryCodes };
}

/** Logs in by name, with whatever is sent as the second factor. */
export function logIn(world: World, secondFactor?: object, userName = 'boss') {
  return world.call(loginWithPassword, { userName, password: PASSWORD, secondFactor });
}
