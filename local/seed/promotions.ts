/** What a laptop's shop has on offer for its first month, so that a quote has discounts to explain. */
import {
  CampaignId,
  DAY_MS,
  FlashSaleId,
  ProductId,
  type TimeMs,
  timeMs,
} from '../../shared/schemas/base.ts';
import { CampaignDraft, FlashSaleDraft } from '../../shared/schemas/pricing/promotion.ts';
import { seedProductId } from './products.ts';
import { seedUlid } from './seedUlid.ts';

/** How long the flash sale and the campaign last. */
const LASTS_MS = 30 * DAY_MS;

/** The period of both: from now on. */
const during = (now: TimeMs) => ({ fromAtMs: now, untilAtMs: timeMs(now + LASTS_MS) });

/** The id of the flash sale. */
export function seedSaleId(): FlashSaleId {
  return FlashSaleId.parse(`fls_${seedUlid(1)}`);
}

/** The id of the campaign. */
export function seedCampaignId(): CampaignId {
  return CampaignId.parse(`cmp_${seedUlid(1)}`);
}

/** A flash sale of a course and a recording, with a hundred places each, one for each user. */
export function seedSale(now: TimeMs): FlashSaleDraft {
  return FlashSaleDraft.parse({
    id: seedSaleId(),
    title: '开业秒杀',
    ...during(now),
    perUserMax: 1,
    items: [
      { productId: ProductId.parse(`prd_${seedUlid(5)}`), priceFen: 9_900, stock: 100 },
      { productId: seedProductId(7), priceFen: 990, stock: 100 },
    ],
  });
}

/** A 满减 campaign in two steps, for bundles and columns. */
export function seedCampaign(now: TimeMs): CampaignDraft {
  return CampaignDraft.parse({
    id: seedCampaignId(),
    title: '套装专栏满减',
    ...during(now),
    scope: { kind: 'kinds', kinds: ['bundle', 'column'] },
    ladder: [
      { thresholdFen: 9_000, offFen: 1_000 },
      { thresholdFen: 29_000, offFen: 5_000 },
    ],
  });
}
