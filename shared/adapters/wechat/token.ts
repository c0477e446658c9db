/**
 * Calls of WeChat's API that need an access token. The token is fetched when first needed, and kept in memory.
 * Source: developers.weixin.qq.com, "获取稳定版接口调用凭据": in normal mode every process gets the same token, and a new one
 * works before the old one expires. So the processes need no coordination.
 */
import * as z from 'zod';
import { fail, type Refusal, refusalOf, unaskedOf, type Verdict } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { MINUTE_MS, SECOND_MS } from '../../schemas/base.ts';
import { Breakers } from '../http/breaker.ts';
import { type Codes, cleanCode, cleanWords, refusedBy, verdictOf } from '../http/codes.ts';
import type { OutsideRequest, Send } from '../http/request.ts';
import { TOKEN_CODES } from './codes.ts';

/** The mini-program, its secret, and how WeChat is called. */
export interface WechatAccount {
  readonly appid: string;
  readonly secret: string;
  /** Without a slash at the end: `https://api.weixin.qq.com`. */
  readonly baseUrl: string;
  readonly send: Send;
  readonly clock: Clock;
  readonly log: Log;
}

/** One call. */
export interface WechatAsked {
  readonly method: 'GET' | 'POST';
  /** With a slash in front, without a query. */
  readonly path: string;
  /** Query parameters besides the access token. */
  readonly query?: Readonly<Record<string, string>>;
  /** The JSON as it is sent, byte for byte, because some calls are signed over it. Empty for GET. */
  readonly body: string;
  readonly timeoutMs: number;
  readonly platform: Refusal['platform'];
  /** The codes that the call may be refused with. */
  readonly codes: Codes;
  /** Gives the code to look up when the message decides what a code means. The code itself when left out. */
  readonly codeOf?: (errcode: number, errmsg: string) => string;
}

/** WeChat's answer. */
export interface WechatAnswer {
  readonly json: Readonly<Record<string, unknown>>;
  /** Null for success, which is an `errcode` of 0. */
  readonly refusal: Refusal | null;
}

/**
 * Calls WeChat, and once more with a new token when WeChat refused the present one.
 * @throws wechat.unavailable when no clear answer came; the fate of the call is then unknown
 */
export type CallWechat = (asked: WechatAsked) => Promise<WechatAnswer>;

const TOKEN = { platform: 'wechat', path: '/cgi-bin/stable_token', codes: TOKEN_CODES } as const;
const TOKEN_TIMEOUT_MS = 3 * SECOND_MS;
/** A token is not used in its last minute, because a call takes time. */
const MARGIN_MS = MINUTE_MS;
/** The token is not the current one (40001, 40014), or has expired (42001). */
const TOKEN_REFUSED: readonly number[] = [40001, 40014, 42001];

/**
 * These answers say that WeChat is busy or was called too often. They count for the circuit breaker like no answer.
 */
const BUSY: readonly string[] = ['-1', '44990', '45009', '45011', '268490015'];

const Answer = z.looseObject({ errcode: z.int().optional(), errmsg: z.string().catch('') });
const Token = z.object({ access_token: z.string().min(1).max(1024), expires_in: z.int().min(1) });
type Answer = z.infer<typeof Answer>;

/**
 * The answer's JSON object. Errors do not contain the request, because its URL contains the token, and its body may
 * contain the secret.
 */
async function answerOf(send: Send, request: OutsideRequest): Promise<Answer> {
  const answer = await send(request).catch(() => {
    throw fail('wechat.unavailable', { detail: 'no answer' });
  });
  if (answer.status !== 200) throw fail('wechat.unavailable', { detail: `status ${answer.status}` });
  try {
    return Answer.parse(JSON.parse(Buffer.from(answer.body).toString('utf8')));
  } catch (cause) {
    throw fail('wechat.unavailable', { detail: 'the answer is no JSON object', cause });
  }
}

/** The refusal that an answer with this code is. */
export function refusalOfCode(
  {
    platform,
    path: call,
    codes,
    codeOf = String,
  }: Pick<WechatAsked, 'platform' | 'path' | 'codes' | 'codeOf'>,
  errcode: number,
  errmsg: string,
): Refusal {
  const code = codeOf(errcode, errmsg);
  const verdict: Verdict = verdictOf(codes, code);
  return { platform, call, code: cleanCode(code), words: cleanWords(errmsg), verdict };
}

