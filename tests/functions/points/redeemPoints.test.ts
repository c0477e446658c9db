import { receiveCoupon } from '../../../functions/coupons/receiveCoupon.ts';
import { redeemPoints } from '../../../functions/points/redeemPoints.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import { couponId } from '../../../shared/domain/coupons/couponTemplate.ts';
import { DAY_MS, timeMs } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenTemplate } from '../../support/given/coupon.ts';
import { givenProduct } from '../../support/given/course.ts';
import { type Buyer, badWorld, stored, storedIn } from '../../support/given/order.ts';
import { givenPoints, pointsAccountOf } from '../../support/given/points.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(redeemPoints, () => {
  let world: World;
  let alice: Buyer;
  const newId = () => world.ports.ids.make('rdm');
  const redeem = (asked: object, user = alice) =>
    world.call(redeemPoints, { redemptionId: newId(), ...asked }, { token: user.token });
  const account = () => pointsAccountOf(world, alice.userId);
  const nothingGiven = async () =>
    expect(await storedIn(world, 'redemptions', 'coupons', 'entitlements', 'memberships')).toEqual([]);

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    await givenPoints(world, alice.userId, 100);
  });
  afterEach(() => world.close());

  test('a coupon for its points: both change hands, and the ledger says so', async () => {
    const { id: templateId } = await givenTemplate(world, { pointsPrice: 30 });
    const { data } = await redeem({ templateId });
    const id = couponId(templateId, alice.userId, 1);
    expect(data.redemption).toMatchObject({ templateId, productId: null, points: 30, couponId: id });
    expect(await stored(world, coupons.collection, id)).toMatchObject({ state: 'available' });
    expect(await account()).toMatchObject({ available: 70, held: 0 });
    expect(await storedIn(world, 'pointsEntries')).toContainEqual(
      expect.objectContaining({
        id: `${data.redemption.id}:redeem`,
        postings: [
          ['available', -30],
          ['redeemed', 30],
        ],
      }),
    );
  });

  test('a product for its points: access at once, and a second one is refused', async () => {
    const { id: productId } = await givenProduct(world, { pointsPrice: 60 });
    const { data } = await redeem({ productId });
    expect(data.redemption).toMatchObject({ templateId: null, productId, points: 60, couponId: null });
    expect(await storedIn(world, 'entitlements')).toMatchObject([
      {
        userId: alice.userId,
        productId,
        sources: [{ sourceId: data.redemption.id, cause: 'points', state: 'active' }],
      },
    ]);
    expect((await redeem({ productId })).code).toBe('product.already_owned');
    expect(await account()).toMatchObject({ available: 40 });
  });

  test('a membership for its points can be had again: it is longer', async () => {
    const plan = { period: 'month', scope: { kind: 'platform' } } as const;
    const { id: productId } = await givenProduct(world, { kind: 'membership', plan, pointsPrice: 40 });
    expect((await redeem({ productId })).status).toBe(200);
    expect((await redeem({ productId })).status).toBe(200);
    expect(await account()).toMatchObject({ available: 20 });
    expect(await storedIn(world, 'memberships')).toMatchObject([
      { grants: [{ cause: 'points' }, { cause: 'points' }] },
    ]);
  });

  test('T31: the same redemption twenty times at once is one, and all get its answer', async () => {
    const { id: templateId } = await givenTemplate(world, { pointsPrice: 30, perUserMax: 5 });
    const asked = { redemptionId: newId(), templateId };
    const answers = await Promise.all(Array.from({ length: 20 }, () => redeem(asked)));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(await account()).toMatchObject({ available: 70 });
    world.clock.advance(30 * DAY_MS);
    const again = await redeem(asked, await world.login('alice'));
    expect(again.data).toEqual(answers[0]?.data);
  });

  test('many redemptions at once never spend more than there is, nor give more than was paid for', async () => {
    await world.close();
    world = await badWorld(17, { conflict: 0.1, commitLost: 0.2 });
    alice = await world.login('alice');
    await givenPoints(world, alice.userId, 100);
    const { id: templateId } = await givenTemplate(world, { pointsPrice: 30, perUserMax: 100, stock: 60 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => redeem({ templateId })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(await account()).toMatchObject({ available: 10 });
    expect(await storedIn(world, 'coupons')).toHaveLength(3);
    expect(await storedIn(world, 'redemptions')).toHaveLength(3);
  });

  test('two clicks on one product at once pay once', async () => {
    const { id: productId } = await givenProduct(world, { pointsPrice: 10 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => redeem({ productId })));
    expect(answers.map(({ code }) => code).filter((code) => code !== null)).toEqual(
      Array(4).fill('product.already_owned'),
    );
    expect(await account()).toMatchObject({ available: 90 });
  });

  test('points.redemption_taken: the same id for something else, or by somebody else, changes nothing', async () => {
    const { id: templateId } = await givenTemplate(world, { pointsPrice: 30, perUserMax: 5 });
    const { id: productId } = await givenProduct(world, { pointsPrice: 10 });
    const redemptionId = newId();
    await redeem({ redemptionId, templateId });
    expect((await redeem({ redemptionId, productId })).code).toBe('points.redemption_taken');
    expect((await redeem({ redemptionId, templateId }, await world.login('bob'))).code).toBe(
      'points.redemption_taken',
    );
    expect(await account()).toMatchObject({ available: 70 });
  });

  test('points.not_enough: T16: neither coupon nor access, and nothing is taken', async () => {
    const { id: templateId } = await givenTemplate(world, { pointsPrice: 101 });
    const { id: productId } = await givenProduct(world, { pointsPrice: 101 });
    for (const asked of [{ templateId }, { productId }]) {
      const { code, error } = await redeem(asked);
      expect([code, error.params]).toEqual(['points.not_enough', { available: 100 }]);
    }
    await nothingGiven();
    expect(await storedIn(world, 'couponStocks')).toEqual(
      expect.arrayContaining([expect.objectContaining({ issued: 0 })]),
    );
    expect(await account()).toMatchObject({ available: 100 });
  });

  test('points.not_enough: ended points pay for nothing', async () => {
    const { id: productId } = await givenProduct(world, { pointsPrice: 10 });
    world.clock.advance(400 * DAY_MS);
    expect((await redeem({ productId }, await world.login('alice'))).code).toBe('points.not_enough');
    await nothingGiven();
  });

  test('points.not_redeemable: what has no price in points', async () => {
    const { id: templateId } = await givenTemplate(world);
    const { id: productId } = await givenProduct(world);
    for (const asked of [{ templateId }, { productId }]) {
      expect((await redeem(asked)).code).toBe('points.not_redeemable');
    }
    await nothingGiven();
  });

  test('a coupon with a price in points cannot be claimed for free', async () => {
    const { id: templateId } = await givenTemplate(world, { pointsPrice: 30 });
    const { code, error } = await world.call(receiveCoupon, { templateId }, { token: alice.token });
    expect([code, error.params]).toEqual(['coupon.not_claimable', { reason: 'for_points' }]);
  });

  test('coupon.limit_reached: points buy no more than a user may have', async () => {
    const { id: templateId } = await givenTemplate(world, { pointsPrice: 1, perUserMax: 3 });
    for (let n = 1; n <= 3; n += 1) {
      const { data } = await redeem({ templateId });
      expect(data.redemption.couponId).toBe(couponId(templateId, alice.userId, n));
    }
    expect((await redeem({ templateId })).code).toBe('coupon.limit_reached');
    expect(await account()).toMatchObject({ available: 97 });
  });

  test('coupon.sold_out: nothing is paid for what is not there', async () => {
    const { id: templateId } = await givenTemplate(world, { pointsPrice: 1, stock: 1 });
    const bob = await world.login('bob');
    await givenPoints(world, bob.userId, 1);
    expect((await redeem({ templateId }, bob)).status).toBe(200);
    expect((await redeem({ templateId })).code).toBe('coupon.sold_out');
    expect(await account()).toMatchObject({ available: 100 });
  });

  test('coupon.not_claimable: too early', async () => {
    const now = world.clock.now();
    const { id: templateId } = await givenTemplate(world, {
      pointsPrice: 1,
      claimFromAtMs: timeMs(now + 1),
      claimUntilAtMs: timeMs(now + DAY_MS),
    });
    expect((await redeem({ templateId })).error.params).toEqual({ reason: 'not_started' });
  });

  test('coupon.not_found, product.not_found: also for what is no longer on sale', async () => {
    expect((await redeem({ templateId: world.ports.ids.make('tpl') })).code).toBe('coupon.not_found');
    expect((await redeem({ productId: world.ports.ids.make('prd') })).code).toBe('product.not_found');
    const { id: productId } = await givenProduct(world, { pointsPrice: 1, state: 'withdrawn' });
    expect((await redeem({ productId })).code).toBe('product.not_found');
  });

  test('request.invalid for neither, both, or a price sent in', async () => {
    const templateId = world.ports.ids.make('tpl');
    const productId = world.ports.ids.make('prd');
    for (const asked of [{}, { templateId, productId }, { templateId, points: 0 }, { templateId: null }]) {
      expect((await redeem(asked)).code).toBe('request.invalid');
    }
    await nothingGiven();
  });
});
