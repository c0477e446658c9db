/** Tables as CSV (RFC 4180), for people who open them in a spreadsheet. */
import { HOUR_MS, type TimeMs } from '../../schemas/base.ts';

/**
 * What makes a spreadsheet keep a cell as the text it is, also when the file is saved from there: the backtick of WeChat
 * Pay's own bills. An apostrophe would be taken for a sign of the spreadsheet's, and be lost.
 */
const TEXT_MARK = '`';

/** The beginning of a formula, and of a cell that is marked already. */
const FORMULA = /^[=+\-@\t\r\n`]/;

/** `TRUE`, and errors such as `#N/A`. */
const CONSTANT = /^(?:true|false|#[a-z0-9/]+[!?]?)$/i;

/** The words of a number, a date or a time: months, units, and letters behind a digit (`1E10`, `10 p`). */
const NUMBER_WORDS =
  /(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|ember|tober|ober)?|[年月日号號时時点點分秒元]|[上下]午|(?<=\p{Nd}[. ]?)(?:[ap]\.?m?\.?|e|t|z)(?!\p{L})/giu;

/** What would end a cell, also in a spreadsheet that expects semicolons. */
const SPECIAL = /[",;\t\r\n]/;

/** Before the first line: how a spreadsheet knows that it is UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** What a spreadsheet is to read as the number or the date that it looks like: `19.90`, `2026-11-23 10:45:00`. */
export interface Readable {
  readonly readable: string;
}

/** What a cell may hold: a text stays a text, whatever it looks like; a number is never below 0 here; null is empty. */
export type Cell = string | number | Readable | null;

/** Whether a spreadsheet would make something else of a text: a formula, a number, a date, a truth. */
function isMisread(text: string): boolean {
  const folded = text.normalize('NFKC').trim();
  if (FORMULA.test(text) || FORMULA.test(folded) || CONSTANT.test(folded)) return true;
  return /\p{Nd}/u.test(folded) && !/\p{L}/u.test(folded.replace(NUMBER_WORDS, ''));
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'object') return cell.readable;
  const safe = isMisread(cell) ? `${TEXT_MARK}${cell}` : cell;
  return SPECIAL.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line, with its end. A text that a spreadsheet would take for something else begins with a backtick. */
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
