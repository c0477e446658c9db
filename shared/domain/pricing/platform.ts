/**
 * The buyer's platform. The client states it, and WeChat states it where it can. The platform decides the rail and
 * its minimum price, so it must not be a way to a lower price: where WeChat contradicts the client, WeChat counts.
 */
import { fail } from '../../errors.ts';
import type { Order, Platform } from '../../schemas/orders/order.ts';
import type { SaidPlatform } from '../../schemas/orders/saidPlatform.ts';
import type { Selling } from '../../schemas/pricing/selling.ts';
import { floorOf, railFor } from './selling.ts';

/**
 * The platform that a price is computed for. A page in WeChat's own browser is `web`, as it claims; a mini-program
 * never is. A mini-program that claims `web` on an unknown device gets the strictest terms, those of iOS.
 */
export function platformOf(claimed: Platform, { isMiniProgram, device }: SaidPlatform): Platform {
  if (claimed === 'web' && !isMiniProgram) return 'web';
  return device ?? (claimed === 'web' ? 'ios' : claimed);
}

/**
 * Refuses to pay an order on a platform whose terms are stricter than those it was priced with. Example: an order
 * placed as `web` that a mini-program wants to pay.
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
