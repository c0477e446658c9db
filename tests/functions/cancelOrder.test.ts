import { cancelOrder } from '../../functions/cancelOrder.ts';
import { createOrder } from '../../functions/createOrder.ts';
import * as coupons from '../../shared/data/coupons.ts';
import { DAY_MS, fen } from '../../shared/schemas/base.ts';
import { describeFunction } from '../support/describeFunction.ts';
import {
  type Buyer,
  givenCouponOf,
  givenOrder,
  givenProduct,
  newOrderId,
  orderFor,
  stored,
} from '../support/given.order.ts';
import { createWorld, type World } from '../support/world.ts';

describeFunction(cancelOrder, () => {
  let world: World;
  let alice: Buyer;
  const cancel = (orderId: string, buyer = alice) =>
    world.call(cancelOrder, { orderId }, { token: buyer.token });

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('closes at once what was never opened at the rail, without asking it, and gives the coupon back', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon });
    expect((await cancel(order.id)).data.order).toMatchObject({
      state: 'closed',
      closeReason: 'cancelled',
      closedAtMs: world.clock.now(),
    });
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({
      state: 'available',
      orderId: null,
    });
  });

  test('is safe to repeat, also when the coupon is already on its next order', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon });
    const first = await cancel(order.id);
    const next = await givenOrder(world, alice, { coupon });
    world.clock.advance(1_000);
    const answers = await Promise.all(Array.from({ length: 5 }, () => cancel(order.id)));
    for (const { data } of answers) expect(data).toEqual(first.data);
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({
      state: 'locked',
      orderId: next.id,
    });
  });

  test('a coupon whose end has passed meanwhile comes back expired', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon });
    world.clock.advance(DAY_MS);
    await cancel(order.id);
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'expired' });
  });

  test('order.not_found: somebody else’s order, and one that is not there', async () => {
    const order = await givenOrder(world, alice);
    expect((await cancel(order.id, await world.login('bob'))).code).toBe('order.not_found');
    expect((await cancel(newOrderId(world))).code).toBe('order.not_found');
  });

  test('order.already_paid: what is paid stays paid', async () => {
    const free = orderFor(world, [await givenProduct(world, { listFen: fen(0) })]);
    await world.call(createOrder, free, { token: alice.token });
    expect((await cancel(free.orderId)).code).toBe('order.already_paid');
  });
});
