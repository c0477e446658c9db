import { keySecrets } from '../../shared/adapters/process/secrets.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const secrets = keySecrets(KEY);

test('what was sealed opens for its purpose', () => {
  expect(secrets.open('session-key', secrets.seal('session-key', '知课 🔑'))).toBe('知课 🔑');
  expect(secrets.open('p', secrets.seal('p', ''))).toBe('');
});

test('the same text is sealed differently each time, and is nowhere to be seen', () => {
  const sealed = [secrets.seal('p', 'canary'), secrets.seal('p', 'canary')];
  expect(sealed[0]).not.toBe(sealed[1]);
  expect(Buffer.from(sealed.join(), 'base64url').toString('latin1')).not.toContain('canary');
});

test('for another purpose, under another key, or changed in any place, it does not open', () => {
  const sealed = secrets.seal('p', 'text');
  expect(() => secrets.open('q', sealed)).toThrow();
  expect(() => keySecrets(Buffer.alloc(32, 8).toString('base64')).open('p', sealed)).toThrow();
  const [version = '', body = ''] = sealed.split('.');
  const bytes = Buffer.from(body, 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => secrets.open('p', `${version}.${changed.toString('base64url')}`)).toThrow();
  }
  for (const text of ['', 'v1.', 'v1.AAAA', `v2.${body}`, body])
    expect(() => secrets.open('p', text)).toThrow();
});

test('a new key seals, the old ones still open, and what is found by a digest is still found', () => {
  const newKey = Buffer.alloc(32, 9).toString('base64');
  const oldest = Buffer.alloc(32, 3).toString('base64');
  const before = keySecrets(oldest);
  const between = keySecrets(KEY, oldest);
  const after = keySecrets(newKey, KEY, oldest);
  const texts = [before, between, after].map((each) => each.seal('p', 'text'));
  expect(texts.map((sealed) => after.open('p', sealed))).toEqual(['text', 'text', 'text']);
  // A process that does not know the new key yet cannot open what it sealed. So first all learn it, and then it seals.
  expect(() => between.open('p', texts[2] ?? '')).toThrow();
  const learning = keySecrets(KEY, newKey, KEY);
  const knowing = keySecrets(newKey, KEY);
  expect(learning.open('p', knowing.seal('p', 'text'))).toBe('text');
  expect(keySecrets(KEY).open('p', learning.seal('p', 'text'))).toBe('text');
  expect(learning.digest('p', 'x')).toBe(knowing.digest('p', 'x'));
  expect(keySecrets(newKey).open('p', texts[2] ?? '')).toBe('text');
  expect(() => keySecrets(newKey).open('p', texts[0] ?? '')).toThrow();
  expect(new Set([before, between, after].map((each) => each.digest('p', 'x'))).size).toBe(1);
});

test('a digest is the same for the same purpose and text, and tells purposes apart from texts', () => {
  expect(secrets.digest('p', 'x')).toMatch(/^[0-9a-f]{64}$/);
  expect(secrets.digest('p', 'x')).toBe(keySecrets(KEY).digest('p', 'x'));
  expect(secrets.digest('p', 'x')).not.toBe(secrets.digest('px', ''));
  expect(secrets.digest('p', 'x')).not.toBe(
    keySecrets(Buffer.alloc(32, 8).toString('base64')).digest('p', 'x'),
  );
});

test.each(['', 'short', Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64')])(
  'a key of another length is refused (%#)',
  (key) => {
    expect(() => keySecrets(key)).toThrow('32 bytes');
  },
);

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('a one-time code at second %i is the last six digits of RFC 6238 appendix B', (second, code) => {
  const seed = Buffer.from('12345678901234567890').toString('base64url');
  expect(secrets.oneTimeCode(seed, Math.floor(second / 30))).toBe(code);
});
