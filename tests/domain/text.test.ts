import fc from 'fast-check';
import { GiftToken } from '../../shared/schemas/access/gift.ts';
import { lines, storedText, text, typedCode } from '../../shared/schemas/base.ts';
import { UserName } from '../../shared/schemas/identity/user.ts';
import { hasVisible, manyLines, oneLine, plainCode, plainName } from '../../shared/schemas/text.ts';
import { MODEL_RUNS, seed } from '../support/seeded.ts';

function range(from: number, end: number): string[] {
  return Array.from({ length: end - from }, (_, index) => String.fromCodePoint(from + index));
}

/** Every code point once. The low surrogates stand before the high ones, so that no two make a pair. */
const EVERYTHING = [
  ...range(0, 0xd800),
  ...range(0xdc00, 0xe000),
  ...range(0xd800, 0xdc00),
  ...range(0xe000, 0x110000),
].join('');

/** Every code point of a Unicode property, in the Unicode version of this Node. */
function pointsOf(property: string): readonly string[] {
  return EVERYTHING.match(new RegExp(`\\p{${property}}`, 'gu')) ?? [];
}

const CATEGORIES =
  'Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn'.split(' ');
const points = new Map(
  [...CATEGORIES, 'Default_Ignorable_Code_Point', 'Noncharacter_Code_Point'].map((name) => [
    name,
    pointsOf(name),
  ]),
);
const of = (...names: string[]) => {
  const lists = names.map((name) => points.get(name) ?? []);
  return fc.tuple(fc.nat(lists.length - 1), fc.nat()).map(([name, at]) => {
    const list = lists[name] ?? [];
    return list[at % list.length] ?? '';
  });
};

/**
 * A text with an equal share of every category. Otherwise Han and unassigned code points would crowd out all others.
 */
const anything = fc
  .array(of(...CATEGORIES, 'Default_Ignorable_Code_Point', 'Noncharacter_Code_Point'), { maxLength: 12 })
  .map((characters) => characters.join(''));
const joiners = fc
  .array(fc.constantFrom('\u200d', '\ufe0f', '\u0301', '👩', '❤', 'a', '学', ' ', '\u200b', '\n'), {
    maxLength: 8,
  })
  .map((characters) => characters.join(''));
const invisible = fc
  .array(
    fc.oneof(
      of('Cf', 'Zs', 'Zl', 'Zp', 'Default_Ignorable_Code_Point', 'Noncharacter_Code_Point'),
      fc.constantFrom('\u2800', '\t', '\n', '\r'),
    ),
    { maxLength: 12 },
  )
  .map((characters) => characters.join(''));

/**
 * Whether a character may stay in a text: it may neither control nor hide anything. Written by character, unlike the
 * rule.
 */
function mayStay(character: string, hasLines: boolean): boolean {
  if (character === '\u200d' || character === '\ufe0f') return true;
  if (character === '\n' || character === '\t') return hasLines;
  return !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]/u.test(
    character,
  );
}

const holds = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void) =>
  fc.assert(fc.property(arbitrary, check), { seed, numRuns: MODEL_RUNS });

