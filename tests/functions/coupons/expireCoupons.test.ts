import { expireCoupons } from '../../../functions/coupons/expireCoupons.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import type { Database } from '../../../shared/ports/database.ts';
import { DAY_MS, timeMs } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { aCoupon } from '../../support/given/coupon.ts';
import {
  type Buyer,
  badWorld,
  givenCouponOf,
  newOrderId,
  stored,
  storedIn,
} from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(expireCoupons, () => {
  let world: World;
  let alice: Buyer;
  const stateOf = async (id: string) => (await stored(world, coupons.collection, id)).state;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('coupons expire at their end, to the millisecond, and no others do', async () => {
    const ended = await givenCouponOf(world, alice.userId);
    const longer = await givenCouponOf(world, alice.userId, { expiresAtMs: timeMs(ended.expiresAtMs + 1) });
    world.clock.advance(DAY_MS - 1);
    expect(await world.run(expireCoupons)).toEqual({});
    world.clock.advance(1);
    expect(await world.run(expireCoupons)).toEqual({ 'coupon.expired': 1 });
    expect([await stateOf(ended.id), await stateOf(longer.id)]).toEqual(['expired', 'available']);
  });

  test('a coupon that an order holds, or has used, is left alone', async () => {
    const orderId = newOrderId(world);
    const locked = await givenCouponOf(world, alice.userId, { state: 'locked', orderId });
    const used = await givenCouponOf(world, alice.userId, { state: 'used', orderId });
    world.clock.advance(2 * DAY_MS);
    expect(await world.run(expireCoupons)).toEqual({});
    expect([await stateOf(locked.id), await stateOf(used.id)]).toEqual(['locked', 'used']);
  });

  test('a coupon that an order takes between the look and the deed is left alone', async () => {
    await world.close();
    let isTaken = false;
    world = await createWorld({
      database: function taken(inner): Database {
        return {
          list: inner.list.bind(inner),
          find: inner.find.bind(inner),
          findMany: inner.findMany.bind(inner),
          metered: (meter) => taken(inner.metered(meter)),
          exportAll: inner.exportAll.bind(inner),
          close: inner.close.bind(inner),
          tx: async (work) => {
            if (isTaken) {
              isTaken = false;
              await inner.tx(async (tx) => {
                const coupon = await coupons.get(tx, aCoupon().id);
                await coupons.save(tx, coupon, { ...coupon, state: 'locked', orderId: newOrderId(world) });
              });
            }
            return inner.tx(work);
          },
        };
      },
    });
    await world.ports.database.tx((tx) => coupons.insert(tx, aCoupon({ expiresAtMs: world.clock.now() })));
    isTaken = true;
    expect(await world.run(expireCoupons)).toEqual({ 'coupon.kept': 1 });
    expect(await stateOf(aCoupon().id)).toBe('locked');
  });

  test('timers that overlap, conflicts and lost answers do no harm', async () => {
    await world.close();
    world = await badWorld(13, { conflict: 0.2, commitLost: 0.2 });
    alice = await world.login('alice');
    for (let n = 0; n < 30; n += 1) await givenCouponOf(world, alice.userId);
    world.clock.advance(DAY_MS);
    const counts = await Promise.all([world.run(expireCoupons), world.run(expireCoupons)]);
    expect(counts.filter((count) => 'coupon.failed' in count)).toEqual([]);
    const states = ((await storedIn(world, 'coupons')) as { state: string }[]).map(({ state }) => state);
    expect(states).toEqual(Array(30).fill('expired'));
  });
});
