/** S40–S42, S51: secrets stay where they belong, whatever goes wrong. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/sources.ts';
import { attacksOn } from '../fuzz/hostile.ts';
import { learner, type Person, STAFF_PASSWORD, staff } from './people.ts';
import { contract, exampleOf, expectSane, requestOf } from './routes.ts';
import { buy } from './shop.ts';
import { at, type Stack, startStack, textAt } from './stack.ts';

let stack: Stack;
let alice: Person;
let admin: Person;
/** Every operation except `logout`, which ends the session. */
const staying = contract.operations.filter(({ id }) => id !== 'logout');
const phone = '13812345678';
const realName = '欧阳康德真';

beforeAll(async () => {
  stack = await startStack();
  alice = await learner(stack, 'alice');
  admin = await staff(stack, 'admin', 'boss');
  await buy(stack, alice);
});
afterAll(() => stack.stop());

/** A piece of a PEM's inside on one line, as it would stand in any quotation of it. */
const inner = (pem: string) => pem.split('\n').slice(1, 3).join('').slice(0, 60);

/** Secrets that must be in no log and no answer, and those that must not even be in the store. */
function canaries(): {
  readonly nowhere: Readonly<Record<string, string>>;
  readonly unlogged: Readonly<Record<string, string>>;
} {
  const { simulators, secretsKey, filesKey } = stack.keys;
  const secrets = Object.entries(simulators).filter(([name]) =>
    /secret|apiV3Key|appKey|aesKey|pushToken/i.test(name),
  );
  return {
    nowhere: {
      secretsKey,
      filesKey,
      merchantPrivateKey: inner(simulators.merchantPrivateKeyPem),
      platformPrivateKey: inner(simulators.platformPrivateKeyPem),
      password: STAFF_PASSWORD,
      ...Object.fromEntries(secrets.filter((pair): pair is [string, string] => typeof pair[1] === 'string')),
    },
    unlogged: {
      token: alice.token,
      staffToken: admin.token,
      openid: stack.simulators.weixin.openidOf('alice'),
      phone,
      realName,
    },
  };
}

/** Calls everything with wrong input, and with secrets in wrong places. */
async function provoke(): Promise<void> {
  for (const operation of staying) {
    const token = operation.access === 'staff' ? admin.token : alice.token;
    const example = exampleOf(operation);
    await stack.send(requestOf(operation, example, token));
    for (const attack of attacksOn(example, operation.method, ['text', 'operator']).slice(0, 4)) {
      await stack.send(requestOf(operation, attack.input, token));
    }
    for (const secret of [phone, realName, alice.token, stack.simulators.weixin.openidOf('alice')]) {
      const headers = {
        authorization: `Bearer ${token} ${encodeURIComponent(secret)}`,
      };
      await stack.send({ ...requestOf(operation, example, null), headers });
    }
  }
  await stack.send({ method: 'POST', target: '/api/login', body: { code: alice.token } });
  for (const userName of [phone, 'boss']) {
    const body = { userName, password: `${STAFF_PASSWORD}!` };
    await stack.send({ method: 'POST', target: '/api/login/password', body });
  }
  await stack.send({
    method: 'POST',
    target: '/api/register',
    body: { userName: phone, password: 'aaaaaaaa', nickname: realName },
  });
}

describe('S40, S41: canaries', () => {
  test('no key, password, token, phone number, name or openid is in a log; no key or password in an answer or the store', async () => {
    const from = stack.answers.length;
    await provoke();
    await stack.store.settled();
    const logs = await stack.logs();
    expect(logs.split('\n').length).toBeGreaterThan(200);
    const answers = stack.answers.join('\n');
    const store = stack.store.everything();
    const { nowhere, unlogged } = canaries();
    expect(Object.values(nowhere).filter((canary) => canary.length < 12)).toEqual([]);
    const hits: string[] = [];
    for (const [name, canary] of Object.entries(nowhere)) {
      for (const [place, text] of Object.entries({ logs, answers, store })) {
        if (text.includes(canary)) hits.push(`${name} in ${place}`);
      }
    }
    for (const [name, canary] of Object.entries(unlogged))
      if (logs.includes(canary)) hits.push(`${name} in logs`);
    // The login answered the tokens once, before this. They are stored nowhere.
    for (const token of [alice.token, admin.token]) {
      if (store.includes(token)) hits.push('a token in the store');
      if (stack.answers.slice(from).some((answer) => answer.includes(token)))
        hits.push('a token in an answer');
    }
    expect(hits).toEqual([]);
    stack.insane.splice(0);
  });

  test('a session key is sealed where it is stored', () => {
    const identity = stack.store.bodies('identities').find((body) => body.includes('"sessionKeySealed":"'));
    expect(identity).toBeDefined();
    const sealed = textAt(JSON.parse(identity ?? '{}'), 'sessionKeySealed');
    // 16 bytes are 24 characters in base64. Sealed, they also have a nonce and a tag.
    expect(sealed.length).toBeGreaterThan(40);
    expect(stack.answers.join('\n')).not.toContain(sealed);
  });
});

