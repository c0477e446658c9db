/** The same functions behind node:http: on a laptop, and wherever a process of its own serves them. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type ErrorCode, errors } from '../errors.ts';
import type { AnyFunction } from '../function.ts';
import type { Ports } from '../ports/ports.ts';
import { SECOND_MS } from '../schemas/base.ts';
import { callerAddress } from './address.ts';
import type { HttpRequest, HttpResponse } from './exchange.ts';
import { isPlatformHeader } from './normalise.ts';
import { describeCaught } from './observe.ts';
import { createRouter, type Found, refusal, splitTarget } from './router.ts';

/** Where to serve, and what besides the API. */
export interface ServeOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** 127.0.0.1 when not given: nobody else's machine. */
  readonly host?: string;
  /** Answers what is not the API's, such as pages for people; null for a path that it does not know. */
  readonly pages?: (request: HttpRequest) => Promise<HttpResponse | null>;
}

/** A server that runs. */
export interface Served {
  readonly port: number;
  /** `http://127.0.0.1:3000`, without a slash at the end. */
  readonly url: string;
  /** Takes nothing new, lets what is being answered end within five seconds, then cuts. */
  close(): Promise<void>;
}

/** Request line and headers together; Node refuses what is longer. */
const HEADER_BYTES_MAX = 16_384;
const TARGET_CHARACTERS_MAX = 8_192;

/**
 * How many long bodies are taken in at once, whoever sends them: nobody is asked who they are before their body is
 * here. A platform's callbacks and pushes are never long.
 */
const LONG_BODIES_MAX = 8;
const LONG_BODY_BYTES = 128 * 1024;

/** A client that sends its headers or its body more slowly than this only holds a connection. */
const HEADERS_TIMEOUT_MS = 10 * SECOND_MS;
const REQUEST_TIMEOUT_MS = 20 * SECOND_MS;
const CHECK_EVERY_MS = 2 * SECOND_MS;
/** Longer than a load balancer keeps its own side, so that it is never we who close first. */
const KEEP_ALIVE_MS = 75 * SECOND_MS;
const DRAIN_MS = 5 * SECOND_MS;

/** Below this a packet is a packet, compressed or not. */
const COMPRESS_CHARACTERS_MIN = 1_400;
const BROTLI_QUALITY = 4;

const brotliOf = promisify(brotliCompress);
const gzipOf = promisify(gzip);

/** The decoded query, or null when it is badly encoded. Without a prototype: any name may come. */
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
      else query[key] = typeof before === 'string' ? [before, value] : [...before, value];
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

/** The length that the headers promise; of one that comes in pieces, any. */
function promisedBytes({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  return Number(headers['content-length'] ?? 0);
}

/** The body, null when there is none, or `too_large` as soon as that is known. */
async function readBody(incoming: IncomingMessage, bytesMax: number): Promise<Buffer | null | 'too_large'> {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers;
  if (length === undefined && encoding === undefined) return null;
  if (Number(length ?? 0) > bytesMax) return 'too_large';
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bytesMax) chunks.push(chunk);
      // The connection stays, for the answer and for what comes after; what is too much is thrown away.
      else resolve('too_large');
    });
    incoming.on('end', () => resolve(bytes === 0 ? null : Buffer.concat(chunks)));
    incoming.on('error', reject);
    incoming.on('close', () => reject(new Error('the client hung up')));
  });
}

/** The best of the encodings we know that the client takes; a weight of 0 is a no. */
function encodingOf(accepted: string | undefined): 'br' | 'gzip' | null {
  if (accepted === undefined) return null;
  const takes = (name: string) => new RegExp(`(^|[\\s,])${name}\\s*(;\\s*q=(?!0(\\.0*)?\\s*(,|$))|,|$)`, 'i');
  if (takes('br').test(accepted)) return 'br';
  return takes('gzip').test(accepted) ? 'gzip' : null;
}

/** Compresses what is long enough, off the main thread, when the client takes it. */
async function encode(response: HttpResponse, accepted: string | undefined): Promise<HttpResponse> {
  const { body, headers } = response;
  if (typeof body !== 'string' || body.length < COMPRESS_CHARACTERS_MIN) return response;
  const vary = headers.vary === undefined ? 'accept-encoding' : `${headers.vary}, accept-encoding`;
  const encoding = encodingOf(accepted);
  if (encoding === null) return { ...response, headers: { ...headers, vary } };
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  const bytes = await (encoding === 'br' ? brotliOf(body, { params }) : gzipOf(body));
  return { ...response, headers: { ...headers, vary, 'content-encoding': encoding }, body: bytes };
}

