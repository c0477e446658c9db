import { previewQuote } from '../../../../functions/admin/pricing/previewQuote.ts';
import { quoteOrder } from '../../../../functions/pricing/quoteOrder.ts';
import { PRICE_MAX_FEN } from '../../../../shared/domain/catalogue/product.ts';
import { DEFAULT_SELLING } from '../../../../shared/domain/pricing/selling.ts';
import { DAY_MS, fen, HOUR_MS, timeMs } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { aTemplateDraft } from '../../../support/given/coupon.ts';
import { givenProduct } from '../../../support/given/course.ts';
import { storedIn } from '../../../support/given/order.ts';
import { aCampaignDraft, aSaleDraft, givenCampaign, givenSale } from '../../../support/given/promotion.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(previewQuote, () => {
  let world: World;
  let token: string;
  const open = async (settings: object = {}) => {
    world = await createWorld({ settings });
    ({ token } = await givenStaff(world, 'editor'));
  };
  beforeEach(() => open());
  afterEach(() => world.close());

  const ask = (asked: object) => world.call(previewQuote, { atMs: world.clock.now(), ...asked }, { token });
  const newTemplate = () => ({ id: world.ports.ids.make('tpl'), now: world.clock.now() });
  const linesOf = (...products: { id: string }[]) => products.map(({ id }) => ({ productId: id }));

  test('a draft takes off what it will take off once it is published', async () => {
    const [one, two] = [await givenProduct(world), await givenProduct(world, { listFen: fen(2_001) })];
    const alice = await world.login('alice');
    const lines = linesOf(one, two);
    const [campaign, flashSale] = [aCampaignDraft(world), aSaleDraft(world, [two.id], { priceFen: 1_000 })];
    const { quote: before } = (await ask({ lines })).data;
    expect(before).toMatchObject({ applied: [], payableFen: 11_901 });
    const { quote: tried } = (await ask({ lines, campaign, flashSale })).data;
    expect(tried.applied.map(({ id }) => id)).toEqual(expect.arrayContaining([flashSale.id]));
    await givenCampaign(world, campaign);
    const { items: _, ...sale } = flashSale;
    await givenSale(world, [two.id], { ...sale, priceFen: 1_000 });
    const { quote: real } = (await world.call(quoteOrder, { lines, couponId: null }, alice)).data;
    expect(tried).toEqual(real);
  });

  test('a draft stands in for the published one of its id, so a change can be tried', async () => {
    const product = await givenProduct(world);
    const campaign = await givenCampaign(world);
    const changed = aCampaignDraft(world, {
      id: campaign.id,
      ladder: [{ thresholdFen: fen(1), offFen: fen(1) }],
    });
    const { quote } = (await ask({ lines: linesOf(product), campaign: changed })).data;
    expect(quote.applied).toMatchObject([{ id: campaign.id, offFen: 1 }]);
  });

  test('a coupon is one in the buyer’s hand, and says why it does not apply', async () => {
    const lines = linesOf(await givenProduct(world));
    const coupon = aTemplateDraft(newTemplate(), { rule: { kind: 'fixed', offFen: fen(500) } });
    expect((await ask({ lines, coupon })).data.quote).toMatchObject({ discountFen: 500 });
    const rule = { kind: 'full_reduction', thresholdFen: fen(20_000), offFen: fen(500) } as const;
    const { quote } = (await ask({ lines, coupon: { ...coupon, rule } })).data;
    expect(quote.rejected).toMatchObject([
      { code: 'coupon.threshold_not_met', params: { thresholdFen: 20_000 } },
    ]);
  });

  test('only what runs at the time of the example counts', async () => {
    const lines = linesOf(await givenProduct(world));
    const campaign = aCampaignDraft(world);
    const at = async (atMs: number) => (await ask({ lines, campaign, atMs })).data.quote.discountFen;
    expect(await at(campaign.fromAtMs - 1)).toBe(0);
    expect(await at(campaign.fromAtMs)).toBe(1_000);
    expect(await at(campaign.untilAtMs)).toBe(0);
    await givenCampaign(world, {
      fromAtMs: timeMs(world.clock.now() + DAY_MS),
      untilAtMs: timeMs(world.clock.now() + 2 * DAY_MS),
    });
    expect((await ask({ lines, atMs: world.clock.now() + DAY_MS + HOUR_MS })).data.quote.discountFen).toBe(
      1_000,
    );
  });

  test('a member sees the member price', async () => {
    const lines = linesOf(await givenProduct(world, { memberFen: fen(6_000) }));
    const payable = async (isMember: boolean) => (await ask({ lines, isMember })).data.quote.payableFen;
    expect([await payable(false), await payable(true)]).toEqual([9_900, 6_000]);
  });

  test('it stores nothing', async () => {
    const lines = linesOf(await givenProduct(world));
    await ask({ lines, campaign: aCampaignDraft(world), coupon: aTemplateDraft(newTemplate()) });
    expect(await storedIn(world, 'campaigns', 'couponTemplates', 'coupons', 'orders', 'audit')).toEqual([]);
  });

  test('order.below_rail_minimum, product.not_found, order.part_twice', async () => {
    const cheap = await givenProduct(world, { listFen: fen(1) });
    expect((await ask({ lines: linesOf(cheap), platform: 'ios' })).code).toBe('order.below_rail_minimum');
    const draft = await givenProduct(world, { state: 'draft' });
    expect((await ask({ lines: linesOf(draft) })).code).toBe('product.not_found');
    const bundle = await givenProduct(world, { kind: 'bundle', parts: [cheap.id] });
    expect((await ask({ lines: linesOf(cheap, bundle) })).code).toBe('order.part_twice');
  });

  test('order.mixed_rails, order.one_at_a_time and order.too_large, as createOrder would say', async () => {
    await world.close();
    await open({ selling: { ...DEFAULT_SELLING, wxpayKindsInMiniProgram: ['content'] } });
    const [one, two, book] = [
      await givenProduct(world),
      await givenProduct(world, { listFen: fen(PRICE_MAX_FEN) }),
      await givenProduct(world, { kind: 'content' }),
    ];
    const code = async (asked: object) => (await ask(asked)).code;
    expect(await code({ lines: linesOf(one, book), platform: 'windows' })).toBe('order.mixed_rails');
    expect(await code({ lines: linesOf(one, two), platform: 'windows' })).toBe('order.one_at_a_time');
    expect(await code({ lines: [{ productId: two.id, gifts: 100 }] })).toBe('order.too_large');
  });
});
