/** WeChat's messages to people outside the mini-program ("订阅消息"). Who gets one has allowed it before. */

/** One message. */
export interface MessageAsked {
  readonly openid: string;
  readonly templateId: string;
  /** The page that it opens, without a slash in front. */
  readonly page: string;
  /** What stands in each field of the template. */
  readonly data: Readonly<Record<string, string>>;
}

/**
 * What became of a message. `sent` has WeChat's number of it, or null when it says none. `refused`: the person allows
 * no (more) message. `failed`: nobody got it, because WeChat does not take these values, this template or its page, or
 * this person.
 */
export type MessageOutcome =
  | { readonly outcome: 'sent'; readonly number: string | null }
  | { readonly outcome: 'refused'; readonly code: string }
  | {
      readonly outcome: 'failed';
      readonly because: 'values' | 'template' | 'person';
      readonly code: string;
      /** WeChat's words, on one line and cut. */
      readonly words: string;
    };

/** The sending of messages. WeChat knows no repeats: a message that is sent twice arrives twice. */
export interface Messages {
  /**
   * Sends a message. It may have been sent although there is no answer.
   * @throws wechat.unavailable; with WeChat's refusal, or unasked, it was certainly not sent
   */
  send(asked: MessageAsked): Promise<MessageOutcome>;
}
