/**
 * The values in SQL. Statements are texts with their values in them, because several then fit into one packet.
 * Everything that comes from outside gets into SQL by these functions alone, and each throws for any other type.
 */
import { isWellFormed } from '../engine/query.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\n': '\\n',
  '\r': '\\r',
  '\x1a': '\\Z',
  "'": "\\'",
  '\\': '\\\\',
};

/**
 * A text in quotes. The session's `sql_mode` has backslashes as escapes, and its character set is UTF-8.
 * @throws a plain Error for anything that is no well-formed text
 */
export function text(value: string): string {
  if (typeof value !== 'string' || !isWellFormed(value)) throw new Error('no text for a statement');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be escaped
  return `'${value.replace(/[\0\n\r\x1a'\\]/g, (character) => ESCAPES[character] ?? '')}'`;
}

/** Bytes in hexadecimal digits. @throws a plain Error for anything that is no buffer */
export function bytes(value: Buffer): string {
  if (!Buffer.isBuffer(value)) throw new Error('no bytes for a statement');
  return `X'${value.toString('hex')}'`;
}

/** A whole number from 0. @throws a plain Error for anything else */
export function whole(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error('no whole number for a statement');
  return String(value);
}

/** A name of ours in quotes: a table, a column or an index. */
export function name(value: string): string {
  return `\`${value.replaceAll('`', '``')}\``;
}
