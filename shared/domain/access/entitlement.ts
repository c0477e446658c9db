/** The reasons a user has for one product, and what they come to. Who may use what is in `access.ts`. */

import {
  type Entitlement,
  type EntitlementSource,
  entitlementId,
  type GrantCause,
  type SourceId,
} from '../../schemas/access/entitlement.ts';
import { DAY_MS, type ProductId, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { AccessRule } from '../../schemas/catalogue/product.ts';
import type { Order, PricedLine } from '../../schemas/orders/order.ts';
import { atMost } from '../calendar.ts';

/**
 * The user's access with what one source gives added. A source gives once: for one that is there already, active or
 * taken back, the very same object comes back.
 */
export function grant(
  before: Entitlement | null,
  given: {
    readonly userId: UserId;
    readonly productId: ProductId;
    readonly sourceId: SourceId;
    readonly cause: GrantCause;
    readonly access: AccessRule;
    readonly fromAtMs: TimeMs;
    /** `revoked` for what is on its way back before it was given. `active` when not said. */
    readonly state?: EntitlementSource['state'];
    readonly now: TimeMs;
  },
): Entitlement {
  const { userId, productId, sourceId, cause, access, fromAtMs, state = 'active', now } = given;
  if (before?.sources.some((source) => source.sourceId === sourceId)) return before;
  const isDated = access.kind === 'until';
  const source = { sourceId, cause, fromAtMs, untilAtMs: endOf(access, fromAtMs), isDated, state };
  return {
    id: entitlementId(userId, productId),
    userId,
    productId,
    sources: [...(before?.sources ?? []), source],
    updatedAtMs: now,
  };
}

function endOf(access: AccessRule, fromAtMs: TimeMs): TimeMs | null {
  if (access.kind === 'forever') return null;
  return access.kind === 'days' ? atMost(fromAtMs + access.days * DAY_MS) : access.untilAtMs;
}

/**
 * The access with what one source gave taken back, or given again. The very same object comes back when there is
 * nothing of that source, or it is so already.
 */
export function withSource(
  before: Entitlement,
  sourceId: SourceId,
  state: EntitlementSource['state'],
  now: TimeMs,
): Entitlement {
  const isChanging = before.sources.some((source) => source.sourceId === sourceId && source.state !== state);
  if (!isChanging) return before;
  const changed = ({ revokedAtMs: _, ...source }: EntitlementSource): EntitlementSource =>
    state === 'active' ? { ...source, state } : { ...source, state, revokedAtMs: now };
  const sources = before.sources.map((source) => (source.sourceId === sourceId ? changed(source) : source));
  return { ...before, sources, updatedAtMs: now };
}

/**
 * Whether a line that is about to be given was paid for in vain: another order has given the product for ever before.
 * What lasts for a time is added to what there is.
 */
export function isBoughtTwice(
  before: Entitlement | null,
  order: Pick<Order, 'id' | 'isHonoured' | 'revoked'>,
  line: Pick<PricedLine, 'productId' | 'paidFen'>,
): boolean {
  const isGiven = before?.sources.some(({ sourceId }) => sourceId === order.id) === true;
  const isKept = line.paidFen > 0 && !order.revoked.includes(line.productId);
  // Of one that was honoured at our cost staff know already.
  return isKept && !isGiven && !order.isHonoured && accessUntilAtMs(before) === null;
}

/**
 * When access ends, exclusive: null for never, 0 when there is none. Periods are laid end to end in the order they
 * began, so that what is bought while access lasts is added after it; a date only says that it lasts at least so long.
 * What was taken back took up the time until then: what comes after it begins where it was cut, and is whole.
 */
export function accessUntilAtMs(entitlement: Entitlement | null): TimeMs | null {
  let takenMs = 0;
  let endMs = 0;
  for (const source of (entitlement?.sources ?? []).toSorted((a, b) => a.fromAtMs - b.fromAtMs)) {
    const { fromAtMs, untilAtMs, isDated, state, revokedAtMs = 0 } = source;
    const startMs = isDated ? fromAtMs : Math.max(takenMs, fromAtMs);
    const whole = untilAtMs === null ? Number.POSITIVE_INFINITY : startMs + (untilAtMs - fromAtMs);
    if (state === 'revoked') {
      const cutMs = Math.min(whole, revokedAtMs);
      if (cutMs > startMs) takenMs = Math.max(takenMs, cutMs);
      continue;
    }
    if (untilAtMs === null) return null;
    takenMs = Math.max(takenMs, whole);
    endMs = takenMs;
  }
  return atMost(endMs);
}
