import { createFlashSale } from '../../../../functions/admin/pricing/createFlashSale.ts';
import { endFlashSale } from '../../../../functions/admin/pricing/endFlashSale.ts';
import { listAllFlashSales } from '../../../../functions/admin/pricing/listAllFlashSales.ts';
import { publishFlashSale } from '../../../../functions/admin/pricing/publishFlashSale.ts';
import { updateFlashSale } from '../../../../functions/admin/pricing/updateFlashSale.ts';
import { listFlashSales } from '../../../../functions/pricing/listFlashSales.ts';
import { AHEAD_MAX } from '../../../../shared/data/pricing/flashSales.ts';
import { fen, HOUR_MS, ProductId, timeMs } from '../../../../shared/schemas/base.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import type { FlashStock } from '../../../../shared/schemas/pricing/promotion.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenProduct } from '../../../support/given/course.ts';
import { ANYTHING_ALONE, NOTHING_ALONE } from '../../../support/given/dailyValue.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { aSaleDraft, givenSale } from '../../../support/given/promotion.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let staff: Staff;
const nobody = 'fls_01JD0000000000000000000009';
const create = (draft: object, { token } = staff) => world.call(createFlashSale, draft, { token });
const publish = (id: string, { token } = staff, expectedVersion = 1) =>
  world.call(publishFlashSale, { id, expectedVersion, reason: '周年庆' }, { token });
const end = (id: string, { token } = staff) => world.call(endFlashSale, { id, reason: '写错了' }, { token });
const update = (draft: object, { token } = staff) =>
  world.call(updateFlashSale, { expectedVersion: 1, ...draft }, { token });
/** What is shown after the cache has expired. */
async function shown() {
  world.clock.advance(2_300);
  return (await world.call(listFlashSales, {})).data.items;
}
const places = async () =>
  ((await storedIn(world, 'flashStocks')) as FlashStock[]).reduce((sum, stock) => sum + stock.remaining, 0);
const audited = async () =>
  ((await storedIn(world, 'audit')) as { action: string }[]).map(({ action }) => action).toSorted();

beforeEach(async () => {
  world = await createWorld(ANYTHING_ALONE);
  staff = await givenStaff(world, 'admin');
});
afterEach(() => world.close());

async function givenDraft(changes: Parameters<typeof aSaleDraft>[2] = {}) {
  const draft = aSaleDraft(world, [(await givenProduct(world)).id], changes);
  await create(draft);
  return draft;
}

describeFunction(createFlashSale, () => {
  test('it is a draft that nobody sees, without places, and the audit log says so', async () => {
    const draft = await givenDraft();
    expect((await create(draft)).data.sale).toMatchObject({ ...draft, state: 'draft' });
    expect(await shown()).toEqual([]);
    expect(await storedIn(world, 'flashStocks')).toEqual([]);
    expect(await audited()).toEqual(['promotion.create']);
  });

  test('promotion.id_taken: the same id with other content changes nothing', async () => {
    const draft = await givenDraft();
    expect((await create({ ...draft, perUserMax: 2 })).code).toBe('promotion.id_taken');
    expect(await storedIn(world, 'flashSales')).toMatchObject([{ perUserMax: 1 }]);
  });

  test.each([
    ['no product', { items: [] }],
    ['places for less than one', { items: [{ productId: nobody, priceFen: 100, stock: 0 }] }],
    ['an end before its beginning', { untilAtMs: 1 }],
    ['more than ten for one user', { perUserMax: 11 }],
  ])('request.invalid for %s', async (_, changes) => {
    const draft = aSaleDraft(world, [ProductId.parse('prd_01JD0000000000000000000001')]);
    expect((await create({ ...draft, ...changes })).code).toBe('request.invalid');
    expect(await storedIn(world, 'flashSales', 'audit')).toEqual([]);
  });

  test.each(Role.options)('a %s may create only if the permission table says so', async (role) => {
    const draft = aSaleDraft(world, [(await givenProduct(world)).id]);
    const { status } = await create(draft, await givenStaff(world, role));
    expect(status).toBe(['editor', 'finance', 'admin'].includes(role) ? 200 : 403);
  });
});

