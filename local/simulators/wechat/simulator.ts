/**
 * WeChat's own API, simulated: login codes, session keys, the access token and phone numbers. Its JSON answers are sent
 * with the content type of plain text, as in reality.
 */
import { createCipheriv, createHash, createHmac } from 'node:crypto';
import type { OutsideResponse } from '../../../shared/adapters/http/request.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { Chances } from '../chances.ts';
import type { SimulatedRequest } from '../exchange.ts';
import type { SimulatorKeys } from '../keys.ts';
import { NO_WEIXIN_FAULTS, type WeixinFault } from './faults.ts';
import type { SafetyCheck } from './safety.ts';
import type { Shipping } from './shipping.ts';
import { Subscriptions } from './subscriptions.ts';

/** What a simulator is made of. */
export interface WeixinSimulatorOptions {
  readonly keys: Pick<SimulatorKeys, 'appid' | 'appSecret'>;
  readonly clock: Clock;
  readonly random: () => number;
}

type Words = Readonly<Record<string, unknown>>;

/** A code and its owner. It works once. */
interface Issued {
  readonly subject: string;
  readonly untilAtMs: number;
}

const CODE_MS = 5 * MINUTE_MS;
const TOKEN_MS = 2 * 60 * MINUTE_MS;
/** The old token still works this long after a new one was made. A new one is made this long before the end. */
const TOKEN_OVERLAP_MS = 5 * MINUTE_MS;
const FORCED_EVERY_MS = 30 * SECOND_MS;
const FORCED_PER_DAY_MAX = 20;
/** A code that was typed by hand instead of issued, such as `alice-1`. It works once, like any other. */
const HAND_MADE = /^([a-z][a-z0-9_]*)-[0-9]+$/;

const refusal = (errcode: number, errmsg: string): Words => ({ errcode, errmsg });

/** An answer of the API as it is sent. */
export function textOf(status: number, body: string): OutsideResponse {
  return { status, headers: { 'content-type': 'text/plain' }, body: Buffer.from(body) };
}

