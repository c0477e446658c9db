/** Serves the functions by node:http: on a laptop, and wherever they run in a process of their own. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ErrorCode, errors } from '../errors.ts';
import type { Ports } from '../ports/ports.ts';
import { SECOND_MS } from '../schemas/base.ts';
import { callerAddress } from './address.ts';
import { oneAtATime, UnsentAnswers } from './answers.ts';
import { Bodies, type Taken } from './bodies.ts';
import { describeCaught } from './caught.ts';
import { encode } from './encoding.ts';
import type { HttpRequest, HttpResponse } from './exchange.ts';
import { addressGroup } from './limit.ts';
import { isPlatformHeader, methodMeant } from './normalise.ts';
import { createRouter, type Found, type Routed, refusal, splitTarget } from './router.ts';
import { wholeAnswer } from './whole.ts';

/** Where to serve, and what besides the API. */
export interface ServeOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** 127.0.0.1 when left out, which other machines cannot reach. */
  readonly host?: string;
  /** What all connections together may hold; `HELD_MAX` when left out. */
  readonly held?: Partial<typeof HELD_MAX>;
  /**
   * Whether a platform's proxy is the only peer, as of a web function. It ends connections itself, tells its own id of
   * each request, and passes on no long answer. An instance that is frozen between requests must not end a connection
   * when it wakes up, because the next request is already on it.
   */
  readonly isBehindPlatform?: boolean;
  /** Answers paths outside the API, such as web pages; null for an unknown path. */
  readonly pages?: (request: HttpRequest) => Promise<HttpResponse | null>;
  /**
   * Handles by itself a request that is too large to be held in memory, such as an upload or download; false for any
   * other.
   */
  readonly streams?: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<boolean>;
}

/**
 * What all connections together may hold, authenticated or not, because callers are authenticated only after their
 * body has arrived. It suffices for dozens of the largest bodies and answers at once, and a small machine can spare
 * it.
 */
export const HELD_MAX = {
  /** Bodies that have arrived and are not answered yet. */
  bodyBytes: 8 * 1024 * 1024,
  /** Answers that are ready and not read by their clients yet. */
  answerBytes: 32 * 1024 * 1024,
  /** How long a client may take to read a whole answer. */
  takenWithinMs: 60 * SECOND_MS,
  connections: 4_000,
};

/** A running server. */
export interface Served {
  readonly port: number;
  /** Without a slash at the end: `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Accepts nothing new, lets running requests end within five seconds, then closes all connections. */
  close(): Promise<void>;
}

/** Request line and headers together. Node refuses longer ones. */
const HEADER_BYTES_MAX = 16_384;
const TARGET_CHARACTERS_MAX = 8_192;

/** A client that sends its headers or body more slowly than this is disconnected. */
const HEADERS_TIMEOUT_MS = 10 * SECOND_MS;
const REQUEST_TIMEOUT_MS = 20 * SECOND_MS;
const CHECK_EVERY_MS = 2 * SECOND_MS;
/** A client that reads nothing of a file for this long is disconnected. */
const PIECE_TIMEOUT_MS = 30 * SECOND_MS;
/** Longer than a load balancer keeps a connection, so that we are never the side that closes first. */
const KEEP_ALIVE_MS = 75 * SECOND_MS;
const DRAIN_MS = 5 * SECOND_MS;

/** The decoded query; null when it is badly encoded. It has no prototype, because any name may occur. */
function parseQuery(search: string): Record<string, string | string[]> | null {
  const query: Record<string, string | string[]> = Object.create(null);
  if (search === '') return query;
  try {
    for (const pair of search.split('&')) {
      if (pair === '') continue;
      const [name = '', ...rest] = pair.replaceAll('+', ' ').split('=');
      const key = decodeURIComponent(name);
      const value = decodeURIComponent(rest.join('='));
      const before = query[key];
      if (before === undefined) query[key] = value;
      else if (typeof before === 'string') query[key] = [before, value];
      else before.push(value);
    }
    return query;
  } catch {
    return null;
  }
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in incoming.headers) {
    const value = incoming.headers[name];
    if (value === undefined || isPlatformHeader(name)) continue;
    headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return headers;
}

/**
 * Sends a file as fast as the client reads it. When a piece cannot be generated the connection is closed, so that
 * the file never looks complete.
 */
async function sendChunks(
  outgoing: ServerResponse,
  { status, headers }: HttpResponse,
  chunks: AsyncIterable<string>,
  isLast: boolean,
): Promise<void> {
  outgoing.writeHead(status, { ...headers, ...(isLast ? { connection: 'close' } : {}) });
  outgoing.setTimeout(PIECE_TIMEOUT_MS);
  if (outgoing.req.method === 'HEAD') outgoing.end();
  else await pipeline(Readable.from(chunks, { objectMode: false }), outgoing);
}

