import { createCouponTemplate } from '../../../../functions/admin/coupons/createCouponTemplate.ts';
import { endCouponTemplate } from '../../../../functions/admin/coupons/endCouponTemplate.ts';
import { extendCouponTemplate } from '../../../../functions/admin/coupons/extendCouponTemplate.ts';
import { listCoupons } from '../../../../functions/coupons/listCoupons.ts';
import { receiveCoupon } from '../../../../functions/coupons/receiveCoupon.ts';
import { DAY_MS } from '../../../../shared/schemas/base.ts';
import type { CouponTemplate } from '../../../../shared/schemas/coupons/coupon.ts';
import { audited } from '../../../support/audited.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { aTemplateDraft, givenTemplate } from '../../../support/given/coupon.ts';
import { NOTHING_ALONE } from '../../../support/given/dailyValue.ts';
import { exported } from '../../../support/given/export.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(extendCouponTemplate, () => {
  let world: World;
  let staff: Staff;
  let template: CouponTemplate;
  const open = async () => {
    staff = await givenStaff(world, 'finance');
    template = await givenTemplate(world, { stock: 1 });
  };
  const extend = (longer: object, expectedVersion = template.version) => {
    const asked = { templateId: template.id, expectedVersion, reason: '卖得好', ...longer };
    return world.call(extendCouponTemplate, asked, staff);
  };
  const claim = async (name: string) =>
    world.call(receiveCoupon, { templateId: template.id }, await world.login(name));

  beforeEach(async () => {
    world = await createWorld();
    await open();
  });
  afterEach(() => world.close());

  test('a user who was told that it is sold out sees the new stock at once, and gets a coupon', async () => {
    expect((await claim('alice')).status).toBe(200);
    const bob = await world.login('bob');
    const seen = async () => (await world.call(listCoupons, {}, bob)).data.items[0];
    expect(await seen()).toMatchObject({ mayClaim: false, whyNot: 'sold_out' });
    expect(await claim('bob')).toMatchObject({ code: 'coupon.sold_out' });
    const claimUntilAtMs = template.claimUntilAtMs + DAY_MS;
    const { data } = await extend({ stock: 120, claimUntilAtMs });
    expect(data.template).toMatchObject({ stock: 120, claimUntilAtMs, version: template.version + 1 });
    expect(await seen()).toMatchObject({ mayClaim: true, claimUntilAtMs });
    expect((await claim('bob')).status).toBe(200);
    expect(await storedIn(world, 'couponStocks')).toHaveLength(3);
    expect((await audited(world.ports.database)).findings).toEqual([]);
    const written = await storedIn(world, 'audit');
    expect(written).toContainEqual(
      expect.objectContaining({ action: 'coupon.extend', target: template.id, reason: '卖得好' }),
    );
  });

  test('staff.second_person_needed: more coupons than one person may let out in a day', async () => {
    await world.close();
    world = await createWorld(NOTHING_ALONE);
    await open();
    expect((await extend({ stock: 3 })).error).toMatchObject({
      code: 'staff.second_person_needed',
      params: { kind: 'discountFen', value: 2 * 1_000 },
    });
    expect((await extend({ claimUntilAtMs: template.claimUntilAtMs + DAY_MS })).status).toBe(200);
  });

  test('the same again changes nothing; coupon.version_changed for who saw another one', async () => {
    await extend({ stock: 5 });
    const before = await exported(world);
    expect((await extend({ stock: 5 })).data.template.stock).toBe(5);
    expect(await exported(world)).toEqual(before);
    const late = await extend({ stock: 9 });
    expect(late).toMatchObject({ status: 409, code: 'coupon.version_changed' });
    expect(late.error.params).toEqual({ version: template.version + 1 });
    expect(await exported(world)).toEqual(before);
  });

  test('on a database that conflicts and loses the answers to its commits it adds once', async () => {
    await world.close();
    world = await badWorld(3, { conflict: 0.3, commitLost: 0.3 });
    await open();
    await Promise.all([extend({ stock: 7 }), extend({ stock: 7 })]);
    const stocks = (await storedIn(world, 'couponStocks')) as { remaining: number }[];
    expect(stocks.reduce((sum, { remaining }) => sum + remaining, 0)).toBe(7);
  });

  test('coupon.not_extendable: a shorter time, a smaller stock, a template that is over, ended or a draft, or has no fixed end', async () => {
    const refused = async (reason: string, longer: object, version?: number) => {
      const answer = await extend(longer, version);
      expect(answer).toMatchObject({ status: 409, code: 'coupon.not_extendable' });
      expect(answer.error.params).toEqual({ reason });
    };
    const { claimUntilAtMs } = template;
    await refused('shorter', { claimUntilAtMs: claimUntilAtMs - 1 });
    await refused('no_date', { validUntilAtMs: claimUntilAtMs + DAY_MS });
    const untilAtMs = claimUntilAtMs + DAY_MS;
    template = await givenTemplate(world, {
      stock: 10,
      validity: { kind: 'window', fromAtMs: world.clock.now(), untilAtMs },
    } as never);
    await refused('shorter', { validUntilAtMs: untilAtMs - 1 });
    await refused('fewer', { stock: 9 });
    world.clock.advance(DAY_MS);
    await refused('over', { stock: 11 });
    await world.call(endCouponTemplate, { templateId: template.id, reason: '结束' }, staff);
    await refused('ended', { stock: 11 }, template.version + 1);
    const draft = aTemplateDraft({ id: world.ports.ids.make('tpl'), now: world.clock.now() });
    template = (await world.call(createCouponTemplate, draft, staff)).data.template as CouponTemplate;
    await refused('draft', { stock: 200 });
  });

  test('coupon.not_found', async () => {
    const answer = await extend({ templateId: world.ports.ids.make('tpl') });
    expect(answer).toMatchObject({ status: 404, code: 'coupon.not_found' });
  });
});
