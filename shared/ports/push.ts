/** A message that WeChat pushed, verified. */
export interface PushMessage {
  /** The name of the event, or the kind of a message that is none: `xpay_goods_deliver_notify`. */
  readonly event: string;
  /** Of JSON as it came; of XML every value is a text, an object, or an array of them. */
  readonly words: Readonly<Record<string, unknown>>;
  /**
   * Whether the words are WeChat's own. Otherwise the signature does not cover them, and whoever has seen one can
   * write what they like: then they are only a reason to ask.
   */
  readonly isSealed: boolean;
  /** An answer in the form in which the message came, sealed if that was. */
  reply(words: Readonly<Record<string, string | number>>): {
    readonly body: string;
    readonly contentType: string;
  };
}

/** What WeChat pushes to us, and may push again: there is no window of time in which alone it is valid. */
export interface Push {
  /** What WeChat's check of our address is answered with. @throws notice.signature_invalid */
  check(query: Readonly<Record<string, string>>): string;
  /** @throws notice.signature_invalid, notice.malformed */
  read(query: Readonly<Record<string, string>>, rawBody: Uint8Array): PushMessage;
}
