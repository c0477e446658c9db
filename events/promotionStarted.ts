import * as z from 'zod';
import { event } from '../shared/event.ts';
import { CampaignId, FlashSaleId, TimeMs, UserId } from '../shared/schemas/base.ts';

/**
 * A campaign or a flash sale has begun, and those are to be told whose ids come behind `after` (null: everybody). Key:
 * `<promotion>:<after>`.
 */
export const promotionStarted = event({
  name: 'promotion.started',
  version: 1,
  schema: z.object({
    promotionId: z.union([CampaignId, FlashSaleId]),
    title: z.string().max(120),
    untilAtMs: TimeMs,
    after: UserId.nullable(),
  }),
  example: {
    promotionId: 'cmp_01JD0000000000000000000007',
    title: '冬日读书周',
    untilAtMs: 1_795_600_000_000,
    after: null,
  },
});
