/** Campaigns and flash sales: the requests of staff, and published ones in a world. */
import * as campaigns from '../../../shared/data/pricing/campaigns.ts';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import { newStocks } from '../../../shared/domain/pricing/flashSale.ts';
import { draftOf, publishPromotion } from '../../../shared/domain/pricing/promotion.ts';
import { HOUR_MS, type ProductId } from '../../../shared/schemas/base.ts';
import {
  type Campaign,
  CampaignDraft,
  type FlashSale,
  FlashSaleDraft,
} from '../../../shared/schemas/pricing/promotion.ts';
import type { World } from '../world.ts';

/**
 * The request of staff for a campaign: 10 yuan off from 50 and 30 off from 100, for everything, for an hour from now.
 */
export function aCampaignDraft(world: World, changes: Partial<CampaignDraft> = {}): CampaignDraft {
  const now = world.clock.now();
  return CampaignDraft.parse({
    id: world.ports.ids.make('cmp'),
    title: '满减',
    fromAtMs: now,
    untilAtMs: now + HOUR_MS,
    scope: { kind: 'all' },
    ladder: [
      { thresholdFen: 5_000, offFen: 1_000 },
      { thresholdFen: 10_000, offFen: 3_000 },
    ],
    ...changes,
  });
}

/**
 * The request of staff for a flash sale: 10 places for each product at 50 yuan, one for each user, for an hour from
 * now.
 */
export function aSaleDraft(
  world: World,
  productIds: readonly ProductId[],
  changes: Partial<Omit<FlashSaleDraft, 'items'>> & {
    readonly stock?: number;
    readonly priceFen?: number;
  } = {},
): FlashSaleDraft {
  const now = world.clock.now();
  const { stock = 10, priceFen = 5_000, ...rest } = changes;
  return FlashSaleDraft.parse({
    id: world.ports.ids.make('fls'),
    title: '限时秒杀',
    fromAtMs: now,
    untilAtMs: now + HOUR_MS,
    perUserMax: 1,
    items: productIds.map((productId) => ({ productId, priceFen, stock })),
    ...rest,
  });
}

const DIGEST = 'd'.repeat(64);

/** A published campaign. */
export async function givenCampaign(world: World, changes: Partial<CampaignDraft> = {}): Promise<Campaign> {
  const now = world.clock.now();
  const campaign = publishPromotion<Campaign>(draftOf(aCampaignDraft(world, changes), DIGEST, now), now);
  await world.ports.database.tx((tx) => campaigns.insert(tx, campaign));
  return campaign;
}

/** A published flash sale with all its places. */
export async function givenSale(
  world: World,
  productIds: readonly ProductId[],
  changes: Parameters<typeof aSaleDraft>[2] = {},
): Promise<FlashSale> {
  const now = world.clock.now();
  const sale = publishPromotion<FlashSale>(draftOf(aSaleDraft(world, productIds, changes), DIGEST, now), now);
  await world.ports.database.tx(async (tx) => {
    await flashSales.insert(tx, sale);
    for (const stock of newStocks(sale)) await flashSales.saveStock(tx, null, stock);
  });
  return sale;
}
