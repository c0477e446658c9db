/**
 * Reads the HTTP events of Tencent Cloud, whichever product sends them, and writes the answer that all of them
 * accept.
 */
import * as z from 'zod';
import { callerAddress } from './address.ts';
import type { HttpRequest, HttpResponse } from './exchange.ts';

const Values = z.record(z.string(), z.unknown()).nullish();

/**
 * The fields read from an event: API gateway v1 and its remains, function URL (without request context and base64
 * flag), and CloudBase HTTP access (with `multiValueHeaders`, and the query under another name).
 */
const HttpEvent = z.object({
  httpMethod: z.string().max(20),
  path: z.string(),
  headers: Values,
  multiValueHeaders: Values,
  /** API gateway and function URL: the whole query. */
  queryString: Values,
  /** CloudBase: the whole query. API gateway: only the declared parameters. */
  queryStringParameters: Values,
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
  requestContext: z.object({ sourceIp: z.string().nullish(), requestId: z.string().nullish() }).nullish(),
});

/** The answer of an event function. It always has a status and a text, so that the platform does not guess. */
export interface PlatformAnswer {
  readonly isBase64Encoded: boolean;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Whether the platform added the header for itself. Among these are the credentials of the function's role. */
export function isPlatformHeader(name: string): boolean {
  return name.startsWith('x-scf-');
}

/** Headers by name in lower case. One name in two spellings counts as given twice. */
function joined(given: Readonly<Record<string, unknown>>): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(given)) {
    const lower = name.toLowerCase();
    if (isPlatformHeader(lower)) continue;
    const text = Array.isArray(value) ? value.join(', ') : String(value);
    headers[lower] = headers[lower] === undefined ? text : `${headers[lower]}, ${text}`;
  }
  return headers;
}

/**
 * CloudBase sends each header in `headers` and again in `multiValueHeaders`, sometimes spelled differently. Where a
 * name is in `multiValueHeaders`, in any case, only that counts.
 */
function headersOf(event: z.infer<typeof HttpEvent>): Record<string, string> {
  return { ...joined(event.headers ?? {}), ...joined(event.multiValueHeaders ?? {}) };
}

/** The path as the caller sent it. The prefix that the platform removed is put back, unless it is there. */
function pathOf(path: string, prefix: string): string {
  if (prefix === '' || path === prefix || path.startsWith(`${prefix}/`)) return path;
  return path === '/' ? prefix : prefix + path;
}

/** The platform sends `true` for a parameter without a value. */
function textOf(value: unknown): string {
  return value === true || value === null ? '' : String(value);
}

function queryOf(event: z.infer<typeof HttpEvent>): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null);
  const given = event.queryString ?? event.queryStringParameters ?? {};
  for (const [name, value] of Object.entries(given)) {
    query[name] = Array.isArray(value) ? value.map(textOf) : textOf(value);
  }
  return query;
}

/** The peer as the platform saw it. Without a request context it is in a header of the platform. */
function peerOf(event: z.infer<typeof HttpEvent>): string {
  const remote = event.headers?.['x-scf-remote-addr'];
  return event.requestContext?.sourceIp ?? (typeof remote === 'string' ? remote : 'unknown');
}

/**
 * The method that a caller means. A mini-program cannot send PATCH (`wx.request` has no such method), so it sends POST
 * and says PATCH in a header. Nothing else can be said so.
 */
export function methodMeant(method: string, headers: Readonly<Record<string, string>>): string {
  const isPatch = method === 'POST' && headers['x-http-method-override'] === 'PATCH';
  return isPatch ? 'PATCH' : method;
}

/** What stands between a caller and us. */
export interface Way {
  /** How many proxies write X-Forwarded-For. */
  readonly trustedProxies: number;
  /** The prefix that the platform removes from paths; empty for none. */
  readonly pathPrefix: string;
}

/** The request in an event, with the platform's id for it; null when the event is no HTTP request. */
export function requestOf(
  event: unknown,
  { trustedProxies, pathPrefix }: Way,
): { readonly request: HttpRequest; readonly requestId: string | null } | null {
  const parsed = HttpEvent.safeParse(event);
  if (!parsed.success) return null;
  const { httpMethod, path, body, isBase64Encoded, requestContext } = parsed.data;
  const headers = headersOf(parsed.data);
  const isEmpty = body === undefined || body === null || body === '';
  const request = {
    method: methodMeant(httpMethod.toUpperCase(), headers),
    path: pathOf(path, pathPrefix),
    query: queryOf(parsed.data),
    headers,
    rawBody: isEmpty ? null : Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
    address: callerAddress(peerOf(parsed.data), headers['x-forwarded-for'], trustedProxies),
  };
  return { request, requestId: requestContext?.requestId ?? null };
}

/** The answer for the platform. An answer to HEAD has no body. */
export function platformAnswer(method: string, { status, headers, body }: HttpResponse): PlatformAnswer {
  const isText = typeof body === 'string';
  const text = isText ? body : Buffer.from(body).toString('base64');
  return { isBase64Encoded: !isText, statusCode: status, headers, body: method === 'HEAD' ? '' : text };
}
