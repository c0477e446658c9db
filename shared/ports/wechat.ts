/** Whom WeChat says a login code belongs to. */
export interface WechatSession {
  readonly openid: string;
  readonly unionid: string | null;
  /** Base64, 16 bytes. Never leaves the server, never stored in the clear. */
  readonly sessionKey: string;
}

/** WeChat's own server, as far as sessions need it. */
export interface Wechat {
  /** @throws auth.code_invalid, auth.login_blocked, request.too_many, wechat.unavailable */
  codeToSession(code: string): Promise<WechatSession>;
  /** Whether this is still the buyer's session key: a newer login may have ended it. @throws wechat.unavailable */
  checkSession(session: Pick<WechatSession, 'openid' | 'sessionKey'>): Promise<boolean>;
}
