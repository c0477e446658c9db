/** The simulated api.weixin.qq.com: logins, tokens and phone numbers. Source: developers.weixin.qq.com. */
import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/ports.ts';
import type { SimulatorKeys } from './keys.ts';
import type { Handle, SimulatedAnswer, SimulatedRequest } from './message.ts';

/** What can go wrong, each with a likelihood from 0 to 1; `errcode` is answered by every login when it is not 0. */
export interface WeixinFaults {
  busy: number;
  timeout: number;
  errcode: number;
}

export interface WeixinSimulator {
  readonly handle: Handle;
  readonly faults: WeixinFaults;
  /** `wx.login` on the phone of that person: the same name has the same openid. The code works once, for 5 minutes. */
  login(name: string): { readonly code: string; readonly openid: string };
  /** The phone number button: a code of its own kind, once, for 5 minutes. */
  phoneNumberCode(phoneNumber: string): string;
}

interface Issued {
  readonly value: string;
  readonly expiresAtMs: number;
}

const CODE_MS = 5 * 60_000;
const TOKEN_MS = 7_200_000;
/** The platform renews a token this long before its end; both work until then. */
const RENEW_MS = 5 * 60_000;
const FORCE_EVERY_MS = 30_000;
const FORCES_MAX = 20;

const textual = (value: unknown): SimulatedAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/plain' },
  body: JSON.stringify(value),
});
const refused = (errcode: number, errmsg: string) => textual({ errcode, errmsg });

interface Given {
  readonly keys: Pick<SimulatorKeys, 'appid' | 'appSecret'>;
  readonly clock: Clock;
  readonly random: () => number;
}

/** A person's openid: 28 characters, the same for the same name. */
export function openidOf(appid: string, name: string): string {
  return `o${createHash('sha256').update(`${appid}:${name}`).digest('base64url').slice(0, 27)}`;
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** `stable_token`: the same token for everybody while it is valid. */
class StableToken {
  readonly #given: Given;
  #current: Issued = { value: '', expiresAtMs: 0 };
  #before: Issued = { value: '', expiresAtMs: 0 };
  #forcedAtMs = 0;
  #forces = 0;

  constructor(given: Given) {
    this.#given = given;
  }

  isValid(token: string | null): boolean {
    const now = this.#given.clock.now();
    return [this.#current, this.#before].some(({ value, expiresAtMs }) => value === token && now < expiresAtMs);
  }

  ask(body: Readonly<Record<string, unknown>>): SimulatedAnswer {
    const { keys, clock } = this.#given;
    if (body.grant_type !== 'client_credential') return refused(40002, 'invalid grant_type');
    if (body.appid !== keys.appid) return refused(40013, 'invalid appid');
    if (body.secret !== keys.appSecret) return refused(40125, 'invalid appsecret');
    const now = clock.now();
    if (body.force_refresh === true) {
      if (this.#forces >= FORCES_MAX || now < this.#forcedAtMs + FORCE_EVERY_MS) {
        return refused(45011, 'api minute-quota reach limit');
      }
      this.#forces += 1;
      this.#forcedAtMs = now;
      this.#renew(now, 0);
    } else if (now >= this.#current.expiresAtMs - RENEW_MS) {
      this.#renew(now, RENEW_MS);
    }
    const { value, expiresAtMs } = this.#current;
    return textual({ access_token: value, expires_in: Math.floor((expiresAtMs - now) / 1000) });
  }

  #renew(now: number, graceMs: number): void {
    this.#before = { ...this.#current, expiresAtMs: Math.min(this.#current.expiresAtMs, now + graceMs) };
    this.#current = { value: secretText(this.#given.random, 96), expiresAtMs: now + TOKEN_MS };
  }
}

function secretText(random: () => number, characters: number): string {
  let text = '';
  for (let n = 0; n < characters; n++) text += Math.floor(random() * 36).toString(36);
  return text;
}

/** Takes a code out of circulation and answers what it stood for, or null. */
function take(codes: Map<string, Issued>, code: string | null, now: number): string | null {
  const issued = code === null ? undefined : codes.get(code);
  if (code === null || issued === undefined) return null;
  codes.delete(code);
  return now < issued.expiresAtMs ? issued.value : null;
}

/** Makes one; its chance and its time are given. */
export function createWeixinSimulator(given: Given): WeixinSimulator {
  const { keys, clock, random } = given;
  const faults: WeixinFaults = { busy: 0, timeout: 0, errcode: 0 };
  const logins = new Map<string, Issued>();
  const phones = new Map<string, Issued>();
  const token = new StableToken(given);

  function issue(codes: Map<string, Issued>, value: string): string {
    const code = secretText(random, 32);
    codes.set(code, { value, expiresAtMs: clock.now() + CODE_MS });
    return code;
  }

  function codeToSession(query: URLSearchParams): SimulatedAnswer {
    if (query.get('appid') === null) return refused(41002, 'appid missing');
    if (query.get('appid') !== keys.appid) return refused(40013, 'invalid appid');
    if (query.get('secret') === null) return refused(41004, 'appsecret missing');
    if (query.get('secret') !== keys.appSecret) return refused(40125, 'invalid appsecret');
    if (query.get('js_code') === null) return refused(41008, 'missing code');
    if (random() < faults.busy) return refused(-1, 'system error');
    if (faults.errcode !== 0) return refused(faults.errcode, 'as told');
    const openid = take(logins, query.get('js_code'), clock.now());
    if (openid === null) return refused(40029, 'invalid code');
    const sessionKey = Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256)));
    return textual({ session_key: sessionKey.toString('base64'), openid });
  }

  function phoneNumber(query: URLSearchParams, { body }: SimulatedRequest): SimulatedAnswer {
    if (!token.isValid(query.get('access_token'))) return refused(40001, 'invalid credential');
    const { code } = parsed(body);
    const number = take(phones, typeof code === 'string' ? code : null, clock.now());
    if (number === null) return refused(40029, 'invalid code');
    const watermark = { timestamp: Math.floor(clock.now() / 1000), appid: keys.appid };
    const phone_info = { phoneNumber: number, purePhoneNumber: number, countryCode: 86, watermark };
    return textual({ errcode: 0, errmsg: 'ok', phone_info });
  }

  return {
    faults,
    login: (name) => {
      const openid = openidOf(keys.appid, name);
      return { code: issue(logins, openid), openid };
    },
    phoneNumberCode: (number) => issue(phones, number),
    handle: async (request) => {
      if (random() < faults.timeout) throw new Error('simulated: no answer');
      const [path = '', search = ''] = request.path.split('?');
      const query = new URLSearchParams(search);
      if (request.method === 'GET' && path === '/sns/jscode2session') return codeToSession(query);
      if (request.method === 'POST' && path === '/cgi-bin/stable_token') return token.ask(parsed(request.body));
      if (request.method === 'POST' && path === '/wxa/business/getuserphonenumber') {
        return phoneNumber(query, request);
      }
      return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'not found' };
    },
  };
}
