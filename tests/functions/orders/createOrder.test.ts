import { register } from '../../../functions/identity/register.ts';
import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { closeExpiredOrders } from '../../../functions/orders/closeExpiredOrders.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { createQuestion } from '../../../functions/questions/createQuestion.ts';
import { updateExpert } from '../../../functions/questions/updateExpert.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as payments from '../../../shared/data/payments/payments.ts';
import { PRICE_MAX_FEN } from '../../../shared/domain/catalogue/product.ts';
import { DEFAULT_SELLING } from '../../../shared/domain/pricing/selling.ts';
import { grantAccess } from '../../../shared/flows/access/grantAccess.ts';
import type { Database } from '../../../shared/ports/database.ts';
import { DAY_MS, fen, MINUTE_MS, ProductId } from '../../../shared/schemas/base.ts';
import { LINES_MAX, type OrderView } from '../../../shared/schemas/orders/order.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenProduct } from '../../support/given/course.ts';
import { givenLiveGoods } from '../../support/given/goods.ts';
import {
  type Buyer,
  badWorld,
  givenCouponOf,
  givenOpened,
  givenOrder,
  newOrderId,
  orderFor,
  stored,
  storedIn,
} from '../../support/given/order.ts';
import { confirm } from '../../support/given/payment.ts';
import { miniProgram } from '../../support/given/phone.ts';
import { givenPoints } from '../../support/given/points.ts';
import { givenSale } from '../../support/given/promotion.ts';
import {
  aQuestion,
  givenAsker,
  givenExpert,
  givenReady,
  orderForQuestion,
} from '../../support/given/question.ts';
import { createWorld, type World } from '../../support/world.ts';

function dataOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'data' in body ? body.data : body;
}

/** A database whose peeks at the stock of flash sales are outdated: there is always a place left. */
function withOldLooks(inner: Database): Database {
  const stale: Database['tx'] = (work) =>
    inner.tx((tx) =>
      work({
        find: tx.find.bind(tx),
        insert: tx.insert.bind(tx),
        update: tx.update.bind(tx),
        remove: tx.remove.bind(tx),
        peek: async (collection, id) => {
          const seen = await tx.peek(collection, id);
          return seen !== null && 'remaining' in seen ? { ...seen, remaining: 1 } : seen;
        },
      }),
    );
  return {
    find: inner.find.bind(inner),
    findMany: inner.findMany.bind(inner),
    list: inner.list.bind(inner),
    tx: stale,
    metered: (meter) => withOldLooks(inner.metered(meter)),
    exportAll: inner.exportAll.bind(inner),
    close: inner.close.bind(inner),
  };
}

