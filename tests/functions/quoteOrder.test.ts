import { createOrder } from '../../functions/createOrder.ts';
import { quoteOrder } from '../../functions/quoteOrder.ts';
import * as coupons from '../../shared/data/coupons.ts';
import { BasisPoints, fen } from '../../shared/schemas/base.ts';
import { describeFunction } from '../support/describeFunction.ts';
import {
  type Buyer,
  givenCouponOf,
  givenProduct,
  newOrderId,
  orderFor,
  stored,
  storedIn,
} from '../support/given.order.ts';
import { createWorld, type World } from '../support/world.ts';

describeFunction(quoteOrder, () => {
  let world: World;
  let alice: Buyer;
  const ask = (input: unknown) => world.call(quoteOrder, input, { token: alice.token });
  const linesOf = (...products: { id: string }[]) => products.map(({ id }) => ({ productId: id }));

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('what it says is what createOrder charges, to the fen and line by line', async () => {
    const coupon = await givenCouponOf(world, alice.userId, {
      rule: {
        kind: 'discount',
        thresholdFen: fen(0),
        offBasisPoints: BasisPoints.parse(3_333),
        capFen: fen(100_000),
      },
    });
    const products = [await givenProduct(world), await givenProduct(world, { listFen: fen(101) })];
    const lines = linesOf(...products);
    const { data } = await ask({ lines, couponId: coupon.id });
    const { payableFen } = data.quote;
    expect(payableFen).toBe(10_001 - 3_333);
    const input = { orderId: newOrderId(world), lines, couponId: coupon.id, shownFen: payableFen };
    const placed = await world.call(createOrder, input, { token: alice.token });
    const { rejected, ...quoted } = data.quote;
    expect(rejected).toEqual([]);
    expect(placed.data.order).toMatchObject(quoted);
  });

  test('it holds nothing and changes nothing', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    await ask({ lines: linesOf(await givenProduct(world)), couponId: coupon.id });
    expect(await stored(world, coupons.collection, coupon.id)).toEqual(coupon);
    expect(await storedIn(world, 'orders', 'payments')).toEqual([]);
  });

  test('a coupon that does not apply is explained, and the price is the one without it', async () => {
    const coupon = await givenCouponOf(world, alice.userId, {
      rule: { kind: 'full_reduction', thresholdFen: fen(20_000), offFen: fen(1_000) },
    });
    const { data } = await ask({ lines: linesOf(await givenProduct(world)), couponId: coupon.id });
    expect(data.quote).toMatchObject({
      payableFen: 9_900,
      discountFen: 0,
      applied: [],
      rejected: [
        {
          code: 'coupon.threshold_not_met',
          id: coupon.id,
          params: { thresholdFen: 20_000, eligibleFen: 9_900 },
        },
      ],
    });
  });

  test('product.not_found', async () => {
    const draft = await givenProduct(world, { state: 'draft' });
    expect((await ask({ lines: linesOf(draft), couponId: null })).code).toBe('product.not_found');
  });

  test('product.already_owned', async () => {
    const free = await givenProduct(world, { listFen: fen(0) });
    await world.call(createOrder, orderFor(world, [free]), { token: alice.token });
    await world.drain();
    expect((await ask({ lines: linesOf(free), couponId: null })).code).toBe('product.already_owned');
  });

  test('T21: coupon.not_found for somebody else’s', async () => {
    const bob = await world.login('bob');
    const coupon = await givenCouponOf(world, bob.userId);
    const { code } = await ask({ lines: linesOf(await givenProduct(world)), couponId: coupon.id });
    expect(code).toBe('coupon.not_found');
  });

  test('request.invalid: a price in the request is not read, it is refused', async () => {
    const [line] = linesOf(await givenProduct(world));
    expect((await ask({ lines: [{ ...line, listFen: 1 }], couponId: null })).code).toBe('request.invalid');
    expect((await ask({ lines: [line, line], couponId: null })).code).toBe('request.invalid');
  });
});
