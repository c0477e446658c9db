/** Puts the input together from the path, the query and the body, and checks it against the contract. */
import type * as z from 'zod';
import { fail } from '../errors.ts';
import type { Auth, HttpContract } from '../function.ts';
import type { ExchangeRequest, HttpRequest, Step } from './exchange.ts';
import { FORBIDDEN_KEYS, invalid, parseJsonObject } from './strictJson.ts';

/** The limit of a body when the contract sets none: 256 KiB. */
export const BODY_BYTES_MAX = 256 * 1024;

/** How much is read of a body where none is expected, in order to say so: 1 KiB. */
export const NO_BODY_BYTES_MAX = 1024;

const ISSUES_MAX = 10;
const PATH_CHARACTERS_MAX = 100;
const JSON_TYPE = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i;

/** What was wrong, without the values: at most ten places, each with the unknown key where there is one. */
function issuesOf(error: z.ZodError): { path: string; code: string }[] {
  return error.issues.slice(0, ISSUES_MAX).map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    return { path: [...issue.path, ...keys].join('.').slice(0, PATH_CHARACTERS_MAX), code: issue.code };
  });
}

/** Whether a route takes its input from the query, and so has no body. */
export function isQuery({ route }: { readonly route: string }): boolean {
  return /^(GET|DELETE) /.test(route);
}

/** How much of a body is read at most for a function with this contract. */
export function bodyBytesMaxOf(contract: { readonly route: string; readonly bodyBytesMax?: number }): number {
  return isQuery(contract) ? NO_BODY_BYTES_MAX : (contract.bodyBytesMax ?? BODY_BYTES_MAX);
}

function fromQuery(request: HttpRequest): Record<string, unknown> {
  if (request.rawBody !== null && request.rawBody.length > 0) throw invalid('body_not_expected');
  for (const key of Object.keys(request.query)) {
    if (FORBIDDEN_KEYS.has(key)) throw invalid('key_forbidden');
  }
  return { ...request.query };
}

function fromBody(request: HttpRequest, bytesMax: number): Record<string, unknown> {
  const [key] = Object.keys(request.query);
  if (key !== undefined) throw invalid('query_not_expected', key.slice(0, PATH_CHARACTERS_MAX));
  const { rawBody } = request;
  if (rawBody === null || rawBody.length === 0) return {};
  if (rawBody.length > bytesMax) throw fail('request.too_large', { params: { bytesMax } });
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) throw fail('request.unsupported_type');
  return parseJsonObject(rawBody);
}

/**
 * The parsing step. A key that is in the path and also in the query or body is refused like an unknown key.
 * @throws request.invalid, request.too_large, request.unsupported_type
 */
export function parseInput(contract: HttpContract<z.ZodType, z.ZodType, Auth>): Step {
  const isFromQuery = isQuery(contract);
  const bytesMax = contract.bodyBytesMax ?? BODY_BYTES_MAX;
  return {
    before: ({ event: exchange }: ExchangeRequest) => {
      const sent = isFromQuery ? fromQuery(exchange.request) : fromBody(exchange.request, bytesMax);
      for (const [key, value] of Object.entries(exchange.params)) {
        if (Object.hasOwn(sent, key)) throw invalid('unrecognized_keys', key);
        sent[key] = value;
      }
      const parsed = contract.input.safeParse(sent);
      if (!parsed.success) throw fail('request.invalid', { params: { issues: issuesOf(parsed.error) } });
      exchange.input = parsed.data;
    },
  };
}