describeFunction(createOrder, () => {
  let world: World;
  let alice: Buyer;
  let bob: Buyer;
  const place = (asked: unknown, buyer = alice) => world.call(createOrder, asked, { token: buyer.token });

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    bob = await world.login('bob');
  });
  afterEach(() => world.close());

  test('product.not_found: nothing is sold whose access is over', async () => {
    const access = { kind: 'until', untilAtMs: world.clock.now() } as const;
    const { id } = await givenProduct(world, { access });
    const lines = [{ productId: id }];
    const asked = { orderId: world.ports.ids.make('ord'), lines, couponId: null, shownFen: 9_900 };
    expect(await world.call(createOrder, asked, alice)).toMatchObject({ code: 'product.not_found' });
    expect(await storedIn(world, 'orders')).toEqual([]);
  });

  test('question.not_found, question.not_ready, expert.not_taking, and feature.off place nothing', async () => {
    const expert = await givenExpert(world);
    const asker = await givenAsker(world);
    const question = await givenReady(world, asker, expert);
    const order = (wishes: object = {}, who = asker) =>
      place(orderForQuestion(world, { ...question, ...wishes }), who);
    expect((await order({}, alice)).code).toBe('question.not_found');
    const { question: unchecked } = (await world.call(createQuestion, aQuestion(world, expert), asker)).data;
    expect((await order(unchecked)).code).toBe('question.not_ready');
    await world.call(updateExpert, { isPaused: true }, expert);
    expect((await order()).code).toBe('expert.not_taking');
    await world.call(updateExpert, { isPaused: false }, expert);
    Object.assign(world.ports.settings, { talk: { ...world.ports.settings.talk, questions: 'off' } });
    expect((await order()).code).toBe('feature.off');
    expect(await storedIn(world, 'orders')).toEqual([]);
  });

  test('the largest order of a buyer whose many bundles have ended is placed, paid, and settled', async () => {
    const products = [];
    for (let n = 0; n < LINES_MAX; n += 1) {
      const { id } = await givenProduct(world, { kind: 'bundle' });
      const access = { kind: 'days', days: 1 } as const;
      await world.ports.database.tx((tx) =>
        grantAccess(tx, {
          ...{ userId: alice.userId, productId: id, kind: 'bundle', access, plan: null, cause: 'order' },
          ...{ sourceId: newOrderId(world), fromAtMs: world.clock.now(), state: 'active' },
          now: world.clock.now(),
        }),
      );
      products.push(await givenProduct(world, { listFen: fen(1_000), partOf: [id] }));
    }
    world.clock.advance(2 * DAY_MS);
    alice = await world.login('alice');
    await givenPoints(world, alice.userId, 100);
    const asked = orderFor(world, products, await givenCouponOf(world, alice.userId));
    const { order } = (await place({ ...asked, points: 100, shownFen: asked.shownFen - 100 })).data;
    confirm(world, alice, await givenOpened(world, alice, order));
    await world.drain();
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid' });
    expect(await storedIn(world, 'entitlements')).toHaveLength(2 * LINES_MAX);
  });

  test('flash.sold_out: a place that was seen a moment ago is gone, and nothing is left behind', async () => {
    await world.close();
    world = await createWorld({ database: withOldLooks });
    alice = await world.login('alice');
    bob = await world.login('bob');
    const product = await givenProduct(world);
    await givenSale(world, [product.id], { stock: 1 });
    const asked = () => ({ ...orderFor(world, [product]), shownFen: 5_000 });
    expect((await place(asked())).status).toBe(200);
    expect((await place(asked(), bob)).error).toMatchObject({
      code: 'flash.sold_out',
      params: { productId: product.id },
    });
    expect(await storedIn(world, 'orders')).toHaveLength(1);
  });

  test('order.mixed_rails: what is paid for in two ways is two orders', async () => {
    await world.close();
    const selling = { ...DEFAULT_SELLING, wxpayKindsInMiniProgram: ['content' as const] };
    world = await createWorld({ settings: { selling } });
    alice = await world.login('alice');
    const wanted = [await givenProduct(world), await givenProduct(world, { kind: 'content' })];
    const asked = orderFor(world, wanted);
    expect((await place({ ...asked, platform: 'android' })).code).toBe('order.mixed_rails');
    expect((await place(asked)).data.order.rail).toBe('wxpay');
  });

  test('order.one_at_a_time: virtual payment sells one thing, once', async () => {
    const wanted = [await givenProduct(world), await givenProduct(world)];
    const asked = { ...orderFor(world, wanted), platform: 'ios' };
    expect((await place(asked)).code).toBe('order.one_at_a_time');
    const lines = [{ productId: wanted[0]?.id, gifts: 2 }];
    expect((await place({ ...asked, lines, shownFen: 19_800 })).code).toBe('order.one_at_a_time');
    const one = { ...asked, lines: [{ productId: wanted[0]?.id }], shownFen: 9_900 };
    await givenLiveGoods(world, await stored(world, products.collection, wanted[0]?.id ?? ''));
    expect((await place(one)).data.order.rail).toBe('xpay');
  });

  test('product.not_on_rail: what the platform does not sell yet is not ordered there, and holds nothing', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const asked = { ...orderFor(world, [await givenProduct(world)], coupon), platform: 'android' };
    expect((await place(asked)).code).toBe('product.not_on_rail');
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'available' });
    expect(await storedIn(world, 'orders', 'payments')).toEqual([]);
  });

  test('order.below_rail_minimum: nothing below one yuan is ordered on iOS', async () => {
    const wanted = [await givenProduct(world, { listFen: fen(99) })];
    const asked = { ...orderFor(world, wanted), platform: 'ios' };
    expect(await place(asked)).toMatchObject({ status: 409, code: 'order.below_rail_minimum' });
    expect(await storedIn(world, 'orders')).toEqual([]);
    expect((await place({ ...asked, platform: 'web' })).data.order.payableFen).toBe(99);
  });

  test('order.too_large: more than an amount of money can be', async () => {
    const dear = await givenProduct(world, { listFen: fen(PRICE_MAX_FEN) });
    const asked = { ...orderFor(world, [dear]), lines: [{ productId: dear.id, gifts: 100 }] };
    expect((await place(asked)).code).toBe('order.too_large');
    expect(await storedIn(world, 'orders')).toEqual([]);
  });

  test('an order holds its price and its coupon for fifteen minutes', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const asked = orderFor(world, [await givenProduct(world), await givenProduct(world)], coupon);
    const { status, data } = await place(asked);
    expect(status).toBe(200);
    expect(data.order).toMatchObject({
      id: asked.orderId,
      state: 'pending',
      listFen: 19_800,
      discountFen: 1_000,
      payableFen: 18_800,
      earnsPoints: 188,
      couponId: coupon.id,
      expiresAtMs: world.clock.now() + 15 * MINUTE_MS,
    });
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({
      state: 'locked',
      orderId: asked.orderId,
    });
    expect(await stored(world, payments.collection, asked.orderId)).toMatchObject({
      state: 'created',
      amountFen: 18_800,
      openid: null,
    });
  });

  test('an answer shows nothing of the inside', async () => {
    const { data } = await place(orderFor(world, [await givenProduct(world)]));
    const inside = [
      'requestDigest',
      'closeTries',
      'closeNextAtMs',
      'paymentOpenedAtMs',
      'updatedAtMs',
      'userId',
    ];
    expect(Object.keys(data.order).filter((key) => inside.includes(key))).toEqual([]);
  });

  test('T31: twenty of the same request at once are one order', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const asked = orderFor(world, [await givenProduct(world)], coupon);
    const answers = await Promise.all(Array.from({ length: 20 }, () => place(asked)));
    expect(new Set(answers.map(({ body, status }) => JSON.stringify([status, dataOf(body)]))).size).toBe(1);
    expect(await storedIn(world, 'orders', 'payments')).toHaveLength(2);
  });

  test('the same request gets the same order again, whatever has become of it', async () => {
    const product = await givenProduct(world);
    const asked = orderFor(world, [product]);
    const first = await place(asked);
    await world.ports.database.tx(async (tx) => {
      await products.save(tx, product, { ...product, version: 2, listFen: fen(19_900) });
      const order = await orders.get(tx, asked.orderId);
      await orders.save(tx, order, { ...order, state: 'closed', closeReason: 'expired' });
    });
    const again = await place(asked);
    expect(again.data.order).toMatchObject({ ...first.data.order, state: 'closed', closeReason: 'expired' });
  });

  test('T31: one coupon in twenty orders at once is locked by exactly one', async () => {
    const coupon = await givenCouponOf(world, alice.userId);
    const product = await givenProduct(world);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => place(orderFor(world, [product], coupon))),
    );
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([null, 'coupon.not_usable']));
    expect(await storedIn(world, 'orders')).toHaveLength(1);
    expect((await stored(world, coupons.collection, coupon.id)).orderId).toBe(winners[0]?.data.order.id);
  });

  test('T23: with nothing to pay it is paid at once, and its effects follow', async () => {
    const coupon = await givenCouponOf(world, alice.userId, {
      rule: { kind: 'fixed', offFen: fen(100_000) },
    });
    const asked = { ...orderFor(world, [await givenProduct(world)], coupon), shownFen: 0 };
    const { data } = await place(asked);
    expect(data.order).toMatchObject({ state: 'paid', rail: 'zero', payableFen: 0, earnsPoints: 0 });
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'used' });
    await world.drain();
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
    expect(await place(asked)).toMatchObject({ data: { order: { state: 'paid' } } });
    await world.drain();
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
  });

  test('pay.openid_missing: only who can pay places an order with something to pay', async () => {
    const { data } = await world.call(register, { userName: 'carol', password: 'a very long passphrase 77' });
    const product = await givenProduct(world);
    await givenSale(world, [product.id]);
    const asked = { ...orderFor(world, [product]), shownFen: 5_000 };
    expect((await world.call(createOrder, asked, data)).code).toBe('pay.openid_missing');
    expect(await storedIn(world, 'orders', 'payments', 'flashSeats', 'openOrders')).toEqual([]);
    const free = orderFor(world, [await givenProduct(world, { listFen: fen(0) })]);
    expect((await world.call(createOrder, free, data)).data.order.state).toBe('paid');
  });

  test('order.too_many_pending: three of one product, exactly, when twenty come at once', async () => {
    await world.close();
    world = await badWorld(38, { conflict: 0.1, commitLost: 0.2 });
    alice = await world.login('alice');
    const product = await givenProduct(world);
    const answers = await Promise.all(Array.from({ length: 20 }, () => place(orderFor(world, [product]))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([null, 'order.too_many_pending']));
    const refused = answers.find(({ status }) => status !== 200);
    expect(refused?.error.params).toEqual({ max: 3, productId: product.id });
    expect(await storedIn(world, 'orders')).toHaveLength(3);
  });

  test('order.too_many_pending: what is closed leaves room; the same order again needs none', async () => {
    const product = await givenProduct(world);
    const asked = [1, 2, 3].map(() => orderFor(world, [product]));
    for (const each of asked) await place(each);
    const more = () => place(orderFor(world, [product]));
    expect((await more()).code).toBe('order.too_many_pending');
    expect((await place(asked[0])).data.order.id).toBe(asked[0]?.orderId);
    expect((await place(orderFor(world, [product]), bob)).status).toBe(200);
    await world.call(cancelOrder, { orderId: asked[0]?.orderId }, alice);
    expect((await more()).status).toBe(200);
    expect((await more()).code).toBe('order.too_many_pending');
    world.clock.advance(15 * MINUTE_MS);
    await world.run(closeExpiredOrders);
    expect((await more()).status).toBe(200);
  });

  test('order.too_many_pending: twenty of one buyer', async () => {
    const orders: OrderView[] = [];
    for (let n = 0; n < 20; n += 1) orders.push(await givenOrder(world, alice));
    const refused = await place(orderFor(world, [await givenProduct(world)]));
    expect(refused.error).toMatchObject({
      code: 'order.too_many_pending',
      params: { max: 20, productId: null },
    });
    const [first] = orders;
    if (first === undefined) throw new Error('no order');
    confirm(world, alice, await givenOpened(world, alice, first));
    await world.drain();
    expect((await place(orderFor(world, [await givenProduct(world)]))).status).toBe(200);
    expect((await place(orderFor(world, [await givenProduct(world)]))).code).toBe('order.too_many_pending');
  });

  test('WeChat’s headers decide the platform and not the client’s claim; a retry gets the same order', async () => {
    const product = await givenProduct(world);
    await givenLiveGoods(world, product);
    for (const platform of ['web', 'android', 'ios'] as const) {
      const asked = { ...orderFor(world, [product]), platform };
      const send = () => world.call(createOrder, asked, { ...alice, headers: miniProgram('ios') });
      expect((await send()).data.order).toMatchObject({ platform: 'ios', rail: 'xpay' });
      expect((await send()).status).toBe(200);
    }
    const { data } = await place(orderFor(world, [product]), bob);
    expect(data.order).toMatchObject({ platform: 'web', rail: 'wxpay' });
  });

  test('two pending orders for one product are allowed', async () => {
    const product = await givenProduct(world);
    await givenOrder(world, alice, { product });
    await givenOrder(world, alice, { product });
    expect(await storedIn(world, 'orders')).toHaveLength(2);
  });

  test('T22: the price is the catalogue’s of today: order.price_changed says the new one', async () => {
    const product = await givenProduct(world);
    const asked = orderFor(world, [product]);
    for (const shownFen of [0, 1, 9_899, 9_901]) {
      const refused = await place({ ...asked, shownFen });
      expect(refused.code).toBe('order.price_changed');
      expect(refused.error.params).toMatchObject({ quote: { payableFen: 9_900 } });
    }
    expect(await storedIn(world, 'orders', 'payments')).toEqual([]);
    expect((await place(asked)).status).toBe(200);
  });

  test('order.id_taken: for another request, and for anybody else', async () => {
    const product = await givenProduct(world);
    const asked = orderFor(world, [product]);
    await place(asked);
    const more = await givenProduct(world);
    expect(
      await place({ ...asked, ...orderFor(world, [product, more]), orderId: asked.orderId }),
    ).toMatchObject({
      code: 'order.id_taken',
      status: 409,
    });
    expect((await place(asked, bob)).code).toBe('order.id_taken');
    expect((await stored(world, orders.collection, asked.orderId)).userId).toBe(alice.userId);
  });

  test('product.not_found: for what is not there, a draft, and what was withdrawn', async () => {
    const draft = await givenProduct(world, { state: 'draft' });
    const withdrawn = await givenProduct(world, { state: 'withdrawn' });
    const nowhere = { ...draft, id: ProductId.parse(world.ports.ids.make('prd')) };
    for (const product of [draft, withdrawn, nowhere]) {
      const refused = await place(orderFor(world, [await givenProduct(world), product]));
      expect(refused.error).toMatchObject({ code: 'product.not_found', params: { productId: product.id } });
    }
    expect(await storedIn(world, 'orders', 'payments')).toEqual([]);
  });

  test('order.part_twice: a bundle and what is in it are not sold together', async () => {
    const part = await givenProduct(world);
    const bundle = await givenProduct(world, { kind: 'bundle', parts: [part.id] });
    const refused = await world.call(createOrder, orderFor(world, [part, bundle]), { token: alice.token });
    expect(refused).toMatchObject({ status: 409, code: 'order.part_twice' });
    expect(await storedIn(world, 'orders')).toEqual([]);
  });

  test('product.already_owned: what one has is not sold again', async () => {
    const product = await givenProduct(world, { listFen: fen(0) });
    await place(orderFor(world, [product]));
    await world.drain();
    const refused = await place(orderFor(world, [await givenProduct(world), product]));
    expect(refused.error).toMatchObject({ code: 'product.already_owned', params: { productId: product.id } });
    expect((await place(orderFor(world, [product]), bob)).status).toBe(200);
  });

  test('T21: somebody else’s coupon is coupon.not_found, like one that is not there', async () => {
    const coupon = await givenCouponOf(world, bob.userId);
    const asked = orderFor(world, [await givenProduct(world)], coupon);
    const foreign = await place(asked);
    const absent = await place({ ...asked, couponId: coupon.id.replace(/_1$/, '_2') });
    expect([foreign.code, absent.code]).toEqual(['coupon.not_found', 'coupon.not_found']);
    expect(foreign.status).toBe(404);
    expect(await stored(world, coupons.collection, coupon.id)).toMatchObject({ state: 'available' });
    expect(await storedIn(world, 'orders', 'payments')).toEqual([]);
  });

  test('coupon.not_usable: says why, with the numbers', async () => {
    const coupon = await givenCouponOf(world, alice.userId, {
      rule: { kind: 'full_reduction', thresholdFen: fen(20_000), offFen: fen(1_000) },
    });
    const refused = await place(orderFor(world, [await givenProduct(world)], coupon));
    expect(refused.error.params).toEqual({
      reason: 'coupon.threshold_not_met',
      thresholdFen: 20_000,
      eligibleFen: 9_900,
    });
    world.clock.advance(25 * 60 * MINUTE_MS);
    const late = await place(orderFor(world, [await givenProduct(world)], coupon));
    expect(late.error).toMatchObject({ code: 'coupon.not_usable', params: { reason: 'coupon.expired' } });
    expect(await storedIn(world, 'orders', 'payments')).toEqual([]);
  });

  test('request.invalid: one product twice, no line, too many lines, and everything the contract does not name', async () => {
    const product = await givenProduct(world);
    const asked = orderFor(world, [product]);
    const line = { productId: product.id };
    const wrong = [
      { ...asked, lines: [line, line] },
      { ...asked, lines: [] },
      { ...asked, lines: [{ ...line, quantity: 2 }] },
      { ...asked, lines: [{ ...line, paidFen: 1 }] },
      { ...asked, lines: Array.from({ length: 21 }, () => ({ productId: world.ports.ids.make('prd') })) },
      { ...asked, orderId: 'ord_1' },
      { ...asked, orderId: world.ports.ids.make('usr') },
      { ...asked, couponId: undefined },
      { ...asked, state: 'paid' },
      { ...asked, shownFen: -1 },
      { ...asked, shownFen: 99.5 },
      { ...asked, shownFen: '9900' },
      { ...asked, lines: { $gt: '' } },
    ];
    for (const input of wrong) expect((await place(input)).code).toBe('request.invalid');
    expect(await storedIn(world, 'orders', 'payments')).toEqual([]);
  });

  test('auth.required: nobody orders without logging in', async () => {
    const asked = orderFor(world, [await givenProduct(world)]);
    expect((await world.call(createOrder, asked)).code).toBe('auth.required');
  });
});

describe('ordering on a bad day', () => {
  test('conflicts and lost answers to commits change nothing about the guarantees', async () => {
    const world = await badWorld(7, { conflict: 0.3, commitLost: 0.3 });
    const alice = await world.login('alice');
    const coupon = await givenCouponOf(world, alice.userId);
    const product = await givenProduct(world);
    const asked = Array.from({ length: 10 }, () => orderFor(world, [product], coupon));
    const answers = await Promise.all(
      [...asked, ...asked].map((input) => world.call(createOrder, input, { token: alice.token })),
    );
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([null, 'coupon.not_usable']));
    const won = new Set(answers.filter(({ code }) => code === null).map(({ data }) => data.order.id));
    expect(won.size).toBe(1);
    expect(await storedIn(world, 'orders')).toHaveLength(1);
    await world.close();
  });
});
