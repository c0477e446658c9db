import type { Refusal } from '../errors.ts';
import type { OrderId, TimeMs } from '../schemas/base.ts';
import type { BilledRail, PaymentNews, RefundNews } from './rail.ts';

/** A verified, decrypted notice. */
export type PayNotice =
  | { readonly kind: 'payment'; readonly news: PaymentNews }
  | { readonly kind: 'refund'; readonly news: RefundNews }
  /** A genuine notice that we do not use: a payment that did not succeed, or an unknown event type. */
  | { readonly kind: 'other'; readonly eventType: string };

/** A delivery to report to the platform. */
export interface Delivery {
  readonly orderId: OrderId;
  readonly openid: string;
  /** What was delivered, in words for the buyer. It is cut when it is too long. */
  readonly description: string;
  readonly deliveredAtMs: TimeMs;
}

/** WeChat Pay v3, JSAPI. */
export interface WxpayRail extends BilledRail {
  readonly name: 'wxpay';
  /**
   * Verifies and decrypts a callback: the signature over the raw bytes, a timestamp within five minutes, a known
   * key.
   * @throws notice.signature_invalid, notice.malformed
   */
  readNotice(headers: Readonly<Record<string, string>>, rawBody: Uint8Array): Promise<PayNotice>;
  /**
   * Reports to WeChat that an order was delivered; null where the shop does not have to. Safe to repeat. Resolves to
   * `absent` when WeChat does not know the order yet, and to its refusal when it will never accept the report.
   * @throws wechat.unavailable
   */
  readonly reportDelivery: ((delivery: Delivery) => Promise<'taken' | 'absent' | Refusal>) | null;
}
