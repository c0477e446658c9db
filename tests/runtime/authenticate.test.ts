import * as z from 'zod';
import * as sessions from '../../shared/data/identity/sessions.ts';
import * as users from '../../shared/data/identity/users.ts';
import {
  endSessions,
  FRESH_MS,
  STAFF_IDLE_MS,
  STAFF_SESSION_MS,
} from '../../shared/domain/identity/session.ts';
import { openSession } from '../../shared/flows/identity/openSession.ts';
import { type Auth, http } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { stored } from '../support/given/order.ts';
import { givenNamedStaff, givenSecondFactor, givenStaff, logIn } from '../support/given/staff.ts';
import { createWorld, type World } from '../support/world.ts';

/** A function that requires this authentication. */
const behind = (auth: Exclude<Auth, string>) =>
  http(
    { route: 'GET /api/admin/door', auth, input: z.strictObject({}), output: z.object({}), errors: [] },
    async () => ({}),
  );

const fresh = behind({ may: 'staff.manage', secondFactor: 'fresh' });
const may = behind({ may: 'second_factor.own' });
const shows = behind({ may: 'second_factor.own', secondFactor: 'shows' });

describe('a second factor', () => {
  let world: World;
  const call = (own: typeof may, token: string) => world.call(own, {}, { token });
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  /** What the call lacks, or null when it went through. */
  const missing = async (own: typeof may, token: string) => {
    const answer = await call(own, token);
    if (answer.status === 200) return null;
    expect(answer.code).toBe('auth.second_factor_required');
    return answer.error.params.need;
  };

  test('who has none may only set one up', async () => {
    const { token } = await givenNamedStaff(world, 'admin');
    expect([await missing(may, token), await missing(fresh, token)]).toEqual(['enrol', 'enrol']);
    expect(await missing(shows, token)).toBeNull();
  });

  test('who has one shows it in each session', async () => {
    const staff = await givenNamedStaff(world, 'admin');
    const given = await givenSecondFactor(world, staff);
    const { token } = (await logIn(world, { recoveryCode: given.recoveryCodes[0] })).data;
    expect([await missing(may, token), await missing(fresh, token)]).toEqual([null, null]);
    const plain = await openSession(world.ports, { now: world.clock.now(), device: null }, (tx) =>
      users.get(tx, staff.userId),
    );
    expect([await missing(may, plain.token), await missing(fresh, plain.token)]).toEqual(['show', 'show']);
    expect(await missing(shows, plain.token)).toBeNull();
  });

  test('where it has to be fresh, it was shown less than ten minutes ago', async () => {
    const staff = await givenNamedStaff(world, 'admin');
    await givenSecondFactor(world, staff);
    world.clock.advance(FRESH_MS - 1);
    expect(await missing(fresh, staff.token)).toBeNull();
    world.clock.advance(1);
    expect([await missing(may, staff.token), await missing(fresh, staff.token)]).toEqual([null, 'fresh']);
  });

  test('a session of the staff ends after half an hour that nobody used it, and after twelve hours of work', async () => {
    const staff = await givenNamedStaff(world, 'admin');
    await givenSecondFactor(world, staff);
    let at = 0;
    for (; at < STAFF_SESSION_MS - STAFF_IDLE_MS; at += STAFF_IDLE_MS - MINUTE_MS) {
      expect((await call(may, staff.token)).status).toBe(200);
      world.clock.advance(STAFF_IDLE_MS - MINUTE_MS);
    }
    expect((await call(may, staff.token)).status).toBe(200);
    world.clock.advance(STAFF_SESSION_MS - at);
    expect((await call(may, staff.token)).code).toBe('auth.required');
    const { token } = await givenNamedStaff(world, 'editor', 'idle');
    world.clock.advance(STAFF_IDLE_MS);
    expect((await call(shows, token)).code).toBe('auth.required');
  });

  test('the right comes before the factor', async () => {
    const { token } = await givenStaff(world, 'finance', { secondFactor: false });
    expect((await call(fresh, token)).code).toBe('auth.forbidden');
  });
});

test('S07: when all sessions of a user are ended, those that are there are refused at once, and a new one is good', async () => {
  const world = await createWorld();
  const staff = await givenNamedStaff(world, 'editor');
  const call = (token: string) => world.call(shows, {}, { token });
  await world.ports.database.tx(async (tx) => {
    const before = await users.get(tx, staff.userId);
    await users.save(tx, before, endSessions(before, world.clock.now()));
  });
  expect(await call(staff.token)).toMatchObject({ status: 401, code: 'auth.required' });
  const { token } = (await logIn(world)).data;
  expect((await call(token)).status).toBe(200);
  expect(await stored(world, sessions.collection, sessions.idOf(token))).toMatchObject({ generation: 1 });
  await world.close();
});
