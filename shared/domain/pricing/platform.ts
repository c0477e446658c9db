/**
 * What the buyer holds in hand: the client says it, and WeChat where it says it. It decides the rail and its floors, so
 * it must be no way to a lower price: where WeChat says something else than the client, WeChat's word counts.
 */
import { fail } from '../../errors.ts';
import type { Order, Platform } from '../../schemas/orders/order.ts';
import type { SaidPlatform } from '../../schemas/orders/saidPlatform.ts';
import type { Selling } from '../../schemas/pricing/promotion.ts';
import { floorOf, railFor } from './selling.ts';

/**
 * The platform that the price is for. A page in WeChat's browser is `web`, as it says; a mini-program never is. One that
 * claims to be, on a device that we do not know, gets the strictest terms: those of iOS.
 */
export function platformOf(claimed: Platform, { isMiniProgram, device }: SaidPlatform): Platform {
  if (claimed === 'web' && !isMiniProgram) return 'web';
  return device ?? (claimed === 'web' ? 'ios' : claimed);
}

/**
 * Refuses to pay an order on a platform whose terms are stricter than those that it was priced with. Example: an order
 * that was placed as `web`, and that a mini-program would pay.
 * @throws order.other_phone
 */
export function refuseOnOtherPhone(
  { rail, platform: priced, lines }: Pick<Order, 'rail' | 'platform' | 'lines'>,
  said: SaidPlatform,
  selling: Selling,
): void {
  const platform = platformOf(priced, said);
  if (rail === 'zero' || platform === priced) return;
  const [now, before] = [floorOf(rail, platform, selling), floorOf(rail, priced, selling)];
  const isStricter = now.shareMin > before.shareMin || now.payableMinFen > before.payableMinFen;
  const isOnRail = lines.every(({ kind }) => railFor(kind, platform, selling) === rail);
  if (isStricter || !isOnRail) throw fail('order.other_phone');
}
