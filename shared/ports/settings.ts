import type { DailyValue } from '../schemas/identity/dailyValue.ts';
import type { Templates } from '../schemas/inbox/template.ts';
import type { Paces } from '../schemas/payments/pace.ts';
import type { Selling } from '../schemas/pricing/selling.ts';
import type { Talk } from '../schemas/talk/talk.ts';

/** The configuration of the product itself. */
export interface Settings {
  /** The exact origins whose browsers may call the API; empty for none. */
  readonly corsOrigins: readonly string[];
  /**
   * How many of our own proxies stand in front and may state a forwarded address. 0 means that the peer's address
   * counts.
   */
  readonly trustedProxies: number;
  /** The prefix that the platform removes from a request's path before we get it; empty for none. */
  readonly pathPrefix: string;
  /** Our own address as platforms reach it, with that prefix and without a slash behind. */
  readonly publicUrl: string;
  /** The secret key in the path of the broker's HTTP push; null when pushes by HTTP are not used. */
  readonly busPushKeys: readonly string[];
  /** Which rail sells what, which discounts are allowed, and which promotions may be combined. */
  readonly selling: Selling;
  /** Which features of talking are switched on. */
  readonly talk: Talk;
  /** WeChat's templates, by which messages are sent outside; without one, what is told stays in the inbox. */
  readonly templates: Templates;
  /** Who says which messages people allow: WeChat's push, or their phone where none is set up. */
  readonly subscribeAnswers: 'push' | 'phone';
  /** The largest number of background calls of each kind that a platform gets per second. */
  readonly paces: Paces;
  /** How much value one member of staff may give away in a day without a second person. */
  readonly dailyValue: DailyValue;
}
