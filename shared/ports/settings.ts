import type { DailyValue } from '../schemas/identity/proposal.ts';
import type { Paces } from '../schemas/payments/pace.ts';
import type { Selling } from '../schemas/pricing/promotion.ts';

/** What configuration says of the product itself. */
export interface Settings {
  /** Whose browsers may call the API: exact origins, empty for none. */
  readonly corsOrigins: readonly string[];
  /** Proxies of ours in front, whose forwarded addresses may be believed; 0 means the peer's own address counts. */
  readonly trustedProxies: number;
  /** What the platform takes off the path of a request before we get it; empty for nothing. */
  readonly pathPrefix: string;
  /** The unguessable key in the path of the broker's HTTP push, or null when that way is not used. */
  readonly busPushKey: string | null;
  /** Which rail sells what, what discounts may be, and which promotions may meet. */
  readonly selling: Selling;
  /** How many calls of each kind a platform gets in a second, of those that nobody waits for. */
  readonly paces: Paces;
  /** What of value one member of the staff may make in a day without a second person. */
  readonly dailyValue: DailyValue;
}
