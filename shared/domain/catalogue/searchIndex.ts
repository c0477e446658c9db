/**
 * A full-text index of the products on sale, in memory. For each word it knows in which fields of which products the
 * word occurs, and how often. Products can be added, replaced and removed without building the index again.
 *
 * Results are ranked by BM25+ (Lv and Zhai, "Lower-Bounding Term Frequency Normalization", CIKM 2011), summed over the
 * fields with their weights.
 */
import type { ProductId, TimeMs } from '../../schemas/base.ts';
import type { ProductKind } from '../../schemas/catalogue/productKind.ts';
import { isHan, mayBegin, misspeltMax } from './searchWords.ts';

/** The searched fields and their weights. A word in one field counts more than the same word in all later fields. */
const WEIGHTS = { title: 256, tags: 64, teacher: 16, subtitle: 4, summary: 1 } as const;

/** The name of a searched field. */
export type SearchedField = keyof typeof WEIGHTS;

/** The names of the searched fields, the highest weight first. */
export const SEARCHED_FIELDS = Object.keys(WEIGHTS) as readonly SearchedField[];

/** What the index keeps about a product besides its words. */
export interface IndexedProduct {
  readonly id: ProductId;
  readonly version: number;
  readonly kind: ProductKind;
  readonly category: string;
  readonly publishedAtMs: TimeMs | null;
}

/** A part of the products on sale. A null field means every kind, or every category. */
export interface SearchedShelf {
  readonly kind: ProductKind | null;
  readonly category: string | null;
}

/** BM25's k1: how soon further occurrences of a word in the same field stop counting. */
const SATURATION = 1.2;
/** BM25's b: how much less a word counts in a long field. */
const LENGTH_SHARE = 0.7;
/** BM25+'s delta: the least that an occurrence counts, however long the field is. */
const FLOOR = 0.5;
/** The weight of a longer word that begins with the searched word. */
const BEGUN_WEIGHT = 0.375;
/** The weight of a word with a slightly different spelling. */
const MISSPELT_WEIGHT = 0.45;

/**
 * One occurrence of a word, as an integer of 31 bits: the product's place (21 bits), the field (3), and how often the
 * word occurs there (7). A JavaScript engine keeps such integers unboxed. 127 stands for 127 or more.
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

/** How many words each change checks for removed products. */
const SWEPT_AT_ONCE = 256;

/** The occurrences of a word that matches the searched one, and how much they count. */
interface Fitting {
  readonly standings: readonly number[];
  readonly weight: number;
}

/** What was found, by place. */
interface Matches {
  readonly scores: Float64Array;
  /** How many of the words match. */
  readonly counts: Uint8Array;
  /** The number of the last word that matches, from 1. */
  readonly last: Uint8Array;
}

/** A bit set of a word's letters; some letters share a bit. Words whose sets differ in many bits are far apart. */
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

/**
 * The Levenshtein distance of two words: how many letters must be inserted, deleted or replaced. `max + 1` when it is
 * more than `max`.
 */
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

/** The score that the best `max` of these places have at least; 0 when there are fewer. All scores are above 0. */
function leastOfBest(found: readonly number[], scores: Float64Array, max: number): number {
  // In ascending order. Most places are below the first and cost one comparison.
  const best = new Float64Array(max);
  for (const place of found) {
    const score = scores[place] ?? 0;
    if (score <= (best[0] ?? 0)) continue;
    let at = 0;
    for (; at + 1 < max && (best[at + 1] ?? 0) < score; at += 1) best[at] = best[at + 1] ?? 0;
    best[at] = score;
  }
  return best[0] ?? 0;
}

/** The index. It begins empty, and is filled with `put`. */
export class SearchIndex {
  readonly #standings = new Map<string, number[]>();
  /** The words that are not Chinese, with their bit sets. Only these may match by their beginning or misspelt. */
  readonly #spelt = new Map<string, number>();
  readonly #places = new Map<ProductId, number>();
  /** The products by place; null for a removed one. */
  readonly #products: (IndexedProduct | null)[] = [];
  /** The number of different words in each field, by place. */
  readonly #lengths: number[] = [];
  readonly #lengthsOfAll = SEARCHED_FIELDS.map(() => 0);
  /**
   * The places of removed products. `#free`: they can be used again. `#leaving`: they become free when the current
   * sweep ends. `#left`: they became vacant after it began, and wait for the next sweep.
   */
  readonly #free: number[] = [];
  #leaving: number[] = [];
  #left: number[] = [];
  #sweep = this.#standings.entries();

  /** The number of products. */
  get size(): number {
    return this.#places.size;
  }

