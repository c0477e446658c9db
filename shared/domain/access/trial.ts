/** Trials: who may try a course, for how long, and when a trial is offered. */
import { fail } from '../../errors.ts';
import type { Trial } from '../../schemas/access/trial.ts';
import { DAY_MS, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { Talk } from '../../schemas/talk/talk.ts';
import { isOnSale } from '../catalogue/product.ts';
import { type Access, isOwned } from './access.ts';

/** For how many days somebody may try a course now; 0 when no trial is offered to them. */
export function trialOffered(product: Product, access: Access, talk: Talk, now: TimeMs): number {
  const isOffered = talk.trials === 'on' && isOnSale(product, now) && !access.hadTrial && !isOwned(access);
  return isOffered ? product.trialDays : 0;
}

/**
 * The trial of a course that begins now. The trial itself is returned when it runs already. There is one for ever, also
 * when the course offers a longer one later.
 * @throws trial.used, trial.not_offered; product.already_owned with the end of the access; phone.required for somebody
 * who has neither bound a phone number nor written here for some time
 */
export function beginTrial(
  before: Trial | null,
  asked: {
    readonly userId: UserId;
    readonly product: Product;
    readonly access: Access;
    /** Whether they have bound a phone number, or have written here for some time. */
    readonly isKnown: boolean;
    readonly now: TimeMs;
  },
): Trial {
  const { userId, product, access, isKnown, now } = asked;
  if (before !== null && now < before.endsAtMs) return before;
  if (before !== null) throw fail('trial.used');
  const { id: productId, trialDays } = product;
  if (trialDays === 0) throw fail('trial.not_offered');
  const { ownedUntilAtMs: untilAtMs } = access;
  if (isOwned(access)) throw fail('product.already_owned', { params: { productId, untilAtMs } });
  if (!isKnown) throw fail('phone.required');
  const endsAtMs = timeMs(now + trialDays * DAY_MS);
  return { id: `${userId}:${productId}`, userId, productId, startedAtMs: now, endsAtMs };
}
