/**
 * Which passwords are strong enough. The rules follow NIST SP 800-63B-4 for a password used alone: at least 15
 * characters, no commonly chosen passwords, and no rule about kinds of characters.
 */
import { fail } from '../../errors.ts';

/** Counted in Unicode code points after NFKC normalisation. */
export const PASSWORD_CHARACTERS_MIN = 15;
/** Long enough for any sentence, and short enough to hash. */
export const PASSWORD_CHARACTERS_MAX = 128;

/**
 * How many characters must be left of a password, and how many of them different, once common words and runs are
 * removed.
 */
const FRESH_CHARACTERS_MIN = 8;
const DISTINCT_CHARACTERS_MIN = 5;

/** Words that guessers try first, in lower case. Longer words come before the words they contain. */
const commonWords = [
  '知课',
  'zhike',
  'password',
  'passw0rd',
  'p@ssw0rd',
  'p@ssword',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwerty',
  'asdfgh',
  'zxcvbn',
  'qazwsxedc',
  'qazwsx',
  '1qaz2wsx',
  '1q2w3e4r5t',
  '1q2w3e4r',
  '1q2w3e',
  'q1w2e3r4',
  '147258369',
  '159357',
  '5201314',
  '1314520',
  'woaini',
  'wodemima',
  'mima',
  'iloveyou',
  'letmein',
  'welcome',
  'monkey',
  'dragon',
  'football',
  'baseball',
  'princess',
  'sunshine',
  'superman',
  'trustno1',
  'changeme',
  'default',
  'administrator',
  'admin',
  'root',
  'guest',
  'test',
  'user',
  'login',
  'secret',
  'weixin',
  'wechat',
] as const;

/**
 * How many characters of a text a guesser really has to guess, and how many different ones. Known words, repetitions
 * (`aaa`) and sequences (`1234`, `fedc`) do not count.
 */
function freshCharacters(text: string, words: readonly string[]): { count: number; distinct: number } {
  let rest = text.toLowerCase();
  for (const word of words) rest = rest.replaceAll(word, '');
  const fresh: string[] = [];
  let before = Number.NaN;
  for (const character of rest) {
    const point = character.codePointAt(0) ?? 0;
    if (!(Math.abs(point - before) <= 1)) fresh.push(character);
    before = point;
  }
  return { count: fresh.length, distinct: new Set(fresh).size };
}

/** Refuses a password that is too short, too long or easy to guess, with the `reason`. @throws user.password_weak */
export function checkPassword(typed: string, userName: string): void {
  // Different ways of typing the same text become one. The password is normalised the same way before it is hashed.
  const password = typed.normalize('NFKC');
  const length = [...password].length;
  const weak = (reason: 'too_short' | 'too_long' | 'common') =>
    fail('user.password_weak', {
      params: {
        reason,
        charactersMin: PASSWORD_CHARACTERS_MIN,
        charactersMax: PASSWORD_CHARACTERS_MAX,
      },
    });
  if (length < PASSWORD_CHARACTERS_MIN) throw weak('too_short');
  if (length > PASSWORD_CHARACTERS_MAX) throw weak('too_long');
  const ownWords = [userName, ...userName.split(/[_.-]/).filter((part) => part.length >= 3)];
  const { count, distinct } = freshCharacters(password, [...ownWords, ...commonWords]);
  if (count < FRESH_CHARACTERS_MIN || distinct < DISTINCT_CHARACTERS_MIN) throw weak('common');
}
