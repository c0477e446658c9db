/** Sends a request by the platform's `fetch`. A mini-program has none: its build leaves this file out. */
import type { ClientAnswer, ClientRequest } from './request.ts';

/** What is used of the platform, so that a client compiles where there is neither a browser nor Node. */
declare const fetch: (
  url: string,
  options: object,
) => Promise<{
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
  text(): Promise<string>;
}>;
declare const AbortSignal: { timeout(ms: number): object };

/** How long an answer is waited for. */
const TIMEOUT_MS = 15_000;

/** Sends one request. It rejects when no answer came in 15 seconds. */
export async function fetchOnce({ method, url, headers, body }: ClientRequest): Promise<ClientAnswer> {
  const response = await fetch(url, { method, headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}