describeFunction(updateFlashSale, () => {
  test('a draft is written anew as a whole', async () => {
    const draft = await givenDraft();
    expect((await update({ ...draft, perUserMax: 2 })).data.sale).toMatchObject({ perUserMax: 2 });
    expect(await audited()).toEqual(['promotion.create', 'promotion.update']);
  });

  test('promotion.version_changed: of two who saw the same version one is refused, and told the version', async () => {
    const draft = await givenDraft();
    expect((await update({ ...draft, perUserMax: 2 })).data.sale.version).toBe(2);
    const before = await storedIn(world, 'flashSales', 'audit');
    const second = await update({ ...draft, untilAtMs: timeMs(draft.untilAtMs + 1) });
    expect(second.error).toMatchObject({ code: 'promotion.version_changed', params: { version: 2 } });
    expect(await storedIn(world, 'flashSales', 'audit')).toEqual(before);
  });

  test('the very same change again, when its answer was lost, is answered as the first time', async () => {
    const draft = await givenDraft();
    const change = { ...draft, perUserMax: 2 };
    const first = (await update(change)).data;
    world.clock.advance(1_000);
    expect((await update(change)).data).toEqual(first);
    expect(await audited()).toEqual(['promotion.create', 'promotion.update']);
  });

  test('promotion.not_draft: what is published keeps its prices and places', async () => {
    const draft = await givenDraft();
    await publish(draft.id);
    const before = await storedIn(world, 'flashSales', 'flashStocks', 'audit');
    expect((await update({ ...draft, perUserMax: 2 })).code).toBe('promotion.not_draft');
    expect(await storedIn(world, 'flashSales', 'flashStocks', 'audit')).toEqual(before);
  });

  test('promotion.not_found', async () => {
    const product = await givenProduct(world);
    expect((await update(aSaleDraft(world, [product.id]))).code).toBe('promotion.not_found');
  });
});

describeFunction(publishFlashSale, () => {
  test('staff.second_person_needed: what all places take off is above the daily limit', async () => {
    const draft = await givenDraft();
    Object.assign(world.ports.settings, NOTHING_ALONE.settings);
    expect((await publish(draft.id)).error).toMatchObject({
      code: 'staff.second_person_needed',
      params: { kind: 'discountFen', value: 10 * 4_900 },
    });
    expect(await storedIn(world, 'flashStocks')).toEqual([]);
  });

  test('promotion.version_changed: what was changed after it was looked at is not published', async () => {
    const draft = await givenDraft();
    await update({ ...draft, perUserMax: 2 });
    const stale = await publish(draft.id);
    expect(stale.error).toMatchObject({ code: 'promotion.version_changed', params: { version: 2 } });
    expect((await publish(draft.id, staff, 2)).data.sale.state).toBe('published');
    expect((await publish(draft.id)).data.sale.state).toBe('published');
  });

  test('all its places are out, in shards, and the audit log says so', async () => {
    const draft = await givenDraft({ stock: 1_003 });
    expect((await publish(draft.id)).data.sale.state).toBe('published');
    expect(await places()).toBe(1_003);
    expect(await storedIn(world, 'flashStocks')).toHaveLength(4);
    expect(await audited()).toEqual(['promotion.create', 'promotion.publish']);
  });

  test('twelve products with the most places each fit one transaction', async () => {
    const ids: ProductId[] = [];
    for (let n = 0; n < 12; n += 1) ids.push((await givenProduct(world)).id);
    const draft = aSaleDraft(world, ids, { stock: 100_000 });
    await create(draft);
    expect((await publish(draft.id)).status).toBe(200);
    expect(await places()).toBe(1_200_000);
  });

  test('virtual payment is told of the price, which has to be known there before it can be charged', async () => {
    const draft = await givenDraft();
    await publish(draft.id);
    expect(await storedIn(world, 'railGoods')).toContainEqual(
      expect.objectContaining({ productId: draft.items[0]?.productId, priceFen: 5_000 }),
    );
  });

  test('publishing twice, at once and when commits lose their answers, publishes once', async () => {
    await world.close();
    world = await badWorld(29, { conflict: 0.2, commitLost: 0.5 });
    staff = await givenStaff(world, 'admin');
    const draft = await givenDraft({ stock: 100 });
    await Promise.all([publish(draft.id), publish(draft.id), publish(draft.id)]);
    expect(await places()).toBe(100);
  });

  test.each([
    ['not_on_sale', { state: 'withdrawn' as const }, {}],
    ['price', { listFen: fen(5_000) }, {}],
    ['price', {}, { priceFen: 9_900 }],
  ])('promotion.not_publishable: %s', async (reason, product, changes) => {
    const { id: productId } = await givenProduct(world, product);
    const draft = aSaleDraft(world, [productId], changes);
    await create(draft);
    expect((await publish(draft.id)).error).toMatchObject({
      code: 'promotion.not_publishable',
      params: { reason, productId },
    });
    expect(await storedIn(world, 'flashStocks')).toEqual([]);
  });

  test('promotion.too_many: the number of promotions that a quote reads is bounded', async () => {
    const { id } = await givenProduct(world);
    for (let n = 0; n < AHEAD_MAX; n += 1) await givenSale(world, [id]);
    const draft = await givenDraft();
    expect((await publish(draft.id)).code).toBe('promotion.too_many');
  });

  test('promotion.not_found', async () => {
    expect((await publish(nobody)).code).toBe('promotion.not_found');
  });

  test.each(Role.options)('a %s may publish only if the permission table says so', async (role) => {
    const draft = await givenDraft();
    const { status } = await publish(draft.id, await givenStaff(world, role));
    expect(status).toBe(['finance', 'admin'].includes(role) ? 200 : 403);
  });
});

