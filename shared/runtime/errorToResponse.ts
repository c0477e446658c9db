/** Turns a thrown error into an answer. An unexpected error is answered as `internal`, and logged with its reason. */
import { AppError, type ErrorCode, type ErrorParams, errors, fail } from '../errors.ts';
import type { Exchange, ExchangeRequest, HttpResponse, Step } from './exchange.ts';

/** Errors that the chain, the hosts and the ports may throw in any function. Contracts do not list them. */
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

/** How long a caller is asked to wait when the error does not say. */
const RETRY_AFTER_SECONDS = 2;

/** An error's body: in our API's format, or, for a platform, in the format that WeChat Pay reads. */
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

/** The complete answer to an error, in the format of that kind of function. */
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

/**
 * The step that answers errors. A catalogued error that the function may throw is answered as itself, any other as
 * `internal`.
 */
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
