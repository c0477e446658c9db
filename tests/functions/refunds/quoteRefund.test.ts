import { getLesson } from '../../../functions/access/getLesson.ts';
import { updateProduct } from '../../../functions/admin/catalogue/updateProduct.ts';
import { quoteRefund } from '../../../functions/refunds/quoteRefund.ts';
import * as usages from '../../../shared/data/access/usages.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import { type BasisPoints, DAY_MS, fen, type ProductId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse, givenProduct } from '../../support/given/course.ts';
import { type Buyer, givenCouponOf, givenOrder, stored, storedIn } from '../../support/given/order.ts';
import { givenSold } from '../../support/given/products.ts';
import { givenPaid } from '../../support/given/refund.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(quoteRefund, () => {
  let world: World;
  let alice: Buyer;
  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  const ask = (orderId: string, productIds?: string) =>
    world.call(quoteRefund, { orderId, ...(productIds === undefined ? {} : { productIds }) }, alice);

  /** Alice opens `opened` lessons, as the server records it. */
  const open = (productId: ProductId | undefined, opened: number, downloadedAtMs: number | null = null) =>
    world.ports.database.tx(async (tx) => {
      if (productId === undefined) throw new Error('no product');
      const now = world.clock.now();
      const before = await usages.find(tx, alice.userId, productId);
      await usages.save(tx, before, {
        id: `${alice.userId}:${productId}`,
        userId: alice.userId,
        productId,
        opened: Array.from({ length: opened }, (_, n) => `les_01JD00000000000000000000${10 + n}` as never),
        firstOpenedAtMs: now,
        downloadedAtMs: downloadedAtMs as never,
        updatedAtMs: now,
      });
    });

  test('says what goes back, by which rule, and what goes with it; and changes nothing', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const order = await givenPaid(world, alice, null, coupon);
    const before = await storedIn(world, 'orders', 'refunds', 'entitlements');
    const { data } = await ask(order.id);
    expect(data.quote).toMatchObject({
      refundFen: 8_900,
      by: 'automatic',
      pointsReturned: 0,
      pointsTaken: 89,
      couponReturns: true,
      keepsDiscount: true,
      lines: [{ paidFen: 8_900, leftFen: 8_900, policyFen: 8_900, progress: 0, whyNot: null }],
    });
    expect(await storedIn(world, 'orders', 'refunds', 'entitlements')).toEqual(before);
  });

  test('the share falls with what was opened, rounded once, and ends', async () => {
    const refundPolicy = {
      windowDays: 7,
      tiers: [
        { progressMax: 2_000 as BasisPoints, share: 10_000 as BasisPoints },
        { progressMax: 5_000 as BasisPoints, share: 3_333 as BasisPoints },
      ],
      isVoidAfterDownload: true,
    };
    const product = await givenProduct(world, {
      lessonCount: 10,
      trialCount: 0,
      refundPolicy,
      listFen: fen(9_999),
    });
    const order = await givenPaid(world, alice, [product]);
    const seen = async (opened: number) => {
      await open(product.id, opened);
      const [line] = (await ask(order.id)).data.quote.lines;
      return [line?.progress, line?.policyFen, line?.whyNot];
    };
    expect(await seen(2)).toEqual([2_000, 9_999, null]);
    // 33.33 % of 99.99 yuan is 33.3267 yuan.
    expect(await seen(5)).toEqual([5_000, 3_333, null]);
    expect(await seen(6)).toEqual([6_000, 0, 'progress_too_far']);
  });

  test('a trial lesson counts neither as opened nor as something to open', async () => {
    const { product, trial, paid } = await givenCourse(world);
    const order = await givenPaid(world, alice, [product]);
    const progress = async () => (await ask(order.id)).data.quote.lines[0]?.progress;
    await world.call(getLesson, { id: trial.id }, alice);
    expect(await progress()).toBe(0);
    await world.call(getLesson, { id: paid.id }, alice);
    expect(await progress()).toBe(5_000);
  });

  test('the share is of what was bought: what the shop adds later makes it no smaller', async () => {
    const { paid, productId } = await givenCourse(world);
    const { id } = await givenSold(world, 'column', { parts: [productId] });
    const order = await givenPaid(world, alice, [await stored(world, products.collection, id)]);
    await world.call(getLesson, { id: paid.id }, alice);
    const quoted = async () => (await ask(order.id)).data.quote;
    const before = await quoted();
    expect(before).toMatchObject({ by: 'staff', lines: [{ progress: 5_000, whyNot: 'progress_too_far' }] });
    const more = [productId, (await givenCourse(world)).productId, (await givenCourse(world)).productId];
    const admin = await givenStaff(world, 'admin');
    const change = { id, expectedVersion: 2, change: { parts: more }, reason: '上新' };
    expect((await world.call(updateProduct, change, admin)).data.product.parts).toEqual(more);
    expect(await quoted()).toEqual(before);
  });

  test('nothing by itself once a file was downloaded, or the window is over: then staff decide about what is left', async () => {
    const order = await givenPaid(world, alice);
    await open(order.lines[0]?.productId, 0, world.clock.now());
    expect((await ask(order.id)).data.quote).toMatchObject({
      by: 'staff',
      refundFen: 9_900,
      lines: [{ whyNot: 'downloaded', policyFen: 0 }],
    });
    const other = await givenPaid(world, alice);
    world.clock.advance(7 * DAY_MS - 60_000);
    expect((await ask(other.id)).data.quote.by).toBe('automatic');
    world.clock.advance(120_000);
    expect((await ask(other.id)).data.quote).toMatchObject({
      by: 'staff',
      lines: [{ whyNot: 'window_over' }],
    });
  });

  test('only Apple refunds money that Apple took', async () => {
    const order = await givenPaid(world, alice);
    const { wxpay } = world.ports.rails;
    jest.spyOn(wxpay, 'abilities').mockReturnValue({ ...wxpay.abilities('ios'), mayRefund: false });
    expect((await ask(order.id)).data.quote).toMatchObject({ by: 'apple', lines: [{ whyNot: 'ask_apple' }] });
  });

  test('some of the products can be named', async () => {
    const wanted = [await givenProduct(world), await givenProduct(world, { listFen: fen(100) })];
    const order = await givenPaid(world, alice, wanted);
    const { data } = await ask(order.id, order.lines[1]?.productId);
    expect(data.quote).toMatchObject({ refundFen: 100, couponReturns: false, pointsTaken: 1 });
  });

  test('order.not_found, order.not_paid, refund.line_unknown', async () => {
    const order = await givenPaid(world, alice);
    const bob = await world.login('bob');
    expect((await world.call(quoteRefund, { orderId: order.id }, bob)).code).toBe('order.not_found');
    expect((await ask((await givenOrder(world, alice)).id)).code).toBe('order.not_paid');
    expect((await ask(order.id, (await givenProduct(world)).id)).code).toBe('refund.line_unknown');
    expect((await ask(order.id, 'prd_1,prd_2')).code).toBe('request.invalid');
    const named = order.lines[0]?.productId;
    expect((await ask(order.id, `${named},${named}`)).code).toBe('request.invalid');
  });
});
