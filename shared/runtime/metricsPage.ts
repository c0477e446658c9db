/** The page at `/metrics`, for who collects figures. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpRequest, HttpResponse } from './exchange.ts';

/** What the page shows. */
interface Shown {
  text(): Promise<string>;
  readonly contentType: string;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Answers `GET /metrics`, and null for any other request. With a token only for who sends it as a bearer token; without
 * one for everybody who reaches the host, so a host that others reach needs one.
 */
export function metricsPage(
  shown: Shown,
  token: string | null,
): (request: HttpRequest) => Promise<HttpResponse | null> {
  const wanted = token === null ? null : digest(`Bearer ${token}`);
  return async ({ method, path, headers }) => {
    if (path !== '/metrics' || (method !== 'GET' && method !== 'HEAD')) return null;
    const plain = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
    if (wanted !== null && !timingSafeEqual(digest(headers.authorization ?? ''), wanted)) {
      const refused = { ...plain, 'www-authenticate': 'Bearer', 'content-type': 'text/plain; charset=utf-8' };
      return { status: 401, headers: refused, body: 'the token of METRICS_TOKEN is missing\n' };
    }
    const answered = { ...plain, 'content-type': shown.contentType };
    return { status: 200, headers: answered, body: await shown.text() };
  };
}
