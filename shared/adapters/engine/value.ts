/**
 * Indexed values as bytes or texts whose order is the port's: null, then numbers, then texts by code point. MySQL's own
 * order of texts depends on a collation, and takes `a` and `A`, or `a` and `a␠`, for the same. MongoDB compares values
 * of one type only: nothing is greater than null, and no text is greater than a number.
 */
import type { Scalar } from '../../ports/database.ts';

const NUMBER = 1;
const TEXT = 2;

/** The bytes of null. */
const NULL = Buffer.from([0]);
/** From here on are numbers, and below `TEXTS_FROM` nothing else. */
export const NUMBERS_FROM = Buffer.from([NUMBER]);
/** From here on are texts, and below `TEXTS_BELOW` nothing else. */
export const TEXTS_FROM = Buffer.from([TEXT]);
/** Above every text. */
export const TEXTS_BELOW = Buffer.from([TEXT + 1]);

/**
 * A scalar as an indexed column stores it. A boolean is a number, 0 or 1. A number is a double whose bits are turned
 * so that their order is that of the numbers: the sign of a positive one, and all bits of a negative one.
 */
export function bytesOf(value: Scalar): Buffer {
  if (value === null) return NULL;
  if (typeof value === 'string') return Buffer.from(`\x02${value}`);
  const coded = Buffer.alloc(9);
  coded[0] = NUMBER;
  // Adding 0 makes 0 of −0, which is the same number.
  coded.writeDoubleBE(Number(value) + 0, 1);
  const isNegative = (coded[1] ?? 0) >= 0x80;
  for (let at = 1; at < 9; at += 1) coded[at] = (coded[at] ?? 0) ^ (isNegative ? 0xff : at === 1 ? 0x80 : 0);
  return coded;
}

/** The text from which numbers begin, where an engine stores indexed values as texts. */
export const NUMBER_TEXTS_FROM = '1';
/** The text from which texts begin. No number is at or above it. */
export const TEXT_TEXTS_FROM = '2';
/** Above every text. */
export const TEXT_TEXTS_BELOW = '3';

/** A scalar as a text, for an engine that compares the bytes of texts. */
export function textOf(value: Scalar): string {
  if (value === null) return '0';
  if (typeof value === 'string') return `${TEXT_TEXTS_FROM}${value}`;
  return `${NUMBER_TEXTS_FROM}${bytesOf(value).toString('hex', 1)}`;
}
