import * as z from 'zod';
import * as sessions from '../../shared/data/identity/sessions.ts';
import * as users from '../../shared/data/identity/users.ts';
import { endSessions } from '../../shared/domain/identity/session.ts';
import { type Auth, http } from '../../shared/function.ts';
import { stored } from '../support/given/order.ts';
import { givenNamedStaff, givenSecondFactor, givenStaff, logIn } from '../support/given/staff.ts';
import { createWorld, type World } from '../support/world.ts';

/** A function that anybody whom this lets in may call. */
const behind = (auth: Exclude<Auth, string>) =>
  http(
    { route: 'GET /api/admin/door', auth, input: z.strictObject({}), output: z.object({}), errors: [] },
    async () => ({}),
  );

const must = behind({ may: 'staff.manage', secondFactor: true });
const may = behind({ may: 'second_factor.own' });
const shows = behind({ may: 'second_factor.own', secondFactor: 'shows' });

describe('a second factor', () => {
  let world: World;
  const call = (own: typeof must, token: string) => world.call(own, {}, { token });
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('where it is a must, a session without it may not, whatever the role', async () => {
    const plain = await givenStaff(world, 'admin');
    const shown = await givenStaff(world, 'admin', { secondFactor: true });
    expect((await call(must, plain.token)).code).toBe('auth.second_factor_required');
    expect((await call(must, shown.token)).status).toBe(200);
    const learner = await givenStaff(world, 'finance', { secondFactor: true });
    expect((await call(must, learner.token)).code).toBe('auth.forbidden');
  });

  test('where it is no must, it is asked of who has turned it on, in every session', async () => {
    const before = await givenNamedStaff(world, 'editor');
    const { token } = (await logIn(world)).data;
    await givenSecondFactor(world, before);
    expect((await call(may, before.token)).status).toBe(200);
    expect((await call(may, token)).code).toBe('auth.second_factor_required');
    expect((await call(shows, token)).status).toBe(200);
  });
});

test('S07: when all sessions of a user are ended, those that are there are refused at once, and a new one is good', async () => {
  const world = await createWorld();
  const staff = await givenNamedStaff(world, 'editor');
  const call = (token: string) => world.call(may, {}, { token });
  await world.ports.database.tx(async (tx) => {
    await users.save(tx, endSessions(await users.get(tx, staff.userId), world.clock.now()));
  });
  expect(await call(staff.token)).toMatchObject({ status: 401, code: 'auth.required' });
  const { token } = (await logIn(world)).data;
  expect((await call(token)).status).toBe(200);
  expect(await stored(world, sessions.collection, sessions.idOf(token))).toMatchObject({ generation: 1 });
  await world.close();
});
