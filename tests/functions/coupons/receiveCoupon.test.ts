import { receiveCoupon } from '../../../functions/coupons/receiveCoupon.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { chaosDatabase } from '../../../local/database.chaos.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import { draftTemplate } from '../../../shared/domain/coupons/couponTemplate.ts';
import { DAY_MS, fen, timeMs } from '../../../shared/schemas/base.ts';
import type { CouponStock, CouponTemplate } from '../../../shared/schemas/coupons/coupon.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { aTemplateDraft, givenTemplate } from '../../support/given/coupon.ts';
import { givenProduct } from '../../support/given/course.ts';
import { givenMember } from '../../support/given/member.ts';
import { type Buyer, badWorld, orderFor, stored, storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(receiveCoupon, () => {
  let world: World;
  let alice: Buyer;
  const claim = (template: CouponTemplate, n?: number, buyer = alice) =>
    world.call(receiveCoupon, { templateId: template.id, number: n }, { token: buyer.token });
  /** What is left and what was given out, over all shards. */
  const counted = async () => {
    const stocks = (await storedIn(world, 'couponStocks')) as CouponStock[];
    const sum = (key: 'remaining' | 'issued') => stocks.reduce((before, stock) => before + stock[key], 0);
    return { remaining: sum('remaining'), issued: sum('issued') };
  };

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('a claim is a coupon with the rule as it is now, taken from the stock', async () => {
    const template = await givenTemplate(world);
    const { status, data } = await claim(template);
    expect(status).toBe(200);
    expect(data.coupon).toEqual({
      id: `cpn_${template.id.slice(4)}_${alice.userId.slice(4)}_1`,
      templateId: template.id,
      title: template.title,
      rule: template.rule,
      scope: template.scope,
      state: 'available',
      orderId: null,
      validFromAtMs: world.clock.now(),
      expiresAtMs: world.clock.now() + 7 * DAY_MS,
      claimedAtMs: world.clock.now(),
    });
    expect(await stored(world, coupons.collection, data.coupon.id)).toMatchObject({ userId: alice.userId });
    expect(await counted()).toEqual({ remaining: 99, issued: 1 });
  });

  test('T31: twenty clicks at once are one coupon and take one from the stock', async () => {
    const template = await givenTemplate(world, { perUserMax: 5 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => claim(template)));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(await counted()).toEqual({ remaining: 99, issued: 1 });
  });

  test('a retry gets the same coupon as it is by now, also when claiming has ended', async () => {
    const template = await givenTemplate(world);
    const { data } = await claim(template);
    world.clock.advance(8 * DAY_MS);
    alice = await world.login('alice');
    const again = await claim(template);
    expect(again.data.coupon).toEqual({ ...data.coupon, state: 'expired' });
  });

  test('the number says which one is meant: the second is claimed by asking for it', async () => {
    const template = await givenTemplate(world, { perUserMax: 2 });
    const first = await claim(template);
    const second = await claim(template, 2);
    expect(second.data.coupon.id).not.toBe(first.data.coupon.id);
    expect((await claim(template, 2)).data).toEqual(second.data);
    expect(await counted()).toEqual({ remaining: 98, issued: 2 });
  });

  test('coupon.limit_reached', async () => {
    const template = await givenTemplate(world, { perUserMax: 2 });
    await claim(template, 1);
    await claim(template, 2);
    expect((await claim(template, 3)).code).toBe('coupon.limit_reached');
    expect(await counted()).toEqual({ remaining: 98, issued: 2 });
  });

  test('coupon.not_claimable for a number that leaves one out', async () => {
    const template = await givenTemplate(world, { perUserMax: 3 });
    await claim(template, 1);
    const { code, error } = await claim(template, 3);
    expect([code, error.params]).toEqual(['coupon.not_claimable', { reason: 'out_of_turn' }]);
    expect(await counted()).toEqual({ remaining: 99, issued: 1 });
  });

  test.each([
    ['not_started', { claimFromAtMs: 1 }],
    ['not_for_you', { audience: 'welcome' }],
  ] as const)('coupon.not_claimable: %s', async (reason, changes) => {
    const late = 'claimFromAtMs' in changes ? { claimFromAtMs: timeMs(world.clock.now() + 1) } : changes;
    const { status, error } = await claim(await givenTemplate(world, late));
    expect([status, error.code, error.params]).toEqual([409, 'coupon.not_claimable', { reason }]);
    expect(await storedIn(world, 'coupons')).toEqual([]);
  });

  test('coupon.not_claimable: ended, from its last millisecond on', async () => {
    const template = await givenTemplate(world);
    world.clock.advance(DAY_MS);
    expect((await claim(template)).error.params).toEqual({ reason: 'ended' });
  });

  test('a coupon for new users is for the first seven days', async () => {
    const claimUntilAtMs = timeMs(world.clock.now() + 30 * DAY_MS);
    const template = await givenTemplate(world, { audience: 'new_users', claimUntilAtMs });
    world.clock.advance(7 * DAY_MS);
    alice = await world.login('alice');
    expect((await claim(template)).error.params).toEqual({ reason: 'not_for_you' });
    const bob = await world.login('bob');
    expect((await claim(template, 1, bob)).status).toBe(200);
  });

  test('a coupon for members is for who is one now', async () => {
    const template = await givenTemplate(world, { audience: 'members' });
    expect((await claim(template)).error.params).toEqual({ reason: 'not_for_you' });
    await givenMember(world, alice.userId);
    expect((await claim(template)).status).toBe(200);
  });

  test('a coupon for buyers is for who has bought one of the products', async () => {
    const [one, two] = [await givenProduct(world, { listFen: fen(0) }), await givenProduct(world)];
    const template = await givenTemplate(world, { audience: 'buyers', buyersOf: [two.id, one.id] });
    expect((await claim(template)).error.params).toEqual({ reason: 'not_for_you' });
    await world.call(createOrder, orderFor(world, [one]), { token: alice.token });
    await world.drain();
    expect((await claim(template)).status).toBe(200);
  });

  test('coupon.not_found, also for what is not published yet', async () => {
    const draft = aTemplateDraft({ id: world.ports.ids.make('tpl'), now: world.clock.now() });
    const template = draftTemplate(draft, 'd'.repeat(64), world.clock.now());
    const unknown = await claim(template);
    await world.ports.database.tx((tx) => couponTemplates.insert(tx, template));
    const unpublished = await claim(template);
    expect([unknown.code, unpublished.code]).toEqual(['coupon.not_found', 'coupon.not_found']);
    expect(unpublished.error).toEqual(unknown.error);
  });

  test('coupon.sold_out: fewer coupons than people, and each goes to one of them', async () => {
    const template = await givenTemplate(world, { stock: 7 });
    const people = await Promise.all(Array.from({ length: 20 }, (_, n) => world.login(`person${n}`)));
    const answers = await Promise.all(people.map((person) => claim(template, 1, person)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(7);
    expect(answers.filter(({ code }) => code === 'coupon.sold_out')).toHaveLength(13);
    expect(await counted()).toEqual({ remaining: 0, issued: 7 });
    expect(await storedIn(world, 'coupons')).toHaveLength(7);
  });

  test('the last coupon of a stock in many shards is found from wherever one starts', async () => {
    const template = await givenTemplate(world, { stock: 151, perUserMax: 100 });
    const bob = await world.login('bob');
    for (let n = 1; n <= 100; n += 1) {
      expect((await claim(template, n)).status).toBe(200);
      if (n % 50 === 0) world.clock.advance(60_000);
    }
    for (let n = 1; n <= 51; n += 1) expect((await claim(template, n, bob)).status).toBe(200);
    expect(await counted()).toEqual({ remaining: 0, issued: 151 });
    world.clock.advance(60_000);
    expect((await claim(template, 52, bob)).code).toBe('coupon.sold_out');
  });

  test('T27: the stock is exact when transactions collide and commits lose their answers', async () => {
    await world.close();
    world = await badWorld(5, { conflict: 0.2, commitLost: 0.2 });
    const template = await givenTemplate(world, { stock: 5 });
    const people: Buyer[] = [];
    for (let n = 0; n < 8; n += 1) people.push(await world.login(`person${n}`));
    const answers = await Promise.all(
      people.flatMap((person) => [claim(template, 1, person), claim(template, 1, person)]),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(await counted()).toEqual({ remaining: 0, issued: 5 });
    expect(await storedIn(world, 'coupons')).toHaveLength(5);
  });

  test('T27: the stock is counted by what is committed, not by what was seen a moment before', async () => {
    await world.close();
    world = await createWorld({
      database: (inner, { clock, ids }) =>
        chaosDatabase(inner, {
          latencyMs: { from: 0, to: 20 },
          pause: async (turns) => {
            for (let n = 0; n < turns; n += 1) await null;
          },
          random: () => ids.random(),
          clock,
        }),
    });
    const template = await givenTemplate(world, { stock: 3 });
    const people = await Promise.all(Array.from({ length: 8 }, (_, n) => world.login(`person${n}`)));
    const answers = await Promise.all(people.map((person) => claim(template, 1, person)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(await counted()).toEqual({ remaining: 0, issued: 3 });
    expect(await storedIn(world, 'coupons')).toHaveLength(3);
  });

  test('too many claims from one user: request.too_many, however many are left', async () => {
    const template = await givenTemplate(world);
    for (let n = 0; n < 60; n += 1) await claim(template);
    expect((await claim(template)).status).toBe(429);
  });

  test.each([
    ['0', 0],
    ['-1', -1],
    ['1.5', 1.5],
    ['"1"', '1'],
    ['null', null],
    ['101', 101],
    ['a list', [1]],
    ['an operator', { $gt: 0 }],
  ])('request.invalid for the number %s, which changes nothing', async (_, n) => {
    const template = await givenTemplate(world);
    const answer = await world.call(
      receiveCoupon,
      { templateId: template.id, number: n },
      { token: alice.token },
    );
    expect(answer.code).toBe('request.invalid');
    expect(await storedIn(world, 'coupons')).toEqual([]);
  });

  test('auth.required', async () => {
    const template = await givenTemplate(world);
    expect((await world.call(receiveCoupon, { templateId: template.id })).code).toBe('auth.required');
  });
});
