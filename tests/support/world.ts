/**
 * A whole world in one process: every port, virtual time, seeded randomness, simulated WeChat with both rails, and
 * every call through the whole chain. The same seed gives the same world.
 */
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { inspect } from 'node:util';
import type * as z from 'zod';
import { createLocalBus, type LocalBus } from '../../local/bus.local.ts';
import { type LocalFiles, localFiles } from '../../local/files.local.ts';
import { databaseAttempts } from '../../shared/adapters/database/attempts.ts';
import { memoryCache } from '../../shared/adapters/process/cache.ts';
import { scryptPasswords } from '../../shared/adapters/process/passwords.ts';
import { keySecrets } from '../../shared/adapters/process/secrets.ts';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import * as categories from '../../shared/data/catalogue/categories.ts';
import { collections } from '../../shared/data/collections.ts';
import * as attempts from '../../shared/data/identity/attempts.ts';
import * as users from '../../shared/data/identity/users.ts';
import { beginningOf } from '../../shared/domain/catalogue/upload.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type {
  AnyFunction,
  Auth,
  CallbackFunction,
  Consumed,
  HttpFunction,
  TimerFunction,
} from '../../shared/function.ts';
import type { Database } from '../../shared/ports/database.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Settings } from '../../shared/ports/settings.ts';
import { type Consumer, runConsumer } from '../../shared/runtime/consumer.ts';
import { endpointsOf } from '../../shared/runtime/endpoints.ts';
import type { HttpRequest, HttpResponse } from '../../shared/runtime/exchange.ts';
import { createRouter, type Router } from '../../shared/runtime/router.ts';
import { runTimer, type TimerHost } from '../../shared/runtime/timer.ts';
import type { UserId } from '../../shared/schemas/base.ts';
import { addressOf } from './addressOf.ts';
import { endlessTurn, type VirtualClock, virtualClock } from './clock.ts';
import { seededIds } from './ids.ts';
import { type Outside, outside } from './outside.ts';
import { seeded } from './seeded.ts';
import { defaultSettings } from './settings.ts';

/** One record of the log, before redaction. */
export interface LogRecord extends Readonly<Record<string, unknown>> {
  readonly level: 'info' | 'warn' | 'error';
}

/** The error in an answer's envelope. */
export interface AnsweredError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** An answer. `data` and `error` are the two halves of the envelope; reading the absent one throws. */
export class Answer<D> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON, or the text when it is not JSON. */
  readonly body: unknown;
  /** The error code, also of a callback; null for success. */
  readonly code: ErrorCode | null;

  constructor(response: HttpResponse, code: ErrorCode | null) {
    this.status = response.status;
    this.headers = response.headers;
    this.body = parsed(Buffer.from(response.body).toString('utf8'));
    this.code = code;
  }

  get data(): D {
    return this.#half('data');
  }

  get error(): AnsweredError {
    return this.#half('error');
  }

  #half(name: 'data' | 'error'): never {
    if (isRecord(this.body) && name in this.body) return this.body[name] as never;
    throw new Error(`no ${name} in the answer ${this.status} ${JSON.stringify(this.body)}`);
  }
}

export interface CallOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** 203.0.113.1 by default. */
  readonly address?: string;
  /** Whether the test expects `internal`. Otherwise a call with that answer throws, with its cause. */
  readonly mayBreak?: boolean;
}

/** A platform's request to a callback. */
export interface RawCall {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly rawBody: string | Uint8Array;
}

export interface WorldOptions {
  /** 1 by default. */
  readonly seed?: number;
  /** Consumers to use instead of those in `functions/`, by name. */
  readonly consumers?: Readonly<Record<string, Consumer>>;
  readonly settings?: Partial<Settings>;
  /** Opens the world's store, which is empty: by default one in memory. The world closes it. */
  readonly store?: (given: { readonly random: () => number }) => Promise<Database>;
  /** Wraps the database, for example with chaos. */
  readonly database?: (inner: Database, ports: Pick<Ports, 'clock' | 'ids'>) => Database;
}

export interface World extends Pick<Outside, 'weixin' | 'wechatPay' | 'xpay'> {
  readonly seed: number;
  readonly ports: Ports;
  readonly clock: VirtualClock;
  readonly bus: LocalBus;
  readonly files: LocalFiles;
  /** Where a test can put files. Most have none, so it is made with the first. */
  readonly filesFolder: string;
  readonly logs: LogRecord[];
  readonly random: () => number;
  /** Calls a function through the whole chain. The input may be anything, also what the contract refuses. */
  call<I extends z.ZodType, O extends z.ZodType, A extends Auth>(
    own: HttpFunction<I, O, A>,
    input: unknown,
    options?: CallOptions,
  ): Promise<Answer<z.output<O>>>;
  call(own: CallbackFunction, input: RawCall, options?: CallOptions): Promise<Answer<unknown>>;
  /** Runs one consumer for an event once, as a ring of the broker does. */
  deliver(consumer: string, eventId: string): Promise<Consumed>;
  /** Runs due jobs and delivers waiting rings until nothing is left. Time does not move. */
  drain(): Promise<void>;
  /** Runs a timer once; `runs` says which consumers it may run, by default every one. */
  run(own: TimerFunction, host?: Pick<TimerHost, 'runs'>): Promise<Readonly<Record<string, number>>>;
  /** Logs in by WeChat. The same name is the same person. */
  login(name: string): Promise<{ readonly token: string; readonly userId: UserId; readonly openid: string }>;
  close(): Promise<void>;
}

