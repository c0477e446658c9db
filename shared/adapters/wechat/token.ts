/**
 * Calls of WeChat's API that need an access token, which is fetched when it is first needed and kept in memory.
 * Source: developers.weixin.qq.com, "获取稳定版接口调用凭据": asked in its normal mode, every process gets the same
 * token, and a new one works before the old one ends, so that nothing has to be agreed on between processes.
 */
import * as z from 'zod';
import { fail, type Refusal, type Verdict } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { MINUTE_MS, SECOND_MS } from '../../schemas/base.ts';
import { Breakers } from '../http/breaker.ts';
import { type Codes, cleanCode, cleanWords, refusedBy, verdictOf } from '../http/codes.ts';
import type { OutsideRequest, Send } from '../http/request.ts';
import { TOKEN_CODES } from './codes.ts';

/** The mini-program, its secret, and how WeChat is reached. */
export interface WechatAccount {
  readonly appid: string;
  readonly secret: string;
  /** `https://api.weixin.qq.com`, without a slash at the end. */
  readonly baseUrl: string;
  readonly send: Send;
  readonly clock: Clock;
}

/** One call. */
export interface WechatAsked {
  readonly method: 'GET' | 'POST';
  /** With a slash in front, without a query. */
  readonly path: string;
  /** What stands in the query beside the access token. */
  readonly query?: Readonly<Record<string, string>>;
  /** JSON as it is sent, byte for byte, because some calls are signed over it; empty for GET. */
  readonly body: string;
  readonly timeoutMs: number;
  readonly platform: Refusal['platform'];
  /** What the call may be refused with. */
  readonly codes: Codes;
  /** How a code is looked up whose words decide what it means; as it is when not given. */
  readonly codeOf?: (errcode: number, errmsg: string) => string;
}

/** What WeChat answered. */
export interface WechatAnswer {
  readonly json: Readonly<Record<string, unknown>>;
  /** Null when all is well: `errcode` is there, and 0. */
  readonly refusal: Refusal | null;
}

/**
 * Asks once, and once more with a new token when WeChat did not take the one we had.
 * @throws wechat.unavailable when no clear answer came: what became of the call is not known then
 */
export type CallWechat = (asked: WechatAsked) => Promise<WechatAnswer>;

const TOKEN = { platform: 'wechat', path: '/cgi-bin/stable_token', codes: TOKEN_CODES } as const;
const TOKEN_TIMEOUT_MS = 3 * SECOND_MS;
/** A token is not used in its last minute: a call takes time. */
const MARGIN_MS = MINUTE_MS;
/** Not the current token (40001, 40014), or one that has ended (42001). */
const TOKEN_REFUSED: readonly number[] = [40001, 40014, 42001];

/** Who is busy or was asked too often says so in an answer, and is left alone like one who does not answer. */
const BUSY: readonly string[] = ['-1', '44990', '45009', '45011', '268490015'];

const Answer = z.looseObject({ errcode: z.int().optional(), errmsg: z.string().catch('') });
const Token = z.object({ access_token: z.string().min(1).max(1024), expires_in: z.int().min(1) });
type Answer = z.infer<typeof Answer>;

/** The answer's JSON object. What was sent is in no error: its URL carries the token, and its body may carry the secret. */
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

/** What an answer with that code says. */
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

/** The token of one process. Whoever asks while it is being fetched waits for the same answer. */
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

  /** Forgets a token that was refused, unless another one has taken its place already. */
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

/**
 * Makes the calls of one account: made once for each process, and shared by all adapters that call WeChat. A path that
 * is down is left alone for a while, and asking it then fails at once.
 */
export function wechatCalls(account: WechatAccount): CallWechat {
  const { baseUrl, send } = account;
  const breakers = new Breakers(account.clock);
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
    const token = await accessToken.get();
    const first = await ask(token);
    const isRefused = TOKEN_REFUSED.includes(first.errcode ?? 0);
    if (isRefused) await accessToken.forget(token);
    const json = isRefused ? await ask(await accessToken.get()) : first;
    const { errcode, errmsg } = json;
    // Nothing said is not success said.
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
