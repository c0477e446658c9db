/**
 * Copies of one world's documents under other names: the same orders, by other people, on another day.
 *
 * A copy gets new ids, openids, hashes, numbers of the rails, instants (`…AtMs`) and days. Seeded things keep their
 * ids, except products, which are those of another copy of the catalogue.
 */
import { seedUlid } from '../../local/seed/seedUlid.ts';
import { DAY_MS } from '../../shared/schemas/base.ts';

/** Crockford's digits, which ULIDs use. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const TIME_DIGITS = 10;
/** How many characters of a name identify the copy: 32⁶ copies, or 10⁸ for decimal names. */
const ULID_MARK = 6;
const NUMBER_MARK = 8;
/** The seeded catalogue's memberships. A shop has only these few, however many other products it sells. */
const MEMBERSHIPS: readonly string[] = [101, 102, 103].map(seedUlid);
const GENERATION_AT = 8;
const GENERATION_DIGITS = 6;

/** The choice of a copy. */
export interface CopyAsked {
  /** The copy's number. 0 for the first. */
  readonly copy: number;
  /** How much later everything happened. */
  readonly shiftMs: number;
  /** The copy of the catalogue that the products come from. 0 for the seeded one. */
  readonly generation: number;
}

function marked(text: string, from: number, mark: string): string {
  return text.slice(0, from) + mark + text.slice(from + mark.length);
}

function inDigits(value: number, digits: string, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / digits.length)) {
    text = (digits[rest % digits.length] ?? '') + text;
  }
  return text;
}

function later(ulid: string, shiftMs: number): string {
  let ms = 0;
  for (const digit of ulid.slice(0, TIME_DIGITS)) ms = ms * DIGITS.length + DIGITS.indexOf(digit);
  return marked(ulid, 0, inDigits(ms + shiftMs, DIGITS, TIME_DIGITS));
}

/** The id of a seeded product or lesson in another copy of the catalogue. */
export function ofGeneration(ulid: string, generation: number): string {
  if (generation === 0 || MEMBERSHIPS.includes(ulid)) return ulid;
  return marked(ulid, GENERATION_AT, inDigits(generation, '0123456789', GENERATION_DIGITS));
}

type Rename = (text: string, asked: CopyAsked) => string;

/** Each kind of name: how to find it, and its form in a copy. The first that matches counts. */
const KINDS: readonly (readonly [find: string, rename: Rename])[] = [
  ['(?<=prd_|les_)01JCSEED\\d{18}', (ulid, { generation }) => ofGeneration(ulid, generation)],
  [
    '(?<![0-9A-Z])(?!01JCSEED)0[0-9A-HJKMNP-TV-Z]{25}(?![0-9A-Z])',
    (ulid, { copy, shiftMs }) => marked(later(ulid, shiftMs), TIME_DIGITS, inDigits(copy, DIGITS, ULID_MARK)),
  ],
  [
    '(?<![\\w-])o[A-Za-z0-9_-]{27}(?![\\w-])',
    (openid, { copy }) => marked(openid, 1, inDigits(copy, BASE64URL, ULID_MARK)),
  ],
  ['(?<!\\w)[0-9a-f]{64}(?!\\w)', (hash, { copy }) => marked(hash, 0, inDigits(copy, '0123456789abcdef', 8))],
  [
    '(?<!\\d)\\d{20,}(?!\\d)',
    (number, { copy }) => {
      const from = number.length - 2 * NUMBER_MARK;
      return marked(number, from, inDigits(copy, '0123456789', NUMBER_MARK));
    },
  ],
  ['(?<=[aA]tMs":)\\d{13}', (ms, { shiftMs }) => String(Number(ms) + shiftMs)],
  [
    '(?<!\\d)20\\d\\d-\\d\\d-\\d\\d(?!\\d)',
    (day, { shiftMs }) =>
      new Date(Date.parse(day) + Math.floor(shiftMs / DAY_MS) * DAY_MS).toISOString().slice(0, 10),
  ],
];

const NAMES = new RegExp(KINDS.map(([find], kind) => `(?<k${kind}>${find})`).join('|'), 'g');

/** Makes texts again and again under other names. */
export class Renamer {
  readonly #names: { readonly text: string; readonly rename: Rename }[] = [];
  readonly #known = new Map<string, number>();

  /** Splits a text at its names once. The answer builds a copy of the text from the names of `namesOf`. */
  patternOf(text: string): (names: readonly string[]) => string {
    const between: string[] = [];
    const places: number[] = [];
    let end = 0;
    for (const { 0: name, index, groups = {} } of text.matchAll(NAMES)) {
      const kind = Object.keys(groups).find((each) => groups[each] !== undefined) ?? '';
      between.push(text.slice(end, index));
      places.push(this.#placeOf(name, Number(kind.slice(1))));
      end = index + name.length;
    }
    const last = text.slice(end);
    return (names) => {
      let made = '';
      for (let n = 0; n < places.length; n += 1) made += between[n] + (names[places[n] ?? 0] ?? '');
      return made + last;
    };
  }

  /** The names in this copy, for every name that was read. */
  namesOf(asked: CopyAsked): readonly string[] {
    return this.#names.map(({ text, rename }) => rename(text, asked));
  }

  #placeOf(text: string, kind: number): number {
    const key = `${kind} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const [, rename] = KINDS[kind] ?? [];
    if (rename === undefined) throw new Error(`nothing is known of names such as ${text}`);
    this.#known.set(key, this.#names.length);
    return this.#names.push({ text, rename }) - 1;
  }
}