  /** The number of places. It is larger than `size` while places of removed products are vacant. */
  get capacity(): number {
    return this.#products.length;
  }

  /** The version in which the index has a product; null when it does not have it. */
  versionOf(id: ProductId): number | null {
    const place = this.#places.get(id);
    return (place === undefined ? null : this.#products[place])?.version ?? null;
  }

  /** Adds a product, or replaces it. `wordsOf` gives the words of a field, in any order. */
  put(product: IndexedProduct, wordsOf: (field: SearchedField) => readonly string[]): void {
    this.remove(product.id);
    const place = this.#free.pop() ?? this.#products.length;
    this.#places.set(product.id, place);
    const { id, version, kind, category, publishedAtMs } = product;
    // Only these fields are kept, because the caller may pass a whole document.
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

  /** Removes a product, if it is there. */
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
   * The products of a shelf that match the words: those with every word or, when there are none, those with any word.
   * At most `max`, the highest score first; products with the same score newest first.
   */
  search(words: readonly string[], shelf: SearchedShelf, max: number): ProductId[] {
    const size = this.#products.length;
    const matches = {
      scores: new Float64Array(size),
      counts: new Uint8Array(size),
      last: new Uint8Array(size),
    };
    for (const [n, word] of words.entries()) {
      for (const fitting of this.#fitting(word)) this.#score(fitting, n + 1, matches);
    }
    const { scores, counts } = matches;
    const found = this.#onShelf(counts, shelf);
    const whole = words.length === 1 ? found : found.filter((place) => counts[place] === words.length);
    if (whole.length > 0) return this.#best(whole, scores, max);
    // The score is multiplied by the number of matching words, so that several common words outweigh one rare word.
    for (const place of found) scores[place] = (scores[place] ?? 0) * (counts[place] ?? 0);
    return this.#best(found, scores, max);
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

  /** The word itself, the words that begin with it, and the words of which it may be a misspelling. */
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

  /**
   * Adds what each occurrence counts to its product's score, for the word with this number. A common word occurs in
   * every product, so the loops have no callback. Removed products get a score as well, which nobody reads.
   */
  #score({ standings, weight }: Fitting, number: number, { scores, counts, last }: Matches): void {
    const products = this.#products;
    const lengths = this.#lengths;
    const fields = new Float64Array(SEARCHED_FIELDS.length);
    for (let n = 0; n < standings.length; n += 1) {
      const standing = standings[n] ?? 0;
      const field = fieldOf(standing);
      if (products[placeOf(standing)] !== null) fields[field] = (fields[field] ?? 0) + 1;
    }
    const worths = fields.map((count, field) => {
      const rarity = Math.log(1 + (this.size - count + 0.5) / (count + 0.5));
      return weight * WEIGHTS[SEARCHED_FIELDS[field] ?? 'summary'] * rarity;
    });
    const averages = Float64Array.from(this.#lengthsOfAll, (length) => length / this.size);
    for (let n = 0; n < standings.length; n += 1) {
      const standing = standings[n] ?? 0;
      const place = placeOf(standing);
      const field = fieldOf(standing);
      const often = oftenOf(standing);
      const words = lengths[place * SEARCHED_FIELDS.length + field] ?? 0;
      const length = 1 - LENGTH_SHARE + (LENGTH_SHARE * words) / (averages[field] ?? 1);
      const counted = FLOOR + (often * (SATURATION + 1)) / (often + SATURATION * length);
      scores[place] = (scores[place] ?? 0) + (worths[field] ?? 0) * counted;
      if (last[place] === number) continue;
      last[place] = number;
      counts[place] = (counts[place] ?? 0) + 1;
    }
  }

  /** The places of the shelf's products that contain any of the words. */
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

  /** The best `max` of these places. Only places whose score is high enough are sorted by score, age and id. */
  #best(found: readonly number[], scores: Float64Array, max: number): ProductId[] {
    const scoreOf = (place: number) => scores[place] ?? 0;
    const atMs = (place: number) => this.#products[place]?.publishedAtMs ?? 0;
    const least = leastOfBest(found, scores, max);
    const best = found.filter((place) => scoreOf(place) >= least);
    best.sort((a, b) => scoreOf(b) - scoreOf(a) || atMs(b) - atMs(a) || this.#compareIds(a, b));
    return best.slice(0, max).flatMap((place) => this.#products[place]?.id ?? []);
  }

  #compareIds(a: number, b: number): number {
    return (this.#products[a]?.id ?? '') < (this.#products[b]?.id ?? '') ? 1 : -1;
  }

  /**
   * Removes the occurrences in removed products from the next SWEPT_AT_ONCE words. After the last word, the places of
   * the products that were removed before the sweep began can be used again.
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
