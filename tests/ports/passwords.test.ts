import crypto, { scryptSync } from 'node:crypto';
import { OWASP_COST, scryptPasswords } from '../../shared/adapters/process/passwords.ts';
import { codeOf } from '../../shared/errors.ts';
import type { HashWork } from '../../shared/ports/passwords.ts';

const work: HashWork = { lane: 'login', source: '203.0.113.1' };
const cheap = scryptPasswords({ N: 16, r: 1, p: 1 });

test('a password fits its hash and no other', async () => {
  const hash = await cheap.hash('correct horse battery', work);
  expect(await cheap.verify('correct horse battery', hash, work)).toBe(true);
  expect(await cheap.verify('correct horse batterz', hash, work)).toBe(false);
  expect(await cheap.verify('', hash, work)).toBe(false);
});

test('the same password has another hash each time, with its own salt', async () => {
  const [one, two] = [
    await cheap.hash('知识就是力量知识就是力量', work),
    await cheap.hash('知识就是力量知识就是力量', work),
  ];
  expect(one).not.toBe(two);
});

test('it does not matter how a keyboard composes a character', async () => {
  expect(
    await cheap.verify('caf\u00e9 caf\u00e9', await cheap.hash('cafe\u0301 cafe\u0301', work), work),
  ).toBe(true);
});

test('the hash is scrypt’s own, at the parameters it says', async () => {
  const [, logN, r, p, salt = '', hash] = (await cheap.hash('secret', work)).split('$');
  expect([logN, r, p]).toEqual(['4', '1', '1']);
  const own = scryptSync('secret', Buffer.from(salt, 'base64url'), 32, { N: 16, r: 1, p: 1 });
  expect(own.toString('base64url')).toBe(hash);
});

test('a hash of another cost still fits: the cost may rise', async () => {
  const old = await cheap.hash('secret', work);
  expect(await scryptPasswords({ N: 32, r: 2, p: 1 }).verify('secret', old, work)).toBe(true);
});

test('a text that is not one of our hashes matches nothing and uses no memory', async () => {
  for (const text of ['', 'x', 'scrypt$4$1$1$x$y', `scrypt$40$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}`]) {
    expect(await cheap.verify('secret', text, work)).toBe(false);
  }
});

test('the cost of production is one that OWASP names, and it works', async () => {
  expect(OWASP_COST).toEqual({ N: 32768, r: 8, p: 3 });
  const passwords = scryptPasswords();
  expect(await passwords.verify('secret', await passwords.hash('secret', work), work)).toBe(true);
});

test('request.too_many: a full queue takes nobody more, and takes people again once it is shorter', async () => {
  const asked = await Promise.allSettled(Array.from({ length: 100 }, () => cheap.hash('p', work)));
  const refused = asked.flatMap((each) => (each.status === 'rejected' ? codeOf(each.reason) : []));
  expect(refused).toEqual(Array(100 - 2 - 32).fill('request.too_many'));
  expect(await cheap.verify('p', await cheap.hash('p', work), work)).toBe(true);
});

test('many at once wait in line, and all get their answer', async () => {
  const hashes = await Promise.all(Array.from({ length: 20 }, (_, index) => cheap.hash(`p${index}`, work)));
  const fits = await Promise.all(hashes.map((hash, index) => cheap.verify(`p${index}`, hash, work)));
  expect(fits).toEqual(Array(20).fill(true));
});

test('to make a hash and to refuse a password are the same work: one derivation, at the same parameters', async () => {
  const hash = await cheap.hash('correct horse battery', work);
  const derive = jest.spyOn(crypto, 'scrypt');
  try {
    await cheap.hash('wrong guess', work);
    await cheap.verify('wrong guess', hash, work);
    const [made, refused] = derive.mock.calls.map(([, , bytes, options]) => ({ bytes, options }));
    expect(derive).toHaveBeenCalledTimes(2);
    expect(refused).toEqual(made);
  } finally {
    derive.mockRestore();
  }
});
