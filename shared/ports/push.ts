/** A verified message that WeChat pushed. */
export interface PushMessage {
  /** The event's name (`xpay_goods_deliver_notify`), or the type of a message that is no event. */
  readonly event: string;
  /**
   * The message's fields. From JSON they are as they came. From XML every value is a string, an object, or an array
   * of them.
   */
  readonly words: Readonly<Record<string, unknown>>;
  /**
   * Whether the content is certainly WeChat's. Otherwise the signature does not cover it, and anybody who has seen
   * one signature can forge the content. Then it only serves as a reason to ask the rail.
   */
  readonly isSealed: boolean;
  /** An answer in the message's own format, sealed if the message was. */
  reply(words: Readonly<Record<string, string | number>>): {
    readonly body: string;
    readonly contentType: string;
  };
}

/** WeChat's pushes to us. WeChat may repeat a push, and its signature stays valid for any time. */
export interface Push {
  /** The answer to WeChat's check of our address. @throws notice.signature_invalid */
  check(query: Readonly<Record<string, string>>): string;
  /** Verifies and parses a push. @throws notice.signature_invalid, notice.malformed */
  read(query: Readonly<Record<string, string>>, rawBody: Uint8Array): PushMessage;
}
