/** S01–S07: callers without a valid session are refused. */
import { createHash, createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { learner, type Person, staff } from './people.ts';
import { exampleOf, expectSane, expectUnchanged, operationsOf, requestOf } from './routes.ts';
import { type Received, type Stack, startStack, textAt } from './stack.ts';

const guarded = operationsOf('member', 'staff');
const halfOpen = operationsOf('optional');

let stack: Stack;
let alice: Person;
let trap: Server;
let trapUrl = '';
let trapped = 0;

beforeAll(async () => {
  stack = await startStack();
  alice = await learner(stack, 'alice');
  trap = createServer((_incoming, outgoing) => {
    trapped += 1;
    outgoing.end('{}');
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  const address = trap.address();
  trapUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(async () => {
  await stack.stop();
  await new Promise((resolve) => trap.close(resolve));
});
afterEach(() => expectSane(stack));

function expectRefused(received: Received): void {
  expect([received.status, received.code]).toEqual([401, 'auth.required']);
  expect(received.headers['www-authenticate']).toBe('Bearer');
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = () => {
  const now = Math.floor(Date.now() / 1_000);
  return { sub: alice.userId, role: 'admin', iss: 'zhike', aud: 'zhike', iat: now, exp: now + 3_600 };
};
const hmac = (head: unknown, body: unknown, key: string) => {
  const signed = `${part(head)}.${part(body)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
};

describe('S01: what is not public asks for a token', () => {
  const garbage: readonly (readonly [string, () => Readonly<Record<string, string>>])[] = [
    ['none', () => ({})],
    ['an empty one', () => ({ authorization: '' })],
    ['a scheme without a token', () => ({ authorization: 'Bearer ' })],
    ['a token of nobody', () => ({ authorization: `Bearer ${'A'.repeat(43)}` })],
    ['another scheme', () => ({ authorization: `Basic ${alice.token}` })],
    ['no scheme', () => ({ authorization: alice.token })],
    ['a token cut short', () => ({ authorization: `Bearer ${alice.token.slice(0, -1)}` })],
    ['a token in a cookie', () => ({ cookie: `token=${alice.token}; authorization=Bearer ${alice.token}` })],
    [
      'a token in a header of its own',
      () => ({ 'x-access-token': alice.token, 'x-auth-token': alice.token }),
    ],
  ];

  test.each(guarded)('%s', async (_route, operation) => {
    await expectUnchanged(stack, async () => {
      for (const [, headers] of garbage) {
        const request = requestOf(operation, exampleOf(operation), null);
        expectRefused(await stack.send({ ...request, headers: headers() }));
      }
      const request = requestOf(operation, exampleOf(operation), null);
      const twice = { authorization: `Bearer ${alice.token}, Bearer ${alice.token}` };
      expect((await stack.send({ ...request, headers: twice })).code).toBe('request.invalid');
    });
  });

  test.each(halfOpen)('%s answers nobody, and refuses a bad token', async (_route, operation) => {
    const request = requestOf(operation, exampleOf(operation), null);
    expect((await stack.send(request)).status).not.toBe(401);
    expectRefused(await stack.send({ ...request, token: 'A'.repeat(43) }));
  });

  test('a token in the query is no token', async () => {
    const target = `/api/me?token=${alice.token}&access_token=${alice.token}&authorization=Bearer%20${alice.token}`;
    expectRefused(await stack.send({ method: 'GET', target }));
  });
});

// Sessions are opaque tokens. No JWT is ever parsed, so any JWT is just an unknown token.
describe('S02–S05: tokens of every shape of JWT are refused, without a call to anybody', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const hs = { alg: 'HS256', typ: 'JWT' };
  const rs = (head: unknown) => {
    const signed = `${part(head)}.${part(claims())}`;
    return `${signed}.${createSign('sha256').update(signed).sign(privateKey, 'base64url')}`;
  };
  const shapes: readonly (readonly [string, () => string])[] = [
    ['S02 expired', () => hmac(hs, { ...claims(), exp: 1 }, 'secret')],
    ['S02 not yet valid', () => hmac(hs, { ...claims(), nbf: 9_999_999_999 }, 'secret')],
    ['S02 of another issuer', () => hmac(hs, { ...claims(), iss: 'evil' }, 'secret')],
    ['S02 for somebody else', () => hmac(hs, { ...claims(), aud: 'evil' }, 'secret')],
    ['S02 cut short', () => hmac(hs, claims(), 'secret').slice(0, -10)],
    ['S02 without a signature', () => hmac(hs, claims(), 'secret').replace(/\.[^.]*$/, '')],
    ...['none', 'NONE', 'nOnE', 'None'].map(
      (alg) => [`S03 alg ${alg}`, () => `${part({ alg, typ: 'JWT' })}.${part(claims())}.`] as const,
    ),
    ['S04 HS256 under a public key', () => hmac(hs, claims(), publicKey)],
    ['S04 HS256 under WeChat Pay’s public key', () => hmac(hs, claims(), stack.keys.simulators.publicKeyPem)],
    ['S04 HS256 under an empty key', () => hmac(hs, claims(), '')],
    ['S04 RS256 under a key of the attacker', () => rs({ alg: 'RS256', typ: 'JWT' })],
    ['S05 kid is a path', () => hmac({ ...hs, kid: '../../../../dev/null' }, claims(), '')],
    ['S05 kid is SQL', () => hmac({ ...hs, kid: "x' UNION SELECT 'secret" }, claims(), 'secret')],
    ['S05 kid is a URL', () => rs({ alg: 'RS256', kid: `${trapUrl}/key` })],
    ['S05 jku', () => rs({ alg: 'RS256', jku: `${trapUrl}/jwks.json` })],
    ['S05 x5u', () => rs({ alg: 'RS256', x5u: `${trapUrl}/cert.pem` })],
    ['S05 jwk', () => rs({ alg: 'RS256', jwk: { kty: 'oct', k: 'AA' } })],
  ];

  test.each(shapes)('%s', async (_shape, make) => {
    const calls = stack.outbound.length;
    await expectUnchanged(stack, async () => {
      for (const target of ['/api/me', '/api/orders', '/api/cart']) {
        expectRefused(await stack.send({ method: 'GET', target, token: make() }));
      }
    });
    expect([stack.outbound.length - calls, trapped]).toEqual([0, 0]);
  });

  test('S02 a token of 64 KB is too many headers', async () => {
    const received = await stack.send({ method: 'GET', target: '/api/me', token: 'A'.repeat(65_536) });
    expect(received.status).toBe(431);
  });
});

describe('S06: what is not a token of the product is none', () => {
  test('a session’s stored id, a user’s id, and a login code are no tokens', async () => {
    const { code } = stack.simulators.weixin.phone.login('alice');
    const stored = createHash('sha256').update(alice.token).digest('hex');
    for (const token of [stored, alice.userId, code, 'undefined', 'null', '[object Object]']) {
      expectRefused(await stack.send({ method: 'GET', target: '/api/me', token }));
    }
  });

  test('on learners’ routes a member of staff sees only their own', async () => {
    const admin = await staff(stack, 'admin', 'wallet-admin');
    const { json } = await stack.send({ method: 'GET', target: '/api/me', token: admin.token });
    expect(textAt(json, 'data', 'id')).toBe(admin.userId);
    const orders = await stack.send({ method: 'GET', target: '/api/orders', token: admin.token });
    expect(orders.text).not.toContain(alice.userId);
  });
});

describe('S07: a token ends at once', () => {
  test('after logout on every route, and no other device’s', async () => {
    const phone = await learner(stack, 'leaver');
    const tablet = await learner(stack, 'leaver');
    const out = await stack.send({ method: 'POST', target: '/api/logout', token: phone.token, body: {} });
    expect(out.status).toBe(200);
    await expectUnchanged(stack, async () => {
      for (const [, operation] of [...guarded, ...halfOpen]) {
        expectRefused(await stack.send(requestOf(operation, exampleOf(operation), phone.token)));
      }
    });
    expect((await stack.send({ method: 'GET', target: '/api/me', token: tablet.token })).status).toBe(200);
  });

  test('a token that ended does not come back by a new login', async () => {
    const before = await learner(stack, 'again');
    await stack.send({ method: 'POST', target: '/api/logout', token: before.token, body: {} });
    await learner(stack, 'again');
    expectRefused(await stack.send({ method: 'GET', target: '/api/me', token: before.token }));
  });

  test('a login code opens one session', async () => {
    const { code } = stack.simulators.weixin.phone.login('replayer');
    const first = await stack.send({ method: 'POST', target: '/api/login', body: { code } });
    expect(first.status).toBe(200);
    await expectUnchanged(stack, async () => {
      const second = await stack.send({ method: 'POST', target: '/api/login', body: { code } });
      expect([second.status, second.code]).toEqual([401, 'auth.code_invalid']);
    });
  });
});
