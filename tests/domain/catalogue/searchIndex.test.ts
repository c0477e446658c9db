import fc from 'fast-check';
import MiniSearch from 'minisearch';
import {
  type IndexedProduct,
  SEARCHED_FIELDS,
  type SearchedField,
  SearchIndex,
} from '../../../shared/domain/catalogue/searchIndex.ts';
import {
  indexedWords,
  mayBegin,
  misspeltMax,
  searchedWords,
} from '../../../shared/domain/catalogue/searchWords.ts';
import { ProductId, timeMs } from '../../../shared/schemas/base.ts';

type Texts = Readonly<Record<SearchedField, string>>;
interface Given extends IndexedProduct, Texts {}

const ALL = { kind: null, category: null } as const;
const idOf = (n: number) => ProductId.parse(`prd_01JCSEED${String(n).padStart(18, '0')}`);

function product(n: number, texts: Partial<Texts>, more: Partial<IndexedProduct> = {}): Given {
  const bare = { title: '', tags: '', teacher: '', subtitle: '', summary: '' };
  const about = { version: 1, kind: 'course', category: 'data', publishedAtMs: timeMs(n) } as const;
  return { id: idOf(n), ...about, ...more, ...bare, ...texts };
}

function put(index: SearchIndex, given: Given): void {
  index.put(given, (field) => indexedWords(given[field]));
}

function indexOf(...all: readonly Given[]): SearchIndex {
  const index = new SearchIndex();
  for (const each of all) put(index, each);
  return index;
}

const find = (index: SearchIndex, query: string, max = 1_000) => index.search(searchedWords(query), ALL, max);

/** What MiniSearch finds by the same rules, with its scores. It is the reference for our formula. */
function judged(all: readonly Given[], query: string): ReadonlyMap<string, number> {
  const mini = new MiniSearch<Given>({
    fields: [...SEARCHED_FIELDS],
    tokenize: indexedWords,
    processTerm: (word) => word,
    searchOptions: {
      tokenize: searchedWords,
      boost: { title: 256, tags: 64, teacher: 16, subtitle: 4, summary: 1 },
      prefix: mayBegin,
      fuzzy: misspeltMax,
    },
  });
  mini.addAll(all);
  const every = mini.search(query, { combineWith: 'AND' });
  const hits = every.length > 0 ? every : mini.search(query, { combineWith: 'OR' });
  return new Map(hits.map(({ id, score }) => [String(id), score]));
}

const WORDS = [
  '数据',
  '数学',
  '据分',
  '课',
  'python',
  'pyton',
  'pythons',
  'rust',
  'rusty',
  'trust',
  'c',
  'es',
  '6',
  '2026',
];
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 6 }).map((words) => words.join(' '));
const texts = fc.record({ title: text, tags: text, teacher: text, subtitle: text, summary: text });
const query = fc.array(fc.constantFrom(...WORDS, 'pyth', 'phyton', '数据分', 'xyz'), {
  minLength: 1,
  maxLength: 4,
});
/** A history of changes: a product is put, put again with other texts, or removed. */
const changes = fc.array(fc.record({ n: fc.nat(9), texts: fc.option(texts, { freq: 4 }) }), {
  maxLength: 60,
});

/**
 * A product with so many words that its removal is spread over several later changes. It starts with words that others
 * have too.
 */
const WORDY = product(99, {
  teacher: WORDS.filter((_, n) => n % 2 === 0).join(' '),
  summary: Array.from({ length: 600 }, (_, n) => `${10_000 + n}`).join(' '),
});

describe('the search index', () => {
  test('whatever was put, replaced and removed, it finds what MiniSearch finds, in the order of its scores', () => {
    fc.assert(
      fc.property(changes, query, (made, words) => {
        const index = indexOf(WORDY);
        const live = new Map([[99, WORDY]]);
        for (const { n, texts: own } of made) {
          if (own === null) {
            live.delete(n);
            index.remove(idOf(n));
          } else {
            const given = product(n, own);
            live.set(n, given);
            put(index, given);
          }
        }
        const asked = words.join(' ');
        const scores = judged([...live.values()], asked);
        const found = find(index, asked);
        expect(index.size).toBe(live.size);
        expect(new Set(found)).toEqual(new Set(scores.keys()));
        for (const [at, id] of found.slice(1).entries()) {
          const [before, after] = [scores.get(found[at] ?? ''), scores.get(id)];
          expect(Number(before)).toBeGreaterThanOrEqual(Number(after) * (1 - 1e-9));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a smaller limit gives the first results of a larger one', () => {
    fc.assert(
      fc.property(
        fc.array(texts, { maxLength: 30 }),
        query,
        fc.integer({ min: 1, max: 30 }),
        (all, words, max) => {
          const index = indexOf(...all.map((own, n) => product(n, own)));
          expect(find(index, words.join(' '), max)).toEqual(find(index, words.join(' ')).slice(0, max));
        },
      ),
    );
  });

  test('of those that fit as well the newest comes first, however they were put', () => {
    const all = [3, 1, 2].map((n) => product(n, { title: '数据' }));
    expect(find(indexOf(...all), '数据')).toEqual([3, 2, 1].map(idOf));
  });

  test('one shelf alone, and those with any word when none of the shelf has every word', () => {
    const index = indexOf(
      product(1, { title: '数据 python' }),
      product(2, { title: 'python' }, { kind: 'media' }),
      product(3, { title: '数据 rust' }, { category: 'life' }),
    );
    const on = (shelf: object) => index.search(searchedWords('数据 python'), { ...ALL, ...shelf }, 9);
    expect(on({})).toEqual([idOf(1)]);
    expect(on({ kind: 'media' })).toEqual([idOf(2)]);
    expect(on({ category: 'life' })).toEqual([idOf(3)]);
    expect(on({ category: 'life', kind: 'media' })).toEqual([]);
  });

  test('it knows the version that it has of a product, and nothing of what was removed', () => {
    const index = indexOf(product(1, {}, { version: 7 }));
    expect([index.versionOf(idOf(1)), index.versionOf(idOf(2))]).toEqual([7, null]);
    index.remove(idOf(1));
    expect([index.versionOf(idOf(1)), index.size]).toEqual([null, 0]);
  });

  test('a product that is changed ten thousand times takes no more room than after a few', () => {
    const index = indexOf(product(1, { title: '数据' }), product(2, { title: 'python' }));
    for (let n = 0; n < 10_000; n += 1) put(index, product(3, { title: `${n}` }));
    expect(index.capacity).toBeLessThan(200);
    expect(find(index, '9999')).toEqual([idOf(3)]);
    expect(find(index, '9998')).toEqual([]);
  });
});
