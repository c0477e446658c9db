/** Carries a call: from a method, a path and an input to a request, and from an answer to data or an error. */
import { type ErrorCode, type Retry, retries } from './errors.ts';
import { fetchOnce } from './fetchOnce.ts';
import type { ClientAnswer, ClientRequest } from './request.ts';

/** The options of a client. */
export interface ClientOptions {
  /** The URL of the API without a slash at the end, such as `https://api.example.com`. */
  readonly baseUrl: string;
  /**
   * Sends one request: `fetch` by default, `wx.request` in a mini-program. It rejects only when no answer came. Then it
   * is not known whether the request was carried out, and the caller gets the rejection as it is.
   */
  readonly request?: (request: ClientRequest) => Promise<ClientAnswer>;
  /** The session's token, asked for at each call; null when nobody is logged in. */
  readonly token?: () => string | null;
  /** A random number, 0 ≤ x < 1, for the ids of traces; `Math.random` by default. */
  readonly random?: () => number;
}

/** An answer that refuses the call. The message is a sentence for the user. */
export class ZhikeError extends Error {
  override readonly name = 'ZhikeError';
  readonly status: number;
  /**
   * `unknown` when the answer does not come from this API (such as a gateway's page), or its code is newer than this
   * client.
   */
  readonly code: ErrorCode | 'unknown';
  readonly params: Readonly<Record<string, unknown>>;
  /** The id to give to support; null when the answer has none. */
  readonly requestId: string | null;
  /** Whether the same call may succeed later: never, after a login, or later. */
  readonly retry: Retry;

  constructor(said: {
    readonly status: number;
    readonly code: string | null;
    readonly message: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly requestId: string | null;
  }) {
    super(said.message);
    this.status = said.status;
    this.code = isKnown(said.code) ? said.code : 'unknown';
    this.params = said.params;
    this.requestId = said.requestId;
    this.retry = this.code === 'unknown' ? retryOfStatus(said.status) : retries[this.code];
  }
}

function isKnown(code: string | null): code is ErrorCode {
  return code !== null && Object.keys(retries).includes(code);
}

function retryOfStatus(status: number): Retry {
  if (status === 401) return 'after_login';
  return status === 429 || status >= 500 ? 'later' : 'never';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

const textOr = <T>(value: unknown, otherwise: T) => (typeof value === 'string' ? value : otherwise);

const isGood = ({ status }: ClientAnswer) => status >= 200 && status < 300;

function dataOf(said: ClientAnswer): unknown {
  const answer = parsed(said.body);
  if (isGood(said) && 'data' in answer) return answer.data;
  throw errorOf(said);
}

function errorOf({ status, body }: ClientAnswer): ZhikeError {
  const answer = parsed(body);
  const error = isObject(answer.error) ? answer.error : {};
  return new ZhikeError({
    status,
    code: textOr(error.code, null),
    message: textOr(error.message, `HTTP ${status}`),
    params: isObject(error.params) ? error.params : {},
    requestId: textOr(answer.requestId, null),
  });
}

/** `digits` random hexadecimal digits. */
function hex(digits: number, random: () => number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}

/**
 * The name of a new trace (https://www.w3.org/TR/trace-context/). The server keeps it in the log of the call and of
 * everything that the call causes.
 */
function newTrace(random: () => number): string {
  return `00-${hex(32, random)}-${hex(16, random)}-01`;
}

/** The request of a call. Path parameters go into the path, the rest into the query or the body. */
function requestOf(
  { baseUrl, token, random = Math.random }: ClientOptions,
  method: ClientRequest['method'],
  template: string,
  input: Readonly<Record<string, unknown>>,
): ClientRequest {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return encodeURIComponent(String(value));
  });
  const isQuery = method === 'GET' || method === 'DELETE';
  const pairs = [...rest].map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  const search = isQuery && pairs.length > 0 ? `?${pairs.join('&')}` : '';
  const body = isQuery || rest.size === 0 ? null : JSON.stringify(Object.fromEntries(rest));
  const bearer = token?.() ?? null;
  return {
    method,
    url: `${baseUrl}${path}${search}`,
    headers: {
      accept: 'application/json',
      traceparent: newTrace(random),
      ...(body !== null && { 'content-type': 'application/json' }),
      ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
    },
    body,
  };
}

/**
 * Makes one call. It never retries by itself: the caller may retry, because the caller made the ids in the input.
 *
 * The data has the shape of the server's contract and is not checked again here.
 * @throws ZhikeError when the answer refuses the call
 */
export async function call<T>(
  options: ClientOptions,
  method: ClientRequest['method'],
  template: string,
  input: Readonly<Record<string, unknown>>,
): Promise<T> {
  const request = requestOf(options, method, template, input);
  const answer = await (options.request ?? fetchOnce)(request);
  return dataOf(answer) as T;
}

/** Makes one call that answers a file, and gives its whole text. @throws ZhikeError when the answer refuses the call */
export async function callForFile(
  options: ClientOptions,
  method: ClientRequest['method'],
  template: string,
  input: Readonly<Record<string, unknown>>,
): Promise<string> {
  const request = requestOf(options, method, template, input);
  const answer = await (options.request ?? fetchOnce)(request);
  if (!isGood(answer)) throw errorOf(answer);
  return answer.body;
}
