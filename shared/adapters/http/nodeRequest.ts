/** HTTP calls to the outside by node:http and node:https, over kept-alive connections. */
import type { Agent, ClientRequest, IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { OutsideRequest, OutsideResponse, Send } from './request.ts';

/** No answer of WeChat's API is longer, except a bill. */
const ANSWER_BYTES_MAX = 1024 * 1024;
/** A host that does not accept a connection in this time counts as down. */
const CONNECT_TIMEOUT_MS = 1_000;
/** Shorter than the other side keeps a connection, so that none is used in the moment it is closed there. */
const IDLE_MS = 15_000;
const CONNECTIONS_MAX = 64;

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return plain;
}

/** Limits the time for a new connection. A kept one is already connected. */
function limitConnecting(sent: ClientRequest, socket: Socket, isTls: boolean): void {
  if (!socket.connecting) return;
  const timer = setTimeout(() => sent.destroy(new Error('no connection in time')), CONNECT_TIMEOUT_MS);
  const stop = () => clearTimeout(timer);
  socket.once(isTls ? 'secureConnect' : 'connect', stop);
  socket.once('close', stop);
}

interface Client {
  readonly request: typeof request;
  readonly agent: Agent;
}

/** Loads Node's module for the protocol: at the first call, because a cold start should not pay for it. */
async function loadClient(isTls: boolean): Promise<Client> {
  const { Agent, request } = isTls ? await import('node:https') : await import('node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, timeout: IDLE_MS });
  return { request, agent };
}

/** Makes a `Send` with its own connections. Redirects are not followed; they are answers like any other. */
export function httpSend(): Send {
  const clients = new Map<boolean, Promise<Client>>();

  return async (asked: OutsideRequest) => {
    const { method, url, headers, body, timeoutMs, answerBytesMax = ANSWER_BYTES_MAX } = asked;
    const isTls = url.startsWith('https:');
    const loading = clients.get(isTls) ?? loadClient(isTls);
    clients.set(isTls, loading);
    const { request, agent } = await loading;
    return new Promise<OutsideResponse>((resolve, reject) => {
      const sized = body === '' ? headers : { ...headers, 'content-length': Buffer.byteLength(body) };
      const given = { method, headers: sized, agent };
      const onAnswer = (answer: IncomingMessage) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > answerBytesMax) answer.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: headersOf(answer),
            body: Buffer.concat(chunks),
          }),
        );
      };
      const sent = request(url, given, onAnswer);
      const timer = setTimeout(() => sent.destroy(new Error('no answer in time')), timeoutMs);
      sent.on('close', () => clearTimeout(timer));
      sent.on('socket', (socket) => limitConnecting(sent, socket, isTls));
      sent.on('error', reject);
      sent.end(body);
    });
  };
}
