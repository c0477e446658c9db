import type { TimeMs } from '../schemas/base.ts';

/** WeChat's answer to a login code. */
export interface WechatSession {
  readonly openid: string;
  readonly unionid: string | null;
  /** Base64 of 16 bytes. It never leaves the server, and is never stored in the clear. */
  readonly sessionKey: string;
}

/** A phone number that a user allowed WeChat to tell us. */
export interface WechatPhone {
  /** Without the country code. */
  readonly number: string;
  /** Without a plus: `86`. */
  readonly countryCode: string;
}

/** A chat with several people, as WeChat sealed it for somebody who came from there. */
export interface WechatChat {
  readonly openGid: string;
  /** When WeChat sealed it. */
  readonly atMs: TimeMs;
}

/** WeChat's server, as far as logins and users need it. */
export interface Wechat {
  /** Exchanges a login code. @throws auth.code_invalid, auth.login_blocked, request.too_many, wechat.unavailable */
  codeToSession(code: string): Promise<WechatSession>;
  /**
   * The phone number for a code of WeChat's phone-number button. A code works once, within five minutes, and only
   * for the account that got it.
   * @throws phone.code_invalid, wechat.unavailable
   */
  phoneNumber(asked: { readonly code: string; readonly openid: string }): Promise<WechatPhone>;
  /** Whether this is still the buyer's session key. A newer login may have ended it. @throws wechat.unavailable */
  checkSession(session: Pick<WechatSession, 'openid' | 'sessionKey'>): Promise<boolean>;
  /**
   * The chat in what `wx.getGroupEnterInfo` gave the phone; null when it was not sealed with this session key or not
   * for our mini-program. Nothing outside is asked.
   */
  openChat(sealed: {
    readonly encryptedData: string;
    readonly iv: string;
    readonly sessionKey: string;
  }): WechatChat | null;
}
