/** Routing from a method and a path to an endpoint, and the parts of an answer that do not depend on the function. */
import { type ErrorCode, type ErrorParams, fail } from '../errors.ts';
import type { Ports } from '../ports/ports.ts';
import { errorToResponse } from './errorToResponse.ts';
import { chain, type Endpoint, type Exchange, type HttpRequest, type HttpResponse } from './exchange.ts';
import { observe } from './observe.ts';
import { traceNamedBy, traceOfRequest } from './trace.ts';
import { Watched } from './watched.ts';

/** What answers a request. For an unknown route it is an endpoint that refuses. */
export interface Found {
  readonly endpoint: Endpoint;
  readonly params: Readonly<Record<string, string>>;
}

/** An endpoint with its route: `METHOD /path/{param}`. */
export interface Routed {
  readonly route: string;
  readonly endpoint: Endpoint;
}

/** Where the broker pushes to, for all consumers of a host. */
export const PUSH_ROUTE = 'POST /bus/{key}/{consumer}';
/** A CMQ message has at most 64 KiB, plus its wrapping. */
export const PUSH_BODY_BYTES_MAX = 128 * 1024;

/** All routes of a host. */
export interface Router {
  /** HEAD finds what GET finds. The host leaves out the body. */
  find(method: string, path: string): Found;
  /** Answers a request. `requestId` is the platform's own id; it is used when the caller sent no usable one. */
  answer(request: HttpRequest, ports: Ports, found: Found, requestId?: string): Promise<HttpResponse>;
}

interface Leaf {
  readonly endpoint: Endpoint;
  readonly names: readonly string[];
}

interface Branch {
  readonly segments: Map<string, Branch>;
  parameter: Branch | null;
  readonly leaves: Map<string, Leaf>;
}

/** Bounds on query and headers, in characters. What a phone sends is far below. */
const QUERY_CHARACTERS_MAX = 4096;
const QUERY_PARAMETERS_MAX = 50;
const HEADER_CHARACTERS_MAX = 16_384;

/** One segment of a path, fixed or a parameter. It contains nothing that needs decoding. */
const SEGMENT = /^[A-Za-z0-9_-]{1,128}$/;
const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/;
const PREFLIGHT_SECONDS = '600';

const newBranch = (): Branch => ({ segments: new Map(), parameter: null, leaves: new Map() });

function add(root: Branch, method: string, path: string, endpoint: Endpoint): void {
  let branch = root;
  const names: string[] = [];
  for (const segment of path.slice(1).split('/')) {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) {
      const next = branch.segments.get(segment) ?? newBranch();
      branch.segments.set(segment, next);
      branch = next;
    } else {
      names.push(name);
      branch.parameter ??= newBranch();
      branch = branch.parameter;
    }
  }
  if (branch.leaves.has(method)) throw new Error(`two functions for ${method} ${path}`);
  branch.leaves.set(method, { endpoint, names });
}

/** The branch where a path ends. A fixed segment is preferred to a parameter. `values` receives the parameters. */
function walk(branch: Branch, segments: readonly string[], at: number, values: string[]): Branch | null {
  const segment = segments[at];
  if (segment === undefined) return branch.leaves.size > 0 ? branch : null;
  const fixed = branch.segments.get(segment);
  const found = fixed === undefined ? null : walk(fixed, segments, at + 1, values);
  if (found !== null || branch.parameter === null) return found;
  values.push(segment);
  const below = walk(branch.parameter, segments, at + 1, values);
  if (below === null) values.pop();
  return below;
}

/** An endpoint that only answers an error, and logs it, in the format of that kind of function. */
export function throwing(name: string, kind: Endpoint['kind'], error: unknown): Endpoint {
  const run = (): never => {
    throw error;
  };
  return { name, kind, bodyBytesMax: 0, handle: chain(run, [observe, errorToResponse([])]) };
}

/** An endpoint that only refuses, in the format of that kind of function. */
export function refusal(code: ErrorCode, kind: Endpoint['kind'], params: ErrorParams = {}): Endpoint {
  return throwing(code, kind, fail(code, { params }));
}

/** Answers a browser's preflight request. `answer` adds the CORS headers. */
function preflight(methods: string): Endpoint {
  return {
    name: 'preflight',
    kind: 'http',
    bodyBytesMax: 0,
    handle: async (exchange) => {
      exchange.response = { status: 204, headers: { allow: methods }, body: '' };
    },
  };
}

const notFound = refusal('route.not_found', 'http');

