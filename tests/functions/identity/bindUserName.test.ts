import { bindUserName } from '../../../functions/identity/bindUserName.ts';
import { loginWithPassword } from '../../../functions/identity/loginWithPassword.ts';
import { register } from '../../../functions/identity/register.ts';
import * as users from '../../../shared/data/identity/users.ts';
import { openSession } from '../../../shared/flows/identity/openSession.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { exported } from '../../support/given/export.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { givenNamedStaff, givenSecondFactor, PASSWORD } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(bindUserName, () => {
  let world: World;
  let alice: Buyer;
  const bind = (userName: string, password = PASSWORD, { token } = alice) =>
    world.call(bindUserName, { userName, password }, { token });

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('who came by WeChat logs in by name as the same user, however the name is written', async () => {
    expect((await bind('Reader.One')).data).toMatchObject({ id: alice.userId, isWechatBound: true });
    const asked = { userName: ' ｒｅａｄｅｒ．ｏｎｅ', password: PASSWORD };
    const { data } = await world.call(loginWithPassword, asked);
    expect(data).toMatchObject({ isNew: false, user: { id: alice.userId } });
    expect((await world.login('alice')).userId).toBe(alice.userId);
  });

  test('user.name_taken: a name of somebody else; nothing changes', async () => {
    await world.call(register, { userName: 'reader', password: PASSWORD });
    const before = await exported(world);
    expect((await bind('READER')).code).toBe('user.name_taken');
    expect(await exported(world)).toEqual(before);
  });

  test('user.name_bound: each user has one name, also of two at the same moment', async () => {
    const answers = await Promise.all(['one.a', 'two.b', 'three.c'].map((userName) => bind(userName)));
    expect(answers.map(({ code }) => code).toSorted()).toEqual([null, 'user.name_bound', 'user.name_bound']);
    expect(await storedIn(world, 'identities')).toHaveLength(2);
    const { data } = await world.call(register, { userName: 'named', password: PASSWORD });
    const named = { ...alice, token: data.token };
    expect((await bind('named.too', PASSWORD, named)).code).toBe('user.name_bound');
  });

  test('user.password_weak, and nothing is stored', async () => {
    const before = await exported(world);
    expect((await bind('reader', 'reader123')).code).toBe('user.password_weak');
    expect(await exported(world)).toEqual(before);
  });

  test('auth.second_factor_required: a session without the factor adds no way in', async () => {
    const boss = await givenNamedStaff(world, 'admin');
    await givenSecondFactor(world, boss);
    const { token } = await openSession(world.ports, { now: world.clock.now(), device: null }, (tx) =>
      users.get(tx, boss.userId),
    );
    expect((await bind('boss.too', PASSWORD, { ...alice, token })).code).toBe('auth.second_factor_required');
  });
});
