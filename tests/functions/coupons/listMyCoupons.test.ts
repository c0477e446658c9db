import { listMyCoupons } from '../../../functions/coupons/listMyCoupons.ts';
import { DAY_MS, timeMs } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type Buyer, givenCouponOf, newOrderId } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(listMyCoupons, () => {
  let world: World;
  let alice: Buyer;
  const list = async (input: object = {}, buyer = alice) =>
    (await world.call(listMyCoupons, input, { token: buyer.token })).data;
  const titles = async (input: object = {}) => (await list(input)).items.map(({ title }) => title);
  const after = (ms: number) => timeMs(world.clock.now() + ms);

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    const orderId = newOrderId(world);
    await givenCouponOf(world, alice.userId, { title: '三天', expiresAtMs: after(3 * DAY_MS) });
    await givenCouponOf(world, alice.userId, {
      title: '一天',
      claimedAtMs: after(1),
      expiresAtMs: after(DAY_MS),
    });
    await givenCouponOf(world, alice.userId, {
      title: '锁定',
      claimedAtMs: after(2),
      state: 'locked',
      orderId,
    });
    await givenCouponOf(world, alice.userId, {
      title: '已用',
      claimedAtMs: after(3),
      state: 'used',
      orderId,
    });
    await givenCouponOf(world, alice.userId, { title: '过期', claimedAtMs: after(4), state: 'expired' });
  });
  afterEach(() => world.close());

  test('all of them come newest first', async () => {
    expect(await titles()).toEqual(['过期', '已用', '锁定', '一天', '三天']);
  });

  test('those of one state come alone, available ones soonest end first', async () => {
    expect(await titles({ state: 'available' })).toEqual(['一天', '三天']);
    expect(await titles({ state: 'locked' })).toEqual(['锁定']);
    expect(await titles({ state: 'used' })).toEqual(['已用']);
    expect(await titles({ state: 'expired' })).toEqual(['过期']);
  });

  test('past its end a coupon is no longer told as available, whether or not that was written down', async () => {
    world.clock.advance(DAY_MS);
    expect(await titles({ state: 'available' })).toEqual(['三天']);
    const ended = (await list()).items.find(({ title }) => title === '一天');
    expect(ended?.state).toBe('expired');
  });

  test('nobody sees the coupons of somebody else', async () => {
    expect(await list({}, await world.login('bob'))).toEqual({ items: [], nextCursor: null });
  });

  test('pages follow one another', async () => {
    const first = await list({ limit: 3 });
    const second = await list({ limit: 3, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ title }) => title)).toEqual(await titles());
    expect(second.nextCursor).toBeNull();
  });

  test('an answer shows nothing of the inside', async () => {
    const [item] = (await list()).items;
    expect(Object.keys(item ?? {}).filter((key) => ['userId', 'updatedAtMs'].includes(key))).toEqual([]);
  });

  test('request.invalid for a state that does not exist, and for a cursor of another list', async () => {
    const ask = (input: object) => world.call(listMyCoupons, input, { token: alice.token });
    const { nextCursor } = await list({ limit: 1 });
    expect((await ask({ state: 'lost' })).code).toBe('request.invalid');
    expect((await ask({ state: 'available', cursor: nextCursor })).code).toBe('request.invalid');
  });
});
