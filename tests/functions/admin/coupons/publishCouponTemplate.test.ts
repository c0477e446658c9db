import { createCouponTemplate } from '../../../../functions/admin/coupons/createCouponTemplate.ts';
import { publishCouponTemplate } from '../../../../functions/admin/coupons/publishCouponTemplate.ts';
import { receiveCoupon } from '../../../../functions/coupons/receiveCoupon.ts';
import { DAY_MS } from '../../../../shared/schemas/base.ts';
import type { CouponStock, CouponTemplateDraft } from '../../../../shared/schemas/coupons/coupon.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { aTemplateDraft } from '../../../support/given/coupon.ts';
import { ANYTHING_ALONE, NOTHING_ALONE } from '../../../support/given/dailyValue.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(publishCouponTemplate, () => {
  let world: World;
  let staff: Awaited<ReturnType<typeof givenStaff>>;
  async function givenDraft(changes: Partial<CouponTemplateDraft> = {}): Promise<string> {
    const draft = aTemplateDraft({ id: world.ports.ids.make('tpl'), now: world.clock.now() }, changes);
    await world.call(createCouponTemplate, draft, { token: staff.token });
    return draft.id;
  }
  const publish = (templateId: string, { token } = staff, more: object = {}) =>
    world.call(publishCouponTemplate, { templateId, reason: '发放', ...more }, { token });
  const remaining = async () =>
    ((await storedIn(world, 'couponStocks')) as CouponStock[]).reduce(
      (sum, stock) => sum + stock.remaining,
      0,
    );

  beforeEach(async () => {
    world = await createWorld(ANYTHING_ALONE);
    staff = await givenStaff(world, 'admin');
  });
  afterEach(() => world.close());

  test('staff.second_person_needed: what all coupons can take off is above the day’s limit', async () => {
    await world.close();
    world = await createWorld(NOTHING_ALONE);
    staff = await givenStaff(world, 'admin');
    const { error } = await publish(await givenDraft({ stock: 7 }));
    expect(error).toMatchObject({ code: 'staff.second_person_needed', params: { value: 7 * 1_000 } });
    expect(await storedIn(world, 'couponStocks')).toEqual([]);
  });

  test('the whole stock is out and can be claimed, and the audit log says so', async () => {
    const id = await givenDraft({ stock: 1_000_000 });
    const alice = await world.login('alice');
    const claim = () => world.call(receiveCoupon, { templateId: id }, { token: alice.token });
    expect((await claim()).code).toBe('coupon.not_found');
    expect((await publish(id, staff, { reason: '双十一' })).data.template).toMatchObject({
      id,
      state: 'published',
    });
    expect(await remaining()).toBe(1_000_000);
    expect(await storedIn(world, 'couponStocks')).toHaveLength(16);
    expect((await claim()).status).toBe(200);
    expect(await storedIn(world, 'audit')).toContainEqual(
      expect.objectContaining({
        actorId: staff.userId,
        action: 'coupon.publish',
        target: id,
        reason: '双十一',
      }),
    );
  });

  test('published twice, at once and after a claim, the stock is made once', async () => {
    const id = await givenDraft({ stock: 100 });
    await Promise.all([publish(id), publish(id), publish(id)]);
    const alice = await world.login('alice');
    await world.call(receiveCoupon, { templateId: id }, { token: alice.token });
    expect((await publish(id)).status).toBe(200);
    expect(await remaining()).toBe(99);
  });

  test('also when commits lose their answers', async () => {
    await world.close();
    world = await badWorld(19, { conflict: 0.2, commitLost: 0.5 });
    staff = await givenStaff(world, 'admin');
    for (let n = 0; n < 5; n += 1) expect((await publish(await givenDraft({ stock: 60 }))).status).toBe(200);
    expect(await remaining()).toBe(300);
  });

  test('coupon.not_publishable when nobody could claim it any more', async () => {
    const id = await givenDraft();
    world.clock.advance(DAY_MS);
    expect((await publish(id)).code).toBe('coupon.not_publishable');
    expect(await storedIn(world, 'couponStocks')).toEqual([]);
  });

  test('coupon.not_found', async () => {
    expect((await publish(world.ports.ids.make('tpl'))).code).toBe('coupon.not_found');
  });

  test.each(Role.options)('a %s may publish only if the permission table says so', async (role) => {
    const id = await givenDraft();
    const { status } = await publish(id, await givenStaff(world, role));
    expect(status).toBe(['finance', 'admin'].includes(role) ? 200 : 403);
  });
});
