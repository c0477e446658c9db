import { getUser } from '../../../../functions/admin/identity/getUser.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(getUser, () => {
  let world: World;
  let support: Staff;
  const get = (userId: string, reason: string | undefined = '用户来电') =>
    world.call(getUser, { userId, reason }, { token: support.token });

  beforeEach(async () => {
    world = await createWorld();
    support = await givenStaff(world, 'support');
  });
  afterEach(() => world.close());

  test('P7: the user is shown, the openid masked, and the audit log says who looked, and why', async () => {
    const alice = await world.login('alice');
    const answer = await get(alice.userId);
    expect(answer.data.user).toMatchObject({ id: alice.userId, role: 'learner', state: 'active' });
    expect(answer.data.user.openidMasked).toMatch(/^.{3}\*{4}.{4}$/);
    expect(JSON.stringify(answer.body)).not.toContain(alice.openid);
    expect(await storedIn(world, 'audit')).toMatchObject([
      { actorId: support.userId, action: 'user.read', target: alice.userId, reason: '用户来电' },
    ]);
  });

  test('P7: nothing is shown when it cannot be written down', async () => {
    const alice = await world.login('alice');
    jest.spyOn(world.ports.database, 'tx').mockRejectedValueOnce(new Error('no room'));
    const input = { userId: alice.userId, reason: '用户来电' };
    const answer = await world.call(getUser, input, { token: support.token, mayBreak: true });
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('alice');
  });

  test('request.invalid without a reason, and nothing is looked at', async () => {
    const alice = await world.login('alice');
    expect((await get(alice.userId, ' ')).code).toBe('request.invalid');
    expect(await storedIn(world, 'audit')).toEqual([]);
  });

  test('when the answers to its commits are lost, each look is written down once', async () => {
    await world.close();
    world = await badWorld(3, { conflict: 0.2, commitLost: 0.5 });
    support = await givenStaff(world, 'support');
    const alice = await world.login('alice');
    for (let count = 0; count < 10; count += 1) expect((await get(alice.userId)).status).toBe(200);
    expect(await storedIn(world, 'audit')).toHaveLength(10);
  });

  test('user.not_found', async () => {
    expect((await get(world.ports.ids.make('usr'))).code).toBe('user.not_found');
  });
});
