/** WeChat's own API: api.weixin.qq.com. Source: developers.weixin.qq.com, "小程序登录 code2Session", "检验登录态". */
import * as z from 'zod';
import { type ErrorCode, fail } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Wechat } from '../../ports/wechat.ts';
import { Breakers } from '../http/breaker.ts';
import type { OutsideRequest, Send } from '../http/request.ts';
import { sessionKeySignature } from '../xpay/signature.ts';
import type { CallWechat } from './token.ts';

/** The mini-program, its secret, and how WeChat is reached. */
export interface WechatApiConfig {
  readonly appid: string;
  readonly secret: string;
  /** `https://api.weixin.qq.com`, without a slash at the end. */
  readonly baseUrl: string;
  readonly send: Send;
  readonly clock: Clock;
  /** The calls of the same account that need an access token. */
  readonly call: CallWechat;
}

/** A login waits for this call. */
const TIMEOUT_MS = 2_000;

/** The session key is not the one that is valid now. */
const SIGNATURE_WRONG = 87009;

/** In practice an answer that succeeds leaves `errcode` out. */
const Session = z.object({
  errcode: z.literal(0).optional(),
  openid: z.string().min(1).max(64),
  session_key: z.string().min(16).max(64),
  unionid: z.string().max(64).optional(),
});
const Refusal = z.object({ errcode: z.int() });

/** What WeChat's refusals mean here; any other is our configuration's fault, or WeChat's. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  40029: 'auth.code_invalid',
  40163: 'auth.code_invalid',
  40226: 'auth.login_blocked',
  45011: 'request.too_many',
};

/** The answer's JSON; WeChat calls it text/plain. */
function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (cause) {
    throw fail('wechat.unavailable', { detail: 'the answer is no JSON', cause });
  }
}

/** WeChat's own server. */
export function wechatApi({ appid, secret, baseUrl, send, clock, call }: WechatApiConfig): Wechat {
  const breakers = new Breakers(clock);
  const attempt = async (request: OutsideRequest) => {
    // The cause is left out: it may carry the URL, and the URL carries the secret.
    const answer = await send(request).catch(() => {
      throw fail('wechat.unavailable', { detail: 'no answer' });
    });
    if (answer.status !== 200) throw fail('wechat.unavailable', { detail: `status ${answer.status}` });
    return answer;
  };

  return {
    codeToSession: async (code) => {
      const query = new URLSearchParams({ appid, secret, js_code: code, grant_type: 'authorization_code' });
      const url = `${baseUrl}/sns/jscode2session?${query}`;
      const request = { method: 'GET', url, headers: {}, body: '', timeoutMs: TIMEOUT_MS } as const;
      const answer = await breakers.insist(
        'jscode2session',
        () => attempt(request),
        () => false,
      );
      const body = parsed(answer.body);
      const session = Session.safeParse(body);
      if (session.success) {
        const { openid, session_key: sessionKey, unionid = null } = session.data;
        return { openid, unionid, sessionKey };
      }
      const refusal = Refusal.safeParse(body);
      const errcode = refusal.success ? refusal.data.errcode : 'unreadable';
      throw fail(CODES[Number(errcode)] ?? 'wechat.unavailable', { detail: `errcode ${errcode}` });
    },
    checkSession: async ({ openid, sessionKey }) => {
      const { errcode } = await call({
        method: 'GET',
        path: '/wxa/checksession',
        query: { openid, signature: sessionKeySignature(sessionKey, ''), sig_method: 'hmac_sha256' },
        body: '',
        timeoutMs: TIMEOUT_MS,
      });
      if (errcode !== 0 && errcode !== SIGNATURE_WRONG)
        throw fail('wechat.unavailable', { detail: `errcode ${errcode}` });
      return errcode === 0;
    },
  };
}
