/**
 * The rules of coupon templates: publishing, who may claim, and the stock.
 *
 *   draft ── publish ──▶ published ── end ──▶ ended        its rule no longer changes; it can only be
 *     │                   └─ extend ─┘                     lengthened or get more stock
 *     └────────────────── end ──────────────────┘
 */
import { fail } from '../../errors.ts';
import {
  CouponId,
  DAY_MS,
  type DropId,
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

/** How long a user counts as new: 7 days from registration. */
export const NEW_USER_MS = 7 * DAY_MS;

/** The stock that justifies one more shard. Below it, one document can handle the load. */
const STOCK_PER_SHARD = 50;

/** A new, unpublished template. */
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
 * The published template and its whole stock, in shards that differ by at most one coupon. When it is published
 * already, the same template and null for the stock.
 * @throws coupon.not_publishable when it was ended, or nobody could claim it any more
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
    ...{ id: stockId(templateId, shard), templateId, remaining, issued: 0, held: {} },
  }));
  const { version } = template;
  return { template: { ...template, state: 'published', version: version + 1, updatedAtMs: now }, stocks };
}

/** The most that one coupon with this rule takes off. */
export function offMaxFen(rule: CouponRule): Fen {
  return rule.kind === 'discount' ? rule.capFen : rule.offFen;
}

/**
 * The template, ended: it can no longer be claimed, and claimed coupons stay valid. An ended template is returned
 * unchanged.
 */
export function endTemplate(template: CouponTemplate, now: TimeMs): CouponTemplate {
  if (template.state === 'ended') return template;
  return { ...template, state: 'ended', version: template.version + 1, updatedAtMs: now };
}

/**
 * The template with a later end or a larger stock. The same object is returned for a repeat of this change, whose
 * first answer was lost. Users' coupons are copies and keep their own end.
 * @throws coupon.not_extendable with the reason: it is a draft or ended, its time is over, its coupons have no fixed
 * end, or it would become shorter or fewer; coupon.version_changed
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

/** The number of coupons that each shard gets of an increased stock. A shard may be new. */
export function addedStock(
  before: CouponTemplate,
  after: CouponTemplate,
): readonly { readonly id: string; readonly count: number }[] {
  const ids = stockIds(after);
  const counts = spread(after.stock - before.stock, ids.length);
  return ids.map((id, shard) => ({ id, count: counts[shard] ?? 0 })).filter(({ count }) => count > 0);
}

/**
 * Refuses to give a user a coupon that nobody could use any more, or more coupons than one user may have. Staff may
 * ignore the audience, the claiming period and the price in points, so those are not checked.
 * @throws coupon.not_claimable; coupon.limit_reached, also when staff may exceed the limit but all numbers are used
 * up
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

/** A template with its stock counted. `stocks` must be all of its shards; a draft has none. */
export function countedView(template: CouponTemplate, stocks: readonly CouponStock[]): CountedTemplateView {
  const issuedCount = stocks.reduce((sum, stock) => sum + stock.issued, 0);
  const leftCount = stocks.reduce((sum, stock) => sum + stock.remaining, 0);
  return { ...template, issuedCount, leftCount };
}

/** The end of claiming (exclusive): the set end, or the end of its coupons' window if that is earlier. */
export function lastClaimMs({ claimUntilAtMs, validity }: CouponTemplate): number {
  return validity.kind === 'window' ? Math.min(claimUntilAtMs, validity.untilAtMs) : claimUntilAtMs;
}

/** What is known of a user who looks at a template. */
export interface Claimer {
  readonly registeredAtMs: TimeMs;
  /** How many of this template's coupons the user has. */
  readonly claimedCount: number;
  /** Whether the user is a member of the platform now. */
  readonly isMember: boolean;
  /** Whether the user has bought one of the products that the template asks for. */
  readonly hasBought: boolean;
}

/**
 * Why the user, or anybody, cannot claim from the template now; null when they can. `claimer` is null when nobody is
 * logged in.
 */
export function whyNotClaimable(
  template: CouponTemplate,
  asked: {
    readonly claimer: Claimer | null;
    readonly isSoldOut: boolean;
    /** Whether the user pays its price in points. False when left out. */
    readonly isForPoints?: boolean;
    readonly now: TimeMs;
  },
): NotClaimable | null {
  const { claimer, isSoldOut, isForPoints = false, now } = asked;
  if (now < template.claimFromAtMs) return 'not_started';
  if (template.state === 'ended' || now >= lastClaimMs(template)) return 'ended';
  if (template.audience === 'welcome' || template.audience === 'drop') return 'not_for_you';
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

/** Throws the error for the reason. @throws coupon.limit_reached, coupon.sold_out, coupon.not_claimable */
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

/** The id of a user's coupon of a template. The first one has number 1. */
export function couponId(templateId: TemplateId, userId: UserId, number: number): CouponId {
  return CouponId.parse(`cpn_${templateId.slice(4)}_${userId.slice(4)}_${number}`);
}

/**
 * A user's coupon with this number. It copies the template's rule, so later changes to the template do not affect
 * it.
 */
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

/** The ids of all shards of a template's stock. */
export function stockIds({ id, shardCount }: CouponTemplate): string[] {
  return Array.from({ length: shardCount }, (_, shard) => stockId(id, shard));
}

/** The shard ids in the order in which this user tries them. Different users start at different shards. */
export function stockIdsFor(template: CouponTemplate, userId: UserId): string[] {
  return startingAt(stockIds(template), userId);
}

/** The shard with one coupon taken, of what is set aside for a drop or of the rest (null); null when there is none. */
export function takeOne(stock: CouponStock, dropId: DropId | null): CouponStock | null {
  const left = dropId === null ? stock.remaining : (stock.held[dropId] ?? 0);
  if (left === 0) return null;
  const after = { ...stock, issued: stock.issued + 1 };
  if (dropId === null) return { ...after, remaining: left - 1 };
  return { ...after, held: { ...stock.held, [dropId]: left - 1 } };
}

/** The coupon that was already given under this id to the same user. @throws coupon.grant_taken for anything else */
export function givenBefore(
  before: CouponGrant,
  asked: { readonly userId: UserId; readonly templateId: TemplateId },
): CouponId {
  const isSame = before.userId === asked.userId && before.templateId === asked.templateId;
  if (!isSame) throw fail('coupon.grant_taken');
  return before.couponId;
}

/** Refuses to act on a version that is no longer current. @throws coupon.version_changed with the current version */
function refuseUnlessSeen({ version }: CouponTemplate, expectedVersion: number): void {
  if (version !== expectedVersion) throw fail('coupon.version_changed', { params: { version } });
}

/** Refuses to delete a template that was ever published or ended. @throws coupon.not_draft, coupon.version_changed */
export function refuseUnlessDraft(template: CouponTemplate, expectedVersion: number): void {
  if (template.state !== 'draft') throw fail('coupon.not_draft');
  refuseUnlessSeen(template, expectedVersion);
}
