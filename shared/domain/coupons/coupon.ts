/** The rules of a user's coupon: what it takes off, when it may be used, and its states. */
import { fail } from '../../errors.ts';
import {
  DAY_MS,
  type Fen,
  fen,
  type OrderId,
  type ProductId,
  type TimeMs,
  timeMs,
  type UserId,
} from '../../schemas/base.ts';
import type { ProductKind } from '../../schemas/catalogue/productKind.ts';
import type {
  Coupon,
  CouponRule,
  CouponScope,
  CouponState,
  CouponView,
} from '../../schemas/coupons/coupon.ts';
import type { Rejected } from '../../schemas/orders/order.ts';
import { isOnShelf } from '../catalogue/shelf.ts';

type Step = 'lock' | 'use' | 'release' | 'lapse' | 'expire' | 'return';

/**
 * The state machine of a coupon. Any step that is not in it is an error.
 *
 *   available ─── lock ───▶ locked ── use ──▶ used
 *     │   ▲                  │  │
 *     │   └───── release ────┘  │                   (its order was closed, or took another coupon)
 *     │                         │ lapse             (the same, after the coupon's end)
 *     └── expire ──▶ expired ◀──┘
 *
 *   used ──── return ───▶ available                (everything its order cost went back)
 *
 * A locked coupon does not expire while its order may still be paid, because the order's price was promised.
 */
const next = {
  available: { lock: 'locked', expire: 'expired' },
  locked: { use: 'used', release: 'available', lapse: 'expired' },
  used: { return: 'available' },
  expired: {},
} as const satisfies Record<CouponState, Partial<Record<Step, CouponState>>>;

function after(coupon: Coupon, step: Step): CouponState {
  const steps: Partial<Record<Step, CouponState>> = next[coupon.state];
  const state = steps[step];
  if (state === undefined) throw notUsable(`${step} of a coupon that is ${coupon.state}`);
  return state;
}

function notUsable(detail: string) {
  return fail('coupon.not_usable', { detail });
}

/** The order that locks a coupon, and the time. */
interface ByOrder {
  readonly orderId: OrderId;
  readonly now: TimeMs;
}

/** The coupon, locked for an order of its owner. @throws coupon.not_usable */
export function lockCoupon(coupon: Coupon, by: ByOrder & { readonly userId: UserId }): Coupon {
  if (by.now < coupon.validFromAtMs) throw notUsable('not started');
  return lockCouponAgain(coupon, by);
}

/**
 * The coupon, locked by an order that has locked and released it before. It had started then, even if this clock is
 * behind the one that said so.
 * @throws coupon.not_usable
 */
export function lockCouponAgain(coupon: Coupon, by: ByOrder & { readonly userId: UserId }): Coupon {
  if (coupon.userId !== by.userId) throw notUsable('not yours');
  if (by.now >= coupon.expiresAtMs) throw notUsable('expired');
  return { ...coupon, state: after(coupon, 'lock'), orderId: by.orderId, updatedAtMs: by.now };
}

/** The coupon, used by the order that locked it, even after the coupon's end. @throws coupon.not_usable */
export function useCoupon(coupon: Coupon, by: ByOrder): Coupon {
  refuseUnlessLockedBy(coupon, by.orderId);
  return { ...coupon, state: after(coupon, 'use'), updatedAtMs: by.now };
}

/**
 * The coupon, released by the order that locked it: available again, or expired when its end has passed.
 * @throws coupon.not_usable
 */
export function releaseCoupon(coupon: Coupon, by: ByOrder): Coupon {
  refuseUnlessLockedBy(coupon, by.orderId);
  const step = by.now < coupon.expiresAtMs ? 'release' : 'lapse';
  return { ...coupon, state: after(coupon, step), orderId: null, updatedAtMs: by.now };
}

/** How long a coupon that a refund gives back can be used at least: 7 days. */
const RETURNED_MS_MIN = 7 * DAY_MS;

/**
 * The coupon, given back because everything its order cost was refunded. It keeps its old end. If less than 7 days
 * are left it is lengthened to 7 days from now, but only once, so repeated refunds do not prolong a coupon.
 * @throws coupon.not_usable
 */
export function returnCoupon(coupon: Coupon, by: ByOrder): Coupon {
  refuseUnlessLockedBy(coupon, by.orderId);
  const back = { ...coupon, state: after(coupon, 'return'), orderId: null, updatedAtMs: by.now };
  const leastMs = by.now + RETURNED_MS_MIN;
  if (coupon.isLengthened === true || coupon.expiresAtMs >= leastMs) return back;
  return { ...back, expiresAtMs: timeMs(leastMs), isLengthened: true };
}

