import { getMe } from '../../../functions/identity/getMe.ts';
import { getProfile } from '../../../functions/identity/getProfile.ts';
import { loginWithPassword } from '../../../functions/identity/loginWithPassword.ts';
import { register } from '../../../functions/identity/register.ts';
import * as identities from '../../../shared/data/identity/identities.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { exported, storedByCall } from '../../support/given/export.ts';
import { createWorld, type World } from '../../support/world.ts';

const password = 'three grey herons at dusk';

describeFunction(register, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('who registers is a learner, is logged in, and can log in again', async () => {
    const { status, data } = await world.call(register, {
      userName: 'Xiao.Ming',
      password,
      nickname: '小明',
    });
    expect(status).toBe(200);
    expect(data).toMatchObject({
      isNew: true,
      user: { nickname: expect.stringMatching(/^知友/), role: 'learner', isWechatBound: false },
    });
    const me = await world.call(getMe, {}, { token: data.token });
    expect(me.data).toEqual(data.user);
    const { profile } = (await world.call(getProfile, {}, { token: data.token })).data;
    expect(profile).toMatchObject({ nickname: '小明', review: { state: 'checking', isShown: false } });
    const again = await world.call(loginWithPassword, { userName: 'xiao.ming', password });
    expect(again.data).toMatchObject({ isNew: false, user: { id: data.user.id } });
  });

  test('that somebody registered is told once to every consumer', async () => {
    const { data } = await world.call(register, { userName: 'xiaoming', password });
    const tasks = (await exported(world)).filter(({ collection }) => collection === 'tasks');
    expect(tasks.map(({ id }) => id)).toEqual([`welcomeNewUser:user.registered:${data.user.id}`]);
    expect(tasks[0]?.doc).toMatchObject({ event: { data: { userId: data.user.id, via: 'password' } } });
  });

  test('neither the password nor the token is stored, and no answer names the hash', async () => {
    const answer = await world.call(register, { userName: 'xiaoming', password });
    const stored = JSON.stringify(await exported(world));
    expect(stored).not.toContain(password);
    expect(stored).not.toContain(answer.data.token);
    const identity = await identities.find(world.ports.database, identities.nameId('xiaoming'));
    expect(identity?.passwordHash).toMatch(/^scrypt\$/);
    expect(JSON.stringify(answer.body)).not.toContain('scrypt');
  });

  test('user.name_taken: also when it is written in capitals', async () => {
    await world.call(register, { userName: 'xiaoming', password });
    const before = await exported(world);
    const second = await world.call(register, { userName: 'XiaoMing', password });
    expect(second).toMatchObject({ status: 409, code: 'user.name_taken' });
    expect(await exported(world)).toEqual(before);
  });

  test('user.name_taken: also by the same name as another keyboard types it', async () => {
    expect((await world.call(register, { userName: 'Mike.One ', password })).status).toBe(200);
    for (const userName of ['mike.one', 'ｍｉｋｅ.one', 'mi\u212Ae.one', ' mike.one\u200b']) {
      expect(await world.call(register, { userName, password })).toMatchObject({ code: 'user.name_taken' });
    }
  });

  test('when twenty ask for one name at once, one gets it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.call(register, { userName: 'xiaoming', password })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'user.name_taken')).toHaveLength(19);
    const users = (await exported(world)).filter(({ collection }) => collection === 'users');
    expect(users).toHaveLength(1);
  });

  test('user.password_weak: says why, and nothing is stored', async () => {
    const weak = await world.call(register, { userName: 'xiaoming', password: 'password1234' });
    expect(weak).toMatchObject({ status: 400, code: 'user.password_weak' });
    expect(weak.error.params).toEqual({ reason: 'too_short', charactersMin: 15, charactersMax: 128 });
    expect(await storedByCall(world)).toEqual([]);
  });

  test.each([
    ['a short name', { userName: 'ab', password }],
    ['a name with a space', { userName: 'xiao ming', password }],

    ['an operator object', { userName: { $gt: '' }, password }],
    ['a role', { userName: 'xiaoming', password, role: 'admin' }],
    ['half a character', { userName: 'xiaoming', password: `${password}\ud800` }],
    ['a nickname that turns the text around', { userName: 'xiaoming', password, nickname: 'abc\u202Ecba' }],
  ])('request.invalid, and nothing is stored: %s', async (_, input) => {
    expect(await world.call(register, input)).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(await storedByCall(world)).toEqual([]);
  });

  test('request.too_many: how often one address may try to register is bounded, and others still may', async () => {
    const attempt = (address: string) =>
      world.call(register, { userName: 'xiaoming', password: 'short' }, { address });
    for (let count = 0; count < 30; count += 1) expect((await attempt('198.51.100.1')).status).toBe(400);
    expect(await attempt('198.51.100.1')).toMatchObject({ status: 429, code: 'request.too_many' });
    expect((await attempt('198.51.100.2')).status).toBe(400);
  });
});
