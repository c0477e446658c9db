/** How many messages of a template a user allows. Each acceptance allows one; "always keep" adds nothing by itself. */
import type { TimeMs } from '../../schemas/base.ts';
import { HEARD_MAX, type Subscription } from '../../schemas/inbox/message.ts';

/**
 * The user accepted, at this second of WeChat's clock. A repeat changes nothing, nor does what came before they
 * switched the template off.
 */
export function heardAccept(subscription: Subscription, atS: number, now: TimeMs): Subscription {
  const { left, blockedAtS, heardAtS } = subscription;
  const isForgotten = heardAtS.length === HEARD_MAX && atS < (heardAtS[0] ?? 0);
  if (atS <= blockedAtS || heardAtS.includes(atS) || isForgotten) return subscription;
  const heard = [...heardAtS, atS].sort((one, other) => one - other).slice(-HEARD_MAX);
  return { ...subscription, left: left + 1, isBlocked: false, heardAtS: heard, updatedAtMs: now };
}

/** The user switched the template off, at this second. What they accepted later still counts. */
export function heardBlock(subscription: Subscription, atS: number, now: TimeMs): Subscription {
  const { left, blockedAtS, heardAtS } = subscription;
  if (atS <= blockedAtS) return subscription;
  const later = heardAtS.filter((each) => each > atS).length;
  return {
    ...subscription,
    left: Math.min(left, later),
    isBlocked: later === 0,
    blockedAtS: atS,
    updatedAtMs: now,
  };
}

/** The user switched the template on again, at this second. That allows no message by itself. */
export function heardUnblock(subscription: Subscription, atS: number, now: TimeMs): Subscription {
  if (!subscription.isBlocked || atS <= subscription.blockedAtS) return subscription;
  return { ...subscription, isBlocked: false, updatedAtMs: now };
}
