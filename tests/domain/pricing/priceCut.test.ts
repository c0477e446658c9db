import { draftProduct } from '../../../shared/domain/catalogue/productDraft.ts';
import {
  cutOf,
  cutOfParts,
  cutOfPlan,
  cutOfTrials,
  priceCut,
} from '../../../shared/domain/pricing/priceCut.ts';
import { DAY_MS, fen, LessonId, timeMs } from '../../../shared/schemas/base.ts';
import { type Outline, type Product, ProductDraft } from '../../../shared/schemas/catalogue/product.ts';

const now = timeMs(1_764_000_000_000);

test.each([
  [100, 100, 0],
  [100, 120, 0],
  [100, 50, 5_000],
  [3, 2, 3_334],
  [100, 0, 10_000],
  [0, 0, 0],
])('a price from %i to %i fen is cut by %i basis points', (before, after, cut) => {
  expect(priceCut(before, after)).toBe(cut);
});

const draft = ProductDraft.parse({
  ...{ kind: 'content', id: 'prd_01JD0000000000000000000001', title: '一本书', subtitle: '', summary: '' },
  ...{
    category: 'life',
    tags: [],
    teacher: '王老师',
    coverUrl: 'https://static.example/a.png',
    listFen: 10_000,
  },
  ...{ access: { kind: 'forever' }, content: { preview: '', body: '正文', mediaKey: null } },
});
const product: Product = {
  ...draftProduct(draft, '0'.repeat(64), now).product,
  ...{ state: 'published', publishedAtMs: now },
};
const limited = { priceFen: fen(6_000), fromAtMs: now, untilAtMs: timeMs(now + DAY_MS) };

test.each<readonly [string, Partial<Product>, Partial<Product>, number]>([
  ['a lower list price', {}, { listFen: fen(9_000) }, 1_000],
  ['one that the platforms have to learn first', {}, { nextListFen: fen(9_000) }, 1_000],
  ['the same one, while they learn it', { nextListFen: fen(9_000) }, { nextListFen: fen(9_000) }, 0],
  ['a higher one', {}, { listFen: fen(12_000) }, 0],
  ['a price for members', {}, { memberFen: fen(2_500) }, 7_500],
  ['the same price for members', { memberFen: fen(2_500) }, { memberFen: fen(2_500) }, 0],
  ['nothing to pay for members', {}, { isFreeForMembers: true }, 10_000],
  ['a price in points', {}, { pointsPrice: 100 }, 9_900],
  ['a price for a limited time', {}, { limited }, 4_000],
  [
    'the same, for longer',
    { limited },
    { limited: { ...limited, untilAtMs: timeMs(now + 2 * DAY_MS) } },
    4_000,
  ],
  ['the same', { limited }, { limited }, 0],
  ['a lower price of what was withdrawn', { state: 'withdrawn' }, { listFen: fen(1) }, 9_999],
  ['a lower price of a draft', { publishedAtMs: null }, { listFen: fen(1) }, 0],
])('cut of a price: %s', (_, before, after, cut) => {
  const was = { ...product, ...before };
  expect(cutOf(was, { ...was, ...after }, [])).toBe(cut);
});

const days = (count: number): Pick<Product, 'access'> => ({ access: { kind: 'days', days: count } });
const until = (count: number): Pick<Product, 'access'> => ({
  access: { kind: 'until', untilAtMs: timeMs(now + count * DAY_MS) },
});

test.each<readonly [string, Partial<Product>, Partial<Product>, number]>([
  ['twice the days', days(10), days(20), 5_000],
  ['fewer days', days(20), days(10), 0],
  ['for ever instead of a year', days(365), { access: { kind: 'forever' } }, 9_900],
  ['a later end', until(10), until(40), 7_500],
  ['days instead of for ever', {}, days(3_650), 0],
  ['twice the days for twice the price', days(10), { ...days(20), listFen: fen(20_000) }, 0],
  ['twice the days for half the price', days(10), { ...days(20), listFen: fen(5_000) }, 7_500],
  ['longer access to a draft', { ...days(1), publishedAtMs: null }, days(1_000), 0],
])('longer access at the same price is a cut: %s', (_, before, after, cut) => {
  const was = { ...product, ...before };
  expect(cutOf(was, { ...was, ...after }, [])).toBe(cut);
});

const part = { ...product, listFen: fen(30_000) };

