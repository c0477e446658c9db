/** S33, S35–S37: passwords and second factors cannot be guessed, and the answers do not tell who exists. */
import { STAFF_PASSWORD, staff } from './people.ts';
import { expectSane, expectUnchanged } from './routes.ts';
import { at, freshAddress, type Received, type Stack, startStack } from './stack.ts';

/** How often one address may try one user name within 15 minutes. */
const TRIES_MAX = 10;

/** A long password without repetition. */
const SQUARES = Array.from({ length: 60 }, (_, n) => `w${n * n * 7}`).join(' ');

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await staff(stack, 'admin', 'victim');
});
afterAll(() => stack.stop());
afterEach(() => expectSane(stack));

const login = (userName: string, password: string, address: string): Promise<Received> =>
  stack.send({ method: 'POST', target: '/api/login/password', body: { userName, password }, address });

const register = (password: string): Promise<Received> => {
  const userName = `new${Math.random().toString(36).slice(2, 12)}`;
  return stack.send({ method: 'POST', target: '/api/register', body: { userName, password } });
};

describe('S33: guessing a password', () => {
  test('fifty guesses end in a throttle that the right password does not open, and the owner comes in elsewhere', async () => {
    const attacker = freshAddress();
    const statuses: number[] = [];
    for (let guess = 0; guess < 50; guess += 1) {
      statuses.push((await login('victim', `wrong guess ${guess}`, attacker)).status);
    }
    expect(statuses.slice(0, TRIES_MAX)).toEqual(Array(TRIES_MAX).fill(401));
    expect(new Set(statuses.slice(TRIES_MAX))).toEqual(new Set([429]));
    const right = await login('victim', STAFF_PASSWORD, attacker);
    expect([right.status, right.code]).toEqual([429, 'request.too_many']);
    expect(Number(right.headers['retry-after'])).toBeGreaterThan(0);
    expect((await login('victim', STAFF_PASSWORD, freshAddress())).status).toBe(200);
  });

  test('another spelling of the name is the same name', async () => {
    const attacker = freshAddress();
    for (let guess = 0; guess < TRIES_MAX; guess += 1)
      await login('VICTIM', `wrong guess ${guess}`, attacker);
    expect((await login('victim', STAFF_PASSWORD, attacker)).status).toBe(429);
  });
});

describe('S35: who is there is not told', () => {
  const plain = ({ status, json, headers, text }: Received) => ({
    status,
    error: at(json, 'error'),
    length: text.length,
    names: Object.keys(headers).sort(),
  });

  test('an unknown name and a wrong password get the same answer', async () => {
    await expectUnchanged(stack, async () => {
      const nobody = await login('nobody-at-all', 'wrong guess', freshAddress());
      const wrong = await login('victim', 'wrong guess', freshAddress());
      expect(plain(nobody)).toEqual(plain(wrong));
      expect([wrong.status, wrong.code]).toEqual([401, 'auth.password_wrong']);
    });
  });
});

describe('S36: passwords', () => {
  test.each([
    ['seven characters', 'x7!kQp2'],
    ['one of the most common', 'password1'],
    ['one of the most common, in capitals', 'QWERTYUIOP'],
    ['a single letter, often', 'aaaaaaaaaaaa'],
    ['spaces', '            '],
    ['fourteen characters', 'x7!kQp2 m0Zr4w'],
    ['more than 128 characters', SQUARES.slice(0, 200)],
    ['more than is read', 'x'.repeat(513)],
  ])('%s is refused, and nobody is registered', async (_what, password) => {
    await expectUnchanged(stack, async () => {
      const { status, code } = await register(password);
      expect(status).toBe(400);
      expect(['user.password_weak', 'request.invalid']).toContain(code);
    });
  });

  test.each([
    ['of 64 characters', 'correct horse battery staple, and then some more words of it 64 x'],
    ['with emoji', '🐴🔋📎🦊🍵🎻🚲🌙🍋🧵🪁🗻🧭🪴🎈🥨'],
    ['with spaces', 'three grey herons at dusk'],
    ['of 128 characters', SQUARES.slice(0, 128)],
  ])('one %s is good, and is kept as a slow, salted hash', async (_what, password) => {
    const { status } = await register(password);
    expect(status).toBe(200);
    await stack.store.settled();
    const identities = stack.store.bodies('identities').join('\n');
    expect(identities).not.toContain(password);
    const hashes = [...identities.matchAll(/"passwordHash":"([^"]+)"/g)].map(([, hash = '']) => hash);
    expect(new Set(hashes).size).toBe(hashes.length);
    for (const hash of hashes) expect(hash).toMatch(/^\$?scrypt/);
  });
});
