import * as fc from 'fast-check';
import { codeOf, printedCode, readCode } from '../../../shared/domain/access/redeemCode.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const digest = fc
  .array(fc.integer({ min: 0, max: 15 }), { minLength: 64, maxLength: 64 })
  .map((digits) => digits.map((digit) => digit.toString(16)).join(''));

describe(`redeem codes (seed ${seed})`, () => {
  const holds = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void) =>
    fc.assert(fc.property(arbitrary, check), { seed, numRuns: MODEL_RUNS });

  test('a printed code is read as the same code, and every code has sixteen plain characters', () => {
    holds(digest, (hex) => {
      const code = codeOf(hex);
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
      expect(printedCode(code)).toMatch(/^(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
      expect(readCode(printedCode(code))).toBe(code);
      expect(readCode(code.toLowerCase().replaceAll('0', 'O').replaceAll('1', 'I'))).toBe(code);
    });
  });

  test('a code with one wrong character is always refused', () => {
    const wrong = fc.tuple(digest, fc.nat({ max: 15 }), fc.integer({ min: 1, max: 31 }));
    holds(wrong, ([hex, at, by]) => {
      const code = codeOf(hex);
      const character = ALPHABET[(ALPHABET.indexOf(code[at] ?? '') + by) % 32];
      expect(() => readCode(code.slice(0, at) + character + code.slice(at + 1))).toThrow('code.not_valid');
    });
  });

  test('two digests that differ in the bits that count are two codes', () => {
    holds(fc.tuple(digest, digest), ([one, other]) => {
      const bits = (hex: string) => BigInt(`0x${hex}`) & ((1n << 75n) - 1n);
      expect(codeOf(one) === codeOf(other)).toBe(bits(one) === bits(other));
    });
  });

  test.each(['', '0', 'U'.repeat(16), '0'.repeat(17), '😀'.repeat(8)])('%j is no code', (typed) => {
    expect(() => readCode(typed)).toThrow('code.not_valid');
  });
});
