import { createCampaign } from '../../../../functions/admin/pricing/createCampaign.ts';
import { createFlashSale } from '../../../../functions/admin/pricing/createFlashSale.ts';
import { endCampaign } from '../../../../functions/admin/pricing/endCampaign.ts';
import { endFlashSale } from '../../../../functions/admin/pricing/endFlashSale.ts';
import { extendCampaign } from '../../../../functions/admin/pricing/extendCampaign.ts';
import { extendFlashSale } from '../../../../functions/admin/pricing/extendFlashSale.ts';
import { createOrder } from '../../../../functions/orders/createOrder.ts';
import { listFlashSales } from '../../../../functions/pricing/listFlashSales.ts';
import { quoteOrder } from '../../../../functions/pricing/quoteOrder.ts';
import { HOUR_MS, type ProductId } from '../../../../shared/schemas/base.ts';
import { audited } from '../../../support/audited.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenProduct } from '../../../support/given/course.ts';
import { NOTHING_ALONE } from '../../../support/given/dailyValue.ts';
import { exported } from '../../../support/given/export.ts';
import { badWorld, newOrderId, storedIn } from '../../../support/given/order.ts';
import { aCampaignDraft, aSaleDraft, givenCampaign, givenSale } from '../../../support/given/promotion.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let staff: Staff;
const open = async () => {
  staff = await givenStaff(world, 'finance');
};
beforeEach(async () => {
  world = await createWorld();
  await open();
});
afterEach(() => world.close());

describeFunction(extendFlashSale, () => {
  const extend = (id: string, longer: object, expectedVersion = 2) =>
    world.call(extendFlashSale, { id, expectedVersion, reason: '卖得好', ...longer }, staff);
  const buy = async (name: string, productId: ProductId) => {
    const asked = { orderId: newOrderId(world), lines: [{ productId }], couponId: null, shownFen: 5_000 };
    return world.call(createOrder, asked, await world.login(name));
  };
  const left = async () => (await world.call(listFlashSales, {})).data.items[0]?.items[0]?.left;

  test('more places, and more time: who comes later buys at the price of the sale', async () => {
    const { id: productId } = await givenProduct(world);
    const sale = await givenSale(world, [productId], { stock: 1 });
    expect((await buy('alice', productId)).status).toBe(200);
    expect((await buy('bob', productId)).code).toBe('order.price_changed');
    const untilAtMs = sale.untilAtMs + HOUR_MS;
    const { data } = await extend(sale.id, { untilAtMs, places: [{ productId, stock: 120 }] });
    expect(data.sale).toMatchObject({ untilAtMs, version: 3, items: [{ stock: 120, priceFen: 5_000 }] });
    expect(await left()).toBe(119);
    world.clock.advance(HOUR_MS);
    expect((await buy('bob', productId)).status).toBe(200);
    expect((await audited(world.ports.database)).findings).toEqual([]);
    expect(await storedIn(world, 'audit')).toMatchObject([{ action: 'promotion.extend', reason: '卖得好' }]);
  });

  test('the same again changes nothing; promotion.version_changed for who saw another one', async () => {
    const { id: productId } = await givenProduct(world);
    const { id } = await givenSale(world, [productId]);
    const more = { places: [{ productId, stock: 20 }] };
    await extend(id, more);
    const before = await exported(world);
    expect((await extend(id, more)).status).toBe(200);
    expect(await extend(id, { places: [{ productId, stock: 30 }] })).toMatchObject({
      status: 409,
      code: 'promotion.version_changed',
    });
    expect(await exported(world)).toEqual(before);
  });

  test('on a database that conflicts and loses the answers to its commits it adds once', async () => {
    await world.close();
    world = await badWorld(5, { conflict: 0.3, commitLost: 0.3 });
    await open();
    const { id: productId } = await givenProduct(world);
    const { id } = await givenSale(world, [productId]);
    const more = { places: [{ productId, stock: 25 }] };
    await Promise.all([extend(id, more), extend(id, more)]);
    const stocks = (await storedIn(world, 'flashStocks')) as { remaining: number }[];
    expect(stocks.reduce((sum, { remaining }) => sum + remaining, 0)).toBe(25);
  });

  test('promotion.not_extendable: shorter, fewer, of another product, over, ended, a draft', async () => {
    const { id: productId } = await givenProduct(world);
    const sale = await givenSale(world, [productId]);
    const refused = async (reason: string, longer: object, id: string = sale.id, version = 2) => {
      const answer = await extend(id, longer, version);
      expect(answer).toMatchObject({ status: 409, code: 'promotion.not_extendable' });
      expect(answer.error.params).toMatchObject({ reason });
    };
    await refused('shorter', { untilAtMs: sale.untilAtMs - 1 });
    await refused('fewer', { places: [{ productId, stock: 9 }] });
    const { id: other } = await givenProduct(world);
    await refused('not_in_sale', { places: [{ productId: other, stock: 9 }] });
    const draft = aSaleDraft(world, [productId]);
    await world.call(createFlashSale, draft, staff);
    await refused('draft', { untilAtMs: draft.untilAtMs + 1 }, draft.id, 1);
    world.clock.advance(HOUR_MS);
    await refused('over', { untilAtMs: sale.untilAtMs + 2 * HOUR_MS });
    await world.call(endFlashSale, { id: sale.id, reason: '结束' }, staff);
    await refused('ended', { untilAtMs: sale.untilAtMs + 2 * HOUR_MS }, sale.id, 3);
  });

  test('staff.second_person_needed: more places than one person may let out in a day, but not more time', async () => {
    await world.close();
    world = await createWorld(NOTHING_ALONE);
    await open();
    const { id: productId } = await givenProduct(world);
    const { id, untilAtMs } = await givenSale(world, [productId]);
    const answer = await extend(id, { places: [{ productId, stock: 12 }] });
    expect(answer).toMatchObject({ code: 'staff.second_person_needed' });
    expect(answer.error.params).toMatchObject({ kind: 'discountFen', value: 2 * 4_900 });
    expect(await left()).toBe(10);
    expect((await extend(id, { untilAtMs: untilAtMs + HOUR_MS })).status).toBe(200);
  });

  test('promotion.not_found', async () => {
    expect(await extend(world.ports.ids.make('fls'), {})).toMatchObject({ code: 'promotion.not_found' });
  });
});

