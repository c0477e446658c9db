import fc from 'fast-check';
import { type Cell, csvLine, shanghaiTime, yuan } from '../../../shared/domain/operations/csv.ts';
import { timeMs } from '../../../shared/schemas/base.ts';

/** Reads CSV as RFC 4180 says it. */
function parse(text: string): string[][] {
  const lines: string[][] = [];
  let cells: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        if (text[at] === '"') at += 1;
        cell += text[at];
      }
      at += 1;
    } else {
      while (at < text.length && text[at] !== ',' && text[at] !== '\r') {
        cell += text[at];
        at += 1;
      }
    }
    cells.push(cell);
    if (text[at] === ',') at += 1;
    else {
      expect(text.slice(at, at + 2)).toBe('\r\n');
      at += 2;
      lines.push(cells);
      cells = [];
    }
  }
  return lines;
}

const seed = 29;
const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ';', '＝', 'a', "'") }),
);
const cells = fc.array(fc.oneof(nasty, fc.nat(), fc.constant(null)), { minLength: 1, maxLength: 6 });

test(`S29: whatever stands in the cells, it comes out as it went in, or behind an apostrophe, and never as a formula (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(cells, { minLength: 1, maxLength: 5 }), (table: Cell[][]) => {
      const read = parse(table.map(csvLine).join(''));
      expect(read).toHaveLength(table.length);
      read.forEach((line, row) => {
        line.forEach((cell, column) => {
          const text = String(table[row]?.[column] ?? '');
          expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
          expect([text, `'${text}`]).toContain(cell);
        });
      });
    }),
    { numRuns: 2_000, seed },
  );
});

test.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', '"\'\t=1"'],
  ['\r=1', '"\'\r=1"'],
  ['＝1', "'＝1"],
  ['=cmd|"/C calc"!A0', '"\'=cmd|""/C calc""!A0"'],
  ['a=1', 'a=1'],
  ['a;=1', '"a;=1"'],
  ['知课', '知课'],
])('S29: %j stands as %j', (cell, text) => {
  expect(csvLine([cell])).toBe(`${text}\r\n`);
});

test('nothing is an empty cell, and a number is its digits', () => {
  expect(csvLine([null, 0, 12])).toBe(',0,12\r\n');
});

test('an amount in yuan is exact', () => {
  expect([0, 1, 99, 100, 1_999, 1_000_000_000].map(yuan)).toEqual([
    '0.00',
    '0.01',
    '0.99',
    '1.00',
    '19.99',
    '10000000.00',
  ]);
});

test('a time is Shanghai’s', () => {
  expect(shanghaiTime(timeMs(Date.parse('2026-11-22T16:00:00.000Z')))).toBe('2026-11-23 00:00:00');
  expect(shanghaiTime(null)).toBeNull();
});
