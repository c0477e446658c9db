/**
 * A full-text index of what is on sale, in memory: for each word, in which fields of which products it stands, and how
 * often. A product is put, replaced and removed in place.
 *
 * Results are ranked by BM25+ (Lv and Zhai, "Lower-Bounding Term Frequency Normalization", CIKM 2011), summed over the
 * fields with their weights.
 */
import type { ProductId, TimeMs } from '../../schemas/base.ts';
import type { ProductKind } from '../../schemas/catalogue/product.ts';
import { isHan, mayBegin, misspeltMax } from './searchWords.ts';

/** The fields that are searched. A word in a field outweighs the same word in all the fields after it. */
const WEIGHTS = { title: 256, tags: 64, teacher: 16, subtitle: 4, summary: 1 } as const;

/** The name of a field that is searched. */
export type SearchedField = keyof typeof WEIGHTS;

/** The names of the fields that are searched, the weightiest first. */
export const SEARCHED_FIELDS = Object.keys(WEIGHTS) as readonly SearchedField[];

/** What the index knows of a product besides its words. */
export interface IndexedProduct {
  readonly id: ProductId;
  readonly version: number;
  readonly kind: ProductKind;
  readonly category: string;
  readonly publishedAtMs: TimeMs | null;
}

/** A part of what is on sale; null for all of it. */
export interface SearchedShelf {
  readonly kind: ProductKind | null;
  readonly category: string | null;
}

/** How soon more of the same word in a field counts no more, and how much a long field is held against it. */
const SATURATION = 1.2;
const LENGTH_SHARE = 0.7;
/** What a word counts for at least where it stands. */
const FLOOR = 0.5;
/** What a longer word with this beginning counts for, and a word that is spelt a little differently. */
const BEGUN_WEIGHT = 0.375;
const MISSPELT_WEIGHT = 0.45;

/**
 * Where a word stands, as one integer of 31 bits, which a JavaScript engine keeps unboxed: the product's place (21 bits),
 * the field (3), and how often it stands there (7, so 127 counts for more, too).
 */
const OFTEN_BITS = 7;
const OFTEN_MAX = 2 ** OFTEN_BITS - 1;
const FIELD_MAX = 7;
const PLACE_BITS = OFTEN_BITS + 3;
const standingOf = (place: number, field: number, often: number) =>
  (place << PLACE_BITS) | (field << OFTEN_BITS) | Math.min(often, OFTEN_MAX);
const placeOf = (standing: number) => standing >> PLACE_BITS;
const fieldOf = (standing: number) => (standing >> OFTEN_BITS) & FIELD_MAX;
const oftenOf = (standing: number) => standing & OFTEN_MAX;

/** How many words are looked through for products that are gone, whenever something changes. */
const SWEPT_AT_ONCE = 256;

/** A word that stands somewhere, and how much a product with it fits. */
interface Fitting {
  readonly standings: readonly number[];
  readonly weight: number;
}

