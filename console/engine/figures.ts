/** Figures behind charts: by hours and days of Shanghai, as a table and as a file. */
import { shanghaiTime } from './shanghai.ts';

/** One bar, or one share: a label and a value for each series. */
export interface Point {
  readonly label: string;
  readonly values: readonly number[];
}

const HOUR_MS = 3_600_000;
const HOURS = 24;

/**
 * What came in each hour of a day in Shanghai, half open: the first moment belongs to the day, the last one does not.
 * `seriesOf` says to which of `count` series an item belongs.
 */
export function byHour<T>(
  items: readonly T[],
  dayStartMs: number,
  count: number,
  read: (item: T) => { readonly atMs: number; readonly series: number; readonly value: number },
): readonly Point[] {
  const sums = Array.from({ length: HOURS }, () => Array.from({ length: count }, () => 0));
  for (const item of items) {
    const { atMs, series, value } = read(item);
    const own = sums[Math.floor((atMs - dayStartMs) / HOUR_MS)];
    const before = own?.[series];
    if (own !== undefined && before !== undefined) own[series] = before + value;
  }
  return sums.map((values, hour) => ({ label: shanghaiTime(dayStartMs + hour * HOUR_MS).slice(11), values }));
}

/** The sums of all series of each point. */
export function totals(points: readonly Point[]): readonly number[] {
  return points.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
}

/** A cell of a file. What a spreadsheet would take for a formula gets an apostrophe. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as CSV (RFC 4180), with the mark by which spreadsheets know that it is UTF-8. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return `\ufeff${rows.map((row) => row.map(cell).join()).join('\r\n')}\r\n`;
}