describe('S51: nothing of the workshop is in the shop', () => {
  test.each([
    '/__test/reset',
    '/.env',
    '/.git/config',
    '/package.json',
    '/server.js.map',
    '/start.js.map',
    '/dist/local/start.mjs.map',
    '/docs/../package.json',
    '/docs/%2e%2e/package.json',
    '/docs/viewer.js.map',
    '/debug/pprof',
    '/actuator/env',
    '/admin',
    '/api',
    '/bus/guessed-key/accruePoints',
    '/bus//accruePoints',
  ])('%s is not there', async (target) => {
    for (const method of ['GET', 'POST']) {
      const { status } = await stack.send({ method, target });
      expect([method, [404, 405].includes(status)]).toEqual([method, true]);
    }
    expectSane(stack);
  });

  // A laptop hands these on to its simulators, for its own pages. A deployed unit contains nothing of it.
  test.each(['/phone/login', '/control/faults', '/control/clock'])(
    '%s is refused to the pages of others',
    async (target) => {
      for (const origin of ['https://evil.example', 'null']) {
        const { status } = await stack.send({ method: 'POST', target, headers: { origin }, body: '{}' });
        expect([origin, status]).toEqual([origin, 403]);
      }
      stack.insane.splice(0);
    },
  );

  test.each(['/metrics', '/figures.json'])('%s counts, and names nobody and nothing', async (target) => {
    const { status, text: body } = await stack.send({ method: 'GET', target });
    expect([status, body.includes('login')]).toEqual([200, true]);
    expect(body).not.toMatch(/(?:usr|ord|rfd|ses)_[0-9A-Z]{26}|req_|(?<![\w-])o[\w-]{27}(?![\w-])/);
    expect((await stack.send({ method: 'POST', target })).status).toBe(404);
    expectSane(stack);
  });

  test('the simulators do not start in production', () => {
    const script = join(ROOT, 'dist', `security-${process.pid}`, 'start.mjs');
    expect(existsSync(script)).toBe(true);
    for (const stage of [{ NODE_ENV: 'production' }, { ZHIKE_STAGE: 'prod' }]) {
      const env = { ...process.env, ...stage, DATA_DIR: stack.dataDir, PORT: '0', LOG: 'off' };
      const { status, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
      expect(status).toBe(1);
      expect(stderr).toContain('do not start in production');
    }
  });

  test('the keys of a laptop can be read by their owner alone', () => {
    const mode = execFileSync('stat', ['-c', '%a', join(stack.dataDir, 'keys.json')], { encoding: 'utf8' });
    expect(mode.trim()).toBe('600');
  });
});

describe('S42: our own faults', () => {
  test('on every route say nothing but that they are ours, under the id of the request', async () => {
    for (const collection of stack.store.collections()) {
      // The session must be readable, or the call would not get as far as the fault.
      if (collection !== 'sessions' && collection !== 'users') stack.store.spoil(collection);
    }
    let faults = 0;
    for (const operation of staying) {
      const token = operation.access === 'staff' ? admin.token : alice.token;
      const request = requestOf(operation, { ...exampleOf(operation), query: {} }, token);
      const received = await stack.send({ ...request, headers: { 'x-request-id': `fault-${operation.id}` } });
      if (received.status < 500) continue;
      faults += 1;
      const { requestId, error } = Object(received.json);
      expect([operation.id, received.headers['x-request-id']]).toEqual([
        operation.id,
        `fault-${operation.id}`,
      ]);
      if (operation.access === 'platform') continue;
      expect([operation.id, received.status, requestId, error]).toEqual([
        operation.id,
        500,
        `fault-${operation.id}`,
        { code: 'internal', message: '服务繁忙，请稍后再试', params: {} },
      ]);
    }
    expect(faults).toBeGreaterThan(5);
    for (const user of [alice, admin]) {
      stack.store.spoil('users');
      const { status, json } = await stack.send({ method: 'GET', target: '/api/me', token: user.token });
      expect([status, at(json, 'error', 'code')]).toEqual([500, 'internal']);
    }
    expect(stack.insane.filter((one) => !one.includes('"internal"'))).toEqual([]);
    expect(stack.isAlive()).toBe(true);
  });
});
