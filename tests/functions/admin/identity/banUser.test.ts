import { banUser } from '../../../../functions/admin/identity/banUser.ts';
import { getMe } from '../../../../functions/identity/getMe.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(banUser, () => {
  let world: World;
  let support: Staff;
  const ban = (userId: string, { token } = support) =>
    world.call(banUser, { userId, reason: '盗录课程' }, { token });

  beforeEach(async () => {
    world = await createWorld();
    support = await givenStaff(world, 'support');
  });
  afterEach(() => world.close());

  test('S07: the token is refused from the next call on, the next login too, and the audit log says why', async () => {
    const alice = await world.login('alice');
    const { data } = await ban(alice.userId);
    expect(data.user).toMatchObject({ id: alice.userId, state: 'banned' });
    expect((await world.call(getMe, {}, { token: alice.token })).code).toBe('auth.user_banned');
    await expect(world.login('alice')).rejects.toThrow('403');
    expect(await storedIn(world, 'audit')).toMatchObject([
      {
        action: 'user.ban',
        reason: '盗录课程',
        before: { state: 'active' },
        after: { state: 'banned' },
      },
    ]);
  });

  test('banned again, nothing changes', async () => {
    const alice = await world.login('alice');
    await ban(alice.userId);
    expect((await ban(alice.userId)).status).toBe(200);
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });

  test('staff.not_yourself and user.not_found', async () => {
    expect((await ban(support.userId)).code).toBe('staff.not_yourself');
    expect((await ban(world.ports.ids.make('usr'))).code).toBe('user.not_found');
  });

  test('auth.forbidden: staff are banned only by who manages staff', async () => {
    const editor = await givenStaff(world, 'editor');
    expect((await ban(editor.userId)).code).toBe('auth.forbidden');
    const admin = await givenStaff(world, 'admin');
    expect((await ban(editor.userId, admin)).status).toBe(200);
  });

  test('auth.second_factor_required: banning staff needs a fresh second factor', async () => {
    const [admin, other] = [
      await givenStaff(world, 'admin', { secondFactor: 'stale' }),
      await givenStaff(world, 'admin'),
    ];
    expect((await ban(other.userId, admin)).code).toBe('auth.second_factor_required');
    expect((await ban((await world.login('alice')).userId, admin)).status).toBe(200);
  });

  test('when two administrators ban each other at the same moment, one of them stays', async () => {
    const admin = () => givenStaff(world, 'admin');
    const [one, other] = [await admin(), await admin()];
    const answers = await Promise.all([ban(other.userId, one), ban(one.userId, other)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  test('when the answer to its commit is lost it is still done and audited once', async () => {
    await world.close();
    world = await badWorld(3, { conflict: 0.2, commitLost: 0.5 });
    support = await givenStaff(world, 'support');
    const alice = await world.login('alice');
    expect((await ban(alice.userId)).data.user.state).toBe('banned');
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });
});
