import fc from 'fast-check';
import { NO_ACCESS } from '../../../shared/domain/access/access.ts';
import { PLAIN_TERMS } from '../../../shared/domain/catalogue/product.ts';
import { cartView, countedOf, putItem, removeItem, removePaid } from '../../../shared/domain/orders/cart.ts';
import { fen, ProductId, timeMs, UserId } from '../../../shared/schemas/base.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import { Cart, CartView } from '../../../shared/schemas/orders/cart.ts';
import { LINES_MAX, type Order } from '../../../shared/schemas/orders/order.ts';
import { seed } from '../../support/seeded.ts';

const userId = UserId.parse('usr_01JD0000000000000000000001');
const now = timeMs(1_795_000_000_000);
const idOf = (number: number) =>
  ProductId.parse(`prd_01JD00000000000000000000${String(number).padStart(2, '0')}`);

function productOf(number: number, listFen: number, state: Product['state'] = 'published'): Product {
  return {
    id: idOf(number),
    kind: 'course',
    version: 1,
    state,
    title: `课程 ${number}`,
    subtitle: '',
    summary: '',
    category: 'data',
    tags: [],
    teacher: '王老师',
    coverUrl: 'https://static.zhike.example/cover.jpg',
    listFen: fen(listFen),
    access: { kind: 'forever' },
    ...PLAIN_TERMS,
    parts: [],
    partOf: [],
    lessonCount: 1,
    publishedAtMs: now,
    createdAtMs: now,
    updatedAtMs: now,
  };
}

function cartOf(numbers: readonly number[]): Cart {
  return {
    id: userId,
    items: numbers.map((n) => ({ productId: idOf(n), addedAtMs: now })),
    updatedAtMs: now,
  };
}

const full = cartOf(Array.from({ length: LINES_MAX }, (_, index) => index));

describe('the cart', () => {
  test(`any run of puts and removals leaves each product at most once, at most ${LINES_MAX}, in the order they came (seed ${seed})`, () => {
    const step = fc.record({ isPut: fc.boolean(), number: fc.integer({ min: 0, max: 30 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let cart: Cart | null = null;
        let expected: number[] = [];
        for (const { isPut, number } of steps) {
          if (!isPut) {
            if (cart !== null) cart = removeItem(cart, idOf(number), now);
            expected = expected.filter((other) => other !== number);
          } else if (expected.includes(number) || expected.length < LINES_MAX) {
            cart = putItem(cart, { userId, productId: idOf(number), now });
            if (!expected.includes(number)) expected = [...expected, number];
          }
        }
        expect(cart?.items.map(({ productId }) => productId) ?? []).toEqual(expected.map(idOf));
        if (cart !== null) Cart.parse(cart);
      }),
      { seed, numRuns: 200 },
    );
  });

  test('cart.full', () => {
    expect(() => putItem(full, { userId, productId: idOf(99), now })).toThrow(
      expect.objectContaining({ code: 'cart.full', params: { itemsMax: LINES_MAX } }),
    );
  });

  test('a product in a full cart can be put in again', () => {
    expect(putItem(full, { userId, productId: idOf(3), now })).toBe(full);
  });

  test('removing what is not in it is the very same cart', () => {
    expect(removeItem(full, idOf(99), now)).toBe(full);
  });

  test(`a paid order takes out what was ordered, and nothing that came later (seed ${seed})`, () => {
    const item = fc.record({
      number: fc.integer({ min: 0, max: 12 }),
      lateMs: fc.integer({ min: -2, max: 2 }),
    });
    const items = fc.uniqueArray(item, { selector: ({ number }) => number, maxLength: LINES_MAX });
    fc.assert(
      fc.property(items, fc.uniqueArray(fc.integer({ min: 0, max: 12 })), (given, ordered) => {
        const added = given.map(({ number, lateMs }) => ({
          productId: idOf(number),
          addedAtMs: timeMs(now + lateMs),
        }));
        const cart: Cart = { id: userId, items: added, updatedAtMs: now };
        const lines = ordered.map((number) => ({ productId: idOf(number) })) as unknown as Order['lines'];
        const left = removePaid(cart, { lines, createdAtMs: now }, timeMs(now + 5));
        const stays = given.filter(({ number, lateMs }) => lateMs > 0 || !ordered.includes(number));
        expect(left.items.map(({ productId }) => productId)).toEqual(stays.map(({ number }) => idOf(number)));
        expect(left === cart).toBe(stays.length === given.length);
      }),
      { seed, numRuns: 200 },
    );
  });

  const access = () => NO_ACCESS;
  const known = (products: readonly Product[], covered: readonly number[] = []) => {
    const priceOf = ({ id, listFen }: Product) =>
      [id, { priceFen: listFen, source: 'list', ownedFen: fen(0) }] as const;
    const prices = new Map(products.map(priceOf));
    return { products, prices, covered: new Set(covered.map(idOf)), access, now };
  };
  const counted = (products: readonly Product[], covered: readonly number[] = []) =>
    countedOf(known(products, covered)).map(({ id }) => id);

  test('products that are not on sale are not counted', () => {
    const sold = (from: number | null, until: number | null) => ({
      ...productOf(1, 9_900),
      saleFromAtMs: from === null ? null : timeMs(now + from),
      saleUntilAtMs: until === null ? null : timeMs(now + until),
    });
    const countOf = (product: Product) => counted([product]).length;
    expect([sold(null, 1), sold(0, null), sold(0, 1)].map(countOf)).toEqual([1, 1, 1]);
    expect([sold(1, null), sold(null, 0), sold(-2, -1)].map(countOf)).toEqual([0, 0, 0]);
  });

  test('an owned product, and a part of a bundle in the same cart, is shown and not counted', () => {
    const bundle: Product = { ...productOf(4, 5_000), kind: 'bundle', parts: [idOf(1)] };
    const all = [productOf(1, 9_900), productOf(2, 5_000, 'withdrawn'), productOf(3, 700), bundle];
    expect(counted(all, [3])).toEqual([idOf(4)]);
    // A bundle that cannot be bought does not stop its parts from being bought.
    expect(counted(all, [3, 4])).toEqual([idOf(1)]);
    const quoted = { listFen: fen(5_000), payableFen: fen(4_000), applied: [] };
    const view = CartView.parse(cartView(cartOf([1, 2, 3, 4]), known(all, [3]), quoted));
    expect(view).toMatchObject({ listTotalFen: 5_000, totalFen: 4_000 });
    expect(view.items.map(({ isOnSale, isOwned, isInBundle: inIt }) => [isOnSale, isOwned, inIt])).toEqual([
      [true, false, true],
      [false, false, false],
      [true, true, false],
      [true, false, false],
    ]);
  });

  test('who never had a cart sees an empty one', () => {
    const quoted = { listFen: fen(0), payableFen: fen(0), applied: [] };
    expect(cartView(null, known([]), quoted)).toEqual({
      items: [],
      listTotalFen: 0,
      totalFen: 0,
      applied: [],
    });
  });
});