function jsonOf(body: Uint8Array): Words {
  try {
    const json: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof json === 'object' && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}

/** The simulator. */
export class WeixinSimulator {
  readonly faults: Chances<WeixinFault>;
  /** The learner's phone. */
  readonly phone = {
    /** What `wx.login` gives: a code that works once, within five minutes. The same name is always the same person. */
    login: (name: string) => ({ code: this.#issue(this.#logins, name), openid: this.openidOf(name) }),
    /** What the phone number button gives. */
    shareNumber: (phoneNumber: string) => ({ code: this.#issue(this.#numbers, phoneNumber) }),
    /** What `wx.getGroupEnterInfo` gives somebody who came from a chat, sealed with their present session key. */
    enterFrom: (name: string, openGid: string) => this.#sealed(name, { opengid: openGid }),
  };
  /** The answer to calls of matching paths, while it is set. */
  refusing: { readonly path: RegExp; readonly words: Words } | null = null;
  /** The reports of a shop that has to report deliveries; null for one that has not. */
  shipping: Shipping | null = null;
  /** The check of texts and media; null where nobody asks for it. */
  safety: SafetyCheck | null = null;
  /** The messages that people allow, and those that reached them. */
  readonly subscriptions: Subscriptions;
  readonly #options: WeixinSimulatorOptions;
  readonly #logins = new Map<string, Issued>();
  readonly #numbers = new Map<string, Issued>();
  readonly #used = new Set<string>();
  readonly #sessionKeys = new Map<string, string>();
  #issued = 0;
  #tokens: { readonly token: string; readonly untilAtMs: number }[] = [];
  #forcedAtMs: number[] = [];

  constructor(options: WeixinSimulatorOptions) {
    this.#options = options;
    this.faults = new Chances({ ...NO_WEIXIN_FAULTS }, options.random);
    this.subscriptions = new Subscriptions(options);
  }

  /** The openid of a name: `o` and 27 characters, the same in every run. */
  openidOf(name: string): string {
    return `o${createHash('sha256').update(name).digest('base64url').slice(0, 27)}`;
  }

  /** The id of a chat by its name: `G` and 21 characters, the same in every run. */
  openGidOf(chat: string): string {
    return `G${createHash('sha256').update(`chat:${chat}`).digest('base64url').slice(0, 21)}`;
  }

  /** The session key of the newest login, which ends the earlier ones. Null when there was none, or it ended. */
  sessionKeyOf(openid: string): string | null {
    return this.#sessionKeys.get(openid) ?? null;
  }

  /** Ends the session key, as WeChat does after a long absence. */
  endSession(openid: string): void {
    this.#sessionKeys.delete(openid);
  }

  /** The refusal of a call with this access token; null when the token is valid. */
  tokenRefusal(token: string | undefined): Words | null {
    if (token === undefined) return refusal(41001, 'access_token missing');
    const known = this.#tokens.find((each) => each.token === token);
    if (known === undefined) return refusal(40001, 'invalid credential');
    return this.#options.clock.now() < known.untilAtMs ? null : refusal(42001, 'access_token expired');
  }

  /** Answers a call; null when no answer comes, whether or not it was acted upon. */
  handle(request: SimulatedRequest): OutsideResponse | null {
    const { faults } = this;
    const say = (words: Words) => textOf(200, JSON.stringify(words));
    if (faults.happens('requestLost')) return null;
    if (faults.happens('serverError')) return textOf(502, '<html>502 Bad Gateway</html>');
    if (faults.happens('busy')) return say(refusal(-1, 'system error'));
    if (faults.happens('rateLimited')) return say(refusal(45011, 'api minute-quota reach limit'));
    if (faults.happens('blocked')) return say(refusal(40226, 'code blocked'));
    if (this.refusing?.path.test(request.path)) return say(this.refusing.words);
    if (request.path.startsWith('/cgi-bin/message/subscribe/send?')) return this.#sentMessage(request);
    const words = this.#routed(request);
    if (faults.happens('answerLost')) return null;
    return words === null ? textOf(404, 'not found') : say(words);
  }

  /** Sends a message. It has faults of its own: a lost answer must not look like a message that was not sent. */
  #sentMessage({ path, body }: SimulatedRequest): OutsideResponse | null {
    const query = new URLSearchParams(path.split('?')[1]);
    const words =
      this.tokenRefusal(query.get('access_token') ?? undefined) ?? this.subscriptions.send(jsonOf(body));
    return words === null ? null : textOf(200, JSON.stringify(words));
  }

  #routed({ method, path, body }: SimulatedRequest): Words | null {
    const [route = '', query = ''] = path.split('?');
    const asked = Object.fromEntries(new URLSearchParams(query));
    switch (`${method} ${route}`) {
      case 'GET /sns/jscode2session':
        return this.#session(asked);
      case 'POST /cgi-bin/stable_token':
        return this.#stableToken(jsonOf(body));
      case 'GET /wxa/checksession':
        return this.tokenRefusal(asked.access_token) ?? this.#checkedSession(asked);
      case 'POST /wxa/business/getuserphonenumber':
        return this.tokenRefusal(asked.access_token) ?? this.#phoneNumber(jsonOf(body));
      case 'POST /wxa/sec/order/upload_shipping_info':
        return this.tokenRefusal(asked.access_token) ?? this.shipping?.upload(jsonOf(body)) ?? null;
      case 'POST /wxa/msg_sec_check':
        return this.tokenRefusal(asked.access_token) ?? this.safety?.checkText(jsonOf(body)) ?? null;
      case 'POST /wxa/media_check_async':
        return this.tokenRefusal(asked.access_token) ?? this.safety?.checkMedia(jsonOf(body)) ?? null;
      default:
        return null;
    }
  }

  #letters(bytes: number): Buffer {
    return Buffer.from(Array.from({ length: bytes }, () => Math.floor(this.#options.random() * 256)));
  }

  #issue(codes: Map<string, Issued>, subject: string): string {
    this.#issued += 1;
    const code = `0${this.#letters(21).toString('base64url')}${String(this.#issued).padStart(3, '0')}`;
    codes.set(code, { subject, untilAtMs: this.#options.clock.now() + CODE_MS });
    return code;
  }

  /** The owner of a code, which is then used up. Null when the code is unknown, too old or was used before. */
  #redeem(codes: Map<string, Issued>, code: unknown): string | null {
    if (typeof code !== 'string') return null;
    const issued = codes.get(code);
    codes.delete(code);
    if (issued === undefined || this.#options.clock.now() >= issued.untilAtMs) return null;
    return issued.subject;
  }

  #handMade(code: string): string | null {
    const name = HAND_MADE.exec(code)?.[1];
    if (name === undefined || this.#used.has(code)) return null;
    this.#used.add(code);
    return name;
  }

  #session({ appid, secret, js_code: code, grant_type: grantType }: Readonly<Record<string, string>>): Words {
    const { keys } = this.#options;
    if (appid === undefined) return refusal(41002, 'appid missing');
    if (appid !== keys.appid) return refusal(40013, 'invalid appid');
    if (secret === undefined) return refusal(41004, 'appsecret missing');
    if (secret !== keys.appSecret) return refusal(40125, 'invalid appsecret');
    if (!code) return refusal(41008, 'missing code');
    if (grantType !== 'authorization_code') return refusal(40002, 'invalid grant_type');
    const name = this.#redeem(this.#logins, code) ?? this.#handMade(code);
    if (name === null) return refusal(40029, 'invalid code');
    const openid = this.openidOf(name);
    const sessionKey = this.#letters(16).toString('base64');
    this.#sessionKeys.set(openid, sessionKey);
    return { session_key: sessionKey, openid };
  }

  /** Checks a session. The session key is used as text, not decoded. Source: developers.weixin.qq.com, "检验登录态". */
  #checkedSession({ openid = '', signature, sig_method: method }: Readonly<Record<string, string>>): Words {
    if (method !== 'hmac_sha256') return refusal(87008, 'invalid sig_method');
    const sessionKey = this.sessionKeyOf(openid);
    const isValid =
      sessionKey !== null && createHmac('sha256', sessionKey).update('').digest('hex') === signature;
    return isValid ? { errcode: 0, errmsg: 'ok' } : refusal(87009, 'invalid signature');
  }

  #stableToken({ grant_type: grantType, appid, secret, force_refresh: isForced }: Words): Words {
    const { clock, keys } = this.#options;
    if (grantType !== 'client_credential') return refusal(40002, 'invalid grant_type');
    if (appid !== keys.appid) return refusal(40013, 'invalid appid');
    if (secret !== keys.appSecret) return refusal(40125, 'invalid appsecret');
    const now = clock.now();
    const last = this.#tokens.at(-1);
    const isDue = last === undefined || now >= last.untilAtMs - TOKEN_OVERLAP_MS;
    if (isForced === true) {
      const today = this.#forcedAtMs.filter((atMs) => atMs > now - DAY_MS);
      const isTooSoon = now - (today.at(-1) ?? Number.NEGATIVE_INFINITY) < FORCED_EVERY_MS;
      if (isTooSoon || today.length >= FORCED_PER_DAY_MAX)
        return refusal(45009, 'reach max api daily quota limit');
      this.#forcedAtMs = [...today, now];
    }
    if (!isDue && isForced !== true)
      return { access_token: last.token, expires_in: Math.floor((last.untilAtMs - now) / SECOND_MS) };
    const kept = isForced === true ? [] : this.#tokens.filter(({ untilAtMs }) => untilAtMs > now);
    const made = { token: this.#letters(96).toString('base64url'), untilAtMs: now + TOKEN_MS };
    this.#tokens = [...kept, made];
    return { access_token: made.token, expires_in: TOKEN_MS / SECOND_MS };
  }

  /** Data with a watermark, sealed for a user. Null for somebody who has no session key yet. */
  #sealed(name: string, data: Words): { readonly encryptedData: string; readonly iv: string } | null {
    const { clock, keys } = this.#options;
    const sessionKey = this.#sessionKeys.get(this.openidOf(name));
    if (sessionKey === undefined) return null;
    const watermark = { timestamp: Math.floor(clock.now() / SECOND_MS), appid: keys.appid };
    const iv = this.#letters(16);
    const cipher = createCipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), iv);
    const sealed = [cipher.update(JSON.stringify({ ...data, watermark }), 'utf8'), cipher.final()];
    return { encryptedData: Buffer.concat(sealed).toString('base64'), iv: iv.toString('base64') };
  }

  #phoneNumber({ code }: Words): Words {
    const { clock, keys } = this.#options;
    const phoneNumber = this.#redeem(this.#numbers, code);
    if (phoneNumber === null) return refusal(40029, 'invalid code');
    return {
      errcode: 0,
      errmsg: 'ok',
      phone_info: {
        phoneNumber,
        purePhoneNumber: phoneNumber,
        countryCode: '86',
        watermark: { timestamp: Math.floor(clock.now() / SECOND_MS), appid: keys.appid },
      },
    };
  }
}

/** Makes simulated WeChat. */
export function createWeixinSimulator(options: WeixinSimulatorOptions): WeixinSimulator {
  return new WeixinSimulator(options);
}
