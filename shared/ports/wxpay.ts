import type { Refusal } from '../errors.ts';
import type { OrderId, TimeMs } from '../schemas/base.ts';
import type { BilledRail, PaymentNews, RefundNews } from './rail.ts';

/** A verified, decrypted notice. */
export type PayNotice =
  | { readonly kind: 'payment'; readonly news: PaymentNews }
  | { readonly kind: 'refund'; readonly news: RefundNews }
  /** Genuine, and of a kind we have no use for (a payment that did not succeed, an unknown event type). */
  | { readonly kind: 'other'; readonly eventType: string };

/** What a buyer got, as the platform has to hear of it. */
export interface Delivery {
  readonly orderId: OrderId;
  readonly openid: string;
  /** What it was, in words for the buyer; what is too long is cut. */
  readonly description: string;
  readonly deliveredAtMs: TimeMs;
}

/** WeChat Pay v3, JSAPI. */
export interface WxpayRail extends BilledRail {
  readonly name: 'wxpay';
  /**
   * Verifies and decrypts a callback: signature over the raw bytes, timestamp within five minutes, known key.
   * @throws notice.signature_invalid, notice.malformed
   */
  readNotice(headers: Readonly<Record<string, string>>, rawBody: Uint8Array): Promise<PayNotice>;
  /**
   * Tells WeChat that an order was delivered; null where the shop does not have to. Safe to repeat. Answers `absent`
   * when WeChat does not know the order yet, and its refusal when it will never take it.
   * @throws wechat.unavailable
   */
  readonly reportDelivery: ((delivery: Delivery) => Promise<'taken' | 'absent' | Refusal>) | null;
}