test.each<readonly [string, Partial<Product>, Partial<Product>, readonly Product[], number]>([
  ['at the same price', {}, {}, [part], 7_500],
  ['two of them', {}, {}, [part, part], 8_572],
  ['with a price that rises by as much', {}, { listFen: fen(40_000) }, [part], 0],
  ['with a price that rises by less', {}, { listFen: fen(20_000) }, [part], 5_000],
  ['with a price that falls', {}, { listFen: fen(4_000) }, [part], 9_000],
  ['of a bundle that is free', { listFen: fen(0) }, {}, [part], 10_000],
  ['of a bundle that is free for members', { isFreeForMembers: true }, {}, [part], 10_000],
  ['while it is cheaper for a limited time', { limited }, {}, [part], 8_334],
  ['at the price that the platforms learn next', {}, {}, [{ ...part, nextListFen: fen(10_000) }], 5_000],
  ['while it is withdrawn', { state: 'withdrawn' }, {}, [part], 7_500],
  ['to a draft', { publishedAtMs: null }, {}, [part], 0],
])('parts that come into a bundle on sale are a cut: %s', (_, before, after, added, cut) => {
  const was = { ...product, ...before };
  expect(cutOf(was, { ...was, ...after }, added)).toBe(cut);
});

test('what goes on sale counts by how far its lowest price is below what it opens', () => {
  expect(cutOfParts(product, [part])).toBe(6_667);
  expect(cutOfParts({ ...product, memberFen: fen(3_000) }, [part])).toBe(9_000);
  expect(cutOfParts({ ...product, limited }, [part])).toBe(8_000);
  expect(cutOfParts({ ...product, listFen: fen(30_000) }, [part])).toBe(0);
  expect(cutOfParts(product, [])).toBe(0);
});

const plan = (
  period: 'month' | 'quarter' | 'year',
  listFen: number,
  changes: Partial<Product> = {},
): Product => ({
  ...{ ...product, kind: 'membership', listFen: fen(listFen) },
  ...{ plan: { period, scope: { kind: 'platform' } }, ...changes },
});
const ofOneProduct: Partial<Product> = {
  plan: { period: 'year', scope: { kind: 'product', productId: product.id } },
};

test.each<readonly [string, Product, readonly Product[], number]>([
  ['a cheaper month', plan('month', 1_500), [plan('month', 3_000)], 5_000],
  ['a year at the price of a month', plan('year', 3_000), [plan('month', 3_000)], 9_167],
  ['a year at the price of twelve months', plan('year', 36_000), [plan('month', 3_000)], 0],
  ['the cheapest known plan counts', plan('quarter', 3_000), [plan('month', 3_000), plan('year', 12_000)], 0],
  ['the first plan', plan('month', 1), [], 0],
  ['the first one on sale', plan('month', 1), [plan('month', 3_000, { publishedAtMs: null })], 0],
  ['one beside a withdrawn one', plan('month', 1_500), [plan('month', 3_000, { state: 'withdrawn' })], 5_000],
  ['one beside a plan of one product', plan('month', 1), [plan('month', 3_000, ofOneProduct)], 0],
  ['a plan of one product', plan('month', 1, ofOneProduct), [plan('month', 3_000)], 0],
  ['no membership', product, [plan('month', 3_000)], 0],
])('a membership plan counts against the cheapest: %s', (_, asked, plans, cut) => {
  expect(cutOfPlan(asked, plans)).toBe(cut);
});

const outline = (lessons: readonly (readonly [number, boolean, boolean?])[]): Outline => [
  {
    title: '第一章',
    lessons: lessons.map(([number, isTrial, isHidden = false]) => ({
      ...{ id: LessonId.parse(`les_01JD000000000000000000000${number}`), title: '一课', isTrial, isHidden },
      ...{ durationSeconds: 60, contentId: null },
    })),
  },
];

test.each<readonly [string, Outline, Outline, number]>([
  [
    'one of two',
    outline([
      [1, false],
      [2, false],
    ]),
    outline([
      [1, true],
      [2, false],
    ]),
    5_000,
  ],
  [
    'all',
    outline([
      [1, false],
      [2, false],
    ]),
    outline([
      [1, true],
      [2, true],
    ]),
    10_000,
  ],
  [
    'one that is hidden',
    outline([
      [1, false],
      [2, false],
    ]),
    outline([
      [1, true, true],
      [2, false],
    ]),
    0,
  ],
  [
    'a new one',
    outline([[1, false]]),
    outline([
      [1, false],
      [2, true],
    ]),
    0,
  ],
  [
    'one that was a trial',
    outline([
      [1, true],
      [2, false],
    ]),
    outline([
      [1, true],
      [2, false],
    ]),
    0,
  ],
  ['a course of trials', outline([[1, true]]), outline([[1, true]]), 0],
])('paid lessons that become trials are a cut: %s', (_, before, after, cut) => {
  expect(cutOfTrials(before, after)).toBe(cut);
});
