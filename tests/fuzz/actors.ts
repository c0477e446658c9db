/** The callers in a fuzzed world: nobody, learners, staff of each role, and people whose session has ended. */
import { Role } from '../../shared/schemas/identity/user.ts';
import { givenNamedStaff, givenStaff, givenStaffOf } from '../support/given/staff.ts';
import type { World } from '../support/world.ts';

/** Somebody with a session, or nobody. */
export interface Actor {
  readonly name: string;
  readonly role: Role | null;
  readonly token: string | null;
  readonly userId: string | null;
  /** Null for a user who never logged in by WeChat. */
  readonly openid: string | null;
}

/** How many learners there are. */
export const LEARNERS = 3;

/**
 * The callers in a fixed order: nobody, the learners, then staff. Each staff session has shown a second factor. Only
 * the editor has a user name and a password.
 */
export async function cast(world: World): Promise<Actor[]> {
  const actors: Actor[] = [{ name: 'nobody', role: null, token: null, userId: null, openid: null }];
  for (let number = 1; number <= LEARNERS; number += 1) actors.push(await enter(world, `learner-${number}`));
  for (const role of Role.options.filter((one) => one !== 'learner')) {
    const { token, userId } =
      role === 'editor'
        ? await givenStaffOf(world, (await givenNamedStaff(world, role, role)).userId, role)
        : await givenStaff(world, role);
    actors.push({ name: role, role, token, userId, openid: null });
  }
  return actors;
}

/** A learner with a new session. The same name is the same person. */
async function enter(world: World, name: string): Promise<Actor> {
  const { token, userId, openid } = await world.login(name);
  return { name, role: 'learner', token, userId, openid };
}

/** A replacement for a caller whose session has ended. A learner logs in again; staff are replaced by a new person. */
export async function reenter(world: World, { name, role }: Actor): Promise<Actor> {
  if (role === null || role === 'learner') return enter(world, name);
  const { token, userId } = await givenStaff(world, role);
  return { name, role, token, userId, openid: null };
}

/** Another person with the same role. */
export async function replace(world: World, { name, role }: Actor): Promise<Actor> {
  return reenter(world, { name: `${name}+`, role, token: null, userId: null, openid: null });
}
