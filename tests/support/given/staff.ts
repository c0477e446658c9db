/** Members of staff for tests. */

import { confirmSecondFactor } from '../../../functions/admin/identity/confirmSecondFactor.ts';
import { startSecondFactor } from '../../../functions/admin/identity/startSecondFactor.ts';
import { loginWithPassword } from '../../../functions/identity/loginWithPassword.ts';
import { register } from '../../../functions/identity/register.ts';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as sessions from '../../../shared/data/identity/sessions.ts';
import * as users from '../../../shared/data/identity/users.ts';
import { invite } from '../../../shared/domain/identity/secondFactor.ts';
import { endSessions, FRESH_MS } from '../../../shared/domain/identity/session.ts';
import { newUser } from '../../../shared/domain/identity/user.ts';
import { openSession } from '../../../shared/flows/identity/openSession.ts';
import { newEnrolmentCode } from '../../../shared/flows/identity/secondFactor.ts';
import { DAY_MS, timeMs, type UserId } from '../../../shared/schemas/base.ts';
import type { Role, User } from '../../../shared/schemas/identity/user.ts';
import type { World } from '../world.ts';

/** A member of staff, logged in. */
export interface Staff {
  readonly token: string;
  readonly userId: UserId;
}

/**
 * Sessions are dated this far ahead. They never end, and their second factor stays fresh, wherever a test moves the
 * clock.
 */
const AHEAD_MS = 365 * DAY_MS;

/**
 * Makes a new member of staff with this role, logged in. The second factor was just shown in that session (default), a
 * while ago (`stale`), or never (`false`).
 */
export async function givenStaff(
  world: World,
  role: Role,
  { secondFactor = true }: { readonly secondFactor?: boolean | 'stale' } = {},
): Promise<Staff> {
  const now = world.clock.now();
  const enter = async (tx: Parameters<typeof users.insert>[0], id: UserId) => {
    const staff = newUser({ id, nickname: null, role, openid: null, now });
    await users.insert(tx, staff);
    return staff;
  };
  const { token, userId } = await logInAhead(world, enter, secondFactor !== false);
  if (secondFactor === 'stale') {
    await world.ports.database.tx(async (tx) => {
      const session = await sessions.find(tx, sessions.idOf(token));
      if (session === null) throw new Error('there is no session');
      await sessions.save(tx, session, { ...session, factorShownAtMs: timeMs(now - FRESH_MS) });
    });
  }
  return { token, userId };
}

async function logInAhead(world: World, enter: Parameters<typeof openSession>[2], secondFactor: boolean) {
  const ahead = timeMs(world.clock.now() + AHEAD_MS);
  const { token, user } = await openSession(
    world.ports,
    { now: ahead, device: null },
    enter,
    async () => secondFactor,
  );
  return { token, userId: user.id };
}

/** Gives an existing user this role, and logs them in with a second factor. */
export async function givenStaffOf(world: World, userId: UserId, role: Role): Promise<Staff> {
  await change(world, userId, (user) => ({ ...user, role }));
  const enter = (tx: Parameters<typeof users.get>[0]) => users.get(tx, userId);
  return logInAhead(world, enter, true);
}

async function change(world: World, userId: UserId, to: (user: User) => User): Promise<void> {
  await world.ports.database.tx(async (tx) => {
    const before = await users.get(tx, userId);
    await users.save(tx, before, to(before));
  });
}

/** Bans this user. */
export function givenBanned(world: World, userId: UserId): Promise<void> {
  return change(world, userId, (user) => ({ ...endSessions(user, world.clock.now()), state: 'banned' }));
}

/** The password of everybody whom this file makes. */
export const PASSWORD = 'three grey herons at dusk';

/** A member of staff with an enrolment code for a second factor, who has not used it yet. */
export interface NewStaff extends Staff {
  readonly enrolmentCode: string;
}

/** A member of staff with this role who logs in with a user name and `PASSWORD`, and has an enrolment code. */
export async function givenNamedStaff(world: World, role: Role, userName = 'boss'): Promise<NewStaff> {
  const { data } = await world.call(register, { userName, password: PASSWORD });
  const userId = data.user.id;
  await change(world, userId, (user) => ({ ...user, role }));
  const { code, digest } = newEnrolmentCode(world.ports, userId);
  const invited = invite(null, { userId, digest, now: world.clock.now() });
  await world.ports.database.tx(async (tx) =>
    secondFactors.save(tx, await secondFactors.find(tx, userId), invited),
  );
  return { token: data.token, userId, enrolmentCode: code };
}

/** The code that the app shows for this key, now or some seconds later. */
export function appCode(world: World, key: string, secondsLater = 0): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...key].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  const step = Math.floor((world.clock.now() / 1000 + secondsLater) / 30);
  return world.ports.secrets.oneTimeCode(Buffer.from(bytes).toString('base64url'), step);
}

/** Turns on the second factor of a member of staff with a user name. Answers the app's key and the recovery codes. */
export async function givenSecondFactor(world: World, staff: NewStaff, userName = 'boss') {
  const { token, enrolmentCode } = staff;
  const asked = { userName, password: PASSWORD, enrolmentCode };
  const started = await world.call(startSecondFactor, asked, { token });
  const { key } = started.data;
  const confirmed = await world.call(confirmSecondFactor, { oneTimeCode: appCode(world, key) }, { token });
  return { key, recoveryCodes: confirmed.data.recoveryCodes };
}

/** Logs in with user name and password, and with whatever is given as the second factor. */
export function logIn(world: World, secondFactor?: object, userName = 'boss') {
  return world.call(loginWithPassword, { userName, password: PASSWORD, secondFactor });
}
