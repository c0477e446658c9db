import { createCouponTemplate } from '../../../../functions/admin/coupons/createCouponTemplate.ts';
import { publishCouponTemplate } from '../../../../functions/admin/coupons/publishCouponTemplate.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { aTemplateDraft } from '../../../support/given/coupon.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(createCouponTemplate, () => {
  let world: World;
  let staff: Awaited<ReturnType<typeof givenStaff>>;
  const newDraft = () => aTemplateDraft({ id: world.ports.ids.make('tpl'), now: world.clock.now() });
  const create = (asked: object, { token } = staff) => world.call(createCouponTemplate, asked, { token });

  beforeEach(async () => {
    world = await createWorld();
    staff = await givenStaff(world, 'admin');
  });
  afterEach(() => world.close());

  test('a draft is stored, without stock, and the audit log says so', async () => {
    const draft = newDraft();
    const { status, data } = await create(draft);
    expect(status).toBe(200);
    expect(data.template).toEqual({
      ...draft,
      state: 'draft',
      version: 1,
      createdAtMs: world.clock.now(),
      updatedAtMs: world.clock.now(),
    });
    expect(await storedIn(world, 'couponStocks')).toEqual([]);
    expect(await storedIn(world, 'audit')).toMatchObject([
      { actorId: staff.userId, action: 'coupon.create', target: draft.id },
    ]);
  });

  test('a price in points is kept, and is none when nobody names one', async () => {
    const draft = newDraft();
    expect((await create({ ...draft, pointsPrice: 300 })).data.template.pointsPrice).toBe(300);
    const { pointsPrice: _, ...plain } = newDraft();
    expect((await create(plain)).data.template.pointsPrice).toBeNull();
  });

  test('the same again, at once and after it was published, is the same template', async () => {
    const draft = newDraft();
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(draft)));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    await world.call(publishCouponTemplate, { templateId: draft.id, reason: '发放' }, { token: staff.token });
    expect((await create(draft)).data.template.state).toBe('published');
    expect(await storedIn(world, 'couponTemplates')).toHaveLength(1);
  });

  test('also when commits lose their answers', async () => {
    await world.close();
    world = await badWorld(17, { conflict: 0.2, commitLost: 0.5 });
    staff = await givenStaff(world, 'admin');
    for (let n = 0; n < 10; n += 1) expect((await create(newDraft())).status).toBe(200);
    expect(await storedIn(world, 'couponTemplates', 'audit')).toHaveLength(20);
  });

  test('coupon.template_taken: the same id with other content changes nothing', async () => {
    const draft = newDraft();
    await create(draft);
    expect((await create({ ...draft, stock: draft.stock + 1 })).code).toBe('coupon.template_taken');
    expect(await storedIn(world, 'couponTemplates')).toMatchObject([{ stock: draft.stock }]);
  });

  test.each([
    ['money that is not whole fen', { rule: { kind: 'fixed', offFen: 9.9 } }],
    ['a state sent in', { state: 'published' }],
    ['an unknown rule', { rule: { kind: 'free' } }],
    ['a title of nothing', { title: ' ' }],
    ['buyers of nothing', { audience: 'buyers', buyersOf: [] }],
    ['buyers where everybody may', { buyersOf: ['prd_01JD0000000000000000000001'] }],
    ['a price of no points', { pointsPrice: 0 }],
    ['a welcome coupon that costs points', { pointsPrice: 10, audience: 'welcome' }],
  ])('request.invalid for %s', async (_, changes) => {
    expect((await create({ ...newDraft(), ...changes })).code).toBe('request.invalid');
    expect(await storedIn(world, 'couponTemplates', 'audit')).toEqual([]);
  });

  test.each(Role.options)('a %s may create only if the permission table says so', async (role) => {
    const { status } = await create(newDraft(), await givenStaff(world, role));
    expect(status).toBe(['editor', 'finance', 'admin'].includes(role) ? 200 : 403);
  });
});
