/** How values get into SQL, and how indexed values are stored. */
import fc from 'fast-check';
import { bytesOf, NUMBERS_FROM, TEXTS_BELOW, TEXTS_FROM } from '../../../shared/adapters/engine/value.ts';
import { bytes, name, text, whole } from '../../../shared/adapters/mysql/literal.ts';
import { INDEXED_TEXT_BYTES_MAX, type Scalar } from '../../../shared/ports/database.ts';
import { Administrator, describeMysql } from '../../support/mysql.ts';
import { seed } from '../../support/seeded.ts';
import { compared } from './lists.ts';

const wellFormed = fc.string({ unit: 'binary' });
/** Texts that are made of what SQL gives a meaning to. */
const tricky = fc
  .array(
    fc.constantFrom(
      "'",
      '"',
      '\\',
      '\\0',
      '\0',
      '\n',
      '\r',
      '\x1a',
      '`',
      ';',
      '--',
      '/*',
      '%',
      '_',
      '课',
      'a',
    ),
  )
  .map((parts) => parts.join(''));

describe('literals', () => {
  test.each([
    ['text', text, [1, null, undefined, {}, ['a'], Buffer.from('a'), 'a\ud800']],
    ['bytes', bytes, ['a', 1, null, undefined, [1], new Uint8Array(1)]],
    ['whole', whole, ['1', 1.5, -1, Number.NaN, 2 ** 53, null, 1n, [1]]],
  ] as const)('%s takes nothing of another type', (_, literal, others) => {
    for (const other of others) expect(() => literal(other as never)).toThrow('for a statement');
  });

  test('a name cannot end its own quotes', () => {
    expect(name('a`; DROP TABLE b; --')).toBe('`a``; DROP TABLE b; --`');
  });
});

describeMysql('literals on the server', () => {
  let administrator: Administrator;
  beforeAll(async () => {
    administrator = await Administrator.connect();
  });
  afterAll(() => administrator.close());

  test('every byte, and every character up to U+FFFF by itself and behind a backslash, comes back as it was', async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const codes = Array.from({ length: 0x10000 }, (_, code) => code).filter((c) => c < 0xd800 || c > 0xdfff);
    const characters = codes
      .map((code) => `${String.fromCharCode(code)}\\${String.fromCharCode(code)}`)
      .join('');
    const [[found, characterSet] = []] = await administrator.ask(`SELECT ${bytes(all)}, ${text(characters)}`);
    expect(found).toEqual(all);
    expect(characterSet === characters).toBe(true);
  });

  test(`any texts and bytes come back as they were, side by side (seed ${seed})`, async () => {
    const either = fc.oneof(
      wellFormed,
      tricky,
      fc.uint8Array().map((found) => Buffer.from(found)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(either, { minLength: 1, maxLength: 20 }), async (values) => {
        const literals = values.map((value) => (typeof value === 'string' ? text(value) : bytes(value)));
        expect(await administrator.ask(`SELECT ${literals.join()}`)).toEqual([values]);
      }),
      { seed, numRuns: 200 },
    );
  });
});

const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 1, -1, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** 53, 0.1, -0.1),
  wellFormed,
  fc.constantFrom('', '\0', 'a', 'A', 'a ', 'a\0', '\uffff', '\u{10000}', '课'),
);

describe('indexed values', () => {
  test(`their bytes have the port’s order, and equal values have equal bytes (seed ${seed})`, () => {
    fc.assert(
      fc.property(scalar, scalar, (a, b) => {
        expect(Math.sign(Buffer.compare(bytesOf(a), bytesOf(b)))).toBe(Math.sign(compared(a, b)) + 0);
      }),
      { seed, numRuns: 20_000 },
    );
  });

  test('null is below all numbers, and these below all texts, and the bounds are between', () => {
    const ordered = [
      ...[bytesOf(null), NUMBERS_FROM, bytesOf(-Number.MAX_VALUE), bytesOf(Number.MAX_VALUE), TEXTS_FROM],
      ...[bytesOf('\0'), bytesOf('\u{10ffff}'.repeat(3)), TEXTS_BELOW],
    ];
    expect([...ordered].sort(Buffer.compare)).toEqual(ordered);
    expect(bytesOf('')).toEqual(TEXTS_FROM);
  });

  test('the longest fits into its column', () => {
    expect(bytesOf('x'.repeat(INDEXED_TEXT_BYTES_MAX)).length).toBeLessThanOrEqual(472);
  });
});
