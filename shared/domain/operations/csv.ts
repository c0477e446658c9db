/** Tables as CSV (RFC 4180), for spreadsheets. */
import { HOUR_MS, type TimeMs } from '../../schemas/base.ts';

/**
 * The mark that makes a spreadsheet keep a cell as text, even after the file is saved there. WeChat Pay's own bills
 * use the same backtick. An apostrophe would be read as the spreadsheet's own mark, and be lost.
 */
const TEXT_MARK = '`';

/** The start of a formula, or of a cell that is already marked. */
const FORMULA = /^[=+\-@\t\r\n`]/;

/** `TRUE`, `FALSE`, and errors such as `#N/A`. */
const CONSTANT = /^(?:true|false|#[a-z0-9/]+[!?]?)$/i;

/** Words that occur in numbers, dates and times: months, units, and letters after a digit (`1E10`, `10 p`). */
const NUMBER_WORDS =
  /(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|ember|tober|ober)?|[年月日号號时時点點分秒元]|[上下]午|(?<=\p{Nd}[. ]?)(?:[ap]\.?m?\.?|e|t|z)(?!\p{L})/giu;

/** Characters that would end a cell, also in a spreadsheet that expects semicolons. */
const SPECIAL = /[",;\t\r\n]/;

/** The byte order mark before the first line, by which a spreadsheet recognises UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** A value that a spreadsheet should read as the number or date that it is: `19.90`, `2026-11-23 10:45:00`. */
export interface Readable {
  readonly readable: string;
}

/**
 * The content of a cell. A string stays text, whatever it looks like. A number must not be negative. Null is an
 * empty cell.
 */
export type Cell = string | number | Readable | null;

/** Whether a spreadsheet would turn a text into something else: a formula, a number, a date or a truth value. */
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

/** One line with its line ending. A text that a spreadsheet would misread begins with a backtick. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

/** An amount (0 or more fen) in yuan with two decimals, computed without floating point. */
export function yuan(fen: number): string {
  return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
}

/** An instant in Shanghai time: `2026-11-23 10:45:00`; null for null. */
export function shanghaiTime(atMs: TimeMs | null): string | null {
  if (atMs === null) return null;
  return new Date(atMs + 8 * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ');
}
