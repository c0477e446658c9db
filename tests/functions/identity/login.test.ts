import { getMe } from '../../../functions/identity/getMe.ts';
import { login } from '../../../functions/identity/login.ts';
import { chaosDatabase } from '../../../local/database.chaos.ts';
import * as identities from '../../../shared/data/identity/identities.ts';
import { type ErrorCode, fail } from '../../../shared/errors.ts';
import type { WechatSession } from '../../../shared/ports/wechat.ts';
import { DAY_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { exported, storedByCall } from '../../support/given/export.ts';
import { givenBanned } from '../../support/given/staff.ts';
import { createWorld, type World, type WorldOptions } from '../../support/world.ts';

const alice: WechatSession = {
  openid: 'oALICE-canary-openid-000000',
  unionid: null,
  sessionKey: 'Q0FOQVJZLXNlc3Npb24ta2V5',
};
const bob: WechatSession = { ...alice, openid: 'oBOB-000000000000000000000' };

describeFunction(login, () => {
  let world: World;

  /** A world whose WeChat knows these codes and accepts each any number of times, unlike the real one. */
  async function open(
    codes: Readonly<Record<string, WechatSession | ErrorCode>>,
    options: WorldOptions = {},
  ) {
    world = await createWorld(options);
    Object.assign(world.ports, {
      wechat: {
        codeToSession: async (code: string): Promise<WechatSession> => {
          const known = codes[code];
          if (known === undefined || typeof known === 'string') throw fail(known ?? 'auth.code_invalid');
          return known;
        },
        checkSession: async () => true,
      },
    });
  }
  afterEach(() => world.close());

  const enter = (code: string) => world.call(login, { code });
  const stored = async (name: string) =>
    (await exported(world)).filter(({ collection }) => collection === name);

  test('who comes for the first time becomes a learner, and is told of once', async () => {
    await open({ firstcode: alice });
    const { status, data } = await enter('firstcode');
    expect(status).toBe(200);
    expect(data).toMatchObject({ isNew: true, user: { role: 'learner', isWechatBound: true } });
    expect(data.expiresAtMs).toBe(world.clock.now() + 30 * DAY_MS);
    const tasks = await stored('tasks');
    expect(tasks.map(({ id }) => id)).toEqual([`welcomeNewUser:user.registered:${data.user.id}`]);
    expect(tasks[0]?.doc).toMatchObject({ event: { data: { via: 'wechat' } } });
    expect((await world.call(getMe, {}, { token: data.token })).data).toEqual(data.user);
  });

  test('who comes again is the same user, with another token and the newest session key', async () => {
    await open({ firstcode: alice, secondcode: { ...alice, sessionKey: 'bmV3ZXN0', unionid: 'u1' } });
    const first = await enter('firstcode');
    world.clock.advance(DAY_MS);
    const second = await enter('secondcode');
    expect(second.data).toMatchObject({ isNew: false, user: { id: first.data.user.id } });
    expect(second.data.token).not.toBe(first.data.token);
    const identity = await identities.find(world.ports.database, identities.wechatId(alice.openid));
    expect(identity).toMatchObject({ unionid: 'u1', sessionKeyAtMs: world.clock.now() });
    expect(world.ports.secrets.open('session-key', identity?.sessionKeySealed ?? '')).toBe('bmV3ZXN0');
    expect(await stored('tasks')).toHaveLength(1);
  });

  test('two logins of a new learner at the same moment make one user, with a session each', async () => {
    await open({ code_1: alice, code_2: alice, code_3: alice });
    const answers = await Promise.all([enter('code_1'), enter('code_2'), enter('code_3')]);
    expect(new Set(answers.map(({ data }) => data.user.id)).size).toBe(1);
    expect(answers.filter(({ data }) => data.isNew)).toHaveLength(1);
    expect(await stored('users')).toHaveLength(1);
    expect(await stored('sessions')).toHaveLength(3);
    expect(await stored('tasks')).toHaveLength(1);
  });

  test('auth.code_invalid: a code opens one session, even if WeChat accepts it again', async () => {
    await open({ somecode: alice });
    expect((await enter('somecode')).status).toBe(200);
    const before = await exported(world);
    expect(await enter('somecode')).toMatchObject({ status: 401, code: 'auth.code_invalid' });
    expect(await exported(world)).toEqual(before);
  });

  test('auth.code_invalid: of ten who use one code at the same moment, one gets in', async () => {
    await open({ somecode: alice });
    const answers = await Promise.all(Array.from({ length: 10 }, () => enter('somecode')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'auth.code_invalid')).toHaveLength(9);
    expect(await stored('sessions')).toHaveLength(1);
  });

  test('a login whose commit lost its answer, or that had to run again, is one login', async () => {
    await open(
      Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`code-${n}`, n % 2 === 0 ? alice : bob])),
      {
        seed: 7,
        database: (inner, { clock, ids }) =>
          chaosDatabase(inner, {
            conflict: 0.3,
            commitLost: 0.3,
            random: () => ids.random(),
            clock,
            pause: async () => undefined,
          }),
      },
    );
    for (let n = 0; n < 40; n += 1) {
      const { status, data } = await enter(`code-${n}`);
      expect(status).toBe(200);
      expect(data.isNew).toBe(n < 2);
      expect((await world.call(getMe, {}, { token: data.token })).data.id).toBe(data.user.id);
    }
    expect(await stored('users')).toHaveLength(2);
    expect(await stored('sessions')).toHaveLength(40);
    expect(await stored('tasks')).toHaveLength(2);
  });

  test.each([
    ['auth.code_invalid', 401],
    ['auth.login_blocked', 403],
    ['wechat.unavailable', 503],
    ['request.too_many', 429],
  ] as const)('%s: what WeChat refuses is refused, and nothing is stored', async (code, status) => {
    await open({ refused: code });
    expect(await enter('refused')).toMatchObject({ status, code });
    expect(await storedByCall(world)).toEqual([]);
  });

  test('auth.user_banned: no session is opened', async () => {
    await open({ code_1: alice, code_2: alice });
    await givenBanned(world, (await enter('code_1')).data.user.id);
    expect(await enter('code_2')).toMatchObject({ status: 403, code: 'auth.user_banned' });
    expect(await stored('sessions')).toHaveLength(1);
  });

  test('neither session key, token nor code is stored in the clear; openid and key are in no answer and no log', async () => {
    await open({ 'canary-code-1': alice });
    const { body, data } = await enter('canary-code-1');
    const documents = JSON.stringify(await exported(world));
    for (const secret of [alice.sessionKey, data.token, 'canary-code-1'])
      expect(documents).not.toContain(secret);
    for (const told of [JSON.stringify(body), JSON.stringify(world.logs)]) {
      expect(told).not.toContain(alice.openid);
      expect(told).not.toContain(alice.sessionKey);
    }
    expect(JSON.stringify(world.logs)).not.toContain(data.token);
  });

  test.each([
    ['no code', {}],
    ['an empty code', { code: '' }],
    ['a code of one letter', { code: 'a' }],
    ['a code with a character that codes do not have', { code: 'made-up-1!' }],
    ['a code of 129 characters', { code: 'c'.repeat(129) }],
    ['an operator object', { code: { $gt: '' } }],
    ['a role', { code: 'firstcode', role: 'admin' }],
  ])('request.invalid, and nothing is stored: %s', async (_, input) => {
    await open({ firstcode: alice });
    expect(await world.call(login, input)).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(await storedByCall(world)).toEqual([]);
  });
});
