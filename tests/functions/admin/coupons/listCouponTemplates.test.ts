import { createCouponTemplate } from '../../../../functions/admin/coupons/createCouponTemplate.ts';
import { endCouponTemplate } from '../../../../functions/admin/coupons/endCouponTemplate.ts';
import { getCouponTemplate } from '../../../../functions/admin/coupons/getCouponTemplate.ts';
import { listCouponTemplates } from '../../../../functions/admin/coupons/listCouponTemplates.ts';
import { receiveCoupon } from '../../../../functions/coupons/receiveCoupon.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { aTemplateDraft, givenTemplate } from '../../../support/given/coupon.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let staff: Awaited<ReturnType<typeof givenStaff>>;

/** A draft, a published template with one coupon given out, and an ended one, in this order. */
async function givenOneOfEach(): Promise<readonly [string, string, string]> {
  const now = world.clock.now();
  const { token } = await givenStaff(world, 'admin');
  const draft = aTemplateDraft({ id: world.ports.ids.make('tpl'), now });
  await world.call(createCouponTemplate, draft, { token });
  world.clock.advance(1);
  const { id: published } = await givenTemplate(world, { stock: 120 });
  const alice = await world.login('alice');
  await world.call(receiveCoupon, { templateId: published }, { token: alice.token });
  world.clock.advance(1);
  const { id: ended } = await givenTemplate(world, { stock: 7 });
  await world.call(endCouponTemplate, { templateId: ended, reason: '测试' }, { token });
  return [draft.id, published, ended];
}

beforeEach(async () => {
  world = await createWorld();
  staff = await givenStaff(world, 'editor');
});
afterEach(() => world.close());

describeFunction(listCouponTemplates, () => {
  const list = (asked: object = {}, { token } = staff) => world.call(listCouponTemplates, asked, { token });
  const idsOf = ({ data }: Awaited<ReturnType<typeof list>>) =>
    data.items.map(({ id }: { id: string }) => id);

  test('all templates, newest first, each with how many were issued and how many are left', async () => {
    const [draft, published, ended] = await givenOneOfEach();
    const { data } = await list();
    expect(data).toMatchObject({
      items: [
        { id: ended, state: 'ended', issuedCount: 0, leftCount: 7 },
        { id: published, state: 'published', issuedCount: 1, leftCount: 119 },
        { id: draft, state: 'draft', issuedCount: 0, leftCount: 0, stock: 100 },
      ],
      nextCursor: null,
    });
    expect(data.items.flatMap(Object.keys)).not.toContain('draftDigest');
  });

  test('those of one state alone, and page by page', async () => {
    const [draft, published, ended] = await givenOneOfEach();
    expect(idsOf(await list({ state: 'draft' }))).toEqual([draft]);
    expect(idsOf(await list({ state: 'published' }))).toEqual([published]);
    const first = await list({ limit: '2' });
    expect(idsOf(first)).toEqual([ended, published]);
    expect(idsOf(await list({ limit: '2', cursor: first.data.nextCursor }))).toEqual([draft]);
  });

  test.each(Role.options)('a %s may look only if the permission table says so', async (role) => {
    expect((await list({}, await givenStaff(world, role))).status).toBe(role === 'learner' ? 403 : 200);
  });
});

describeFunction(getCouponTemplate, () => {
  const show = (templateId: string) => world.call(getCouponTemplate, { templateId }, { token: staff.token });

  test('a template is answered in every state, as it is now', async () => {
    const [draft, published, ended] = await givenOneOfEach();
    expect((await show(draft)).data.template).toMatchObject({ state: 'draft', leftCount: 0 });
    expect((await show(published)).data.template).toMatchObject({ issuedCount: 1, leftCount: 119 });
    expect((await show(ended)).data.template).toMatchObject({ state: 'ended', leftCount: 7 });
  });

  test('coupon.not_found', async () => {
    expect((await show(world.ports.ids.make('tpl'))).code).toBe('coupon.not_found');
  });
});
