/**
 * How users are found by their names. The caller folds traditional characters to simplified ones, with
 * `flows/catalogue/simplified.ts`.
 */
import { type NameWord, nameWordId } from '../../schemas/identity/nameWord.ts';
import type { User } from '../../schemas/identity/user.ts';
import { madeNickname } from './user.ts';

/** What is not compared: blanks, punctuation and what cannot be seen. `小明 (Zhang)` is `小明zhang`. */
const NOT_COMPARED = /[^\p{L}\p{M}\p{N}\p{S}]+/gu;

/** Where a word begins: each Chinese character and each symbol, and each run of letters or of digits. */
const WORDS = /\p{Script=Han}\p{M}*|\p{S}\p{M}*|\p{N}+|(?:(?!\p{Script=Han})[\p{L}\p{M}])+/gu;

/** How many characters of a word are stored. Nobody types more of a name, and who does is compared with the whole. */
const STORED_MAX = 16;

/** How many words of one nickname are stored: as many as it has characters. Twice as many fit into one transaction. */
const WORDS_MAX = 30;

/** A name as it is compared: NFKC, in lower case, in one piece. */
export function foldedName(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(NOT_COMPARED, '');
}

/** A folded name from the beginning of each of its words to its end: `王小明88` is `王小明88`, `小明88`, `明88`, `88`. */
export function wordsOfName(folded: string): string[] {
  return [...folded.matchAll(WORDS)].map(({ index }) => folded.slice(index));
}

/** As much of a word as is stored. */
export function shortened(word: string): string {
  return [...word].slice(0, STORED_MAX).join('');
}

/**
 * The words under which a user is stored, each once. A nickname that was made from the id is one word. Nearly every
 * user has such a nickname at first.
 */
export function nameWordsOf({ id: userId, nickname }: Pick<User, 'id' | 'nickname'>): NameWord[] {
  const folded = foldedName(nickname);
  const words = nickname === madeNickname(userId) ? [folded] : wordsOfName(folded).slice(0, WORDS_MAX);
  return [...new Set(words.map(shortened))].map((word) => ({ id: nameWordId(word, userId), userId }));
}

/** What somebody typed, as folded words: those between blanks. Each of them has to be in a name. */
export function askedNames(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/\s+/u)
        .map(foldedName)
        .filter((word) => word !== ''),
    ),
  ];
}

/** Whether every word that was asked for begins at a word of the name. Both are folded, and simplified. */
export function isCalled(folded: string, asked: readonly string[]): boolean {
  const words = wordsOfName(folded);
  return asked.every((each) => words.some((word) => word.startsWith(each)));
}

/** Whether it is the first, by its id, of the user's stored words that begin so: only then the user is shown for it. */
export function isFirstWord(user: Pick<User, 'id' | 'nickname'>, start: string, id: string): boolean {
  const ids = nameWordsOf(user).map((word) => word.id);
  return ids.filter((each) => each.startsWith(start)).every((each) => !isBefore(each, id));
}

/** Whether an id comes before another where they are stored: by code points, and not by UTF-16. */
function isBefore(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
}

/** Which words go and which come when somebody is called otherwise. */
export function changedWords(
  before: Pick<User, 'id' | 'nickname'> | null,
  after: Pick<User, 'id' | 'nickname'>,
): { readonly gone: NameWord[]; readonly added: NameWord[] } {
  if (before?.nickname === after.nickname) return { gone: [], added: [] };
  const [had, has] = [before === null ? [] : nameWordsOf(before), nameWordsOf(after)];
  const without = (words: readonly NameWord[], others: readonly NameWord[]) =>
    words.filter(({ id }) => !others.some((other) => other.id === id));
  return { gone: without(had, has), added: without(has, had) };
}