describeFunction(extendCampaign, () => {
  const extend = (id: string, untilAtMs: number, expectedVersion = 2) =>
    world.call(extendCampaign, { id, expectedVersion, untilAtMs, reason: '卖得好' }, staff);

  test('it counts for longer, with the same ladder', async () => {
    const product = await givenProduct(world);
    const campaign = await givenCampaign(world);
    const untilAtMs = campaign.untilAtMs + HOUR_MS;
    expect((await extend(campaign.id, untilAtMs)).data.campaign).toMatchObject({
      ...{ untilAtMs, version: 3, ladder: campaign.ladder },
    });
    world.clock.advance(HOUR_MS);
    const asked = { lines: [{ productId: product.id }], couponId: null };
    const { data } = await world.call(quoteOrder, asked, await world.login('alice'));
    expect(data.quote.discountFen).toBeGreaterThan(0);
    const before = await exported(world);
    expect((await extend(campaign.id, untilAtMs)).status).toBe(200);
    expect(await exported(world)).toEqual(before);
    expect(await storedIn(world, 'audit')).toMatchObject([{ action: 'promotion.extend', reason: '卖得好' }]);
  });

  test('promotion.not_extendable and promotion.version_changed', async () => {
    const campaign = await givenCampaign(world);
    const { untilAtMs, id } = campaign;
    const shorter = await extend(id, untilAtMs - 1);
    expect(shorter).toMatchObject({ status: 409, code: 'promotion.not_extendable' });
    expect(shorter.error.params).toEqual({ reason: 'shorter' });
    expect(await extend(id, untilAtMs + 1, 1)).toMatchObject({ code: 'promotion.version_changed' });
    const draft = aCampaignDraft(world);
    await world.call(createCampaign, draft, staff);
    expect((await extend(draft.id, untilAtMs + 1, 1)).error.params).toEqual({ reason: 'draft' });
    world.clock.advance(HOUR_MS);
    expect((await extend(id, untilAtMs + 2 * HOUR_MS)).error.params).toEqual({ reason: 'over' });
    await world.call(endCampaign, { id, reason: '结束' }, staff);
    expect((await extend(id, untilAtMs + 2 * HOUR_MS, 3)).error.params).toEqual({ reason: 'ended' });
  });

  test('staff.second_person_needed: a longer campaign counts as its steepest step', async () => {
    await world.close();
    world = await createWorld(NOTHING_ALONE);
    await open();
    const { id, untilAtMs } = await givenCampaign(world);
    const answer = await extend(id, untilAtMs + HOUR_MS);
    expect(answer).toMatchObject({ code: 'staff.second_person_needed' });
    expect(answer.error.params).toMatchObject({ kind: 'priceCut', value: 3_000 });
    expect((await extend(id, untilAtMs)).status).toBe(200);
  });

  test('promotion.not_found', async () => {
    const answer = await extend(world.ports.ids.make('cmp'), world.clock.now());
    expect(answer).toMatchObject({ status: 404, code: 'promotion.not_found' });
  });
});
