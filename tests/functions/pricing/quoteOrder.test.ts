import { createOrder } from '../../../functions/orders/createOrder.ts';
import { quoteOrder } from '../../../functions/pricing/quoteOrder.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import { PRICE_MAX_FEN } from '../../../shared/domain/catalogue/product.ts';
import { DEFAULT_SELLING } from '../../../shared/domain/pricing/selling.ts';
import { BasisPoints, DAY_MS, fen, timeMs } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenProduct } from '../../support/given/course.ts';
import { givenMember } from '../../support/given/member.ts';
import {
  type Buyer,
  givenCouponOf,
  newOrderId,
  orderFor,
  stored,
  storedIn,
} from '../../support/given/order.ts';
import { givenPoints } from '../../support/given/points.ts';
import { givenAsker, givenExpert, givenReady, orderForQuestion } from '../../support/given/question.ts';
import { createWorld, type World } from '../../support/world.ts';

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

  test('feature.off for a question where questions are off', async () => {
    const question = await givenReady(world, await givenAsker(world), await givenExpert(world));
    Object.assign(world.ports.settings, { talk: { ...world.ports.settings.talk, questions: 'off' } });
    const { lines } = orderForQuestion(world, question);
    expect((await ask({ lines, couponId: null })).code).toBe('feature.off');
  });

  test('its amounts equal what createOrder charges, to the fen and line by line', async () => {
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
    const { rejected, points: _, payWindowMs, ...quoted } = data.quote;
    expect(rejected).toEqual([]);
    expect(placed.data.order).toMatchObject(quoted);
    expect(placed.data.order.expiresAtMs).toBe(world.clock.now() + payWindowMs);
  });

  test('the best coupon is proposed when none is named, and may be declined', async () => {
    const lines = linesOf(await givenProduct(world));
    await givenCouponOf(world, alice.userId, { rule: { kind: 'fixed', offFen: fen(500) } });
    const best = await givenCouponOf(world, alice.userId, { rule: { kind: 'fixed', offFen: fen(2_000) } });
    await givenCouponOf(world, (await world.login('bob')).userId, {
      rule: { kind: 'fixed', offFen: fen(9_000) },
    });
    const proposed = (await ask({ lines, couponId: 'best' })).data.quote;
    expect(proposed).toMatchObject({ couponId: best.id, payableFen: 7_900, rejected: [] });
    expect((await ask({ lines, couponId: null })).data.quote).toMatchObject({
      couponId: null,
      payableFen: 9_900,
    });
    const order = { orderId: newOrderId(world), lines, couponId: proposed.couponId, shownFen: 7_900 };
    expect((await world.call(createOrder, order, { token: alice.token })).status).toBe(200);
  });

  test('a member pays the member price, others the one of the moment, and friends’ places are all paid', async () => {
    const now = world.clock.now();
    const limited = { priceFen: fen(8_000), fromAtMs: now, untilAtMs: timeMs(now + 1) };
    const lines = linesOf(await givenProduct(world, { memberFen: fen(7_000), limited }));
    const price = async (asked: unknown) => (await ask(asked)).data.quote;
    expect(await price({ lines, couponId: null })).toMatchObject({
      payableFen: 8_000,
      lines: [{ source: 'limited' }],
    });
    const three = { lines: lines.map((line) => ({ ...line, gifts: 3 })), couponId: null };
    expect(await price(three)).toMatchObject({ listFen: 29_700, payableFen: 24_000 });
    await givenMember(world, alice.userId);
    expect(await price({ lines, couponId: null })).toMatchObject({
      payableFen: 7_000,
      lines: [{ source: 'member', shares: { memberFen: 2_900 } }],
      applied: [{ kind: 'member', offFen: 2_900 }],
    });
    world.clock.advance(40 * DAY_MS);
    alice = await world.login('alice');
    expect((await price({ lines, couponId: null })).payableFen).toBe(9_900);
  });

  test('T16: points are those there are, and no more than may be', async () => {
    const lines = linesOf(await givenProduct(world));
    await givenPoints(world, alice.userId, 300);
    expect((await ask({ lines, couponId: null, points: 500 })).data.quote).toMatchObject({
      payableFen: 9_600,
      points: { count: 300, offFen: 300, countMax: 300 },
      rejected: [{ code: 'points.not_enough', params: { countMax: 300 } }],
    });
  });

  test('the way to pay follows the platform, and what it refuses is said', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const asked = { lines: linesOf(await givenProduct(world)), couponId: coupon.id };
    const on = async (platform: string) => (await ask({ ...asked, platform })).data.quote;
    expect(await on('web')).toMatchObject({ rail: 'wxpay', payableFen: 8_900 });
    expect(await on('android')).toMatchObject({ rail: 'xpay', payableFen: 8_900 });
    expect(await on('ios')).toMatchObject({
      rail: 'xpay',
      payableFen: 9_900,
      couponId: null,
      rejected: [
        { code: 'coupon.below_rail_floor', id: coupon.id, params: { floorFen: 9_900, payableFen: 8_900 } },
      ],
    });
  });

  test('order.below_rail_minimum: a fen can be paid, but on iOS nothing below one yuan', async () => {
    const lines = linesOf(await givenProduct(world, { listFen: fen(1) }));
    const on = (platform: string) => ask({ lines, couponId: null, platform });
    expect((await on('web')).data.quote).toMatchObject({ rail: 'wxpay', payableFen: 1 });
    expect((await on('android')).data.quote).toMatchObject({ rail: 'xpay', payableFen: 1 });
    const refused = await on('ios');
    expect(refused).toMatchObject({ status: 409, code: 'order.below_rail_minimum' });
    expect(refused.error.params).toEqual({ minFen: 100 });
  });

  test('order.mixed_rails, order.one_at_a_time and order.too_large, as createOrder would say', async () => {
    await world.close();
    const selling = { ...DEFAULT_SELLING, wxpayKindsInMiniProgram: ['content' as const] };
    world = await createWorld({ settings: { selling } });
    alice = await world.login('alice');
    const [one, two, book] = [
      await givenProduct(world),
      await givenProduct(world, { listFen: fen(PRICE_MAX_FEN) }),
      await givenProduct(world, { kind: 'content' }),
    ];
    const code = async (asked: object) => (await ask({ couponId: null, ...asked })).code;
    expect(await code({ lines: linesOf(one, book), platform: 'windows' })).toBe('order.mixed_rails');
    expect(await code({ lines: linesOf(one, two), platform: 'windows' })).toBe('order.one_at_a_time');
    expect(await code({ lines: [{ productId: two.id, gifts: 100 }] })).toBe('order.too_large');
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

  test('order.part_twice: a bundle and what is in it', async () => {
    const part = await givenProduct(world);
    const bundle = await givenProduct(world, { kind: 'bundle', parts: [part.id] });
    const answer = await ask({ lines: linesOf(part, bundle), couponId: null });
    expect(answer).toMatchObject({ status: 409, code: 'order.part_twice' });
    expect(answer.error.params).toEqual({ productId: part.id, bundleId: bundle.id });
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
