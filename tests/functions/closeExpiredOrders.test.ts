import { closeExpiredOrders } from '../../functions/closeExpiredOrders.ts';
import * as coupons from '../../shared/data/coupons.ts';
import * as orders from '../../shared/data/orders.ts';
import { PAY_WINDOW_MS } from '../../shared/domain/order.ts';
import { describeFunction } from '../support/describeFunction.ts';
import { type Buyer, givenCouponOf, givenOrder, stored } from '../support/given.order.ts';
import { createWorld, type World } from '../support/world.ts';

describeFunction(closeExpiredOrders, () => {
  let world: World;
  let alice: Buyer;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('T24: an order closes when its window ends, not before: the order itself says when', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenOrder(world, alice, { coupon });
    world.clock.advance(PAY_WINDOW_MS - 1);
    expect(await world.run(closeExpiredOrders)).toEqual({});
    world.clock.advance(1);
    expect(await world.run(closeExpiredOrders)).toEqual({ 'order.closed': 1 });
    expect(await stored(world, orders.collection, order.id)).toMatchObject({
      state: 'closed',
      closeReason: 'expired',
    });
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'available' });
    expect(await world.run(closeExpiredOrders)).toEqual({});
  });

  test('overlapping timers close each of many orders once', async () => {
    const placed = [];
    for (let count = 0; count < 12; count += 1) placed.push(await givenOrder(world, alice));
    world.clock.advance(PAY_WINDOW_MS);
    await Promise.all(Array.from({ length: 5 }, () => world.run(closeExpiredOrders)));
    for (const { id } of placed) {
      expect(await stored(world, orders.collection, id)).toMatchObject({ state: 'closed', closeTries: 1 });
    }
  });
});
