/** The callers: learners and staff, logged in by the normal way. */
import { join } from 'node:path';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { systemIds } from '../../shared/adapters/process/ids.ts';
import { scryptPasswords } from '../../shared/adapters/process/passwords.ts';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { collections } from '../../shared/data/collections.ts';
import { setRole } from '../../shared/flows/identity/appointStaff.ts';
import { UserId } from '../../shared/schemas/base.ts';
import type { Role } from '../../shared/schemas/identity/user.ts';
import { type Stack, textAt } from './stack.ts';

/** Somebody who is logged in. */
export interface Person {
  readonly name: string;
  readonly token: string;
  readonly userId: string;
  readonly role: Role;
}

/** The password of all staff here. */
export const STAFF_PASSWORD = 'correct-horse-battery-7';

/** After this many calls somebody else calls. One person may make six hundred in a minute. */
const CALLS_MAX = 450;

/** Logs a learner in by WeChat. The same name is the same person, each time with a new session. */
export async function learner(stack: Stack, name: string): Promise<Person> {
  const { code } = stack.simulators.weixin.phone.login(name);
  const { json } = await stack.send({ method: 'POST', target: '/api/login', body: { code } });
  return {
    name,
    token: textAt(json, 'data', 'token'),
    userId: textAt(json, 'data', 'user', 'id'),
    role: 'learner',
  };
}

/** Gives a registered user a role, as the command on the machine does. */
async function appoint(stack: Stack, userId: string, role: Role): Promise<void> {
  const ids = systemIds(systemClock);
  const path = join(stack.dataDir, 'zhike.db');
  const database = sqliteDatabase({ path, collections, random: () => ids.random() });
  try {
    await setRole(
      { database, ids, clock: systemClock, passwords: scryptPasswords() },
      { userId: UserId.parse(userId), role },
    );
  } finally {
    await database.close();
  }
}

/** Registers somebody and makes them staff. By default they have shown a second factor. */
export async function staff(
  stack: Stack,
  role: Role,
  name: string,
  { secondFactor = true }: { readonly secondFactor?: boolean } = {},
): Promise<Person> {
  const body = { userName: name, password: STAFF_PASSWORD };
  const { json } = await stack.send({ method: 'POST', target: '/api/register', body });
  const userId = textAt(json, 'data', 'user', 'id');
  await appoint(stack, userId, role);
  if (secondFactor) stack.store.showSecondFactor(textAt(json, 'data', 'token'));
  return { name, token: textAt(json, 'data', 'token'), userId, role };
}

/** Callers of a role. Each is replaced before they make too many calls. */
export class Crowd {
  readonly #stack: Stack;
  readonly #present = new Map<Role, { person: Person; calls: number }>();
  #made = 0;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /**
   * Somebody who can still make `calls` calls. Call this before the store is watched, because a new user is written
   * there.
   */
  async one(role: Role, calls: number): Promise<Person> {
    const present = this.#present.get(role);
    if (present === undefined || present.calls + calls > CALLS_MAX) return this.#another(role, calls);
    present.calls += calls;
    return present.person;
  }

  async #another(role: Role, calls: number): Promise<Person> {
    this.#made += 1;
    const name = `${role}-${this.#made}`;
    const person = await (role === 'learner' ? learner(this.#stack, name) : staff(this.#stack, role, name));
    this.#present.set(role, { person, calls });
    return person;
  }
}
