/**
 * The rules of coupon templates: publishing one, who may claim from it, and its stock.
 *
 *   draft ── publish ──▶ published ── end ──▶ ended        from then on its rule never changes; claiming ends by itself;
 *     │                   └─ extend ─┘                     it can only last longer, and there can only be more
 *     └────────────────── end ──────────────────┘
 */
import { fail } from '../../errors.ts';
import {
  CouponId,
  DAY_MS,
  type Fen,
  type TemplateId,
  type TimeMs,
  timeMs,
  type UserId,
} from '../../schemas/base.ts';
import {
  type ClaimableView,
  type CountedTemplateView,
  type Coupon,
  type CouponGrant,
  type CouponRule,
  type CouponStock,
  type CouponTemplate,
  type CouponTemplateDraft,
  type NotClaimable,
  PER_USER_MAX,
  SHARDS_MAX,
  type TemplateExtension,
} from '../../schemas/coupons/coupon.ts';
import { spread, startingAt } from '../shards.ts';

/** How long somebody is new: 7 days from registration. */
export const NEW_USER_MS = 7 * DAY_MS;

/** How many coupons a stock needs for each shard: below it, one document can take the crowd. */
const STOCK_PER_SHARD = 50;

/** A new template, not yet published. */
export function draftTemplate(draft: CouponTemplateDraft, draftDigest: string, now: TimeMs): CouponTemplate {
  const shardCount = shardsFor(draft.stock);
  return {
    ...draft,
    state: 'draft',
    version: 1,
    shardCount,
    draftDigest,
    createdAtMs: now,
    updatedAtMs: now,
  };
}

function shardsFor(stock: number): number {
  return Math.min(SHARDS_MAX, Math.ceil(stock / STOCK_PER_SHARD));
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
  const stocks = spread(stock, shardCount).map((remaining, shard) => ({
    ...{ id: stockId(templateId, shard), templateId, remaining, issued: 0 },
  }));
  const { version } = template;
  return { template: { ...template, state: 'published', version: version + 1, updatedAtMs: now }, stocks };
}

/** What one coupon of this rule takes off at most. */
export function offMaxFen(rule: CouponRule): Fen {
  return rule.kind === 'discount' ? rule.capFen : rule.offFen;
}

/** The template, ended: nobody claims from it any more, and what was claimed stays good. One that is ended stays as it is. */
export function endTemplate(template: CouponTemplate, now: TimeMs): CouponTemplate {
  if (template.state === 'ended') return template;
  return { ...template, state: 'ended', version: template.version + 1, updatedAtMs: now };
}

/**
 * The template as it lasts longer, with a larger stock; the very same when it has become so by this very change, whose
 * answer was lost. Coupons in hands are copies, and keep their own end.
 * @throws coupon.not_extendable with the reason: it is a draft or ended, its time is over, its coupons have no date of
 *   their own, or it would be shorter or fewer; coupon.version_changed
 */
export function extendTemplate(
  before: CouponTemplate,
  asked: TemplateExtension,
  now: TimeMs,
): CouponTemplate {
  const refuse = (reason: string) => fail('coupon.not_extendable', { params: { reason } });
  if (before.state !== 'published') throw refuse(before.state);
  const {
    claimUntilAtMs = before.claimUntilAtMs,
    stock = before.stock,
    validUntilAtMs,
    expectedVersion,
  } = asked;
  if (validUntilAtMs !== undefined && before.validity.kind !== 'window') throw refuse('no_date');
  const { validity: old } = before;
  const validity = old.kind === 'window' ? { ...old, untilAtMs: validUntilAtMs ?? old.untilAtMs } : old;
  const shardCount = Math.max(before.shardCount, shardsFor(stock));
  const after = { ...before, claimUntilAtMs, validity, stock, shardCount };
  const isSame = JSON.stringify(after) === JSON.stringify(before);
  if (isSame && before.version === expectedVersion + 1) return before;
  const { version } = before;
  refuseUnlessSeen(before, expectedVersion);
  if (now >= lastClaimMs(before)) throw refuse('over');
  const isShorter = claimUntilAtMs < before.claimUntilAtMs || lastClaimMs(after) < lastClaimMs(before);
  const endsSooner =
    (validUntilAtMs ?? Number.POSITIVE_INFINITY) < (old.kind === 'window' ? old.untilAtMs : 0);
  if (isShorter || endsSooner) throw refuse('shorter');
  if (stock < before.stock) throw refuse('fewer');
  return isSame ? before : { ...after, version: version + 1, updatedAtMs: now };
}

/** What each shard of a template gets of what its stock grew by. A shard may be new. */
export function addedStock(
  before: CouponTemplate,
  after: CouponTemplate,
): readonly { readonly id: string; readonly count: number }[] {
  const ids = stockIds(after);
  const counts = spread(after.stock - before.stock, ids.length);
  return ids.map((id, shard) => ({ id, count: counts[shard] ?? 0 })).filter(({ count }) => count > 0);
}

/**
 * Refuses to give somebody a coupon of a template of which nobody could use one any more, or more of them than one person
 * may have. Staff decide for whom a coupon is, when, and at which price in points: that is not asked.
 * @throws coupon.not_claimable; coupon.limit_reached, also when staff go beyond the limit and all numbers are given
 */
export function refuseUnlessGivable(
  template: CouponTemplate,
  asked: { readonly claimedCount: number; readonly mayExceedLimit: boolean; readonly now: TimeMs },
): void {
  const { state, validity, perUserMax } = template;
  const { claimedCount, mayExceedLimit, now } = asked;
  const isOver = validity.kind === 'window' && now >= validity.untilAtMs;
  if (state === 'ended' || isOver) throw fail('coupon.not_claimable', { params: { reason: 'ended' } });
  if (claimedCount >= (mayExceedLimit ? PER_USER_MAX : perUserMax)) throw fail('coupon.limit_reached');
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
  return startingAt(stockIds(template), userId);
}

/** The shard with one coupon taken, or null when it is empty. */
export function takeOne(stock: CouponStock): CouponStock | null {
  if (stock.remaining === 0) return null;
  return { ...stock, remaining: stock.remaining - 1, issued: stock.issued + 1 };
}

/** The coupon that was given under this id before, to the same person. @throws coupon.grant_taken for anything else */
export function givenBefore(
  before: CouponGrant,
  asked: { readonly userId: UserId; readonly templateId: TemplateId },
): CouponId {
  const isSame = before.userId === asked.userId && before.templateId === asked.templateId;
  if (!isSame) throw fail('coupon.grant_taken');
  return before.couponId;
}

/** Refuses to act on what somebody else has changed since it was seen. @throws coupon.version_changed with its version */
function refuseUnlessSeen({ version }: CouponTemplate, expectedVersion: number): void {
  if (version !== expectedVersion) throw fail('coupon.version_changed', { params: { version } });
}

/** Refuses to throw away what was ever published or ended. @throws coupon.not_draft, coupon.version_changed */
export function refuseUnlessDraft(template: CouponTemplate, expectedVersion: number): void {
  if (template.state !== 'draft') throw fail('coupon.not_draft');
  refuseUnlessSeen(template, expectedVersion);
}
