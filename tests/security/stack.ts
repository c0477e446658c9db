/**
 * The product in its own process, reached over HTTP only. Its calls to the outside go through a counting relay to the
 * simulators. Its log is kept, and its store can be read from another connection.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { localBuild } from '../../esbuild.config.ts';
import { type LocalKeys, openKeys } from '../../local/keys.ts';
import { type ServedSimulators, serveSimulators } from '../../local/simulators/serve.ts';
import { ROOT } from '../../tools/sources.ts';
import { type Answered, insideIn } from '../fuzz/judge.ts';
import { keys as madeKeys } from '../support/keys.ts';
import { Store } from './store.ts';

/** One request, exactly as it is sent. */
export interface Sent {
  readonly method: string;
  /** Path and query, already encoded. */
  readonly target: string;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** A text or bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  /** The apparent address of the client; by default a new one. */
  readonly address?: string;
}

/** The answer. */
export interface Received extends Answered {
  /** The parsed body; undefined when it is not JSON. */
  readonly json: unknown;
  /** `error.code` of the body; null when there is none. */
  readonly code: string | null;
}

/** The running product and everything around it. */
export interface Stack {
  readonly api: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  readonly keys: LocalKeys;
  readonly simulators: ServedSimulators;
  readonly store: Store;
  /** `METHOD /path` of each call that the product made to the outside. */
  readonly outbound: string[];
  /** All answers so far, joined. */
  readonly answers: string[];
  /** Answers that no request may get: a 5xx, or one that shows the inside. A test that expects one empties the list. */
  readonly insane: string[];
  /** The product's log so far, with all lines of requests that have been answered. */
  logs(): Promise<string>;
  send(sent: Sent): Promise<Received>;
  isAlive(): boolean;
  stop(): Promise<void>;
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

function bytesOf(body: unknown): Buffer | null {
  if (body === undefined) return null;
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(JSON.stringify(body));
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value at a path of keys in a JSON value; undefined when a step does not exist. */
export function at(value: unknown, ...keys: readonly (string | number)[]): unknown {
  let found: unknown = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.entries(found).find(([name]) => name === String(key))?.[1];
  }
  return found;
}

/** The text at a path of keys. @throws Error when there is none */
export function textAt(value: unknown, ...keys: readonly (string | number)[]): string {
  const found = at(value, ...keys);
  if (typeof found !== 'string') throw new Error(`no text at ${keys.join('.')} of ${JSON.stringify(value)}`);
  return found;
}

/** One exchange over HTTP. Rejects when no answer comes. */
export async function sendTo(url: string, sent: Sent): Promise<Received> {
  const body = bytesOf(sent.body);
  const { token = null, address } = sent;
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const { port, hostname } = new URL(url);
    const outgoing = httpRequest({ agent, hostname, port, method: sent.method, path: sent.target });
    if (body !== null) outgoing.setHeader('content-type', 'application/json');
    if (token !== null) outgoing.setHeader('authorization', `Bearer ${token}`);
    if (address !== undefined) outgoing.setHeader('x-forwarded-for', address);
    for (const [name, value] of Object.entries(sent.headers ?? {})) outgoing.setHeader(name, value);
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
    outgoing.end(body ?? undefined);
  });
  const text = await textOf(message);
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
  );
  const json = parsed(text);
  const code = at(json, 'error', 'code');
  return {
    status: message.statusCode ?? 0,
    headers,
    text,
    json,
    code: typeof code === 'string' ? code : null,
  };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** Passes the product's calls on to the outside, and records them. */
function relayTo(target: string, outbound: string[]): Server {
  const { hostname, port } = new URL(target);
  return createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    outbound.push(`${method} ${url.split('?')[0]}`);
    const passed = httpRequest({ agent, hostname, port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
}

interface Child {
  readonly process: ChildProcess;
  readonly api: string;
  readonly output: string[];
  /** Resolves at its next output. It logs everything it does, after the commit. @throws when it ends instead */
  printed(): Promise<void>;
}

/** Starts the product's half and waits until it prints its address. */
async function startProduct(script: string, env: Readonly<Record<string, string>>): Promise<Child> {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const api = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the product ended with ${code}: ${output.join('')}`)));
    const read = (chunk: Buffer) => {
      output.push(chunk.toString());
      const url = /^API +(\S+)$/m.exec(output.join(''))?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  const waiting: { resolve(): void; reject(why: Error): void }[] = [];
  const printed = () =>
    new Promise<void>((resolve, reject) => {
      if (child.stdout.closed) reject(new Error('the product has ended'));
      else waiting.push({ resolve, reject });
    });
  // After the start its output is only kept.
  child.stdout.removeAllListeners('data').on('data', (chunk: Buffer) => {
    output.push(chunk.toString());
    for (const { resolve } of waiting.splice(0)) resolve();
  });
  child.once('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('the product has ended'));
  });
  return { process: child, api, output, printed };
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

let addresses = 0;

/** A public address that is not used yet, because limits count by address. */
export function freshAddress(): string {
  addresses += 1;
  return `203.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

/** Builds and starts everything. The product stands behind one proxy, so that requests can have many addresses. */
export async function startStack(): Promise<Stack> {
  const built = join(ROOT, 'dist', `security-${process.pid}`);
  mkdirSync(built, { recursive: true });
  await build(localBuild(built));
  const dataDir = mkdtempSync(join(tmpdir(), 'zhike-security-'));
  const keys = await openKeys(dataDir, () => madeKeys);
  const simulators = await serveSimulators({ keys: keys.simulators, port: 0, clockFactor: 20 });
  const outbound: string[] = [];
  const relay = relayTo(simulators.url, outbound);
  const child = await startProduct(join(built, 'start.mjs'), {
    ROLE: 'product',
    SIMULATORS: await listening(relay),
    DATA_DIR: dataDir,
    PORT: '0',
    TRUSTED_PROXIES: '1',
  });
  const store = new Store(join(dataDir, 'zhike.db'), child.printed);
  const answers: string[] = [];
  const insane: string[] = [];

  const send = async (sent: Sent): Promise<Received> => {
    const received = await sendTo(child.api, { address: freshAddress(), ...sent });
    answers.push(`${JSON.stringify(received.headers)}\n${received.text}`);
    const inside = insideIn(received.text);
    if (received.status >= 500 || inside !== null) {
      insane.push(
        `${sent.method} ${sent.target.slice(0, 120)}: ${received.status} ${received.text.slice(0, 200)}`,
      );
    }
    return received;
  };

  return {
    api: child.api,
    port: Number(new URL(child.api).port),
    pid: child.process.pid ?? 0,
    dataDir,
    keys,
    simulators,
    store,
    outbound,
    answers,
    insane,
    logs: async () => {
      // Lines are written in order. Once this one is there, so are those of all requests answered before.
      const requestId = `looked-${child.output.length}`;
      const isThere = () => child.output.join('').includes(requestId);
      await send({ method: 'GET', target: '/api/courses', headers: { 'x-request-id': requestId } });
      while (!isThere()) await child.printed();
      return child.output.join('');
    },
    send,
    isAlive: () => child.process.exitCode === null && child.process.signalCode === null,
    stop: async () => {
      await stopped(child.process);
      store.close();
      relay.closeAllConnections();
      await new Promise((resolve) => relay.close(resolve));
      await simulators.close();
      rmSync(dataDir, { recursive: true, force: true });
      rmSync(built, { recursive: true, force: true });
    },
  };
}
