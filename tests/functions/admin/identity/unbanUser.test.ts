import { banUser } from '../../../../functions/admin/identity/banUser.ts';
import { unbanUser } from '../../../../functions/admin/identity/unbanUser.ts';
import { getMe } from '../../../../functions/identity/getMe.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenBanned, givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(unbanUser, () => {
  let world: World;
  let support: Staff;
  const call = (own: typeof banUser, userId: string) =>
    world.call(own, { userId, reason: '误封' }, { token: support.token });

  beforeEach(async () => {
    world = await createWorld();
    support = await givenStaff(world, 'support');
  });
  afterEach(() => world.close());

  test('S07: the user may log in again, and what the ban ended stays ended', async () => {
    const alice = await world.login('alice');
    await call(banUser, alice.userId);
    expect((await call(unbanUser, alice.userId)).data.user.state).toBe('active');
    expect((await world.call(getMe, {}, { token: alice.token })).code).toBe('auth.required');
    const { token } = await world.login('alice');
    expect((await world.call(getMe, {}, { token })).status).toBe(200);
    expect(await storedIn(world, 'audit')).toHaveLength(2);
  });

  test('who is not banned stays as they are, with their sessions', async () => {
    const alice = await world.login('alice');
    expect((await call(unbanUser, alice.userId)).status).toBe(200);
    expect((await world.call(getMe, {}, { token: alice.token })).status).toBe(200);
    expect(await storedIn(world, 'audit')).toEqual([]);
  });

  test('auth.second_factor_required: unbanning staff needs a fresh second factor', async () => {
    const editor = await givenStaff(world, 'editor');
    await givenBanned(world, editor.userId);
    support = await givenStaff(world, 'admin', { secondFactor: 'stale' });
    expect((await call(unbanUser, editor.userId)).code).toBe('auth.second_factor_required');
    expect(await storedIn(world, 'audit')).toEqual([]);
    support = await givenStaff(world, 'admin');
    expect((await call(unbanUser, editor.userId)).data.user.state).toBe('active');
  });

  test('staff.not_yourself and user.not_found', async () => {
    expect((await call(unbanUser, support.userId)).code).toBe('staff.not_yourself');
    expect((await call(unbanUser, world.ports.ids.make('usr'))).code).toBe('user.not_found');
  });
});
