/** Calls in the form in which a host passes them on. */
import type { HttpRequest } from '../../shared/runtime/exchange.ts';
import type { Sealed } from './aims/aim.ts';
import { type Input, wordOf } from './arbitrary.ts';
import type { Operation } from './contract.ts';

/** A platform's call in the form in which a host passes it on. */
export function sealedRequest(
  { method, path }: Operation,
  { rawBody, ...sealed }: Sealed,
  address: string,
): HttpRequest {
  const headers = { 'content-type': 'application/json', ...sealed.headers };
  return { method, path, address, query: sealed.query, headers, rawBody: Buffer.from(rawBody) };
}

/** The request in the form in which a host passes it on. */
export function requestOf(
  operation: Operation,
  input: Input,
  token: string | null,
  address: string,
): HttpRequest {
  const isQuery = operation.method === 'GET' || operation.method === 'DELETE';
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(input.query)) {
    Object.defineProperty(query, name, {
      value: Array.isArray(value) ? value.map(wordOf) : wordOf(value),
      enumerable: true,
    });
  }
  const hasBody = !isQuery && input.body !== undefined;
  return {
    method: operation.method,
    path: operation.path.replace(/\{(\w+)\}/g, (_, name: string) => input.path[name] ?? ''),
    query,
    headers: {
      ...(hasBody && { 'content-type': 'application/json' }),
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    rawBody: hasBody ? Buffer.from(JSON.stringify(input.body)) : null,
    address,
  };
}
