/**
 * The rules of coupon templates: publishing one, who may claim from it, and its stock.
 *
 *   draft ── publish ──▶ published ── end ──▶ ended        from then on its rule never changes; claiming ends by itself
 *     └────────────────── end ──────────────────┘
 */
import { fail } from '../../errors.ts';
import { CouponId, DAY_MS, type TemplateId, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import {
  type ClaimableView,
  type CountedTemplateView,
  type Coupon,
  type CouponStock,
  type CouponTemplate,
  type CouponTemplateDraft,
  type NotClaimable,
  SHARDS_MAX,
} from '../../schemas/coupons/coupon.ts';

/** How long somebody is new: 7 days from registration. */
export const NEW_USER_MS = 7 * DAY_MS;

/** How many coupons a stock needs for each shard: below it, one document can take the crowd. */
const STOCK_PER_SHARD = 50;

/** A new template, not yet published. */
export function draftTemplate(draft: CouponTemplateDraft, draftDigest: string, now: TimeMs): CouponTemplate {
  const shardCount = Math.min(SHARDS_MAX, Math.ceil(draft.stock / STOCK_PER_SHARD));
  return { ...draft, state: 'draft', shardCount, draftDigest, createdAtMs: now, updatedAtMs: now };
}

/**
 * The template, published, and its whole stock, in shards that differ by one at most. One that is published already is
 * answered as it is, and its stock is left alone (null).
 * @throws coupon.not_publishable when it was ended, or nobody could claim from it any more
 */
export function publishTemplate(
  template: CouponTemplate,
  now: TimeMs,
): { readonly template: CouponTemplate; readonly stocks: readonly CouponStock[] | null } {
  if (template.state === 'published') return { template, stocks: null };
  if (template.state === 'ended') throw fail('coupon.not_publishable', { params: { reason: 'ended' } });
  if (now >= lastClaimMs(template)) throw fail('coupon.not_publishable', { params: { reason: 'over' } });
  const { id: templateId, stock, shardCount } = template;
  const stocks = Array.from({ length: shardCount }, (_, shard) => ({
    id: stockId(templateId, shard),
    templateId,
    remaining: Math.floor((stock + shard) / shardCount),
    issued: 0,
  }));
  return { template: { ...template, state: 'published', updatedAtMs: now }, stocks };
}

/** The template, ended: nobody claims from it any more, and what was claimed stays good. One that is ended stays as it is. */
export function endTemplate(template: CouponTemplate, now: TimeMs): CouponTemplate {
  return template.state === 'ended' ? template : { ...template, state: 'ended', updatedAtMs: now };
}

/** A template with what became of its stock: these are all its shards, or none of a draft. */
export function countedView(template: CouponTemplate, stocks: readonly CouponStock[]): CountedTemplateView {
  const issuedCount = stocks.reduce((sum, stock) => sum + stock.issued, 0);
  const leftCount = stocks.reduce((sum, stock) => sum + stock.remaining, 0);
  return { ...template, issuedCount, leftCount };
}

/** When claiming ends, exclusive: as staff said, or when no coupon of it could be used any more. */
function lastClaimMs({ claimUntilAtMs, validity }: CouponTemplate): number {
  return validity.kind === 'window' ? Math.min(claimUntilAtMs, validity.untilAtMs) : claimUntilAtMs;
}

/** What is known of somebody who looks at a template; null for nobody. */
export interface Claimer {
  readonly registeredAtMs: TimeMs;
  /** How many of this template's coupons the user has been given. */
  readonly claimedCount: number;
  /** Of the platform, now. */
  readonly isMember: boolean;
  /** One of the products that the template asks for. */
  readonly hasBought: boolean;
}

/** Why nobody, or this user, can claim from the template now; null when it can be. */
export function whyNotClaimable(
  template: CouponTemplate,
  asked: {
    readonly claimer: Claimer | null;
    readonly isSoldOut: boolean;
    /** Whether the user pays its price in points; not, when not said. */
    readonly isForPoints?: boolean;
    readonly now: TimeMs;
  },
): NotClaimable | null {
  const { claimer, isSoldOut, isForPoints = false, now } = asked;
  if (now < template.claimFromAtMs) return 'not_started';
  if (template.state === 'ended' || now >= lastClaimMs(template)) return 'ended';
  if (template.audience === 'welcome') return 'not_for_you';
  if (template.pointsPrice !== null && !isForPoints) return 'for_points';
  if (claimer === null) return isSoldOut ? 'sold_out' : 'login_first';
  if (!isFor(template, claimer, now)) return 'not_for_you';
  if (claimer.claimedCount >= template.perUserMax) return 'limit_reached';
  return isSoldOut ? 'sold_out' : null;
}

function isFor({ audience }: CouponTemplate, claimer: Claimer, now: TimeMs): boolean {
  if (audience === 'new_users') return now < claimer.registeredAtMs + NEW_USER_MS;
  if (audience === 'members') return claimer.isMember;
  return audience === 'buyers' ? claimer.hasBought : true;
}

/** Turns the reason into the error it is answered with. @throws coupon.limit_reached, coupon.sold_out, coupon.not_claimable */
export function refuseUnlessClaimable(whyNot: NotClaimable | null): void {
  if (whyNot === null) return;
  if (whyNot === 'limit_reached') throw fail('coupon.limit_reached');
  if (whyNot === 'sold_out') throw fail('coupon.sold_out');
  throw fail('coupon.not_claimable', { params: { reason: whyNot } });
}

/** The template as learners see it. */
export function claimableView(
  template: CouponTemplate,
  claimedCount: number,
  whyNot: NotClaimable | null,
): ClaimableView {
  const { id, title, rule, scope, validity, claimFromAtMs, claimUntilAtMs, perUserMax, pointsPrice } =
    template;
  const described = {
    id,
    title,
    rule,
    scope,
    validity,
    claimFromAtMs,
    claimUntilAtMs,
    perUserMax,
    pointsPrice,
  };
  return { ...described, claimedCount, mayClaim: whyNot === null, whyNot };
}

/** The id of a user's coupon of a template: the first has the number 1. */
export function couponId(templateId: TemplateId, userId: UserId, number: number): CouponId {
  return CouponId.parse(`cpn_${templateId.slice(4)}_${userId.slice(4)}_${number}`);
}

/** The user's coupon of the template with this number: a copy of its rule as it is now, which later changes cannot reach. */
export function issueCoupon(
  template: CouponTemplate,
  to: { readonly userId: UserId; readonly number: number; readonly now: TimeMs },
): Coupon {
  const { id: templateId, title, rule, scope, validity } = template;
  const { userId, number, now } = to;
  const isWindow = validity.kind === 'window';
  return {
    id: couponId(templateId, userId, number),
    userId,
    templateId,
    title,
    rule,
    scope,
    state: 'available',
    orderId: null,
    validFromAtMs: isWindow ? validity.fromAtMs : now,
    expiresAtMs: isWindow ? validity.untilAtMs : timeMs(now + validity.days * DAY_MS),
    claimedAtMs: now,
    updatedAtMs: now,
  };
}

function stockId(templateId: TemplateId, shard: number): string {
  return `${templateId}:${shard}`;
}

/** The ids of all of a template's stock. */
export function stockIds({ id, shardCount }: CouponTemplate): string[] {
  return Array.from({ length: shardCount }, (_, shard) => stockId(id, shard));
}

/** The same, in the order in which a user looks for a coupon: crowds of users start at different shards. */
export function stockIdsFor(template: CouponTemplate, userId: UserId): string[] {
  const ids = stockIds(template);
  let hash = 0;
  for (const character of userId) hash = (hash * 31 + character.charCodeAt(0)) % 1_000_003;
  const start = hash % ids.length;
  return [...ids.slice(start), ...ids.slice(0, start)];
}

/** The shard with one coupon taken, or null when it is empty. */
export function takeOne(stock: CouponStock): CouponStock | null {
  if (stock.remaining === 0) return null;
  return { ...stock, remaining: stock.remaining - 1, issued: stock.issued + 1 };
}
