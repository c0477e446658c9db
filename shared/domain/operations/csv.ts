/** Tables as CSV (RFC 4180), for people who open them in a spreadsheet. */
import { HOUR_MS, type TimeMs } from '../../schemas/base.ts';

/** What a spreadsheet takes for the beginning of a formula, also as Chinese keyboards type it. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** What would end a cell, also in a spreadsheet that expects semicolons. */
const SPECIAL = /[",;\t\r\n]/;

/** Before the first line: how a spreadsheet knows that it is UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** What a cell may hold: a number counts, so it is never below 0 here and never a formula; null is an empty cell. */
export type Cell = string | number | null;

function cellText(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return SPECIAL.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line, with its end. A cell that would be a formula gets an apostrophe, which makes it a text. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

/** An amount in yuan with two digits after the point, without any floating point on the way. */
export function yuan(fen: number): string {
  return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
}

/** An instant as a clock in Shanghai shows it, `2026-11-23 10:45:00`; nothing for null. */
export function shanghaiTime(atMs: TimeMs | null): string | null {
  if (atMs === null) return null;
  return new Date(atMs + 8 * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ');
}