const seen = new WeakMap<AnyFunction, Set<ErrorCode>>();
const routers = new WeakMap<AnyFunction, Router>();

/** The codes that this function has answered so far in this test file. */
export function codesSeen(own: AnyFunction): ReadonlySet<ErrorCode> {
  return seen.get(own) ?? new Set();
}

function routerOf(own: HttpFunction | CallbackFunction): Router {
  const router = routers.get(own) ?? createRouter(endpointsOf({ [own.contract.route]: own }));
  routers.set(own, router);
  return router;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function queryOf(rest: Readonly<Record<string, unknown>>): Record<string, string | string[]> {
  const given = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(
    given.map(([key, value]) => [key, Array.isArray(value) ? value.map(String) : String(value)]),
  );
}

/** The request that a client would send: parameters in the path, then the query or the body. */
function requestOf(own: HttpFunction, input: unknown, options: CallOptions): HttpRequest {
  const [method = '', template = ''] = own.contract.route.split(' ');
  const rest: unknown = isRecord(input) ? { ...input } : input;
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = isRecord(rest) ? rest[name] : '';
    if (isRecord(rest)) delete rest[name];
    return encodeURIComponent(String(value));
  });
  const isQuery = method === 'GET' || method === 'DELETE';
  const { token, headers = {}, address = '203.0.113.1' } = options;
  return {
    method,
    path,
    address,
    query: isQuery && isRecord(rest) ? queryOf(rest) : {},
    headers: {
      ...(isQuery ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    rawBody: isQuery ? null : Buffer.from(JSON.stringify(rest) ?? ''),
  };
}

function rawRequestOf(own: CallbackFunction, input: RawCall, options: CallOptions): HttpRequest {
  const [method = '', path = ''] = own.contract.route.split(' ');
  return {
    method,
    path,
    address: options.address ?? '203.0.113.1',
    query: input.query ?? {},
    headers: { ...input.headers, ...options.headers },
    rawBody: Buffer.from(input.rawBody),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

const FUNCTIONS = join(__dirname, '..', '..', 'functions');
/** The file of every function by its name, which is unique over all folders. */
const functionFiles = new Map(
  readdirSync(FUNCTIONS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [basename(file, '.ts'), join(FUNCTIONS, file)]),
);

/** Loads the consumer of that name from its file. Loading all of them would slow every test file down. */
async function consumerOf(name: string): Promise<Consumer> {
  const path = functionFiles.get(name);
  const file: Record<string, Consumer | undefined> = path === undefined ? {} : await import(path);
  const own = file[name];
  if (own === undefined) throw new Error(`no file in functions/ exports ${name}`);
  return own;
}

/**
 * An error with the cause of an `internal` answer, as it was logged: a bug of the function, or an error that it does
 * not declare.
 */
function brokenCall(own: HttpFunction | CallbackFunction, why: unknown): Error {
  return new Error(`${own.contract.route} answered internal: ${inspect(why, { depth: 6 })}`);
}

/** The callbacks that WeChat, WeChat Pay and virtual payment call. */
const callbacks = [
  async () => (await import('../../functions/payments/payNotify.ts')).payNotify,
  async () => (await import('../../functions/operations/wechatPush.ts')).wechatPush,
  async () => (await import('../../functions/operations/checkWechatPush.ts')).checkWechatPush,
  async () => (await import('../../functions/review/serveCheckedMedia.ts')).serveCheckedMedia,
];

async function callbackOf(route: string): Promise<CallbackFunction> {
  for (const load of callbacks) {
    const own = await load();
    if (own.contract.route === route) return own;
  }
  throw new Error(`nobody at ${route}`);
}

/** How many worlds there were, so that each has a folder of its own. */
let worlds = 0;

/** The categories that exist in every world, so that products can be made in them. */
const CATEGORIES = ['programming', 'life'];

/** An empty store in memory, which answers in the same turn of the event loop. */
export async function inMemory({ random }: { readonly random: () => number }): Promise<Database> {
  return sqliteDatabase({
    ...{ path: ':memory:', collections, random, schedule: queueMicrotask, loop: endlessTurn },
    pause: async () => undefined,
  });
}

/** Makes a world. Close it at the end of the test. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { seed = 1 } = options;
  const random = seeded(seed);
  const clock = virtualClock();
  const ids = seededIds(clock, random);
  const logs: LogRecord[] = [];
  const failures = new Map<string, Readonly<Record<string, unknown>> & { readonly code: ErrorCode }>();

  const store = await (options.store ?? inMemory)({ random });
  await store.tx(async (tx) => {
    for (const [position, id] of CATEGORIES.entries()) {
      const times = { createdAtMs: clock.now(), updatedAtMs: clock.now() };
      const shown = { title: id, position, isHidden: false, placedCount: 0, version: 1, ...times };
      await categories.insert(tx, { id, ...shown });
    }
  });
  const ownConsumer = async (name: string) => options.consumers?.[name] ?? (await consumerOf(name));
  const deliver = async (name: string, eventId: string): Promise<Consumed> =>
    runConsumer(name, await ownConsumer(name), eventId, ports);
  // Nothing is delivered by itself: `drain` decides when.
  const bus = createLocalBus({ deliver, random, isEager: false });
  worlds += 1;
  const filesFolder = join(tmpdir(), `zhike-files-${process.pid}-${worlds}`);
  const files = localFiles({
    ...{
      key: Buffer.alloc(32, 1),
      baseUrl: 'https://media.example',
      publicBaseUrl: 'https://media.example',
      clock,
    },
    folder: filesFolder,
    madeUp: (key, type) => (/^(courses|books|audio|a)\//.test(key) ? beginningOf(type) : null),
  });
  const { weixin, wechatPay, xpay, wechat, safety, messages, rails, push } = outside({
    clock,
    random,
    ids,
    log: { write: (level, record) => ports.log.write(level, record) },
    deliver: async ({ method, url, headers, body }) => {
      const { pathname, searchParams } = new URL(url);
      const own = await callbackOf(`${method} ${pathname}`);
      const query = Object.fromEntries(searchParams);
      const answer = await respond(own, rawRequestOf(own, { headers, query, rawBody: body }, {}));
      return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.body) };
    },
  });
  const database = options.database?.(store, { clock, ids }) ?? store;
  const secrets = keySecrets(Buffer.alloc(32, 2).toString('base64'));
  // Room for thousands of entries takes longer to make than most tests take.
  const memory = memoryCache({ clock, random, entriesMax: 500 });
  const ports: Ports = {
    database,
    bus,
    // Processes may share the cache, so each value passes through JSON here as it does on the way to Redis.
    cache: {
      ...memory,
      remember: (key, ttlMs, load) =>
        memory.remember(key, ttlMs, async () => JSON.parse(JSON.stringify(await load()))),
    },
    memory,
    attempts: databaseAttempts({ database, collection: attempts.collection, secrets, clock }),
    wechat,
    safety,
    messages,
    rails,
    push,
    files,
    clock,
    pause: clock.pause,
    loop: endlessTurn,
    ids,
    secrets,
    passwords: scryptPasswords({ N: 2, r: 1, p: 1 }),
    log: {
      write: (level, record) => {
        logs.push({ level, ...record });
        if (typeof record.requestId === 'string' && typeof record.code === 'string') {
          failures.set(record.requestId, { ...record, code: record.code as ErrorCode });
        }
      },
    },
    settings: { ...defaultSettings, ...options.settings },
  };

  const respond = (own: HttpFunction | CallbackFunction, request: HttpRequest): Promise<HttpResponse> => {
    const router = routerOf(own);
    return router.answer(request, ports, router.find(request.method, request.path));
  };

  const call: World['call'] = async (
    own: HttpFunction | CallbackFunction,
    input: unknown,
    callOptions: CallOptions = {},
  ) => {
    const request =
      own.kind === 'http'
        ? requestOf(own, input, callOptions)
        : rawRequestOf(own, input as RawCall, callOptions);
    const { chunks, ...answered } = await respond(own, request);
    const response = chunks === undefined ? answered : { ...answered, body: await textOf(chunks) };
    const failure = failures.get(response.headers['x-request-id'] ?? '');
    const code = failure?.code ?? null;
    if (code === 'internal' && callOptions.mayBreak !== true) throw brokenCall(own, failure);
    if (code !== null) seen.set(own, new Set([...codesSeen(own), code]));
    return new Answer<never>(response, code);
  };

  const drain = async () => {
    do await bus.drain();
    while ((await clock.runDue()) > 0);
  };

  return {
    weixin,
    wechatPay,
    xpay,
    seed,
    ports,
    clock,
    bus,
    files,
    filesFolder,
    logs,
    random,
    call,
    deliver,
    drain,
    run: (own, host) => runTimer(own.contract.cron, own, ports, { ...host, consumerOf: ownConsumer }),
    login: async (name) => {
      const { login } = await import('../../functions/identity/login.ts');
      const { data } = await call(
        login,
        { code: weixin.phone.login(name).code },
        { address: addressOf(name) },
      );
      const user = await users.find(ports.database, data.user.id);
      return { token: data.token, userId: data.user.id, openid: user?.openid ?? '' };
    },
    close: async () => {
      await ports.database.close();
      await rm(filesFolder, { recursive: true, force: true });
    },
  };
}
