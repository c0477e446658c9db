/** Members of staff for tests. */

import * as users from '../../shared/data/users.ts';
import { newUser } from '../../shared/domain/user.ts';
import { openSession } from '../../shared/flows/openSession.ts';
import type { UserId } from '../../shared/schemas/base.ts';
import type { Role } from '../../shared/schemas/user.ts';
import type { World } from './world.ts';

/** Somebody of this role, logged in. Each call makes another. */
export async function givenStaff(
  world: World,
  role: Role,
): Promise<{ readonly token: string; readonly userId: UserId }> {
  const now = world.clock.now();
  const { token, user } = await openSession(world.ports, now, async (tx, id) => {
    const staff = newUser({ id, nickname: null, role, openid: null, now });
    await users.insert(tx, staff);
    return staff;
  });
  return { token, userId: user.id };
}

/** Has this user banned. */
export async function givenBanned(world: World, userId: UserId): Promise<void> {
  await world.ports.database.tx(async (tx) => {
    await users.save(tx, { ...(await users.get(tx, userId)), state: 'banned' });
  });
}
