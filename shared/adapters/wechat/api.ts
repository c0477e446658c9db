/** WeChat's own API, api.weixin.qq.com. Source: developers.weixin.qq.com, "小程序登录 code2Session", "检验登录态", "获取手机号". */
import * as z from 'zod';
import { type ErrorCode, fail, type Refusal } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Wechat, WechatSession } from '../../ports/wechat.ts';
import { Breakers } from '../http/breaker.ts';
import { refusedBy } from '../http/codes.ts';
import type { OutsideRequest, Send } from '../http/request.ts';
import { sessionKeySignature } from '../xpay/signature.ts';
import { LOGIN_CODES, PHONE_CODES, SESSION_CODES } from './codes.ts';
import { chatOf } from './openData.ts';
import { type CallWechat, refusalOfCode } from './token.ts';

/** The mini-program, its secret, and how WeChat is called. */
export interface WechatApiConfig {
  readonly appid: string;
  readonly secret: string;
  /** Without a slash at the end: `https://api.weixin.qq.com`. */
  readonly baseUrl: string;
  readonly send: Send;
  readonly clock: Clock;
  readonly log: Log;
  /** Calls of the same account that need an access token. */
  readonly call: CallWechat;
}

/** A login waits for this call. */
const TIMEOUT_MS = 2_000;

/** The session key is not the valid one. */
const SIGNATURE_WRONG = '87009';

const LOGIN = { platform: 'wechat', path: '/sns/jscode2session', codes: LOGIN_CODES } as const;

/** In practice a successful answer has no `errcode`. */
const Session = z.object({
  errcode: z.literal(0).optional(),
  openid: z.string().min(1).max(64),
  session_key: z.string().min(16).max(64),
  unionid: z.string().max(64).optional(),
});
const Refused = z.object({ errcode: z.int(), errmsg: z.string().catch('') });

/** What WeChat's refusals mean here. Any other is a fault of our configuration or of WeChat. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  40029: 'auth.code_invalid',
  40163: 'auth.code_invalid',
  40226: 'auth.login_blocked',
  45011: 'request.too_many',
};

/** The country code comes as a string or a number. */
const Phone = z.object({
  phone_info: z.object({
    purePhoneNumber: z.string().regex(/^[0-9]{4,20}$/),
    countryCode: z.coerce.string().regex(/^[0-9]{1,4}$/),
    watermark: z.object({ appid: z.string() }),
  }),
});

/** The phone-number code is unknown, expired, used, or of another account. */
const PHONE_CODE_WRONG = '40029';

/** The answer's JSON. WeChat labels it text/plain. */
function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (cause) {
    throw fail('wechat.unavailable', { detail: 'the answer is no JSON', cause });
  }
}

/** The session, or why there is none; both null when the answer cannot be read. */
function sessionOf(bytes: Uint8Array): {
  readonly session: WechatSession | null;
  readonly refusal: Refusal | null;
} {
  const body = parsed(bytes);
  const session = Session.safeParse(body);
  if (session.success) {
    const { openid, session_key: sessionKey, unionid = null } = session.data;
    return { session: { openid, unionid, sessionKey }, refusal: null };
  }
  const refused = Refused.safeParse(body);
  const refusal = refused.success ? refusalOfCode(LOGIN, refused.data.errcode, refused.data.errmsg) : null;
  return { session: null, refusal };
}

/** WeChat's API as the port. */
export function wechatApi({ appid, secret, baseUrl, send, clock, log, call }: WechatApiConfig): Wechat {
  const breakers = new Breakers({ clock, log });
  const attempt = async (request: OutsideRequest) => {
    // The cause is left out, because it may contain the URL, and the URL contains the secret.
    const answer = await send(request).catch(() => {
      throw fail('wechat.unavailable', { detail: 'no answer' });
    });
    if (answer.status !== 200) throw fail('wechat.unavailable', { detail: `status ${answer.status}` });
    return answer;
  };

  return {
    codeToSession: async (code) => {
      const query = new URLSearchParams({ appid, secret, js_code: code, grant_type: 'authorization_code' });
      const url = `${baseUrl}${LOGIN.path}?${query}`;
      const request = { method: 'GET', url, headers: {}, body: '', timeoutMs: TIMEOUT_MS } as const;
      const { session, refusal } = await breakers.insist(
        LOGIN.path,
        async () => sessionOf((await attempt(request)).body),
        ({ refusal }) => (refusal?.verdict === 'ours' ? 'ours' : 'well'),
      );
      if (session !== null) return session;
      if (refusal === null) throw fail('wechat.unavailable', { detail: 'errcode unreadable' });
      const known = CODES[refusal.code];
      if (known !== undefined) throw fail(known, { detail: `errcode ${refusal.code}` });
      throw refusedBy(refusal, 'wechat.unavailable');
    },
    phoneNumber: async ({ code, openid }) => {
      const { refusal, json } = await call({
        platform: 'wechat',
        codes: PHONE_CODES,
        method: 'POST',
        path: '/wxa/business/getuserphonenumber',
        body: JSON.stringify({ code, openid }),
        timeoutMs: TIMEOUT_MS,
      });
      if (refusal?.code === PHONE_CODE_WRONG) throw fail('phone.code_invalid');
      if (refusal !== null) throw refusedBy(refusal, 'wechat.unavailable');
      const read = Phone.safeParse(json);
      // The parse error is left out, because it may contain the phone number.
      if (!read.success || read.data.phone_info.watermark.appid !== appid)
        throw fail('wechat.unavailable', { detail: 'no phone number of ours' });
      const { purePhoneNumber: number, countryCode } = read.data.phone_info;
      return { number, countryCode };
    },
    checkSession: async ({ openid, sessionKey }) => {
      const { refusal } = await call({
        platform: 'wechat',
        codes: SESSION_CODES,
        method: 'GET',
        path: '/wxa/checksession',
        query: { openid, signature: sessionKeySignature(sessionKey, ''), sig_method: 'hmac_sha256' },
        body: '',
        timeoutMs: TIMEOUT_MS,
      });
      if (refusal !== null && refusal.code !== SIGNATURE_WRONG)
        throw refusedBy(refusal, 'wechat.unavailable');
      return refusal === null;
    },
    openChat: (sealed) => chatOf(appid, sealed),
  };
}