function sendWhole(outgoing: ServerResponse, { status, headers, body }: HttpResponse, isLast: boolean): void {
  const hasBody = status !== 204 && status !== 304;
  outgoing.writeHead(status, {
    ...headers,
    ...(hasBody ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
    ...(isLast ? { connection: 'close' } : {}),
  });
  outgoing.end(hasBody ? body : undefined);
}

/** Answers on the bare connection what cannot even be parsed as HTTP. */
function refuseConnection(caught: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || caught.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const code: ErrorCode =
    caught.code === 'HPE_HEADER_OVERFLOW' ? 'request.headers_too_large' : 'request.invalid';
  const status = caught.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : errors[code].status;
  const body = JSON.stringify({ error: { code, message: errors[code].message, params: {} } });
  socket.end(
    `HTTP/1.1 ${status} \r\ncontent-type: application/json; charset=utf-8\r\nconnection: close\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

const refused = (code: ErrorCode, { endpoint }: Found): Found => ({
  endpoint: refusal(code, endpoint.kind),
  params: {},
});

/** An answer, and whether the connection ends after it. */
interface Answered {
  readonly response: HttpResponse;
  readonly isLast: boolean;
}

/** Serves the endpoints until it is closed. Resolves once it listens. */
export async function serve(
  routed: readonly Routed[],
  ports: Ports,
  { port, host = '127.0.0.1', pages, streams, held = {}, isBehindPlatform = false }: ServeOptions,
): Promise<Served> {
  const router = createRouter(routed);
  const { trustedProxies } = ports.settings;
  const heldMax = { ...HELD_MAX, ...held };
  const bodies = new Bodies(heldMax.bodyBytes);
  const unsent = new UnsentAnswers(heldMax.answerBytes, heldMax.takenWithinMs);
  let isClosing = false;

  async function answer(incoming: IncomingMessage): Promise<Answered> {
    const { url = '/' } = incoming;
    const headers = headersOf(incoming);
    const method = methodMeant(incoming.method ?? 'GET', headers);
    const { path, search } = splitTarget(url);
    const query = url.length > TARGET_CHARACTERS_MAX ? {} : parseQuery(search);
    let found = router.find(method, path);
    if (url.length > TARGET_CHARACTERS_MAX) found = refused('request.url_too_long', found);
    else if (query === null) found = refused('request.invalid', found);
    const peer = incoming.socket.remoteAddress ?? 'unknown';
    const address = callerAddress(peer, headers['x-forwarded-for'], trustedProxies);
    const bounds = { source: addressGroup(address), bytesMax: found.endpoint.bodyBytesMax };
    return bodies.take(incoming, bounds, async (body: Taken) => {
      const isCut = body === 'too_large' || body === 'too_many';
      // A request that is refused anyway is refused for its own reason, however long its body is.
      if (isCut && found.endpoint.bodyBytesMax > 0) found = refused(`request.${body}`, found);
      const rawBody = isCut ? null : body;
      const request: HttpRequest = { method, path, query: query ?? {}, headers, rawBody, address };
      const page = pages === undefined || /^\/(api|bus)\//.test(path) ? null : await pages(request);
      const platformId = String(incoming.headers['x-scf-request-id'] ?? '');
      const answered = page ?? (await router.answer(request, ports, found, platformId));
      const isSentWhole = isBehindPlatform && method !== 'HEAD';
      const response = isSentWhole ? await wholeAnswer(answered, platformId, Buffer.byteLength) : answered;
      // A body that was given up is not read to its end.
      const isLast = isClosing || body === 'too_many';
      return { response: await encode(response, headers['accept-encoding']), isLast };
    });
  }

  async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      if (streams !== undefined && (await streams(incoming, outgoing))) return;
      const { response, isLast } = await answer(incoming);
      if (response.chunks !== undefined) await sendChunks(outgoing, response, response.chunks, isLast);
      else sendWhole(outgoing, response, isLast);
      unsent.watch(outgoing);
    } catch (caught) {
      // A client that disconnected while sending is not worth a log line.
      if (!incoming.socket.destroyed)
        ports.log.write('error', { function: 'host', ...describeCaught(caught) });
      outgoing.destroy();
    }
  }

  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      // Otherwise Node would silently drop all but the first of a repeated header.
      joinDuplicateHeaders: true,
    },
    oneAtATime(respond),
  );
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = isBehindPlatform ? 0 : KEEP_ALIVE_MS;
  server.maxConnections = heldMax.connections;
  // The headers' bytes are bounded. A bound on their number would silently drop the last ones.
  server.maxHeadersCount = 0;
  server.on('clientError', refuseConnection);

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    port: bound.port,
    url: `http://${shown}:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        isClosing = true;
        const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
