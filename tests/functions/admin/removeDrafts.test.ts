import { createCourse } from '../../../functions/admin/catalogue/createCourse.ts';
import { createProduct } from '../../../functions/admin/catalogue/createProduct.ts';
import { removeProductDraft } from '../../../functions/admin/catalogue/removeProductDraft.ts';
import { createCouponTemplate } from '../../../functions/admin/coupons/createCouponTemplate.ts';
import { publishCouponTemplate } from '../../../functions/admin/coupons/publishCouponTemplate.ts';
import { removeCouponTemplateDraft } from '../../../functions/admin/coupons/removeCouponTemplateDraft.ts';
import { createCampaign } from '../../../functions/admin/pricing/createCampaign.ts';
import { createFlashSale } from '../../../functions/admin/pricing/createFlashSale.ts';
import { removeCampaignDraft } from '../../../functions/admin/pricing/removeCampaignDraft.ts';
import { removeFlashSaleDraft } from '../../../functions/admin/pricing/removeFlashSaleDraft.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { aTemplateDraft } from '../../support/given/coupon.ts';
import { aCourseDraft, givenProduct } from '../../support/given/course.ts';
import { exported } from '../../support/given/export.ts';
import { badWorld, storedIn } from '../../support/given/order.ts';
import { aProductDraft, givenSold } from '../../support/given/products.ts';
import { aCampaignDraft, aSaleDraft, givenCampaign, givenSale } from '../../support/given/promotion.ts';
import { givenStaff, type Staff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let editor: Staff;
const open = async () => {
  editor = await givenStaff(world, 'editor');
};
beforeEach(async () => {
  world = await createWorld();
  await open();
});
afterEach(() => world.close());

/** The audit entry that keeps the removed thing with this id. */
const keptOf = async (id: string) =>
  (await storedIn(world, 'audit')).find((entry) => Object(entry).id === `draft.remove:${id}`);

describeFunction(removeProductDraft, () => {
  const remove = (id: string, expectedVersion = 1) =>
    world.call(removeProductDraft, { id, expectedVersion: String(expectedVersion) }, editor);

  test('a course goes with its outline and lessons, and the audit log keeps all of it', async () => {
    const course = aCourseDraft(world, { title: '写错的课' });
    await world.call(createCourse, { course }, editor);
    expect((await remove(course.id)).data).toEqual({ id: course.id });
    expect(await storedIn(world, 'products', 'courses', 'lessons')).toEqual([]);
    expect(await keptOf(course.id)).toMatchObject({
      ...{ action: 'product.remove', target: course.id, actorId: editor.userId, after: null },
      before: {
        title: '写错的课',
        course: { chapters: [{ title: '第一章' }, { title: '第二章' }] },
        lessons: [{ body: '试听的正文' }, { body: '第一节的正文' }, { body: '第二节的正文' }],
      },
    });
    expect(await remove(course.id)).toMatchObject({ status: 404, code: 'product.not_found' });
  });

  test('a late retry of its making makes nothing, and no other does', async () => {
    const course = aCourseDraft(world);
    await world.call(createCourse, { course }, editor);
    await remove(course.id);
    const colleague = await givenStaff(world, 'editor');
    const book = { ...aProductDraft(world, 'content'), id: course.id };
    for (const by of [editor, colleague]) {
      expect(await world.call(createCourse, { course }, by)).toMatchObject({ code: 'course.id_taken' });
      expect(await world.call(createProduct, { product: book }, by)).toMatchObject({
        code: 'product.id_taken',
      });
    }
    expect(await storedIn(world, 'products', 'courses', 'lessons', 'contents')).toEqual([]);
  });

  test('on a database that conflicts and loses the answers to its commits nothing is left, and it is kept once', async () => {
    await world.close();
    world = await badWorld(6, { conflict: 0.3, commitLost: 0.3 });
    await open();
    const { id } = await givenSold(world, 'content', {}, 'draft');
    const answers = await Promise.all([remove(id), remove(id)]);
    expect(answers.map(({ status }) => status)).toContain(200);
    expect(await storedIn(world, 'products', 'contents')).toEqual([]);
    expect(await keptOf(id)).toMatchObject({ before: { content: { body: '付费的正文' } } });
  });

  test('the parts of a bundle are free of it', async () => {
    const part = await givenSold(world, 'content', {}, 'draft');
    const bundle = await givenSold(world, 'bundle', { parts: [part.id] }, 'draft');
    const answer = await remove(part.id, part.version + 1);
    expect(answer).toMatchObject({ status: 409, code: 'product.not_removable' });
    expect(answer.error.params).toEqual({ reason: 'part_of', bundleId: bundle.id });
    expect((await remove(bundle.id)).status).toBe(200);
    const [left] = (await storedIn(world, 'products')) as Product[];
    expect(left).toMatchObject({ id: part.id, partOf: [] });
    expect((await remove(part.id, left?.version)).status).toBe(200);
  });

  test('product.not_removable: what was ever on sale; product.version_changed: what changed since it was seen', async () => {
    const sold = await givenSold(world, 'content');
    const withdrawn = await givenSold(world, 'content', {}, 'withdrawn');
    const draft = await givenSold(world, 'content', {}, 'draft');
    const before = await exported(world);
    for (const { id, version } of [sold, withdrawn]) {
      const answer = await remove(id, version);
      expect(answer).toMatchObject({ status: 409, code: 'product.not_removable' });
      expect(answer.error.params).toEqual({ reason: 'not_draft' });
    }
    expect(await remove(draft.id, 2)).toMatchObject({ status: 409, code: 'product.version_changed' });
    expect(await exported(world)).toEqual(before);
  });

  test('auth.forbidden: for support', async () => {
    const { id } = await givenSold(world, 'content', {}, 'draft');
    const support = await givenStaff(world, 'support');
    const asked = { id, expectedVersion: '1' };
    expect(await world.call(removeProductDraft, asked, support)).toMatchObject({ code: 'auth.forbidden' });
  });
});

describeFunction(removeCouponTemplateDraft, () => {
  const remove = (templateId: string, expectedVersion = 1) =>
    world.call(removeCouponTemplateDraft, { templateId, expectedVersion: String(expectedVersion) }, editor);
  const draft = async () => {
    const made = aTemplateDraft({ id: world.ports.ids.make('tpl'), now: world.clock.now() });
    await world.call(createCouponTemplate, made, editor);
    return made;
  };

  test('it is gone, the audit log keeps it, and its id makes nothing again', async () => {
    const made = await draft();
    expect((await remove(made.id)).status).toBe(200);
    expect(await storedIn(world, 'couponTemplates')).toEqual([]);
    expect(await keptOf(made.id)).toMatchObject({ action: 'coupon.remove', before: { title: made.title } });
    const again = await world.call(createCouponTemplate, made, editor);
    expect(again).toMatchObject({ status: 409, code: 'coupon.template_taken' });
    expect(await remove(made.id)).toMatchObject({ status: 404, code: 'coupon.not_found' });
  });

  test('coupon.not_draft once it was published; coupon.version_changed', async () => {
    const { id: templateId } = await draft();
    expect(await remove(templateId, 2)).toMatchObject({ status: 409, code: 'coupon.version_changed' });
    const finance = await givenStaff(world, 'finance');
    await world.call(publishCouponTemplate, { templateId, reason: '发放' }, finance);
    expect(await remove(templateId, 2)).toMatchObject({ status: 409, code: 'coupon.not_draft' });
    expect(await storedIn(world, 'couponTemplates')).toHaveLength(1);
  });
});

describeFunction(removeCampaignDraft, () => {
  const remove = (id: string, expectedVersion = 1) =>
    world.call(removeCampaignDraft, { id, expectedVersion: String(expectedVersion) }, editor);

  test('it is gone, the audit log keeps it, and its id makes nothing again', async () => {
    const made = aCampaignDraft(world);
    await world.call(createCampaign, made, editor);
    expect(await remove(made.id, 2)).toMatchObject({ status: 409, code: 'promotion.version_changed' });
    expect((await remove(made.id)).status).toBe(200);
    expect(await storedIn(world, 'campaigns')).toEqual([]);
    expect(await keptOf(made.id)).toMatchObject({
      action: 'promotion.remove',
      before: { ladder: made.ladder },
    });
    expect(await world.call(createCampaign, made, editor)).toMatchObject({ code: 'promotion.id_taken' });
    expect(await remove(made.id)).toMatchObject({ status: 404, code: 'promotion.not_found' });
  });

  test('promotion.not_draft once it was published', async () => {
    const { id, version } = await givenCampaign(world);
    expect(await remove(id, version)).toMatchObject({ status: 409, code: 'promotion.not_draft' });
  });
});

describeFunction(removeFlashSaleDraft, () => {
  const remove = (id: string, expectedVersion = 1) =>
    world.call(removeFlashSaleDraft, { id, expectedVersion: String(expectedVersion) }, editor);

  test('it is gone, the audit log keeps it, and its id makes nothing again', async () => {
    const made = aSaleDraft(world, [(await givenProduct(world)).id]);
    await world.call(createFlashSale, made, editor);
    expect(await remove(made.id, 2)).toMatchObject({ status: 409, code: 'promotion.version_changed' });
    expect((await remove(made.id)).status).toBe(200);
    expect(await storedIn(world, 'flashSales')).toEqual([]);
    expect(await keptOf(made.id)).toMatchObject({
      action: 'promotion.remove',
      before: { items: made.items },
    });
    expect(await world.call(createFlashSale, made, editor)).toMatchObject({ code: 'promotion.id_taken' });
    expect(await remove(made.id)).toMatchObject({ status: 404, code: 'promotion.not_found' });
  });

  test('promotion.not_draft once it was published', async () => {
    const { id, version } = await givenSale(world, [(await givenProduct(world)).id]);
    expect(await remove(id, version)).toMatchObject({ status: 409, code: 'promotion.not_draft' });
  });
});
