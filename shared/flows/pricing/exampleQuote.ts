import * as campaigns from '../../data/pricing/campaigns.ts';
import * as flashSales from '../../data/pricing/flashSales.ts';
import { draftTemplate, issueCoupon } from '../../domain/coupons/couponTemplate.ts';
import { type CouponChoice, quote } from '../../domain/pricing/pricing.ts';
import { draftOf, isRunning } from '../../domain/pricing/promotion.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import { type TimeMs, UserId } from '../../schemas/base.ts';
import type { Quote } from '../../schemas/orders/order.ts';
import type { PreviewAsked } from '../../schemas/pricing/preview.ts';
import type { Campaign, FlashSale } from '../../schemas/pricing/promotion.ts';
import type { FlashLook } from './flashLook.ts';
import { offeredLines } from './offeredLines.ts';
import { refuseBelowMinimum, sellable } from './quoteLines.ts';

/** The buyer of an example, who is nobody: they own nothing, and have no seat and no points. */
const NOBODY = UserId.parse(`usr_${'0'.repeat(26)}`);

/** Every seat of every sale is free. */
const ALL_FREE: FlashLook = { mayTake: async () => true, isFree: async () => true };

/** The promotions of an example. */
export interface ExamplePromotions {
  readonly campaigns: readonly Campaign[];
  readonly sales: readonly FlashSale[];
}

/** Those that run at the time, with the tried one as if it were published. */
function withTried<P extends Campaign | FlashSale>(
  stored: readonly P[],
  tried: P | null,
  atMs: TimeMs,
): readonly P[] {
  const others = stored.filter(({ id }) => id !== tried?.id);
  return (tried === null ? others : [...others, tried]).filter((one) => isRunning(one, atMs));
}

/** A draft as it would be stored once it is published. */
const asPublished = <D extends object>(draft: D, now: TimeMs) => ({
  ...draftOf(draft, '0'.repeat(64), now),
  state: 'published' as const,
});

/** Reads the promotions that run at the time of the example, and puts the tried ones among them. */
export async function examplePromotions(reader: Reader, asked: PreviewAsked): Promise<ExamplePromotions> {
  const { atMs, campaign, flashSale } = asked;
  const [running, sales] = await Promise.all([campaigns.ahead(reader, atMs), flashSales.ahead(reader, atMs)]);
  return {
    campaigns: withTried(running, campaign && asPublished(campaign, atMs), atMs),
    sales: withTried(sales, flashSale && asPublished(flashSale, atMs), atMs),
  };
}

function choiceOf({ coupon, atMs }: PreviewAsked): CouponChoice {
  if (coupon === null) return { kind: 'none' };
  const issued = issueCoupon(draftTemplate(coupon, '0'.repeat(64), atMs), {
    userId: NOBODY,
    number: 1,
    now: atMs,
  });
  return { kind: 'this', id: issued.id, coupon: issued };
}

/**
 * What somebody new would pay for the example, and why, by the rules of every quote.
 * @throws product.not_found, order.part_twice, order.mixed_rails, order.one_at_a_time, order.too_large,
 * order.below_rail_minimum
 */
export async function exampleQuote(
  tx: Tx,
  ports: Pick<Ports, 'database' | 'rails' | 'settings'>,
  promotions: ExamplePromotions,
  asked: PreviewAsked,
): Promise<Quote> {
  const { lines, platform, atMs: now, isMember } = asked;
  const { selling } = ports.settings;
  const { wanted, bundles, floor } = await sellable(tx, ports, { userId: NOBODY, lines, now }, platform);
  const { sales, campaigns: running } = promotions;
  const known = { membership: null, bundles, sales, look: ALL_FREE, lineCount: lines.length, now };
  const offered = await offeredLines(wanted, known);
  const quoted = quote({
    lines: offered.map((line) => ({ ...line, isMember })),
    campaigns: running,
    couponChoice: choiceOf(asked),
    pointsAsked: 0,
    pointsAvailable: 0,
    pointsShareMax: selling.pointsShareMax,
    floor,
    combinations: selling.combinations,
    userId: NOBODY,
    now,
  });
  refuseBelowMinimum(quoted, floor);
  return quoted;
}
