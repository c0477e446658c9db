/**
 * How text is split into words for search. Chinese is not split by a dictionary. Every character and every pair of
 * adjacent characters is a word, so any part of a title is found, even a name that is in no dictionary. Example: 知识库
 * gives 知, 识, 库, 知识 and 识库. The text has been folded to simplified Chinese before (`flows/catalogue/simplified.ts`).
 */

/**
 * A run of Chinese, a run of digits, or a run of other letters with `+` and `#`, so that C++ and C# are words. `ES6`
 * and `ES 6` are therefore the same two words.
 */
const RUNS = /\p{Script=Han}+|\p{N}+|(?:(?!\p{Script=Han})[\p{L}\p{M}+#])+/gu;
const HAN = /^\p{Script=Han}/u;
const NUMBER = /^\p{N}/u;

function cut(text: string, ofHan: (characters: readonly string[]) => readonly string[]): string[] {
  const words: string[] = [];
  for (const [run] of text.normalize('NFKC').toLowerCase().matchAll(RUNS)) {
    if (HAN.test(run)) words.push(...ofHan([...run]));
    else words.push(run);
  }
  return words;
}

const pairs = (characters: readonly string[]) =>
  characters.slice(1).map((character, index) => `${characters[index]}${character}`);

/** The words that a text is indexed by: Chinese characters and pairs of them, and whole words of other scripts. */
export function indexedWords(text: string): string[] {
  return cut(text, (characters) => [...characters, ...pairs(characters)]);
}

/** The largest number of words in one search. Each of them is looked up in the whole index. */
const SEARCHED_MAX = 16;

/**
 * The words that a text is searched by, each once. For Chinese these are the pairs, which are more specific; a
 * character counts only when it stands alone. Words beyond the limit are dropped.
 */
export function searchedWords(text: string): string[] {
  const words = cut(text, (characters) => (characters.length === 1 ? characters : pairs(characters)));
  return [...new Set(words)].slice(0, SEARCHED_MAX);
}

/** Whether a word is Chinese: one character or a pair. */
export function isHan(word: string): boolean {
  return HAN.test(word);
}

/**
 * How many letters of a word may be wrong. Chinese, numbers and words of fewer than 4 letters must match exactly,
 * because too many other words are close to them.
 */
export function misspeltMax(word: string): number {
  if (isHan(word) || NUMBER.test(word) || word.length < 4) return 0;
  return word.length < 6 ? 1 : 2;
}

/**
 * Whether a word may match the beginning of longer words. A single letter may not, because too many words begin with
 * it.
 */
export function mayBegin(word: string): boolean {
  return !isHan(word) && word.length > 1;
}

/**
 * Whether a text contains every searched word, or a word that begins with it. It is false when there are no words, as
 * for a search of punctuation only.
 */
export function hasWords(text: string, searched: readonly string[]): boolean {
  // Every word of a text stands in it as it is indexed. Nearly all texts are ruled out by that, without cutting them.
  const folded = text.normalize('NFKC').toLowerCase();
  if (!searched.every((word) => folded.includes(word))) return false;
  const words = new Set(indexedWords(text));
  const isThere = (word: string) =>
    words.has(word) || (mayBegin(word) && [...words].some((each) => each.startsWith(word)));
  return searched.length > 0 && searched.every(isThere);
}