/** One bit for each letter that is in it, some letters sharing one: words with few common bits are far apart. */
function lettersOf(word: string): number {
  let letters = 0;
  for (let n = 0; n < word.length; n += 1) letters |= 1 << (word.charCodeAt(n) & 31);
  return letters;
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** How many letters have to be put in, left out or changed to make one word the other; `max + 1` for more than `max`. */
function distanceOf(from: string, to: string, max: number): number {
  if (Math.abs(from.length - to.length) > max) return max + 1;
  let row = Array.from({ length: to.length + 1 }, (_, n) => n);
  for (let n = 0; n < from.length; n += 1) {
    const next = [n + 1];
    for (let m = 0; m < to.length; m += 1) {
      const changed = (row[m] ?? 0) + (from[n] === to[m] ? 0 : 1);
      next.push(Math.min(changed, (row[m + 1] ?? 0) + 1, (next[m] ?? 0) + 1));
    }
    if (Math.min(...next) > max) return max + 1;
    row = next;
  }
  return row[to.length] ?? 0;
}

/** An index of nothing, to be filled with `put`. */
export class SearchIndex {
  readonly #standings = new Map<string, number[]>();
  /** The words that are not Chinese, with their letters: those that may be begun or misspelt. */
  readonly #spelt = new Map<string, number>();
  readonly #places = new Map<ProductId, number>();
  /** By place; null where a product is gone. */
  readonly #products: (IndexedProduct | null)[] = [];
  /** How many different words each field has, by place. */
  readonly #lengths: number[] = [];
  readonly #lengthsOfAll = SEARCHED_FIELDS.map(() => 0);
  /** Places that are free again; that will be when the sweep has ended; and that have to wait for the next one. */
  readonly #free: number[] = [];
  #leaving: number[] = [];
  #left: number[] = [];
  #sweep = this.#standings.entries();

  /** How many products there are. */
  get size(): number {
    return this.#places.size;
  }

  /** How many products it has room for at present: some more than there are, when products were taken out. */
  get capacity(): number {
    return this.#products.length;
  }

  /** The version of a product that it has; null for none. */
  versionOf(id: ProductId): number | null {
    const place = this.#places.get(id);
    return (place === undefined ? null : this.#products[place])?.version ?? null;
  }

  /** Puts a product in, in place of what was there of it. `wordsOf` gives each field's words, in any order. */
  put(product: IndexedProduct, wordsOf: (field: SearchedField) => readonly string[]): void {
    this.remove(product.id);
    const place = this.#free.pop() ?? this.#products.length;
    this.#places.set(product.id, place);
    const { id, version, kind, category, publishedAtMs } = product;
    // Without the rest, which may be a whole document.
    this.#products[place] = { id, version, kind, category, publishedAtMs };
    for (const [field, name] of SEARCHED_FIELDS.entries()) {
      const counts = new Map<string, number>();
      for (const word of wordsOf(name)) counts.set(word, (counts.get(word) ?? 0) + 1);
      this.#lengths[place * SEARCHED_FIELDS.length + field] = counts.size;
      this.#lengthsOfAll[field] = (this.#lengthsOfAll[field] ?? 0) + counts.size;
      for (const [word, count] of counts) {
        this.#stand(word, standingOf(place, field, count));
      }
    }
  }

  /** Takes a product out, if it is there. */
  remove(id: ProductId): void {
    this.#sweepSome();
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#places.delete(id);
    this.#products[place] = null;
    this.#left.push(place);
    for (const field of SEARCHED_FIELDS.keys()) {
      this.#lengthsOfAll[field] = (this.#lengthsOfAll[field] ?? 0) - this.#lengthOf(place, field);
    }
  }

  /**
   * The products of a shelf that fit the words, at most `max`, best first, and of those that fit as well, the newest
   * first: the products with every word in them, or, when there are none, those with any.
   */
  search(words: readonly string[], shelf: SearchedShelf, max: number): ProductId[] {
    const scores = new Float64Array(this.#products.length);
    const counts = new Uint8Array(this.#products.length);
    const last = new Uint8Array(this.#products.length);
    for (const [n, word] of words.entries()) {
      for (const { standings, weight } of this.#fitting(word)) {
        this.#score(standings, weight, (place, score) => {
          scores[place] = (scores[place] ?? 0) + score;
          if (last[place] === n + 1) return;
          last[place] = n + 1;
          counts[place] = (counts[place] ?? 0) + 1;
        });
      }
    }
    const found = this.#onShelf(counts, shelf);
    const whole = found.filter((place) => counts[place] === words.length);
    // Of several words it counts for more that there are many of them than that one is seldom.
    return this.#best(whole.length > 0 ? whole : found, (n) => (scores[n] ?? 0) * (counts[n] ?? 0), max);
  }

  #lengthOf(place: number, field: number): number {
    return this.#lengths[place * SEARCHED_FIELDS.length + field] ?? 0;
  }

  #stand(word: string, standing: number): void {
    const known = this.#standings.get(word);
    if (known !== undefined) {
      known.push(standing);
      return;
    }
    this.#standings.set(word, [standing]);
    if (!isHan(word)) this.#spelt.set(word, lettersOf(word));
  }

  /** The word itself, those that it begins, and those that it may be misspelt for. */
  *#fitting(word: string): Generator<Fitting> {
    const own = this.#standings.get(word);
    if (own !== undefined) yield { standings: own, weight: 1 };
    const [isBeginning, max, letters] = [mayBegin(word), misspeltMax(word), lettersOf(word)];
    if (!isBeginning && max === 0) return;
    for (const [other, otherLetters] of this.#spelt) {
      const standings = this.#standings.get(other);
      if (other === word || standings === undefined) continue;
      const { length } = other;
      if (isBeginning && other.startsWith(word)) {
        yield { standings, weight: (BEGUN_WEIGHT * length) / (length + 0.3 * (length - word.length)) };
      } else if (
        max > 0 &&
        Math.max(countBits(letters & ~otherLetters), countBits(otherLetters & ~letters)) <= max
      ) {
        const distance = distanceOf(word, other, max);
        if (distance <= max) yield { standings, weight: (MISSPELT_WEIGHT * length) / (length + distance) };
      }
    }
  }

  /** Says what each field with a word adds to its product's score. */
  #score(standings: readonly number[], weight: number, add: (place: number, score: number) => void): void {
    const fields = SEARCHED_FIELDS.map(() => 0);
    for (const standing of standings) {
      const field = fieldOf(standing);
      if (this.#products[placeOf(standing)] !== null) fields[field] = (fields[field] ?? 0) + 1;
    }
    const factors = fields.map((count, field) => {
      const rarity = Math.log(1 + (this.size - count + 0.5) / (count + 0.5));
      const average = (this.#lengthsOfAll[field] ?? 0) / this.size;
      return { worth: weight * WEIGHTS[SEARCHED_FIELDS[field] ?? 'summary'] * rarity, average };
    });
    for (const standing of standings) {
      const place = placeOf(standing);
      if (this.#products[place] === null) continue;
      const field = fieldOf(standing);
      const { worth, average } = factors[field] ?? { worth: 0, average: 1 };
      const often = oftenOf(standing);
      const length = 1 - LENGTH_SHARE + (LENGTH_SHARE * this.#lengthOf(place, field)) / average;
      add(place, worth * (FLOOR + (often * (SATURATION + 1)) / (often + SATURATION * length)));
    }
  }

  /** The places of the shelf's products that have any of the words. */
  #onShelf(counts: Uint8Array, { kind, category }: SearchedShelf): number[] {
    const found: number[] = [];
    for (let place = 0; place < counts.length; place += 1) {
      const product = counts[place] === 0 ? null : this.#products[place];
      if (product === null || product === undefined) continue;
      const isOnShelf = (kind ?? product.kind) === product.kind;
      if (isOnShelf && (category ?? product.category) === product.category) found.push(place);
    }
    return found;
  }

  /** The best `max` of these places: only they are sorted by everything that counts. */
  #best(found: readonly number[], scoreOf: (place: number) => number, max: number): ProductId[] {
    const sorted = Float64Array.from(found, scoreOf).sort();
    const least = sorted[Math.max(0, sorted.length - max)] ?? 0;
    const best = found.filter((place) => scoreOf(place) >= least);
    const atMs = (place: number) => this.#products[place]?.publishedAtMs ?? 0;
    best.sort((a, b) => scoreOf(b) - scoreOf(a) || atMs(b) - atMs(a) || this.#compareIds(a, b));
    return best.slice(0, max).flatMap((place) => this.#products[place]?.id ?? []);
  }

  #compareIds(a: number, b: number): number {
    return (this.#products[a]?.id ?? '') < (this.#products[b]?.id ?? '') ? 1 : -1;
  }

  /**
   * Takes what stands of products that are gone out of some words. When it has been through all words that there were, the
   * places of the products that were gone when it began are free for others.
   */
  #sweepSome(): void {
    if (this.#leaving.length === 0 && this.#left.length === 0) return;
    for (let n = 0; n < SWEPT_AT_ONCE; n += 1) {
      const next = this.#sweep.next();
      if (next.done === true) {
        this.#free.push(...this.#leaving);
        this.#leaving = this.#left;
        this.#left = [];
        this.#sweep = this.#standings.entries();
        return;
      }
      const [word, standings] = next.value;
      const kept = standings.filter((each) => this.#products[placeOf(each)] !== null);
      if (kept.length === standings.length) continue;
      if (kept.length > 0) this.#standings.set(word, kept);
      else {
        this.#standings.delete(word);
        this.#spelt.delete(word);
      }
    }
  }
}
