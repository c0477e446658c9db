/**
 * How text is cut into words for search. Chinese is not cut by a dictionary: every character and every two that stand
 * beside each other are words, so that any part of a title is found, also a name no dictionary has. Chinese comes in
 * simplified already (`flows/catalogue/simplified.ts`).
 */

/**
 * A run of Chinese, a run of digits, or a run of anything else that spells; `+` and `#` so that C++ and C# are words.
 * So `ES6` and `ES 6` are the same two words.
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

/** The words under which a text is found: Chinese characters and pairs of them, and whole words of other scripts. */
export function indexedWords(text: string): string[] {
  return cut(text, (characters) => [...characters, ...pairs(characters)]);
}

/** How many words a search has at most: each of them is looked for in the whole index. */
const SEARCHED_MAX = 16;

/**
 * The words a text is searched by, each once: of Chinese the pairs, which say more; a character only where it stands
 * alone. Of very many words the first.
 */
export function searchedWords(text: string): string[] {
  const words = cut(text, (characters) => (characters.length === 1 ? characters : pairs(characters)));
  return [...new Set(words)].slice(0, SEARCHED_MAX);
}

/** Whether a word may be misspelt: words of letters, neither Chinese nor a number. */
export function isSpelt(word: string): boolean {
  return !HAN.test(word) && !NUMBER.test(word);
}

/** Whether a word may be the beginning of a longer one: not a single letter, with which half of all words begin. */
export function mayBegin(word: string): boolean {
  return !HAN.test(word) && word.length > 1;
}