/** The token of one process. Callers that ask while it is being fetched share the same answer. */
class AccessToken {
  readonly #account: WechatAccount;
  readonly #breakers: Breakers;
  #fetched: Promise<{ readonly token: string; readonly untilAtMs: number }> | null = null;

  constructor(account: WechatAccount, breakers: Breakers) {
    this.#account = account;
    this.#breakers = breakers;
  }

  async get(): Promise<string> {
    const held = this.#fetched;
    if (held !== null) {
      const { token, untilAtMs } = await held;
      if (this.#account.clock.now() < untilAtMs) return token;
      if (this.#fetched === held) this.#fetched = null;
    }
    const fetch = () => this.#fetch();
    this.#fetched ??= this.#breakers
      .insist(TOKEN.path, fetch, () => 'well')
      .catch((caught: unknown) => {
        this.#fetched = null;
        throw caught;
      });
    return (await this.#fetched).token;
  }

  /** Forgets a refused token, unless another one has already replaced it. */
  async forget(refused: string): Promise<void> {
    const held = this.#fetched;
    if (held !== null && (await held).token === refused && this.#fetched === held) this.#fetched = null;
  }

  async #fetch(): Promise<{ token: string; untilAtMs: number }> {
    const { appid, secret, baseUrl, send, clock } = this.#account;
    const askedAtMs = clock.now();
    const json = await answerOf(send, {
      method: 'POST',
      url: `${baseUrl}${TOKEN.path}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'client_credential', appid, secret, force_refresh: false }),
      timeoutMs: TOKEN_TIMEOUT_MS,
    });
    const { errcode = 0, errmsg } = json;
    if (errcode !== 0) throw refusedBy(refusalOfCode(TOKEN, errcode, errmsg), 'wechat.unavailable');
    const read = Token.safeParse(json);
    if (!read.success) throw fail('wechat.unavailable', { detail: 'no access token' });
    const { access_token: token, expires_in: seconds } = read.data;
    return { token, untilAtMs: askedAtMs + seconds * SECOND_MS - MARGIN_MS };
  }
}

/** Without a token nothing was asked, and that is known. A refusal of the token says so itself. */
function neverAsked(caught: unknown): never {
  if (refusalOf(caught) !== null || unaskedOf(caught) !== null) throw caught;
  throw fail('wechat.unavailable', { detail: 'no access token', cause: caught, unasked: 'down' });
}

/**
 * Makes the calls of one account. It is made once for each process, and all adapters that call WeChat share it. A
 * path that is down is not called for a while; calls to it then fail at once.
 */
export function wechatCalls(account: WechatAccount): CallWechat {
  const { baseUrl, send } = account;
  const breakers = new Breakers(account);
  const accessToken = new AccessToken(account, breakers);

  const attempt = async (asked: WechatAsked): Promise<WechatAnswer> => {
    const { method, path, query = {}, body, timeoutMs } = asked;
    const ask = (token: string) =>
      answerOf(send, {
        method,
        url: `${baseUrl}${path}?${new URLSearchParams({ access_token: token, ...query })}`,
        headers: body === '' ? {} : { 'content-type': 'application/json' },
        body,
        timeoutMs,
      });
    const token = await accessToken.get().catch(neverAsked);
    const first = await ask(token);
    const isRefused = TOKEN_REFUSED.includes(first.errcode ?? 0);
    if (isRefused) await accessToken.forget(token);
    const json = isRefused ? await ask(await accessToken.get()) : first;
    const { errcode, errmsg } = json;
    // An answer without `errcode` is not a success.
    if (errcode === undefined) throw fail('wechat.unavailable', { detail: `${path}: no errcode` });
    const refusal = errcode === 0 ? null : refusalOfCode(asked, errcode, errmsg);
    if (TOKEN_REFUSED.includes(errcode) && refusal !== null) throw refusedBy(refusal, 'wechat.unavailable');
    return { json, refusal };
  };
  return (asked) =>
    breakers.insist(
      asked.path,
      () => attempt(asked),
      ({ refusal }) =>
        refusal?.verdict === 'ours' ? 'ours' : BUSY.includes(refusal?.code ?? '') ? 'failed' : 'well',
    );
}
