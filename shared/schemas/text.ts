/**
 * Cleaning of text that somebody typed or pasted. It goes by Unicode's own categories, because a list of bad
 * characters is never complete. Every function here takes one pass over the text.
 */

function makePatterns() {
  return {
    /** Characters that nobody can see: format characters, default-ignorable ones, and code points that are none. */
    invisible: /(?![\u200d\ufe0f])[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu,
    /** The empty Braille cell, a symbol that looks like a space. Other blanks are spaces (Zs) or default-ignorable. */
    blank: /\u2800/gu,
    /** Line breaks, including those of other systems. */
    lineBreak: /\r\n?|[\n\p{Zl}\p{Zp}]/gu,
    /**
     * Emoji are joined by U+200D and coloured by U+FE0F. U+FE0F stays behind a visible character, and U+200D stays
     * between two of them. Anywhere else they are invisible, and are removed like the others.
     */
    looseColour: /(?<![\p{L}\p{N}\p{P}\p{S}\p{M}])\ufe0f|(?<=\ufe0f)\ufe0f/gu,
    looseJoiner: /(?<![\p{L}\p{N}\p{P}\p{S}\p{M}])\u200d|\u200d(?![\p{L}\p{N}\p{P}\p{S}])/gu,
    visible: /[\p{L}\p{N}\p{P}\p{S}]/u,
    /** Words before a code end with one of these, after NFKC folding: `兑换码：`. */
    colon: /[:\u2236\ua789]/gu,
  };
}

let made: ReturnType<typeof makePatterns> | null = null;

/** Reading Unicode's categories takes milliseconds of a cold start, and many processes clean no text. */
function patterns() {
  made ??= makePatterns();
  return made;
}

function withoutInvisible(typed: string): string {
  const { invisible, blank, looseColour, looseJoiner } = patterns();
  return typed.replace(invisible, '').replace(blank, ' ').replace(looseColour, '').replace(looseJoiner, '');
}

/** The text on one line. Line breaks and tabs become spaces. */
export function oneLine(typed: string): string {
  return withoutInvisible(typed).replace(patterns().lineBreak, ' ').replaceAll('\t', ' ').trim();
}

/** The text with its lines kept. Every kind of line break becomes `\n`. */
export function manyLines(typed: string): string {
  return withoutInvisible(typed).replace(patterns().lineBreak, '\n').trim();
}

/** Whether a cleaned text has anything visible: a letter, a digit, a punctuation mark or a symbol. */
export function hasVisible(cleaned: string): boolean {
  return patterns().visible.test(cleaned);
}

/** A name in its one canonical spelling: `Reader.One `, also in full-width letters, becomes `reader.one`. */
export function plainName(typed: string): string {
  return oneLine(typed.normalize('NFKC')).toLowerCase();
}

/**
 * The ASCII letters and digits of a code. Words before a colon are dropped: `兑换码：7K2M-9Q4T` becomes `7K2M9Q4T`. A
 * colon with no letter or digit behind it drops nothing.
 */
export function plainCode(typed: string): string {
  const parts = typed.normalize('NFKC').split(patterns().colon);
  const plain = parts.map((part) => part.replace(/[^A-Za-z0-9]+/g, ''));
  return plain.findLast((part) => part !== '') ?? '';
}
