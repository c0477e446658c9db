/** Who calls in a fuzzed world: nobody, learners, staff of each role, and those whose session is over. */
import { Role } from '../../shared/schemas/identity/user.ts';
import { givenNamedStaff, givenStaff, givenStaffOf } from '../support/given/staff.ts';
import type { World } from '../support/world.ts';

/** Somebody with a session, or nobody. */
export interface Actor {
  readonly name: string;
  readonly role: Role | null;
  readonly token: string | null;
  readonly userId: string | null;
  /** Null for who never came by WeChat. */
  readonly openid: string | null;
}

/** How many learners there are. */
export const LEARNERS = 3;

/** The cast, in an order that does not change: nobody, the learners, then staff, each with a second factor shown but the editor, who has a name. */
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

/** A learner with a new session: the same name is the same person. */
async function enter(world: World, name: string): Promise<Actor> {
  const { token, userId, openid } = await world.login(name);
  return { name, role: 'learner', token, userId, openid };
}

/** The same part of the cast once its session is over: a learner comes again, staff are somebody new. */
export async function reenter(world: World, { name, role }: Actor): Promise<Actor> {
  if (role === null || role === 'learner') return enter(world, name);
  const { token, userId } = await givenStaff(world, role);
  return { name, role, token, userId, openid: null };
}

/** Somebody new in the same part. */
export async function replace(world: World, { name, role }: Actor): Promise<Actor> {
  return reenter(world, { name: `${name}+`, role, token: null, userId: null, openid: null });
}
