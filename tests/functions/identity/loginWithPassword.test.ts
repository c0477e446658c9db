import { loginWithPassword } from '../../../functions/identity/loginWithPassword.ts';
import { register } from '../../../functions/identity/register.ts';
import type { Passwords } from '../../../shared/ports/passwords.ts';
import { MINUTE_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { exported } from '../../support/given/export.ts';
import { storedIn } from '../../support/given/order.ts';
import {
  appCode,
  givenBanned,
  givenNamedStaff,
  givenSecondFactor,
  logIn,
} from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

const password = 'three grey herons at dusk';

describeFunction(loginWithPassword, () => {
  let world: World;
  let userId: Parameters<typeof givenBanned>[1];
  const attempt = (typed: string, userName = 'xiaoming', address = '203.0.113.1') =>
    world.call(loginWithPassword, { userName, password: typed }, { address });

  beforeEach(async () => {
    world = await createWorld();
    const home = { address: '203.0.113.2' };
    userId = (await world.call(register, { userName: 'xiaoming', password }, home)).data.user.id;
  });
  afterEach(() => world.close());

  test('the right password opens a session of thirty days', async () => {
    const { status, data } = await attempt(password);
    expect(status).toBe(200);
    expect(data).toMatchObject({ isNew: false, user: { id: userId } });
    expect(data.expiresAtMs).toBe(world.clock.now() + 30 * 24 * 60 * MINUTE_MS);
    expect(data.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  test('the same password from another keyboard is the same', async () => {
    await world.call(register, { userName: 'andere', password: 'dämmerung über dem moor' });
    expect((await attempt('dämmerung über dem moor'.normalize('NFD'), 'andere')).status).toBe(200);
  });

  test('the same name as phones type it is the same', async () => {
    for (const typed of ['xiaoming ', 'Xiaoming', 'ｘｉａｏｍｉｎｇ', '\u200bxiaoming\u00a0']) {
      expect((await attempt(password, typed)).data).toMatchObject({ user: { id: userId } });
    }
  });

  test('auth.password_wrong: a wrong password and an unknown name get the same answer for the same work', async () => {
    const worked: string[] = [];
    const { hash, verify } = world.ports.passwords;
    const passwords: Passwords = {
      hash: (typed, work) => {
        worked.push('one');
        return hash(typed, work);
      },
      verify: (typed, stored, work) => {
        worked.push('one');
        return verify(typed, stored, work);
      },
    };
    Object.assign(world.ports, { passwords });
    const before = await exported(world);
    const wrong = await attempt('three grey herons at dawn');
    const unknown = await attempt(password, 'nobody');
    for (const answer of [wrong, unknown]) {
      expect(answer).toMatchObject({ status: 401, code: 'auth.password_wrong' });
    }
    expect(unknown.error).toEqual(wrong.error);
    expect(worked).toEqual(['one', 'one']);
    expect(await exported(world)).toEqual(before);
  });

  test('auth.user_banned: only who knows the password learns it', async () => {
    await givenBanned(world, userId);
    expect(await attempt(password)).toMatchObject({ status: 403, code: 'auth.user_banned' });
    expect(await attempt('three grey herons at dawn')).toMatchObject({ code: 'auth.password_wrong' });
  });

  test('request.too_many: after ten tries of one name from one address the right password does not open either', async () => {
    for (let count = 0; count < 10; count += 1) {
      expect(await attempt('three grey herons at dawn')).toMatchObject({ code: 'auth.password_wrong' });
    }
    const throttled = await attempt(password);
    expect(throttled).toMatchObject({ status: 429, code: 'request.too_many' });
    expect(throttled.headers['retry-after']).toBe(String(15 * 60));
    world.clock.advance(15 * MINUTE_MS);
    expect((await attempt(password)).status).toBe(200);
  });

  test('all addresses of one IPv6 line are one address', async () => {
    for (let count = 0; count < 10; count += 1) {
      await attempt('three grey herons at dawn', 'xiaoming', `2001:db8:1:2::${count}`);
    }
    expect(await attempt(password, 'xiaoming', '2001:db8:1:2:ffff::1')).toMatchObject({ status: 429 });
    expect((await attempt(password, 'xiaoming', '2001:db8:1:3::1')).status).toBe(200);
  });

  test('tries at the same moment count before the first is answered', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => attempt('three grey herons at dawn')));
    expect(answers.filter(({ code }) => code === 'auth.password_wrong')).toHaveLength(10);
    expect(answers.filter(({ code }) => code === 'request.too_many')).toHaveLength(40);
  });

  test('a stranger elsewhere cannot lock the owner out', async () => {
    for (let count = 0; count < 300; count += 1) {
      await attempt('three grey herons at dawn', 'xiaoming', `198.51.100.${count % 100}`);
    }
    expect((await attempt(password)).status).toBe(200);
  });

  test('one address that tries many names is throttled as well', async () => {
    for (let count = 0; count < 100; count += 1) {
      expect(await attempt(password, `name${count}`)).toMatchObject({ code: 'auth.password_wrong' });
    }
    expect(await attempt(password)).toMatchObject({ status: 429, code: 'request.too_many' });
  });

  test('names nobody has are throttled like those somebody has', async () => {
    for (let count = 0; count < 10; count += 1) await attempt(password, 'nobody');
    expect(await attempt(password, 'nobody')).toMatchObject({ code: 'request.too_many' });
  });

  test('request.invalid: an operator object never matches', async () => {
    const answer = await world.call(loginWithPassword, { userName: 'xiaoming', password: { $ne: null } });
    expect(answer).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  describe('of who has turned on a second factor', () => {
    let given: Awaited<ReturnType<typeof givenSecondFactor>>;
    beforeEach(async () => {
      given = await givenSecondFactor(world, await givenNamedStaff(world, 'finance'));
    });

    test('auth.second_factor_required: the password alone opens nothing, and a wrong one says nothing of a factor', async () => {
      expect(await logIn(world)).toMatchObject({ status: 403, code: 'auth.second_factor_required' });
      expect(await attempt('three grey herons at dawn', 'boss')).toMatchObject({
        code: 'auth.password_wrong',
      });
    });

    test('S37: a code of the app opens one session, a recovery code too, and neither opens a second', async () => {
      for (const shown of [
        { oneTimeCode: `验证码：${appCode(world, given.key, 30).replace(/^.../, '$& ')}\u200b` },
        { recoveryCode: given.recoveryCodes[0]?.toLowerCase().replaceAll('-', ' – ') },
      ]) {
        expect((await logIn(world, shown)).status).toBe(200);
        expect(await logIn(world, shown)).toMatchObject({ status: 401, code: 'auth.second_factor_wrong' });
      }
    });

    test('a recovery code in place of the app goes into the audit log, a code of the app does not', async () => {
      await logIn(world, { oneTimeCode: appCode(world, given.key, 30) });
      const before = (await storedIn(world, 'audit')).length;
      await logIn(world, { recoveryCode: given.recoveryCodes[0] });
      const entries = await storedIn(world, 'audit');
      expect(entries).toHaveLength(before + 1);
      expect(entries).toContainEqual(
        expect.objectContaining({ action: 'second_factor.use_recovery_code', after: { recoveryCodes: 9 } }),
      );
    });

    test('S37: a code of two steps ago is too old', async () => {
      const code = appCode(world, given.key, 30);
      world.clock.advance(90_000);
      expect((await logIn(world, { oneTimeCode: code })).code).toBe('auth.second_factor_wrong');
    });

    test('guesses are counted for the user, from whatever address, and never without the password', async () => {
      const guess = (typed: string, count: number) =>
        world.call(
          loginWithPassword,
          { userName: 'boss', password: typed, secondFactor: { oneTimeCode: '000000' } },
          { address: `198.51.100.${count}` },
        );
      for (let count = 0; count < 20; count += 1) await guess('three grey herons at dawn', count);
      expect((await guess(password, 50)).code).toBe('auth.second_factor_wrong');
      for (let count = 0; count < 8; count += 1) await guess(password, 100 + count);
      expect(await guess(password, 200)).toMatchObject({ status: 429, code: 'request.too_many' });
    });
  });
});
