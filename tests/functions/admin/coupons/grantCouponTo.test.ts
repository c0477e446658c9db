import { createCouponTemplate } from '../../../../functions/admin/coupons/createCouponTemplate.ts';
import { endCouponTemplate } from '../../../../functions/admin/coupons/endCouponTemplate.ts';
import { grantCouponTo } from '../../../../functions/admin/coupons/grantCouponTo.ts';
import { listMyCoupons } from '../../../../functions/coupons/listMyCoupons.ts';
import { receiveCoupon } from '../../../../functions/coupons/receiveCoupon.ts';
import { DAY_MS, type TemplateId } from '../../../../shared/schemas/base.ts';
import { PER_USER_MAX } from '../../../../shared/schemas/coupons/coupon.ts';
import { audited } from '../../../support/audited.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { aTemplateDraft, givenTemplate } from '../../../support/given/coupon.ts';
import { exported } from '../../../support/given/export.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(grantCouponTo, () => {
  let world: World;
  let support: Staff;
  let alice: Awaited<ReturnType<World['login']>>;
  const open = async () => {
    support = await givenStaff(world, 'support');
    alice = await world.login('alice');
  };
  const asked = (templateId: TemplateId, changes: object = {}) => ({
    grantId: world.ports.ids.make('cgr'),
    ...{ templateId, userId: alice.userId, reason: '补偿', ...changes },
  });
  const give = (input: object) => world.call(grantCouponTo, input, support);
  const mine = async () => (await world.call(listMyCoupons, {}, alice)).data.items;
  const issued = async () =>
    ((await storedIn(world, 'couponStocks')) as { issued: number }[]).reduce(
      (sum, one) => sum + one.issued,
      0,
    );

  beforeEach(async () => {
    world = await createWorld();
    await open();
  });
  afterEach(() => world.close());

  test('the user has it, the stock has one less, it is audited, and a repeat gives nothing more', async () => {
    const { id } = await givenTemplate(world, { audience: 'members', pointsPrice: 100 } as never);
    const input = asked(id);
    const { data } = await give(input);
    expect(data.coupon).toMatchObject({ templateId: id, state: 'available' });
    expect(await mine()).toEqual([data.coupon]);
    expect(await issued()).toBe(1);
    const before = await exported(world);
    world.clock.advance(1_000);
    expect((await give(input)).data).toEqual(data);
    expect(await exported(world)).toEqual(before);
    expect(
      (await storedIn(world, 'audit')).filter((one) => Object(one).action === 'coupon.grant'),
    ).toMatchObject([{ actorId: support.userId, target: alice.userId, reason: '补偿' }]);
    expect((await audited(world.ports.database)).findings).toEqual([]);
  });

  test('on a database that conflicts and loses the answers to its commits it gives once', async () => {
    await world.close();
    world = await badWorld(4, { conflict: 0.3, commitLost: 0.3 });
    await open();
    const input = asked((await givenTemplate(world)).id);
    await Promise.all([give(input), give(input)]);
    expect(await mine()).toHaveLength(1);
    expect(await issued()).toBe(1);
  });

  test('coupon.limit_reached: it counts as one of those that a person may have, and staff may go beyond', async () => {
    const { id } = await givenTemplate(world);
    await give(asked(id));
    expect(await world.call(receiveCoupon, { templateId: id, number: 2 }, alice)).toMatchObject({
      code: 'coupon.limit_reached',
    });
    expect(await give(asked(id))).toMatchObject({ status: 409, code: 'coupon.limit_reached' });
    expect((await give(asked(id, { mayExceedLimit: true }))).status).toBe(200);
    expect(await mine()).toHaveLength(2);
    expect(await storedIn(world, 'couponGrants')).toMatchObject([
      { isOverLimit: false },
      { isOverLimit: true },
    ]);
    expect((await audited(world.ports.database)).findings).toEqual([]);
  });

  test('coupon.limit_reached: beyond every number that a coupon can have', async () => {
    const { id } = await givenTemplate(world, { stock: 200, perUserMax: PER_USER_MAX });
    for (let count = 0; count < PER_USER_MAX; count += 1) await give(asked(id));
    expect(await give(asked(id, { mayExceedLimit: true }))).toMatchObject({ code: 'coupon.limit_reached' });
    expect(await issued()).toBe(PER_USER_MAX);
  });

  test('coupon.sold_out: nobody goes beyond the stock', async () => {
    const { id } = await givenTemplate(world, { stock: 1 });
    await give(asked(id));
    const answer = await give(asked(id, { mayExceedLimit: true }));
    expect(answer).toMatchObject({ status: 409, code: 'coupon.sold_out' });
    expect(await mine()).toHaveLength(1);
  });

  test('coupon.not_claimable: one that was ended, and one whose coupons nobody could use any more', async () => {
    const { id } = await givenTemplate(world);
    await world.call(
      endCouponTemplate,
      { templateId: id, reason: '结束' },
      await givenStaff(world, 'finance'),
    );
    const now = world.clock.now();
    const window = { kind: 'window', fromAtMs: now, untilAtMs: now + DAY_MS };
    const dated = await givenTemplate(world, { validity: window } as never);
    world.clock.advance(DAY_MS);
    for (const templateId of [id, dated.id]) {
      expect(await give(asked(templateId))).toMatchObject({ status: 409, code: 'coupon.not_claimable' });
    }
    expect(await storedIn(world, 'coupons')).toEqual([]);
  });

  test('when claiming is over, staff can still give what can be used', async () => {
    const { id, claimUntilAtMs } = await givenTemplate(world);
    world.clock.advance(claimUntilAtMs - world.clock.now());
    expect((await give(asked(id))).status).toBe(200);
  });

  test('coupon.grant_taken: the same id for somebody else, or for another template', async () => {
    const [{ id }, other] = [await givenTemplate(world), await givenTemplate(world)];
    const input = asked(id);
    await give(input);
    const bob = await world.login('bob');
    for (const changes of [{ userId: bob.userId }, { templateId: other.id }]) {
      expect(await give({ ...input, ...changes })).toMatchObject({ status: 409, code: 'coupon.grant_taken' });
    }
    expect(await issued()).toBe(1);
  });

  test('staff.not_yourself, user.not_found, coupon.not_found: also of a draft', async () => {
    const { id } = await givenTemplate(world);
    expect((await give(asked(id, { userId: support.userId }))).code).toBe('staff.not_yourself');
    const nobody = world.ports.ids.make('usr');
    expect(await give(asked(id, { userId: nobody }))).toMatchObject({ code: 'user.not_found' });
    const draft = aTemplateDraft({ id: world.ports.ids.make('tpl'), now: world.clock.now() });
    await world.call(createCouponTemplate, draft, await givenStaff(world, 'editor'));
    expect(await give(asked(draft.id))).toMatchObject({ status: 404, code: 'coupon.not_found' });
    expect(await storedIn(world, 'couponGrants')).toEqual([]);
  });
});