/** Sends a file as fast as the client takes it. When a piece cannot be made, the connection is cut: no end, no file. */
async function sendChunks(
  outgoing: ServerResponse,
  { status, headers }: HttpResponse,
  chunks: AsyncIterable<string>,
  isLast: boolean,
): Promise<void> {
  outgoing.writeHead(status, { ...headers, ...(isLast ? { connection: 'close' } : {}) });
  if (outgoing.req.method === 'HEAD') outgoing.end();
  else await pipeline(Readable.from(chunks, { objectMode: false }), outgoing);
}

function send(outgoing: ServerResponse, response: HttpResponse, isLast: boolean): void | Promise<void> {
  const { status, headers, body, chunks } = response;
  if (chunks !== undefined) return sendChunks(outgoing, response, chunks, isLast);
  const hasBody = status !== 204 && status !== 304;
  outgoing.writeHead(status, {
    ...headers,
    ...(hasBody ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
    ...(isLast ? { connection: 'close' } : {}),
  });
  outgoing.end(hasBody ? body : undefined);
}

/** What cannot even be read as HTTP is answered on the bare connection. */
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

/** Serves the functions, by name, until it is closed. Resolves once it listens. */
export async function serve(
  functions: Readonly<Record<string, AnyFunction>>,
  ports: Ports,
  { port, host = '127.0.0.1', pages }: ServeOptions,
): Promise<Served> {
  const router = createRouter(functions);
  const { trustedProxies } = ports.settings;
  let isClosing = false;
  let longBodies = 0;

  /** Reads the body, or says why not. */
  async function take(
    incoming: IncomingMessage,
    bytesMax: number,
  ): Promise<Buffer | null | 'too_large' | 'too_many'> {
    const isLong = Math.min(bytesMax, promisedBytes(incoming)) > LONG_BODY_BYTES;
    if (!isLong) return readBody(incoming, bytesMax);
    if (longBodies >= LONG_BODIES_MAX) return 'too_many';
    longBodies += 1;
    try {
      return await readBody(incoming, bytesMax);
    } finally {
      longBodies -= 1;
    }
  }

  async function answer(incoming: IncomingMessage): Promise<HttpResponse> {
    const { method = 'GET', url = '/' } = incoming;
    const { path, search } = splitTarget(url);
    const query = url.length > TARGET_CHARACTERS_MAX ? {} : parseQuery(search);
    let found = router.find(method, path);
    if (url.length > TARGET_CHARACTERS_MAX) found = refused('request.url_too_long', found);
    else if (query === null) found = refused('request.invalid', found);
    const body = await take(incoming, found.endpoint.bodyBytesMax);
    const isCut = body === 'too_large' || body === 'too_many';
    // What is refused anyway is refused for that, however long its body is.
    if (isCut && found.endpoint.bodyBytesMax > 0) found = refused(`request.${body}`, found);
    const headers = headersOf(incoming);
    const peer = incoming.socket.remoteAddress ?? 'unknown';
    const address = callerAddress(peer, headers['x-forwarded-for'], trustedProxies);
    const rawBody = isCut ? null : body;
    const request: HttpRequest = { method, path, query: query ?? {}, headers, rawBody, address };
    const page = pages === undefined || /^\/(api|bus)\//.test(path) ? null : await pages(request);
    const response = page ?? (await router.answer(request, ports, found));
    return encode(response, headers['accept-encoding']);
  }

  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      // Node would drop all but the first of a header that is sent twice, and nobody would see that it was.
      joinDuplicateHeaders: true,
    },
    (incoming, outgoing) => {
      answer(incoming)
        .then((response) => send(outgoing, response, isClosing))
        .catch((caught) => {
          // A client that hung up while it was sending is no news.
          if (!incoming.socket.destroyed)
            ports.log.write('error', { function: 'host', ...describeCaught(caught) });
          outgoing.destroy();
        });
    },
  );
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  // Their bytes are bounded; a bound on their number would leave out the last ones without a word.
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