describe(`free texts (seed ${seed})`, () => {
  test.each([
    ['one line', text(100), false],
    ['many lines', lines(100), true],
  ] as const)(
    '%s: what is taken holds nothing that cannot be seen, shows something, and is taken again as it is',
    (_, schema, hasLines) => {
      holds(fc.oneof(anything, joiners, invisible), (typed) => {
        const { data } = schema.safeParse(typed);
        if (data === undefined) return;
        expect([...data].filter((character) => !mayStay(character, hasLines))).toEqual([]);
        expect(data).toMatch(/[\p{L}\p{N}\p{P}\p{S}]/u);
        expect(data).not.toMatch(/^[\u200d\ufe0f\s]|[\u200d\s]$/u);
        expect(schema.parse(data)).toBe(data);
      });
    },
  );

  test('a text in which nothing can be seen is refused, and one that may be empty is empty', () => {
    holds(invisible, (typed) => {
      expect([oneLine(typed), manyLines(typed)].map(hasVisible)).toEqual([false, false]);
      if (/[\u202a-\u202e\u2066-\u2069]/.test(typed)) return;
      expect(text(100).safeParse(typed).success).toBe(false);
      expect(text(100, 0).parse(typed)).toBe('');
    });
  });

  test('control characters and turns of direction are refused, also beside what can be seen', () => {
    const tabsAndBreaks = ['\t', '\n', '\r'];
    const refused = (points.get('Cc') ?? []).filter((character) => !tabsAndBreaks.includes(character));
    expect(refused).toHaveLength(62);
    for (const character of [
      ...refused,
      ...'\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069',
      '\ud800',
    ]) {
      const result = text(100).safeParse(`知${character}课`);
      expect([character.charCodeAt(0), result.success]).toEqual([character.charCodeAt(0), false]);
    }
  });

  test('every character that can be seen stays, wherever it stands', () => {
    const visible = of(
      'Lu',
      'Ll',
      'Lt',
      'Lm',
      'Lo',
      'Nd',
      'Nl',
      'No',
      'Pc',
      'Pd',
      'Ps',
      'Pe',
      'Po',
      'Sm',
      'Sc',
      'Sk',
      'So',
    );
    holds(fc.array(visible, { minLength: 1, maxLength: 8 }), (characters) => {
      const shown = characters.filter((character) => mayStay(character, false)).join('');
      if (shown !== '') expect(text(100).parse(shown)).toBe(shown);
    });
  });

  test.each([
    ['数据\u200b分析', '数据分析'],
    ['\ufeff标题\u00ad', '标题'],
    ['标题\u2800', '标题'],
    ['第一行\r\n第二行', '第一行 第二行'],
    ['第一行\u2028第二行', '第一行 第二行'],
    ['👩\u200d💻 ❤\ufe0f', '👩\u200d💻 ❤\ufe0f'],
    ['👩\u200d\u200d💻', '👩💻'],
    ['课\ufe0f\ufe0f', '课\ufe0f'],
    ['\u200d课\u200d', '课'],
  ])('%j on one line is %j', (typed, kept) => {
    expect(text(100).parse(typed)).toBe(kept);
  });

  test('a text that has lines keeps them, each ended alike', () => {
    expect(lines(100).parse('一\r\n二\r三\u2028四\u2029五\n\n六\t七')).toBe('一\n二\n三\n四\n五\n\n六\t七');
  });

  test.each([
    '\u200b\u200b',
    '\u3164',
    '\u2800',
    '\u2060',
    '\u00ad\u00ad',
    '\ufe0f',
    '\udb40\udc41',
    '\u200d',
    '\u0301',
    '',
  ])('nothing can be seen in %j', (typed) => expect(text(30).safeParse(typed).success).toBe(false));

  test('a stored text is read as it is, whatever the rules were when it was written, and no longer than it may come in', () => {
    expect(storedText(text(3)).parse('\u200b\u202e')).toBe('\u200b\u202e');
    expect(storedText(text(3)).safeParse('abcd').success).toBe(false);
  });

  test('the work grows with the text and not with its square', () => {
    for (const piece of ['\u200d', '\ufe0f', '\u200b', ' ', '\t', 'a\u200d', '\r', '\u2800', ':']) {
      const typed = piece.repeat(200_000);
      expect(
        [oneLine, manyLines, plainCode, plainName].map((clean) => clean(typed).length <= 600_000),
      ).not.toContain(false);
    }
  });
});

describe(`codes and names (seed ${seed})`, () => {
  const letters = 'ABCDEFGHJKMNPQRSTVWXYZabcdefgh0123456789';
  const code = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 20 });
  const signs = of(
    'Pc',
    'Pd',
    'Pi',
    'Pf',
    'Zs',
    'Zl',
    'Zp',
    'Cc',
    'Cf',
    'Default_Ignorable_Code_Point',
  ).filter((sign) => !/[A-Za-z0-9:]/.test(sign.normalize('NFKC')));
  const between = fc.array(signs, { maxLength: 3 }).map((list) => list.join(''));

  test('signs before, between and behind the characters of a code are ignored', () => {
    holds(fc.tuple(code, between, between, between), ([meant, before, inside, behind]) => {
      expect(plainCode(before + [...meant].join(inside) + behind)).toBe(meant);
    });
  });

  test('a code is the same in full width, in quotes and behind words', () => {
    holds(code, (meant) => {
      const wide = [...meant].map((one) => String.fromCodePoint((one.codePointAt(0) ?? 0) + 0xfee0)).join('');
      for (const typed of [
        wide,
        `“${meant}”`,
        `${meant}。`,
        `兑换码：${meant}`,
        `code: ${meant}`,
        `「${meant}」：`,
      ]) {
        expect(plainCode(typed)).toBe(meant);
      }
      expect(plainCode(plainCode(meant))).toBe(meant);
    });
  });

  test.each([' 123 456 ', '１２３４５６', '验证码：123456', '123\u200b456', '123-456'])(
    '%j is one code',
    (typed) => {
      expect(typedCode().parse(typed)).toBe('123456');
    },
  );

  test('a gift token is read from what stands around it', () => {
    const token = `gft_${'0'.repeat(26)}_${'A'.repeat(26)}_${'0f'.repeat(16)}`;
    for (const typed of [
      `礼物：${token}。`,
      ` ${token.toLowerCase()}\u200b`,
      `“${token.replaceAll('_', ' ')}”`,
    ]) {
      expect(GiftToken.parse(typed)).toBe(token);
    }
    expect(GiftToken.safeParse(`${token}0`).success).toBe(false);
  });

  test.each([
    'reader.one',
    'Reader.One ',
    '\u200breader.one',
    'ｒｅａｄｅｒ．ｏｎｅ',
    '\treader.one\n',
    'reader\u00ad.one',
  ])('%j is the name reader.one', (typed) => expect(UserName.parse(typed)).toBe('reader.one'));

  test('an accepted user name has only plain characters, and parsing it again changes nothing', () => {
    holds(fc.oneof(anything, fc.string({ maxLength: 30 })), (typed) => {
      const { data } = UserName.safeParse(typed);
      if (data === undefined) return;
      expect(data).toMatch(/^[a-z0-9_.-]{3,30}$/);
      expect(UserName.parse(data)).toBe(data);
    });
  });
});
