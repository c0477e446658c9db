import fc from 'fast-check';
import { nextPage, SHOWN_MAX, shownBefore } from '../../../shared/domain/catalogue/searchCursor.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import { SearchCursor } from '../../../shared/schemas/catalogue/product.ts';

const idOf = (n: number) => ProductId.parse(`prd_01JD0000000000000000000${String(n).padStart(3, '0')}`);
const searched = { query: '编程', kind: null, category: null };
/** Numbers of products, each with its rank in an index. */
const ranking = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 });

describe('cursors of searches', () => {
  test('whatever the index becomes from page to page: nothing comes twice, and what stays is found', () => {
    fc.assert(
      fc.property(
        fc.array(ranking, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 7 }),
        (rankings, limit) => {
          const shown: ProductId[] = [];
          let cursor: string | null = null;
          let turn = 0;
          do {
            const ranked: readonly ProductId[] = (rankings[Math.min(turn, rankings.length - 1)] ?? []).map(
              idOf,
            );
            const page = nextPage(ranked, shownBefore(cursor, searched), searched, limit);
            shown.push(...page.ids);
            cursor = page.nextCursor;
            turn += 1;
          } while (cursor !== null);
          expect(new Set(shown).size).toBe(shown.length);
          const stays = rankings
            .slice(0, turn)
            .reduce((left, ranked) => left.filter((n) => ranked.includes(n)));
          expect(stays.map(idOf).filter((id) => !shown.includes(id))).toEqual([]);
        },
      ),
    );
  });

  test('a search shows 200 at most, and every cursor fits its schema', () => {
    const ids = Array.from({ length: 400 }, (_, n) => idOf(n));
    let cursor: string | null = null;
    let count = 0;
    do {
      const page = nextPage(ids, shownBefore(cursor, searched), searched, 50);
      count += page.ids.length;
      cursor = page.nextCursor;
      if (cursor !== null) expect(SearchCursor.parse(cursor)).toBe(cursor);
    } while (cursor !== null);
    expect(count).toBe(SHOWN_MAX - 1);
  });

  test('a cursor of other words, of another shelf, or made up is refused', () => {
    const { nextCursor } = nextPage([idOf(1), idOf(2)], { marks: [] }, searched, 1);
    for (const other of [{ query: '设计' }, { kind: 'course' }, { category: 'design' }]) {
      expect(() => shownBefore(nextCursor, { ...searched, ...other })).toThrow('request.invalid');
    }
    fc.assert(
      fc.property(fc.base64String({ maxLength: 200 }), (made) => {
        expect(() => shownBefore(made, searched)).toThrow('request.invalid');
      }),
    );
  });
});
