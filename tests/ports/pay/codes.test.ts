import * as fc from 'fast-check';
import { type Codes, verdictOf } from '../../../shared/adapters/http/codes.ts';
import {
  ANY_WECHAT_CALL,
  LOGIN_CODES,
  MESSAGE_CODES,
  PHONE_CODES,
  SAFETY_CODES,
  SESSION_CODES,
  SHIPPING_CODES,
  TOKEN_CODES,
} from '../../../shared/adapters/wechat/codes.ts';
import { WXPAY_CODES } from '../../../shared/adapters/wxpay/codes.ts';
import { XPAY_CODES, xpayCode } from '../../../shared/adapters/xpay/codes.ts';

const SEED = 20_261_129;

const tables: readonly (readonly [string, Codes])[] = [
  ...Object.entries(WXPAY_CODES).map(([call, codes]) => [`wxpay ${call}`, codes] as const),
  ...Object.entries(XPAY_CODES).map(([call, codes]) => [`xpay ${call}`, codes] as const),
  ...Object.entries({
    ANY_WECHAT_CALL,
    LOGIN_CODES,
    MESSAGE_CODES,
    PHONE_CODES,
    SAFETY_CODES,
    SESSION_CODES,
    SHIPPING_CODES,
    TOKEN_CODES,
  }),
];

describe.each(tables)('the codes of %s', (_, codes) => {
  test('each means one thing, and a page of the platform says so', () => {
    for (const { is, source } of Object.values(codes)) {
      expect(['absent', 'done', 'refused', 'ours', 'later']).toContain(is);
      expect(source).toMatch(/^(pay|developers)\.weixin\.qq\.com, .+/);
    }
  });

  test('a code that is not in the table is unknown: never absence, success or a final refusal', () => {
    const strange = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.constantFrom('__proto__', 'constructor', 'toString', '0', ''),
      // Close to a known code: in lower case, with more or fewer characters.
      fc.constantFrom(...Object.keys(codes)).map((code) => `${code}_`),
      fc.constantFrom(...Object.keys(codes)).map((code) => code.slice(1)),
    );
    fc.assert(
      fc.property(strange, (code) => {
        if (!Object.hasOwn(codes, code)) expect(verdictOf(codes, code)).toBe('unknown');
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

test('absence is said by no code of a call that asks for no thing of ours', () => {
  const saying = tables.filter(([, codes]) => Object.values(codes).some(({ is }) => is === 'absent'));
  expect(saying.map(([name]) => name)).toEqual([
    'wxpay query',
    'wxpay close',
    'wxpay queryRefund',
    'wxpay bill',
    'xpay /xpay/query_order',
    'SHIPPING_CODES',
  ]);
});

test('268490002 is absence in the very words that say so, and in no others', () => {
  const query = XPAY_CODES['/xpay/query_order'];
  const told = (words: string) => verdictOf(query, xpayCode(268490002, words));
  expect([told('数据不存在'), told(' 数据不存在 rid: 65f'), told('数据不存在。')]).toEqual(
    Array(3).fill('absent'),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (words) => {
      if (!words.trim().startsWith('数据不存在')) expect(told(words)).toBe('refused');
      expect(told(`数据不存在的${words}`)).toBe('refused');
      expect(told(`参数错误，数据不存在${words}`)).toBe('refused');
    }),
    { seed: SEED, numRuns: 300 },
  );
});
