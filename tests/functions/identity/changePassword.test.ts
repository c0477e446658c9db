import { changePassword } from '../../../functions/identity/changePassword.ts';
import { getMe } from '../../../functions/identity/getMe.ts';
import { loginWithPassword } from '../../../functions/identity/loginWithPassword.ts';
import * as users from '../../../shared/data/identity/users.ts';
import { openSession } from '../../../shared/flows/identity/openSession.ts';
import type { Passwords } from '../../../shared/ports/passwords.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { exported } from '../../support/given/export.ts';
import { badWorld, storedIn } from '../../support/given/order.ts';
import {
  appCode,
  givenNamedStaff,
  givenSecondFactor,
  logIn,
  type NewStaff,
  PASSWORD,
} from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

const next = 'seven wet foxes under a bridge';

describeFunction(changePassword, () => {
  let world: World;
  let boss: NewStaff;
  const change = (changes: object = {}, { token } = boss) =>
    world.call(
      changePassword,
      { userName: 'boss', password: PASSWORD, newPassword: next, ...changes },
      { token },
    );
  const statusOf = async (token: string) => (await world.call(getMe, {}, { token })).status;
  const logInWith = (password: string) => world.call(loginWithPassword, { userName: 'boss', password });

  beforeEach(async () => {
    world = await createWorld();
    boss = await givenNamedStaff(world, 'finance');
  });
  afterEach(() => world.close());

  test('S07: the old password opens nothing, other sessions have ended, and this one goes on', async () => {
    const other = (await logIn(world)).data.token;
    expect((await change()).status).toBe(200);
    expect([await statusOf(boss.token), await statusOf(other)]).toEqual([200, 401]);
    expect((await logInWith(PASSWORD)).code).toBe('auth.password_wrong');
    expect((await logInWith(next)).status).toBe(200);
    expect(await storedIn(world, 'audit')).toMatchObject([
      { action: 'password.change', target: boss.userId },
    ]);
    expect(JSON.stringify(await exported(world))).not.toContain(next);
  });

  test('auth.password_wrong: without the old password, or with that of somebody else, nothing changes', async () => {
    const other = await givenNamedStaff(world, 'editor', 'other');
    expect((await change({ password: next })).code).toBe('auth.password_wrong');
    expect((await change({}, other)).code).toBe('auth.password_wrong');
    expect((await logInWith(PASSWORD)).status).toBe(200);
  });

  test('user.password_weak: S36: the new one has to be as good as at the beginning', async () => {
    for (const newPassword of ['short', 'passwordpassword1', 'boss boss boss boss']) {
      expect((await change({ newPassword })).code).toBe('user.password_weak');
    }
    expect((await logInWith(PASSWORD)).status).toBe(200);
  });

  test('auth.second_factor_required: who has turned one on must have shown it in this session', async () => {
    const { key } = await givenSecondFactor(world, boss);
    const plain = await openSession(world.ports, { now: world.clock.now(), device: null }, (tx) =>
      users.get(tx, boss.userId),
    );
    expect((await change({}, { ...boss, token: plain.token })).code).toBe('auth.second_factor_required');
    const fresh = (await logIn(world, { oneTimeCode: appCode(world, key, 30) })).data.token;
    expect((await change({}, { ...boss, token: fresh })).status).toBe(200);
  });

  test('no work is done for a name that is not the caller’s, nor for a new password that is too weak', async () => {
    let hashes = 0;
    const { hash, verify } = world.ports.passwords;
    const passwords: Passwords = {
      hash: (...given) => {
        hashes += 1;
        return hash(...given);
      },
      verify: (...given) => {
        hashes += 1;
        return verify(...given);
      },
    };
    Object.assign(world.ports, { passwords });
    const other = await givenNamedStaff(world, 'editor', 'other');
    hashes = 0;
    expect((await change({}, other)).code).toBe('auth.password_wrong');
    expect((await change({ userName: 'nobody' })).code).toBe('auth.password_wrong');
    expect((await change({ newPassword: 'short' })).code).toBe('user.password_weak');
    expect(hashes).toBe(0);
    expect((await change()).status).toBe(200);
    expect(hashes).toBe(2);
  });

  test('request.too_many: a user has twenty hashes in a quarter of an hour, whatever names and addresses', async () => {
    const tryName = (n: number) =>
      world.call(
        changePassword,
        { userName: `name${n}`, password: PASSWORD, newPassword: next },
        { token: boss.token, address: `198.51.100.${n}` },
      );
    for (let n = 0; n < 20; n += 1) expect((await tryName(n)).code).toBe('auth.password_wrong');
    expect((await tryName(20)).code).toBe('request.too_many');
    expect((await logInWith(PASSWORD)).status).toBe(200);
  });

  test('guesses are throttled as at the login', async () => {
    for (let count = 0; count < 10; count += 1) await change({ password: next });
    expect((await change()).code).toBe('request.too_many');
  });

  test('when the answer to its commit is lost it is still changed, once, and this session goes on', async () => {
    await world.close();
    world = await badWorld(3, { conflict: 0.2, commitLost: 0.5 });
    boss = await givenNamedStaff(world, 'finance');
    expect((await change()).status).toBe(200);
    expect(await statusOf(boss.token)).toBe(200);
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });
});