describeFunction(endFlashSale, () => {
  test('nobody sees it any more, and the audit log says why', async () => {
    const draft = await givenDraft();
    await publish(draft.id);
    expect(await shown()).toHaveLength(1);
    expect((await end(draft.id)).data.sale.state).toBe('ended');
    expect(await shown()).toEqual([]);
    await end(draft.id);
    expect(await audited()).toEqual(['promotion.create', 'promotion.end', 'promotion.publish']);
  });

  test('promotion.not_found', async () => {
    expect((await end(nobody)).code).toBe('promotion.not_found');
  });
});

describeFunction(listAllFlashSales, () => {
  test('drafts and what has ended too, the latest end first', async () => {
    const now = world.clock.now();
    await givenDraft({ title: '早', untilAtMs: timeMs(now + HOUR_MS) });
    await end((await givenDraft({ title: '晚', untilAtMs: timeMs(now + 2 * HOUR_MS) })).id);
    const { data } = await world.call(listAllFlashSales, {}, { token: staff.token });
    expect(data.items).toMatchObject([
      { title: '晚', state: 'ended' },
      { title: '早', state: 'draft' },
    ]);
    expect(data.items[0]).not.toHaveProperty('draftDigest');
  });

  test.each(Role.options)('a %s may look only if the permission table says so', async (role) => {
    const { token } = await givenStaff(world, role);
    const { status } = await world.call(listAllFlashSales, {}, { token });
    expect(status).toBe(role === 'learner' ? 403 : 200);
  });
});

describeFunction(listFlashSales, () => {
  test('what runs and what is to come, with what is sold and how many places are left', async () => {
    const now = world.clock.now();
    const product = await givenProduct(world);
    await givenSale(world, [product.id], { title: '现在', stock: 60 });
    const fromAtMs = timeMs(now + HOUR_MS);
    await givenSale(world, [product.id], { title: '以后', fromAtMs, untilAtMs: timeMs(now + 2 * HOUR_MS) });
    const { id: productId, title, listFen, coverUrl } = product;
    expect(await shown()).toMatchObject([
      {
        title: '现在',
        items: [{ productId, title, listFen, coverUrl, priceFen: 5_000, stock: 60, left: 60 }],
      },
      { title: '以后', fromAtMs },
    ]);
    world.clock.advance(HOUR_MS);
    expect(await shown()).toMatchObject([{ title: '以后' }]);
  });

  test('products that are no longer sold are left out', async () => {
    const gone = await givenProduct(world, { state: 'withdrawn' });
    await givenSale(world, [gone.id, (await givenProduct(world)).id]);
    expect((await shown())[0]?.items).toHaveLength(1);
  });
});
