/** Coupons as people read them: how much, under which condition, until when, and why one cannot be had. */
import { shortYuan } from '../../client/fen.ts';
import type {
  ClaimableView,
  CouponRule,
  CouponScope,
  CouponValidity,
  CouponView,
  DropView,
} from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { deviceDay, deviceTime } from './deviceTime.ts';

/** What a ticket shows. */
export interface Ticket {
  readonly id: string;
  readonly title: string;
  /** `¥20` or `8.5 折`. */
  readonly amount: string;
  /** `满 ¥99 可用`, `无门槛`, with the cap of a discount. */
  readonly condition: string;
  readonly scope: string;
  readonly validity: string;
}

/** A coupon that can be claimed or bought with points, or cannot now. */
export interface ClaimTicket extends Ticket {
  readonly mayClaim: boolean;
  /** The text of the button, or why there is none. */
  readonly label: string;
  /** Which of the template's coupons is claimed next. */
  readonly number: number;
  /** The price in points; 0 when it is claimed for nothing. */
  readonly pointsPrice: number;
}

/** A coupon of the caller's own. */
export interface OwnTicket extends Ticket {
  readonly state: string;
  readonly isUsable: boolean;
  /** It ends within three days. */
  readonly isEnding: boolean;
  /** The order that holds it or used it; empty for none. */
  readonly orderId: string;
}

const ENDING_MS = 3 * 86_400_000;

/** How much a coupon takes off: `¥20`, `8.5 折`. */
export function couponAmount(rule: CouponRule): string {
  return rule.kind === 'discount' ? `${(10_000 - rule.offBasisPoints) / 1_000} 折` : shortYuan(rule.offFen);
}

/** From how much on a coupon works. */
export function couponCondition(rule: CouponRule): string {
  const threshold =
    rule.kind === 'fixed' || rule.thresholdFen === 0 ? '无门槛' : `满 ${shortYuan(rule.thresholdFen)} 可用`;
  return rule.kind === 'discount' ? `${threshold}，最多减 ${shortYuan(rule.capFen)}` : threshold;
}

/** What a coupon is for. */
export function couponScope(scope: CouponScope): string {
  switch (scope.kind) {
    case 'all':
      return words.couponScope.all;
    case 'kinds':
      return `限${scope.kinds.map((kind) => words.productKind[kind]).join('、')}`;
    case 'products':
      return `限 ${scope.productIds.length} 件指定商品`;
  }
}

function validityWords(validity: CouponValidity, nowMs: number): string {
  return validity.kind === 'days'
    ? `领取后 ${validity.days} 天内有效`
    : `${deviceDay(validity.fromAtMs, nowMs)} 至 ${deviceTime(validity.untilAtMs, nowMs)}`;
}

/** The coupon of a drop, under the drop's id. */
export function dropTicket({ id, coupon }: Pick<DropView, 'id' | 'coupon'>, nowMs: number): Ticket {
  const { title, rule, scope, validity } = coupon;
  return {
    ...{ id, title, amount: couponAmount(rule), condition: couponCondition(rule), scope: couponScope(scope) },
    validity: validityWords(validity, nowMs),
  };
}

function claimLabel({ mayClaim, whyNot, claimFromAtMs, pointsPrice }: ClaimableView, nowMs: number): string {
  if (whyNot === 'not_started') return `${deviceTime(claimFromAtMs, nowMs)} 开抢`;
  if (pointsPrice !== null && (whyNot === 'for_points' || whyNot === null)) return `${pointsPrice} 积分兑换`;
  if (whyNot !== null) return words.notClaimable[whyNot];
  return mayClaim ? '领取' : words.notClaimable.ended;
}

/** A coupon that may be claimed. */
export function claimTicket(view: ClaimableView, nowMs: number): ClaimTicket {
  const { id, title, rule, scope, validity, claimedCount, pointsPrice, mayClaim, whyNot } = view;
  return {
    ...{ id, title, amount: couponAmount(rule), condition: couponCondition(rule), scope: couponScope(scope) },
    validity: validityWords(validity, nowMs),
    mayClaim: mayClaim || whyNot === 'login_first',
    label: claimLabel(view, nowMs),
    number: claimedCount + 1,
    pointsPrice: pointsPrice ?? 0,
  };
}

/** Whether a coupon cannot be used yet. What was claimed as valid is valid, even where the phone's clock is slow. */
function isEarly({ state, validFromAtMs, claimedAtMs }: CouponView, nowMs: number): boolean {
  return state === 'available' && Math.max(nowMs, claimedAtMs) < validFromAtMs;
}

function untilWords(coupon: CouponView, nowMs: number): string {
  const { validFromAtMs, expiresAtMs } = coupon;
  if (isEarly(coupon, nowMs)) return `${deviceTime(validFromAtMs, nowMs)} 起可用`;
  return `${deviceTime(expiresAtMs, nowMs)} 到期`;
}

/** A coupon of the caller's own. */
export function ownTicket(coupon: CouponView, nowMs: number): OwnTicket {
  const { id, title, rule, scope, state, orderId, expiresAtMs } = coupon;
  const isOver = nowMs >= expiresAtMs && state === 'available';
  return {
    ...{ id, title, amount: couponAmount(rule), condition: couponCondition(rule), scope: couponScope(scope) },
    validity: untilWords(coupon, nowMs),
    state: words.couponState[isOver ? 'expired' : state],
    isUsable: state === 'available' && !isEarly(coupon, nowMs) && !isOver,
    isEnding: state === 'available' && !isOver && expiresAtMs - nowMs < ENDING_MS,
    orderId: orderId ?? '',
  };
}
