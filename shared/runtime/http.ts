/** Runs an `http` function through its chain. The order of the steps is the order of the checks. */
import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { deviceOf } from '../domain/identity/session.ts';
import { fail } from '../errors.ts';
import type { Auth, Download, HttpContract, HttpFunction } from '../function.ts';
import { SECOND_MS } from '../schemas/base.ts';
import { parseKnown } from '../schemas/parseKnown.ts';
import { authenticate } from './authenticate.ts';
import { respondWithFile } from './download.ts';
import { errorToResponse } from './errorToResponse.ts';
import {
  chain,
  type Endpoint,
  type Exchange,
  type ExchangeRequest,
  type HttpResponse,
  type Step,
} from './exchange.ts';
import { addressGroup, limit, spend } from './limit.ts';
import { observe } from './observe.ts';
import { bodyBytesMaxOf, parseInput } from './parseInput.ts';
import { saidPlatform } from './saidPlatform.ts';

/** An answer as text, so that it can be cached and sent again under another request id. */
interface Rendered {
  readonly text: string;
  /** A weak tag over the data alone; null when the answer is not the same for everybody. */
  readonly etag: string | null;
}

type Contract = HttpContract<z.ZodType, z.ZodType, Auth>;

/** Whether the answer is the same for everybody. Then clients may keep it, and ask for it again by its tag. */
function isForAll(contract: Contract, exchange: Exchange): boolean {
  return contract.route.startsWith('GET ') && contract.auth !== 'member' && exchange.caller === null;
}

/**
 * Drops whatever the contract's output does not name, including fields that a newer build stored inside a strict
 * object. An output that does not fit its contract is a bug.
 */
function parseOutput(contract: Contract, output: unknown, withTag: boolean): Rendered {
  const parsed = parseKnown(contract.output, output);
  if (!parsed.success)
    throw fail('internal', { detail: 'the output breaks its contract', cause: parsed.error });
  const text = JSON.stringify(parsed.data);
  const etag = withTag ? `W/"${createHash('sha1').update(text).digest('base64url')}"` : null;
  return { text, etag };
}

async function run(own: HttpFunction, exchange: Exchange): Promise<Rendered | Download> {
  const { contract } = own;
  const { input, caller, now, ports, requestId, request } = exchange;
  // The caller is of the type that the contract's `auth` promises, because `authenticate` has thrown otherwise.
  const address = addressGroup(request.address);
  const said = saidPlatform(request.headers);
  const device = deviceOf(request.headers['user-agent'] ?? '');
  const call = { input, user: caller as never, now, ports, requestId, address, said, device };
  const output = await own.run(call);
  // The output of a `download` function is a file. Its contract has a media type.
  if (contract.contentType !== undefined) return output as Download;
  return parseOutput(contract, output, isForAll(contract, exchange));
}

function cacheControl(contract: Contract, isShared: boolean): string {
  if (!isShared) return 'no-store';
  if (contract.cacheMs === undefined) return 'no-cache';
  return `public, max-age=${Math.floor(contract.cacheMs / SECOND_MS)}`;
}

function respond(contract: Contract, exchange: Exchange, { text, etag }: Rendered): HttpResponse {
  const { requestId } = exchange;
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': cacheControl(contract, etag !== null),
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
  };
  if (contract.auth === 'optional') headers.vary = 'authorization';
  if (etag !== null) {
    headers.etag = etag;
    // Compared without its `W/`, because some caches drop it.
    if (exchange.request.headers['if-none-match']?.includes(etag.slice(2)) === true) {
      return { status: 304, headers, body: '' };
    }
  }
  // The id was checked or made by us, so it needs no escaping.
  return { status: 200, headers, body: `{"requestId":"${requestId}","data":${text}}` };
}

/** The step after `run`, which makes the answer from the result. */
function toResponse(contract: Contract): Step {
  return {
    after: (request: ExchangeRequest) => {
      const rendered: Rendered | Download = request.response;
      request.event.response =
        'chunks' in rendered
          ? respondWithFile(contract, request.event, rendered)
          : respond(contract, request.event, rendered);
      request.response = request.event.response;
    },
  };
}

/** The endpoint of an HTTP function. Its chain is built once. `name` is for the log and the limits. */
export function httpEndpoint(name: string, own: HttpFunction): Endpoint {
  const { contract } = own;
  const { cacheMs } = contract;
  const steps: Step[] = [
    observe,
    errorToResponse(contract.errors),
    ...(contract.auth === 'public' ? [] : [authenticate(contract.auth)]),
    limit,
    parseInput(contract),
    spend(name, contract),
    toResponse(contract),
  ];
  const rendered = (exchange: Exchange): Promise<Rendered | Download> => {
    if (cacheMs === undefined) return run(own, exchange);
    const key = `answer:${name}:${JSON.stringify(exchange.input)}`;
    return exchange.ports.cache.remember(key, cacheMs, () => run(own, exchange));
  };
  return {
    name,
    kind: 'http',
    bodyBytesMax: bodyBytesMaxOf(contract),
    handle: chain(rendered, steps),
  };
}