/** The coupon, expired: its end has passed and no order holds it. @throws coupon.not_usable */
export function expireCoupon(coupon: Coupon, now: TimeMs): Coupon {
  if (now < coupon.expiresAtMs) throw notUsable('not yet expired');
  return { ...coupon, state: after(coupon, 'expire'), updatedAtMs: now };
}

/** The state of a coupon now. An available coupon past its end counts as expired, even before that was written. */
export function seenState(coupon: Coupon, now: TimeMs): CouponState {
  return coupon.state === 'available' && now >= coupon.expiresAtMs ? 'expired' : coupon.state;
}

/** The coupon as its owner sees it. Fields that the view does not name are stripped when it is answered. */
export function couponView(coupon: Coupon, now: TimeMs): CouponView {
  return { ...coupon, state: seenState(coupon, now) };
}

function refuseUnlessLockedBy(coupon: Coupon, orderId: OrderId): void {
  if (coupon.orderId !== orderId) throw notUsable(`held by ${coupon.orderId ?? 'nobody'}, not by ${orderId}`);
}

/** An order line as a coupon sees it. `paidFen` is its amount after every promotion that precedes coupons. */
export interface CouponLine {
  readonly productId: ProductId;
  readonly kind: ProductKind;
  readonly paidFen: Fen;
}

/** Whether a coupon with this scope applies to the line. To questions only one does that names their kind. */
export function isEligible(scope: CouponScope, line: CouponLine): boolean {
  if (!isOnShelf(line)) return scope.kind === 'kinds' && scope.kinds.includes(line.kind);
  if (scope.kind === 'all') return true;
  return scope.kind === 'kinds' ? scope.kinds.includes(line.kind) : scope.productIds.includes(line.productId);
}

/**
 * The total of the lines that a coupon applies to. The threshold is measured on it, and the discount is capped to
 * it.
 */
function eligibleFen(coupon: Coupon, lines: readonly CouponLine[]): number {
  return lines
    .filter((line) => isEligible(coupon.scope, line))
    .reduce((before, line) => before + line.paidFen, 0);
}

/** The amount that must be spent before the rule takes anything off; 0 when there is no threshold. */
function thresholdFen(rule: CouponRule): number {
  return rule.kind === 'fixed' ? 0 : rule.thresholdFen;
}

/**
 * What the rule takes off `amountFen` before it is capped to that amount. A percentage is rounded half up, once and
 * only here. Example: 2000 basis points of 1003 fen are 201 fen (200.6).
 */
function ruleFen(rule: CouponRule, amountFen: number): number {
  if (rule.kind !== 'discount') return rule.offFen;
  return Math.min(rule.capFen, Math.floor((amountFen * rule.offBasisPoints + 5_000) / 10_000));
}

/**
 * What the coupon takes off all lines together: from 0 to the total of the eligible lines, and 0 below the
 * threshold. It is one amount for the whole order, rounded once.
 */
export function couponOffFen(coupon: Coupon, lines: readonly CouponLine[]): Fen {
  const amountFen = eligibleFen(coupon, lines);
  if (amountFen < thresholdFen(coupon.rule)) return fen(0);
  return fen(Math.min(amountFen, ruleFen(coupon.rule, amountFen)));
}

/** Why the coupon does not apply to these lines, with numbers that a screen can show; null when it applies. */
export function couponProblem(
  coupon: Coupon,
  asked: { readonly userId: UserId; readonly lines: readonly CouponLine[]; readonly now: TimeMs },
): Rejected | null {
  const { userId, lines, now } = asked;
  const because = (code: Rejected['code'], params: Rejected['params']) => ({ code, id: coupon.id, params });
  if (coupon.userId !== userId) return because('coupon.not_yours', {});
  const { validFromAtMs, expiresAtMs } = coupon;
  const state = seenState(coupon, now);
  if (state === 'expired') return because('coupon.expired', { expiresAtMs });
  if (state !== 'available') return because('coupon.not_available', {});
  if (now < validFromAtMs) return because('coupon.not_started', { validFromAtMs });
  if (!lines.some((line) => isEligible(coupon.scope, line))) return because('coupon.no_eligible_line', {});
  const measured = { thresholdFen: thresholdFen(coupon.rule), eligibleFen: eligibleFen(coupon, lines) };
  if (measured.eligibleFen < measured.thresholdFen) return because('coupon.threshold_not_met', measured);
  return couponOffFen(coupon, lines) === 0 ? because('coupon.takes_nothing', {}) : null;
}
