/** One HTTP call in the house's own words, whichever platform it came from, on its way through a chain. */
import middy, { type MiddlewareObj, type Request } from '@middy/core';
import type { ErrorCode } from '../errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { TimeMs } from '../schemas/base.ts';
import type { Caller } from '../schemas/identity/caller.ts';
import type { Doorbell } from './doorbell.ts';

/** A request as every host hands it over. */
export interface HttpRequest {
  readonly method: string;
  /** As it was sent: not decoded, without the query. */
  readonly path: string;
  /** Decoded. A parameter given more than once is a list; one without a value is the empty text. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** Names in lower case; of a header given twice, the values joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null when there is none. */
  readonly rawBody: Uint8Array | null;
  /** The caller's network address as far as it can be believed. */
  readonly address: string;
}

/** An answer as every host sends it. Header names in lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** What is sent in place of `body`, piece by piece, as fast as it is taken. */
  readonly chunks?: AsyncIterable<string>;
}

/** What went wrong in a call: the code it is answered with, and what was caught, for the log. */
export interface Failure {
  readonly code: ErrorCode;
  readonly caught: unknown;
}

/** The state of one call. Each step of the chain reads what the steps before it found out, and adds its own. */
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
  readonly doorbell: Doorbell;
  /** Null until `authenticate` has found who calls. */
  caller: Caller | null;
  /** What `parseInput` made of the path, the query and the body. */
  input: unknown;
  failure: Failure | null;
  response: HttpResponse | null;
}

/** A function behind a route, with its chain around it. */
export interface Endpoint {
  readonly name: string;
  readonly kind: Exchange['kind'];
  /** What a host may stop reading at. */
  readonly bodyBytesMax: number;
  /** Leaves the answer in `exchange.response`. Never rejects for what a function throws. */
  handle(exchange: Exchange): Promise<void>;
}

/** What a middleware gets from middy. */
export type ExchangeRequest = Request<Exchange>;

/** One step of a chain. */
export type Step = MiddlewareObj<Exchange>;

/**
 * A chain: `run` inside of its steps, built once and run for each call. It leaves the answer in `exchange.response`,
 * and does not reject as long as one of the steps answers errors.
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
