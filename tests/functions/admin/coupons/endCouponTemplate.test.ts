import { endCouponTemplate } from '../../../../functions/admin/coupons/endCouponTemplate.ts';
import { publishCouponTemplate } from '../../../../functions/admin/coupons/publishCouponTemplate.ts';
import { listCoupons } from '../../../../functions/coupons/listCoupons.ts';
import { receiveCoupon } from '../../../../functions/coupons/receiveCoupon.ts';
import { redeemPoints } from '../../../../functions/points/redeemPoints.ts';
import { stockFindings } from '../../../../shared/domain/operations/invariants.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenTemplate } from '../../../support/given/coupon.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(endCouponTemplate, () => {
  let world: World;
  let staff: Awaited<ReturnType<typeof givenStaff>>;
  const end = (templateId: string, { token } = staff, reason: unknown = '价格写错') =>
    world.call(endCouponTemplate, { templateId, reason }, { token });

  beforeEach(async () => {
    world = await createWorld();
    staff = await givenStaff(world, 'finance');
  });
  afterEach(() => world.close());

  test('nobody claims any more, what was claimed stays good, and the audit log says why', async () => {
    const { id: templateId } = await givenTemplate(world);
    const [alice, bob] = [await world.login('alice'), await world.login('bob')];
    const claim = ({ token }: { token: string }) => world.call(receiveCoupon, { templateId }, { token });
    await claim(alice);
    const { data } = await end(templateId);
    expect(data.template).toMatchObject({ id: templateId, state: 'ended' });
    const late = await claim(bob);
    expect([late.code, late.error.params]).toEqual(['coupon.not_claimable', { reason: 'ended' }]);
    expect((await claim(alice)).data.coupon).toMatchObject({ templateId, state: 'available' });
    expect((await world.call(listCoupons, {}, { token: bob.token })).data.items).toEqual([]);
    expect(await storedIn(world, 'audit')).toContainEqual(
      expect.objectContaining({
        ...{ actorId: staff.userId, action: 'coupon.end', target: templateId, reason: '价格写错' },
        ...{ before: expect.objectContaining({ state: 'published' }) },
        ...{ after: expect.objectContaining({ state: 'ended' }) },
      }),
    );
  });

  test('points cannot be redeemed for an ended template either', async () => {
    const { id: templateId } = await givenTemplate(world, { pointsPrice: 5 });
    await end(templateId);
    const { token } = await world.login('alice');
    const asked = { redemptionId: world.ports.ids.make('rdm'), templateId };
    expect((await world.call(redeemPoints, asked, { token })).code).toBe('coupon.not_claimable');
  });

  test('ended twice, at once and later, it is written once, also when commits lose their answers', async () => {
    await world.close();
    world = await badWorld(5, { conflict: 0.2, commitLost: 0.4 });
    staff = await givenStaff(world, 'finance');
    const { id } = await givenTemplate(world);
    const answers = await Promise.all([end(id), end(id), end(id)]);
    expect([...answers, await end(id)].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });

  test('what was ended is not published again, and is no contradiction without a stock', async () => {
    const template = await givenTemplate(world);
    await end(template.id);
    const admin = await givenStaff(world, 'admin');
    const again = await world.call(publishCouponTemplate, { templateId: template.id, reason: '发放' }, admin);
    expect(again.code).toBe('coupon.not_publishable');
    expect(stockFindings({ ...template, state: 'ended' }, [])).toEqual([]);
    expect(stockFindings(template, [])).toHaveLength(1);
  });

  test('coupon.not_found', async () => {
    expect((await end(world.ports.ids.make('tpl'))).code).toBe('coupon.not_found');
  });

  test('request.invalid without a reason', async () => {
    const { id } = await givenTemplate(world);
    expect((await end(id, staff, ' ')).code).toBe('request.invalid');
    expect(await storedIn(world, 'couponTemplates')).toMatchObject([{ state: 'published' }]);
  });

  test.each(Role.options)('a %s may end a coupon only if the permission table says so', async (role) => {
    const { id } = await givenTemplate(world);
    const { status } = await end(id, await givenStaff(world, role));
    expect(status).toBe(['editor', 'finance', 'admin'].includes(role) ? 200 : 403);
  });
});
