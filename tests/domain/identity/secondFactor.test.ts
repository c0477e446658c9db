import {
  authenticatorUrl,
  base32,
  shownCode,
  takeOneTimeCode,
  takeRecoveryCode,
} from '../../../shared/domain/identity/secondFactor.ts';
import { timeMs, UserId } from '../../../shared/schemas/base.ts';
import type { SecondFactor } from '../../../shared/schemas/identity/secondFactor.ts';

const factor: SecondFactor = {
  id: UserId.parse('usr_01JD0000000000000000000001'),
  state: 'on',
  seedSealed: 'sealed',
  nextSeedSealed: null,
  enrolment: null,
  lastStep: 0,
  recoveryDigests: ['a', 'b'],
  createdAtMs: timeMs(0),
  updatedAtMs: timeMs(0),
};
const codeAt = (step: number) => String(step).padStart(6, '0');
const STEP_MS = 30_000;
const now = timeMs(1_000 * STEP_MS + 7);

test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base 32 of %j as RFC 4648 says, without its padding', (plain, text) => {
  expect(base32(Buffer.from(plain))).toBe(text);
});

test('a code of this step, the one before and the one after is taken; none further off', () => {
  const steps = [998, 999, 1_000, 1_001, 1_002];
  const taken = steps.map((step) => takeOneTimeCode(factor, codeAt(step), codeAt, now)?.lastStep ?? null);
  expect(taken).toEqual([null, 999, 1_000, 1_001, null]);
});

test('S37: a code counts once, and so does every one before it', () => {
  const after = takeOneTimeCode(factor, codeAt(1_000), codeAt, now);
  if (after === null) throw new Error('not taken');
  expect(takeOneTimeCode(after, codeAt(1_000), codeAt, now)).toBeNull();
  expect(takeOneTimeCode(after, codeAt(999), codeAt, now)).toBeNull();
  expect(takeOneTimeCode(after, codeAt(1_001), codeAt, now)).not.toBeNull();
});

test('S37: a recovery code is gone once it was taken, and the others stay', () => {
  const after = takeRecoveryCode(factor, 'a', now);
  expect(after?.recoveryDigests).toEqual(['b']);
  expect(takeRecoveryCode(after ?? factor, 'a', now)).toBeNull();
  expect(takeRecoveryCode(factor, 'c', now)).toBeNull();
});

test('the address for apps names the shop and whose key it is', () => {
  expect(authenticatorUrl('a b', 'KEY')).toBe(
    'otpauth://totp/%E7%9F%A5%E8%AF%BE:a%20b?secret=KEY&issuer=%E7%9F%A5%E8%AF%BE',
  );
});

test('a recovery code is shown in fours', () => {
  expect(shownCode('ABCDEFGHIJKLMNOP')).toBe('ABCD-EFGH-IJKL-MNOP');
});
