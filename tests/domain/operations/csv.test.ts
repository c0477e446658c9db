import fc from 'fast-check';
import { type Cell, csvLine, shanghaiTime, yuan } from '../../../shared/domain/operations/csv.ts';
import { timeMs } from '../../../shared/schemas/base.ts';
import { MODEL_RUNS } from '../../support/seeded.ts';

/** Parses CSV by RFC 4180. */
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

/** The value of a cell before it was marked as text. */
function unmarked(cell: string): string {
  return cell.startsWith('`') ? cell.slice(1) : cell;
}

const seed = 29;
const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'=+-@\t\r\n",;＝a`\'019.e月课 ') }),
);
const cells = fc.array(fc.oneof(nasty, fc.nat(), fc.constant(null)), { minLength: 1, maxLength: 6 });

test(`S29: whatever stands in the cells, a text comes out as it went in, or behind a backtick, and never as a formula or a number (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(cells, { minLength: 1, maxLength: 5 }), (table: Cell[][]) => {
      const read = parse(table.map(csvLine).join(''));
      expect(read).toHaveLength(table.length);
      read.forEach((line, row) => {
        line.forEach((cell, column) => {
          const given = table[row]?.[column] ?? '';
          expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
          if (typeof given === 'number') expect(cell).toBe(String(given));
          else expect([cell, unmarked(cell)]).toEqual([cell, given]);
          if (typeof given === 'string' && given.trim() !== '')
            expect([cell, Number(cell)]).toEqual([cell, Number.NaN]);
        });
      });
    }),
    { numRuns: MODEL_RUNS, seed },
  );
});

test.each([
  ['=1+1', '`=1+1'],
  ['+1', '`+1'],
  ['-1', '`-1'],
  ['@SUM(A1)', '`@SUM(A1)'],
  ['\t=1', '"`\t=1"'],
  ['\r=1', '"`\r=1"'],
  ['＝1', '`＝1'],
  ['=cmd|"/C calc"!A0', '"`=cmd|""/C calc""!A0"'],
  ['`007', '``007'],
  ['a=1', 'a=1'],
  ['a;=1', '"a;=1"'],
  ['知课', '知课'],
])('S29: %j stands as %j', (cell, text) => {
  expect(csvLine([cell])).toBe(`${text}\r\n`);
});

test.each([
  ...[
    '4200202611290001795977401470',
    '12345678901234567890',
    '13800138000',
    '007',
    '0',
    '1.50',
    '.5',
    '1,234.5',
  ],
  ...['1E10', '1e-5', '2.5 E3', '50%', '¥12', '$ 3', '12元', '(5)', '1/2', '１２３', '٣٤', ' 7 '],
  ...[
    '2026-12-01',
    '2026/12/1',
    '12-1',
    '1.12.2026',
    '2026年12月1日',
    '12月1日',
    '5月',
    '1-Dec',
    'Dec 1, 2026',
  ],
  ...['SEPT1', 'MARCH1', '10:30', '10:30 PM', '10 a', '上午10:30', '10时30分', '2026-12-01T10:30:00Z'],
  ...['TRUE', 'false', 'ＴＲＵＥ', '#N/A', '#REF!'],
])('a text that a spreadsheet would read as something else is marked: %j', (text) => {
  expect(csvLine([text])).toMatch(/^"?`/);
});

test.each([
  ...[
    '知课',
    '第1课',
    '从零开始学 TypeScript',
    'ES6',
    'A1',
    '3D 打印',
    '4K',
    'C++11',
    'ord_01M83FTSR1X25PA0XMY0E7VMS4',
  ],
  ...['oWx0123456789abcdefghijklmno', '2026 年度报告', '100 个例子', 'May', 'Mark', '#话题', '真'],
])('an ordinary text stands as it is: %j', (text) => {
  expect(csvLine([text])).toBe(`${text}\r\n`);
});

test('nothing is an empty cell, a number is its digits, and what is to be read is not marked', () => {
  const read = [{ readable: yuan(1_990) }, { readable: '2026-11-23 10:45:00' }];
  expect(csvLine([null, 0, 12, ...read])).toBe(',0,12,19.90,2026-11-23 10:45:00\r\n');
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
