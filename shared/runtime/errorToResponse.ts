/** Turns whatever was thrown into an answer. What was not foreseen is `internal`, and the log is told why. */
import { AppError, type ErrorCode, type ErrorParams, errors, fail } from '../errors.ts';
import type { Exchange, ExchangeRequest, HttpResponse, Step } from './exchange.ts';

/** What the chain, the hosts and the ports may throw in any function, so that no contract has to name it. */
const CHAIN_CODES: readonly ErrorCode[] = [
  'request.invalid',
  'request.too_large',
  'request.unsupported_type',
  'request.too_many',
  'request.headers_too_large',
  'request.url_too_long',
  'route.not_found',
  'route.method_not_allowed',
  'auth.required',
  'auth.forbidden',
  'auth.user_banned',
  'auth.second_factor_required',
  'database.conflict',
  'database.unavailable',
  'database.newer_version',
  'internal',
];

/** How long a caller is asked to wait when we do not know better. */
const RETRY_AFTER_SECONDS = 2;

/** An error's body: in the shape of our own API, or, for a platform, in that which WeChat Pay reads. */
function bodyOf({ code, params }: AppError, requestId: string, kind: Exchange['kind']): string {
  const { message } = errors[code];
  return JSON.stringify(
    kind === 'http' ? { requestId, error: { code, message, params } } : { code: 'FAIL', message },
  );
}

function extraHeaders(code: ErrorCode, params: ErrorParams): Record<string, string> {
  const { status } = errors[code];
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  if (status === 405) return { allow: String(params.allow) };
  if (status === 429 || status === 503) {
    return { 'retry-after': String(params.retryAfterSeconds ?? RETRY_AFTER_SECONDS) };
  }
  return {};
}

/** The whole answer to an error, as a kind of function answers it. */
export function errorResponse(error: AppError, requestId: string, kind: Exchange['kind']): HttpResponse {
  return {
    status: errors[error.code].status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': requestId,
      ...extraHeaders(error.code, error.params),
    },
    body: bodyOf(error, requestId, kind),
  };
}

/** Answers what was thrown: a catalogued error that may come out of this function as itself, all else as `internal`. */
export function errorToResponse(declared: readonly ErrorCode[]): Step {
  const expected = new Set<ErrorCode>([...CHAIN_CODES, ...declared]);
  return {
    onError: (request: ExchangeRequest) => {
      const exchange: Exchange = request.event;
      const caught: unknown = request.error;
      const error = caught instanceof AppError && expected.has(caught.code) ? caught : fail('internal');
      exchange.failure = { code: error.code, caught };
      exchange.response = errorResponse(error, exchange.requestId, exchange.kind);
      request.response = exchange.response;
    },
  };
}
