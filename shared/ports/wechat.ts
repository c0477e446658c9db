/** Whom WeChat says a login code belongs to. */
export interface WechatSession {
  readonly openid: string;
  readonly unionid: string | null;
  /** Base64, 16 bytes. Never leaves the server, never stored in the clear. */
  readonly sessionKey: string;
}

/** A phone number that somebody has let WeChat tell us. */
export interface WechatPhone {
  /** Without the country's code. */
  readonly number: string;
  /** `86`, without a plus. */
  readonly countryCode: string;
}

/** WeChat's own server, as far as sessions and people need it. */
export interface Wechat {
  /** @throws auth.code_invalid, auth.login_blocked, request.too_many, wechat.unavailable */
  codeToSession(code: string): Promise<WechatSession>;
  /**
   * Whose number the button for phone numbers has given a code for. A code works once, for five minutes, and only for
   * the account that it was given to. @throws phone.code_invalid, wechat.unavailable
   */
  phoneNumber(asked: { readonly code: string; readonly openid: string }): Promise<WechatPhone>;
  /** Whether this is still the buyer's session key: a newer login may have ended it. @throws wechat.unavailable */
  checkSession(session: Pick<WechatSession, 'openid' | 'sessionKey'>): Promise<boolean>;
}
