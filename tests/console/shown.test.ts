import fc from 'fast-check';
import { proposedValue } from '../../console/describe.ts';
import { csvOf } from '../../console/engine/figures.ts';
import { placeOfId, shortId } from '../../console/engine/meaning.ts';
import { lengthOf, percent, textIn, valueAt } from '../../console/engine/shown.ts';

const ORDER_ID = 'ord_01M8MACF36FDYJD0YY9RGF6P50';

describe('values as people read them', () => {
  test.each([
    ['Fen', 'payableFen', 57_200, '¥572.00'],
    ['int~', 'oursFen', -1_234_567, '-¥12,345.67'],
    ['TimeMs', 'createdAtMs', Date.UTC(2026, 10, 30, 16, 5), '2026-12-01 00:05'],
    ['BasisPoints', 'share', 1_250, '12.5%'],
    ['bool', 'isHidden', true, '是'],
    ['OrderState', 'state', 'paid', '已支付'],
    ['text[]', 'titles', ['甲', '乙'], '甲、乙'],
    ['OrderId~', 'orderId', ORDER_ID, '9RGF6P50'.slice(-6)],
    ['OrderId~', 'orderId', null, '—'],
    ['AccessRule', 'access', { kind: 'days', days: 180 }, '购买后 180 天'],
    [
      'CouponRule',
      'rule',
      { kind: 'discount', thresholdFen: 0, offBasisPoints: 1_500, capFen: 5_000 },
      '8.5 折，最多减 ¥50',
    ],
    [
      'CouponRule',
      'rule',
      { kind: 'full_reduction', thresholdFen: 9_900, offFen: 2_050 },
      '满 ¥99 减 ¥20.50',
    ],
    ['CouponScope', 'scope', { kind: 'kinds', kinds: ['course', 'column'] }, '课程、专栏'],
    ['LadderStep[]', 'ladder', [{ thresholdFen: 10_000, offFen: 1_000 }], '满 ¥100 减 ¥10'],
    [
      'LineRefund',
      'line',
      { productId: 'prd_x', refundingFen: 0, refundedFen: 100 },
      '商品 prd_x，退款中 ¥0.00，已退 ¥1.00',
    ],
  ])('%s %s', (type, field, value, text) => {
    expect(textIn(type, field, value)).toBe(text);
  });

  test('shares and lengths of time', () => {
    expect([0, 1, 50, 10_000].map(percent)).toEqual(['0%', '0.01%', '0.5%', '100%']);
    expect([0, 61_000, 7_500_000].map(lengthOf)).toEqual(['0 秒', '1 分钟 1 秒', '2 小时 5 分钟']);
  });

  test('an id is short, and leads to its page if it has one', () => {
    const rails = '4200202611300001796039683252';
    expect([ORDER_ID, 'xpay:XP2026', rails].map(shortId)).toEqual(['GF6P50', 'xpay:XP2026', '4200…39683252']);
    const refundId = 'rfd_01M8MACF36FDYJD0YY9RGF6P50';
    expect([placeOfId(ORDER_ID, 'support'), placeOfId(refundId, 'support')]).toEqual([
      `/orders/${ORDER_ID}`,
      null,
    ]);
  });

  test('an id leads nobody to a page that their role may not open', () => {
    const userId = 'usr_01M8MACF36FDYJD0YY9RGF6P50';
    expect([placeOfId(userId, 'support'), placeOfId(userId, 'editor')]).toEqual([`/users/${userId}`, null]);
  });

  test('a path leads into a thing, or nowhere', () => {
    expect([valueAt({ a: { b: 1 } }, 'a.b'), valueAt({ a: null }, 'a.b')]).toEqual([1, undefined]);
  });
});

test('what somebody asks to give is said in its own unit', () => {
  const asked = [
    { kind: 'points', value: 500 },
    { kind: 'discountFen', value: 5_000_000 },
    { kind: 'membershipDays', value: 31 },
    { kind: 'priceCut', value: 1_250 },
  ] as const;
  expect(asked.map(proposedValue)).toEqual(['积分 500', '优惠金额 ¥50,000', '会员天数 31 天', '降价 12.5%']);
});

describe('files', () => {
  test('cells with commas, quotes and lines are read back', () => {
    const cell = fc.string({ unit: fc.constantFrom(...'a甲,"\n'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 4 }), (row) => {
        const line = `${csvOf([row]).slice(1, -2)},`;
        const back = [...line.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*)),/g)];
        expect(back.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain)).toEqual(row);
      }),
    );
  });

  test('what a spreadsheet would run is only text', () => {
    expect(csvOf([['=1+1', '-3.50', '@x']])).toBe("\ufeff'=1+1,-3.50,'@x\r\n");
  });
});
