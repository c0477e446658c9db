/** One HTTP call in a form independent of the platform, on its way through a chain. */
import middy, { type MiddlewareObj, type Request } from '@middy/core';
import type { ErrorCode } from '../errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { TimeMs } from '../schemas/base.ts';
import type { Caller } from '../schemas/identity/caller.ts';
import type { Watched } from './watched.ts';

/** A request as every host passes it on. */
export interface HttpRequest {
  readonly method: string;
  /** The path as it was sent: not decoded, without the query. */
  readonly path: string;
  /** The decoded query. A repeated parameter is a list; one without a value is the empty text. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** Header names are in lower case. The values of a header that was given twice are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null when there is no body. */
  readonly rawBody: Uint8Array | null;
  /** The caller's network address, as far as it can be trusted. */
  readonly address: string;
}

/** An answer as every host sends it. Header names in lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Sent instead of `body`, piece by piece, as fast as the client reads. */
  readonly chunks?: AsyncIterable<string>;
}

/** A failed call: the code it is answered with, and the caught error, for the log. */
export interface Failure {
  readonly code: ErrorCode;
  readonly caught: unknown;
}

/** The state of one call. Each step of the chain reads what earlier steps found, and adds its own. */
export interface Exchange {
  /** The function's name, for the log. */
  readonly name: string;
  readonly kind: 'http' | 'callback' | 'push';
  readonly request: HttpRequest;
  /** The path's parameters. */
  readonly params: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly now: TimeMs;
  readonly ports: Ports;
  readonly watched: Watched;
  /** Null until `authenticate` has established the caller. */
  caller: Caller | null;
  /** The input that `parseInput` made of the path, the query and the body. */
  input: unknown;
  failure: Failure | null;
  response: HttpResponse | null;
}

/** A function behind a route, with its chain. */
export interface Endpoint {
  readonly name: string;
  readonly kind: Exchange['kind'];
  /** The size at which a host may stop reading the body. */
  readonly bodyBytesMax: number;
  /**
   * Runs the function and leaves the answer in `exchange.response`. It never rejects because of an error thrown by
   * the function.
   */
  handle(exchange: Exchange): Promise<void>;
}

/** The object that middy gives to a middleware. */
export type ExchangeRequest = Request<Exchange>;

/** One step of a chain. */
export type Step = MiddlewareObj<Exchange>;

/**
 * A chain: `run` inside its steps. It is built once and run for each call. It leaves the answer in
 * `exchange.response`, and does not reject as long as one of its steps answers errors.
 */
export function chain<T>(
  run: (exchange: Exchange) => T | Promise<T>,
  steps: readonly Step[],
): (exchange: Exchange) => Promise<void> {
  const handler = middy<Exchange, T>((exchange: Exchange) => run(exchange)).use([...steps]);
  return async (exchange) => {
    await handler(exchange, {});
  };
}
