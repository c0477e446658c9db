import * as fc from 'fast-check';
import { isOpen, tooManyOpen, withPlaced } from '../../../shared/domain/orders/openOrders.ts';
import { OrderId } from '../../../shared/schemas/base.ts';
import {
  OPEN_OF_PRODUCT_MAX,
  OPEN_ORDERS_MAX,
  type PlacedOrder,
} from '../../../shared/schemas/orders/openOrders.ts';
import { productIdOf } from '../../support/given/coupon.ts';
import { anOrder, NOW } from '../../support/given/holding.ts';
import { seed } from '../../support/seeded.ts';

const order = anOrder();
const orderId = OrderId.parse(order.id);
const placed = (...products: readonly number[][]): PlacedOrder[] =>
  products.map((some) => ({ orderId, productIds: some.map(productIdOf) }));

test('three with the same product are the most, in whichever orders they are', () => {
  expect(tooManyOpen(placed([1, 2], [1]), [productIdOf(1)])).toBeNull();
  expect(tooManyOpen(placed([1, 2], [1], [3, 1]), [productIdOf(2), productIdOf(1)])).toEqual({
    max: OPEN_OF_PRODUCT_MAX,
    productId: productIdOf(1),
  });
});

test.each([
  ['pending', true],
  ['closing', true],
  ['paid', false],
  ['closed', false],
] as const)('a %s order counts as open: %s', (state, open) => {
  expect(isOpen({ state })).toBe(open);
});

test('twenty are the most of all', () => {
  const twenty = Array.from({ length: OPEN_ORDERS_MAX }, (_, n) => [n]);
  expect(tooManyOpen(placed(...twenty.slice(1)), [productIdOf(19)])).toBeNull();
  expect(tooManyOpen(placed(...twenty), [productIdOf(19)])).toEqual({
    max: OPEN_ORDERS_MAX,
    productId: null,
  });
});

test(`whatever is placed, a list never has more than that (seed ${seed})`, () => {
  const wishes = fc.array(fc.uniqueArray(fc.nat({ max: 9 }), { minLength: 1, maxLength: 4 }), {
    maxLength: 60,
  });
  const line = order.lines[0];
  if (line === undefined) throw new Error('an order without lines');
  fc.assert(
    fc.property(wishes, (all) => {
      let list: readonly PlacedOrder[] = [];
      for (const products of all) {
        const lines = products.map((n) => ({ ...line, productId: productIdOf(n) }));
        const inTheWay = tooManyOpen(
          list,
          lines.map(({ productId }) => productId),
        );
        const place = () => withPlaced(list, { ...order, lines }, NOW).placed;
        if (inTheWay === null) list = place();
        else
          expect(place).toThrow(
            expect.objectContaining({ code: 'order.too_many_pending', params: inTheWay }),
          );
        const of = (n: number) => list.filter(({ productIds }) => productIds.includes(productIdOf(n))).length;
        expect(list.length).toBeLessThanOrEqual(OPEN_ORDERS_MAX);
        expect(Math.max(0, ...products.map(of))).toBeLessThanOrEqual(OPEN_OF_PRODUCT_MAX);
      }
    }),
    { seed, numRuns: 500 },
  );
});