/** Why a request is refused whatever it asks for; null when it is within bounds. */
function outOfBounds({ query, headers }: HttpRequest): ErrorCode | null {
  // Two `Authorization` lines, joined by the host. A proxy before us may have looked at only one of them.
  if (headers.authorization?.includes(', ') === true) return 'request.invalid';
  let characters = 0;
  for (const name in headers) characters += name.length + (headers[name]?.length ?? 0);
  if (characters > HEADER_CHARACTERS_MAX) return 'request.headers_too_large';
  let parameters = 0;
  characters = 0;
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === 'string' ? [value] : value) {
      parameters += 1;
      characters += name.length + one.length + 2;
    }
  }
  const isLong = parameters > QUERY_PARAMETERS_MAX || characters > QUERY_CHARACTERS_MAX;
  return isLong ? 'request.url_too_long' : null;
}

/**
 * The headers that a browser of one of our own origins needs. For other origins only `vary`, so that a cache does
 * not mix up their answers.
 */
function corsHeaders(request: HttpRequest, ports: Ports, allow: string | undefined): Record<string, string> {
  const { corsOrigins } = ports.settings;
  const origin = request.headers.origin;
  if (origin === undefined || !corsOrigins.includes(origin)) {
    return corsOrigins.length === 0 ? {} : { vary: 'origin' };
  }
  const own = { 'access-control-allow-origin': origin, vary: 'origin' };
  if (request.method !== 'OPTIONS' || allow === undefined) {
    return { ...own, 'access-control-expose-headers': 'etag, retry-after, x-request-id' };
  }
  return {
    ...own,
    'access-control-allow-methods': allow,
    'access-control-allow-headers': 'authorization, content-type, if-none-match, traceparent, x-request-id',
    'access-control-max-age': PREFLIGHT_SECONDS,
  };
}

function withHeaders(response: HttpResponse, more: Record<string, string>): HttpResponse {
  const vary = [response.headers.vary, more.vary].filter((part) => part !== undefined).join(', ');
  const headers = { ...response.headers, ...more, ...(vary === '' ? {} : { vary }) };
  return { ...response, headers };
}

/** Splits a request's target into path and query. */
export function splitTarget(target: string): { readonly path: string; readonly search: string } {
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, search: '' }
    : { path: target.slice(0, mark), search: target.slice(mark + 1) };
}

async function answer(
  request: HttpRequest,
  ports: Ports,
  found: Found,
  requestId?: string,
): Promise<HttpResponse> {
  const sent = request.headers['x-request-id'] ?? requestId ?? '';
  const refused = outOfBounds(request);
  const endpoint = refused === null ? found.endpoint : refusal(refused, found.endpoint.kind);
  const id = REQUEST_ID.test(sent) ? sent : ports.ids.make('req');
  const traceId = traceNamedBy(request.headers.traceparent) ?? traceOfRequest(id);
  const watched = new Watched(ports, {
    function: endpoint.name,
    kind: endpoint.kind,
    cause: { requestId: id, traceId },
  });
  const exchange: Exchange = {
    name: endpoint.name,
    kind: endpoint.kind,
    request,
    params: found.params,
    requestId: id,
    now: watched.startedAtMs,
    ports: watched.ports,
    watched,
    caller: null,
    input: null,
    failure: null,
    response: null,
  };
  await endpoint.handle(exchange);
  if (exchange.response === null) throw new Error(`${endpoint.name} answered nothing`);
  const cors = corsHeaders(request, ports, exchange.response.headers.allow);
  return 'vary' in cors ? withHeaders(exchange.response, cors) : exchange.response;
}

/**
 * The router over endpoints. A path must be spelled exactly as its route (slashes, case, no percent signs); any other
 * is not found.
 * @throws a plain Error when two endpoints have the same route
 */
export function createRouter(routed: readonly Routed[]): Router {
  const root = newBranch();
  for (const { route, endpoint } of routed) {
    const [method = '', path = ''] = route.split(' ');
    add(root, method, path, endpoint);
  }
  return {
    find: (method, path) => {
      const segments = path.slice(1).split('/');
      const values: string[] = [];
      const isPath = path.startsWith('/') && segments.every((segment) => SEGMENT.test(segment));
      const branch = isPath ? walk(root, segments, 0, values) : null;
      if (branch === null) return { endpoint: notFound, params: {} };
      const leaf = branch.leaves.get(method === 'HEAD' ? 'GET' : method);
      if (leaf !== undefined) {
        const params = Object.fromEntries(leaf.names.map((name, index) => [name, values[index] ?? '']));
        return { endpoint: leaf.endpoint, params };
      }
      const methods = [...branch.leaves.keys(), ...(branch.leaves.has('GET') ? ['HEAD'] : []), 'OPTIONS'];
      const allow = methods.join(', ');
      const endpoint =
        method === 'OPTIONS' ? preflight(allow) : refusal('route.method_not_allowed', 'http', { allow });
      return { endpoint, params: {} };
    },
    answer,
  };
}
