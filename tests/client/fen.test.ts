import fc from 'fast-check';
import { fenOf, shortYuan, yuan } from '../../client/fen.ts';

describe('sums of money as text', () => {
  it('has a sign, groups and two decimals', () => {
    expect([0, 5, 29, 100, 123_456, 1_234_567_890, -57_200].map(yuan)).toEqual([
      ...['¥0.00', '¥0.05', '¥0.29', '¥1.00', '¥1,234.56', '¥12,345,678.90', '-¥572.00'],
    ]);
    expect([0, 9_900, 9_910].map(shortYuan)).toEqual(['¥0', '¥99', '¥99.10']);
  });

  it('reads what people type, and nothing else', () => {
    expect(['0.29', '12', '12.5', '1,200.00', ' ¥9.9 ', '¥3'].map(fenOf)).toEqual([
      ...[29, 1_200, 1_250, 120_000, 990, 300],
    ]);
    expect(['', '-1', '1.234', '1,20', '1e3', '.5', 'abc', '12.', '99999999999'].map(fenOf)).toEqual(
      Array(9).fill(null),
    );
  });

  it('reads back what it wrote', () => {
    const sum = fc.integer({ min: 0, max: 999_999_999_999 });
    fc.assert(
      fc.property(sum, (fen) => expect([fenOf(yuan(fen)), fenOf(shortYuan(fen))]).toEqual([fen, fen])),
    );
  });
});
