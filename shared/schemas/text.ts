/**
 * What is left of a text that somebody typed or pasted, by Unicode's own categories: no list of bad characters ends.
 * Every function here costs one pass over the text, whatever stands in it.
 */

/** Nothing of it can be seen: format characters, default-ignorable ones and code points that are no characters. */
const INVISIBLE = /(?![\u200d\ufe0f])[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** Symbols that look like a space: the empty Braille cell. The other blanks are spaces (Zs) or default-ignorable. */
const BLANK = /\u2800/gu;

/** Line breaks, also those of other systems. */
const LINE_BREAK = /\r\n?|[\n\p{Zl}\p{Zp}]/gu;

/**
 * Emoji are put together by U+200D, and coloured by U+FE0F. They stay where they do that: U+FE0F behind a sign that
 * can be seen, and U+200D between two such signs. Anywhere else they are invisible like the others.
 */
const LOOSE_COLOUR = /(?<![\p{L}\p{N}\p{P}\p{S}\p{M}])\ufe0f|(?<=\ufe0f)\ufe0f/gu;
const LOOSE_JOINER = /(?<![\p{L}\p{N}\p{P}\p{S}\p{M}])\u200d|\u200d(?![\p{L}\p{N}\p{P}\p{S}])/gu;

const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** Words before a code end with one of these, after folding: `兑换码：`. */
const COLON = /[:\u2236\ua789]/gu;

function withoutInvisible(typed: string): string {
  return typed.replace(INVISIBLE, '').replace(BLANK, ' ').replace(LOOSE_COLOUR, '').replace(LOOSE_JOINER, '');
}

/** The text on one line: a line break and a tab become a space. */
export function oneLine(typed: string): string {
  return withoutInvisible(typed).replace(LINE_BREAK, ' ').replaceAll('\t', ' ').trim();
}

/** The text on as many lines as it has. */
export function manyLines(typed: string): string {
  return withoutInvisible(typed).replace(LINE_BREAK, '\n').trim();
}

/** Whether anything of a cleaned text can be seen: a letter, a digit, a mark or a symbol. */
export function hasVisible(cleaned: string): boolean {
  return VISIBLE.test(cleaned);
}

/** A name in the one way it is written: `Reader.One `, and the same in full-width letters, is `reader.one`. */
export function plainName(typed: string): string {
  return oneLine(typed.normalize('NFKC')).toLowerCase();
}

/**
 * A code as it is meant: its ASCII letters and digits. Words before a colon are left out: `兑换码：7K2M-9Q4T` is
 * `7K2M9Q4T`. A colon that no letter or digit follows ends nothing.
 */
export function plainCode(typed: string): string {
  const parts = typed.normalize('NFKC').split(COLON);
  const plain = parts.map((part) => part.replace(/[^A-Za-z0-9]+/g, ''));
  return plain.findLast((part) => part !== '') ?? '';
}
