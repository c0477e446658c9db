import { listCoupons } from '../../../functions/coupons/listCoupons.ts';
import { receiveCoupon } from '../../../functions/coupons/receiveCoupon.ts';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import { draftTemplate } from '../../../shared/domain/coupons/couponTemplate.ts';
import { DAY_MS, SECOND_MS, timeMs } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { aTemplateDraft, givenTemplate } from '../../support/given/coupon.ts';
import type { Buyer } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(listCoupons, () => {
  let world: World;
  let alice: Buyer;
  const list = async (input: object = {}, buyer: Buyer | null = alice) =>
    (await world.call(listCoupons, input, buyer === null ? {} : { token: buyer.token })).data;
  const after = (ms: number) => timeMs(world.clock.now() + ms);

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('each coupon says that it can be claimed, or why not', async () => {
    await givenTemplate(world, { title: '可领', claimUntilAtMs: after(1 * DAY_MS) });
    await givenTemplate(world, {
      title: '未开始',
      claimFromAtMs: after(1),
      claimUntilAtMs: after(2 * DAY_MS),
    });
    await givenTemplate(world, { title: '新人', audience: 'new_users', claimUntilAtMs: after(20 * DAY_MS) });
    const seen = async () =>
      (await list()).items.map(({ title, mayClaim, whyNot }) => [title, mayClaim, whyNot]);
    expect(await seen()).toEqual([
      ['可领', true, null],
      ['未开始', false, 'not_started'],
      ['新人', true, null],
    ]);
    world.clock.advance(8 * DAY_MS);
    alice = await world.login('alice');
    expect(await seen()).toEqual([['新人', false, 'not_for_you']]);
  });

  test('who has had all of them is told so, and how many that was', async () => {
    const template = await givenTemplate(world, { perUserMax: 2 });
    const claim = (n: number) =>
      world.call(receiveCoupon, { templateId: template.id, number: n }, { token: alice.token });
    await claim(1);
    expect((await list()).items).toMatchObject([{ claimedCount: 1, mayClaim: true, whyNot: null }]);
    await claim(2);
    expect((await list()).items).toMatchObject([
      { claimedCount: 2, mayClaim: false, whyNot: 'limit_reached' },
    ]);
    const bob = await world.login('bob');
    expect((await list({}, bob)).items).toMatchObject([{ claimedCount: 0, mayClaim: true }]);
  });

  test('a coupon with a price in points shows it, and cannot be claimed for free', async () => {
    await givenTemplate(world, { pointsPrice: 300 });
    expect((await list()).items).toMatchObject([
      { pointsPrice: 300, mayClaim: false, whyNot: 'for_points', claimedCount: 0 },
    ]);
  });

  test('somebody who is not logged in sees everything and is told to log in first', async () => {
    await givenTemplate(world);
    expect((await list({}, null)).items).toMatchObject([
      { claimedCount: 0, mayClaim: false, whyNot: 'login_first' },
    ]);
  });

  test('sold out shows within seconds', async () => {
    const template = await givenTemplate(world, { stock: 1 });
    expect((await list()).items).toMatchObject([{ mayClaim: true }]);
    const bob = await world.login('bob');
    await world.call(receiveCoupon, { templateId: template.id }, { token: bob.token });
    world.clock.advance(6 * SECOND_MS);
    expect((await list()).items).toMatchObject([{ mayClaim: false, whyNot: 'sold_out' }]);
    expect((await list({}, null)).items).toMatchObject([{ mayClaim: false, whyNot: 'sold_out' }]);
  });

  test('drafts, welcome coupons and what has ended are not in it', async () => {
    const draft = aTemplateDraft({ id: world.ports.ids.make('tpl'), now: world.clock.now() });
    await world.ports.database.tx((tx) =>
      couponTemplates.insert(tx, draftTemplate(draft, 'd'.repeat(64), world.clock.now())),
    );
    await givenTemplate(world, { audience: 'welcome' });
    await givenTemplate(world, { claimUntilAtMs: after(1) });
    world.clock.advance(1);
    expect(await list()).toEqual({ items: [], nextCursor: null });
  });

  test('pages follow one another, soonest end first', async () => {
    for (const day of [3, 1, 2]) {
      await givenTemplate(world, { title: `第 ${day} 天`, claimUntilAtMs: after(day * DAY_MS) });
    }
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ title }) => title)).toEqual([
      '第 1 天',
      '第 2 天',
      '第 3 天',
    ]);
    expect(second.nextCursor).toBeNull();
  });

  test('how many there are and who made them is not told', async () => {
    await givenTemplate(world);
    const [item] = (await list()).items;
    const inside = ['stock', 'shardCount', 'draftDigest', 'audience', 'state', 'createdAtMs', 'updatedAtMs'];
    expect(Object.keys(item ?? {}).filter((key) => inside.includes(key))).toEqual([]);
  });
});
