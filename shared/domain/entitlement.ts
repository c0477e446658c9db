/** Who may use what: the reasons a user has for one product, and what they come to. */
import { DAY_MS, type OrderId, type ProductId, type TimeMs, timeMs, type UserId } from '../schemas/base.ts';
import { type Entitlement, entitlementId } from '../schemas/entitlement.ts';
import type { AccessRule } from '../schemas/product.ts';

/**
 * The user's access with what one order gives added. An order gives once: for an order that is there already, the very
 * same object comes back.
 */
export function grant(
  before: Entitlement | null,
  given: {
    readonly userId: UserId;
    readonly productId: ProductId;
    readonly orderId: OrderId;
    readonly access: AccessRule;
    readonly fromAtMs: TimeMs;
    readonly now: TimeMs;
  },
): Entitlement {
  const { userId, productId, orderId, access, fromAtMs, now } = given;
  if (before?.sources.some((source) => source.orderId === orderId)) return before;
  const untilAtMs = endOf(access, fromAtMs);
  return {
    id: entitlementId(userId, productId),
    userId,
    productId,
    sources: [...(before?.sources ?? []), { orderId, fromAtMs, untilAtMs, state: 'active' }],
    updatedAtMs: now,
  };
}

function endOf(access: AccessRule, fromAtMs: TimeMs): TimeMs | null {
  if (access.kind === 'forever') return null;
  return access.kind === 'days' ? timeMs(fromAtMs + access.days * DAY_MS) : access.untilAtMs;
}

/**
 * When access ends, exclusive: null for never, 0 when there is none. Periods are laid end to end in the order they
 * began, so that what is bought while access lasts is added after it.
 */
export function accessUntilAtMs(entitlement: Entitlement | null): TimeMs | null {
  const active = (entitlement?.sources ?? []).filter((source) => source.state === 'active');
  let endMs = 0;
  for (const { fromAtMs, untilAtMs } of active.toSorted((a, b) => a.fromAtMs - b.fromAtMs)) {
    if (untilAtMs === null) return null;
    endMs = Math.max(endMs, fromAtMs) + (untilAtMs - fromAtMs);
  }
  return timeMs(endMs);
}

/**
 * Whether the user may use the product now. Only the end is looked at: a period begins when it was paid for, and the
 * clock that said so may be a little ahead of this one.
 */
export function mayUse(entitlement: Entitlement | null, now: TimeMs): boolean {
  const untilAtMs = accessUntilAtMs(entitlement);
  return untilAtMs === null || now < untilAtMs;
}
