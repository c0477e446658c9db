import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpSend } from '../../shared/adapters/http/nodeRequest.ts';
import { serverOf } from '../../shared/adapters/mysql/address.ts';
import { Link } from '../../shared/adapters/mysql/link.ts';
import { memoryCache } from '../../shared/adapters/process/cache.ts';
import { readVariables } from '../../shared/adapters/process/variables.ts';
import { production } from '../../shared/adapters/production.ts';
import { redisCache } from '../../shared/adapters/redis/cache.ts';
import { openSqlite } from '../../shared/adapters/sqlite/layout.ts';
import { collections } from '../../shared/data/collections.ts';
import * as carts from '../../shared/data/orders/carts.ts';
import { OrderId } from '../../shared/schemas/base.ts';
import { ENGINES } from '../support/keptStore.ts';
import { Administrator, makeDatabase } from '../support/mysql.ts';
import { unitEnvironment } from '../support/unitEnvironment.ts';
import { bar, type Judged } from './bar.ts';

/** What a busy machine may add to a time limit, in milliseconds. */
const MARGIN_MS = 1_500;
const CALLS = 20;
/** What faults, a moved clock or simulated platforms are set by, on a laptop alone. */
const LOCAL_FLAGS = {
  STORE_CHAOS: 'conflict=1',
  CLOCK_OFFSET_MS: '1',
  CLOCK_FACTOR: '9',
  SIMULATORS: 'http://127.0.0.1:1',
};

/** A server that accepts connections and never says a word. */
async function silent(): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work().catch(() => undefined);
  return Math.round(performance.now() - from);
}

/** How long a deployed unit waits for each other side that is silent, and how long it may. */
async function waits(): Promise<Readonly<Record<string, { readonly ms: number; readonly mostMs: number }>>> {
  const hole = await silent();
  const url = `http://127.0.0.1:${hole.port}`;
  const ports = production({
    ...unitEnvironment(),
    ...{ WECHAT_BASE_URL: url, WXPAY_BASE_URL: url, WXPAY_BACKUP_BASE_URL: '' },
    DATABASE_URL: `mysql://root@127.0.0.1:${hole.port}/shop`,
  })();
  const memory = memoryCache({ clock: ports.clock, random: Math.random });
  const cache = redisCache({
    ...{ clock: ports.clock, random: Math.random, memory, log: { write: () => undefined } },
    ...{ url: `redis://127.0.0.1:${hole.port}`, stage: 'bar', build: 'bar' },
  });
  const orderId = OrderId.parse('ord_01JD0000000000000000000001');
  const asked = { orderId, openid: 'openid' } as never;
  // A read is tried twice, each time for two seconds at most.
  const mostMs = { store: 4_000, cache: 300, login: 2_000, wxpay: 3_000 };
  const works = {
    store: () => ports.database.find(carts.collection, 'usr_1'),
    cache: () => cache.remember('key', 1_000, async () => 1),
    login: () => ports.wechat.codeToSession('code'),
    wxpay: () => ports.rails.wxpay.query(asked),
  };
  const all = await Promise.all(
    Object.entries(works).map(async ([name, work]) => {
      const most = mostMs[name as keyof typeof works];
      return [name, { ms: await msOf(work), mostMs: most }] as const;
    }),
  );
  hole.close();
  cache.close();
  await ports.database.close();
  return Object.fromEntries(all);
}

/** How many connections a platform sees for calls one after the other. */
async function connectionsOfCalls(): Promise<number> {
  let connections = 0;
  const server = createHttpServer((_, response) => response.end('{}'));
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const send = httpSend();
  for (let call = 0; call < CALLS; call += 1) {
    await send({ method: 'GET', url, headers: {}, body: '', timeoutMs: 3_000 });
  }
  server.closeAllConnections();
  server.close();
  return connections;
}

/** What a file of the embedded engine is set to. The header says itself that it has a write-ahead log. */
function fileSettings(): Readonly<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-bar-'));
  const path = join(folder, 'zhike.db');
  const connection = openSqlite(path, collections);
  const pragma = (name: string) => Object.values(Object(connection.pragma(name, { simple: true })))[0];
  const settings = { journal: pragma('journal_mode'), synchronous: pragma('synchronous') };
  connection.close();
  const [writes, reads] = readFileSync(path).subarray(18, 20);
  rmSync(folder, { recursive: true });
  return { ...settings, isWal: writes === 2 && reads === 2 };
}

/** What a session of ours on a server is set to, as the server says. */
async function sessionSettings(url: string): Promise<Readonly<Record<string, unknown>>> {
  const link = await Link.connect(serverOf(url));
  const names = Object.keys(SESSION_WANTED);
  const sql = `SHOW SESSION VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join()})`;
  const [rows = []] = await link.ask(sql, { statements: 1, timeoutMs: 2_000 });
  link.close();
  return Object.fromEntries(rows);
}

/** The first is what MySQL calls it, and the second MariaDB. A server has one of them. */
const ISOLATION = ['transaction_isolation', 'tx_isolation'];
const SESSION_WANTED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(ISOLATION.map((name) => [name, 'READ-COMMITTED'])),
  sql_mode: 'STRICT_ALL_TABLES',
  time_zone: '+00:00',
  innodb_lock_wait_timeout: '2',
  // The server's own. It syncs its log at each commit.
  innodb_flush_log_at_trx_commit: '1',
};
const FILE_WANTED = { journal: 'wal', synchronous: 2, isWal: true };

/** What is set otherwise than it must be. */
function otherwise(
  wanted: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(wanted).flatMap(([name, value]) =>
    found[name] === value || (ISOLATION.includes(name) && !(name in found))
      ? []
      : [`${name} is ${String(found[name])}, not ${String(value)}`],
  );
}

/** Starts a deployed unit's ports with that variable. Answers what is wrong. */
function accepted([name, value]: readonly [string, string]): string[] {
  try {
    production({ ...unitEnvironment(), [name]: value })();
    return [`a deployed unit starts with ${name}`];
  } catch (caught) {
    return String(caught).includes(name) ? [] : [`${name}: ${String(caught)}`];
  }
}

/**
 * Seen red: with `synchronous = NORMAL`, with a read timeout of ten seconds, with an agent that keeps no connection,
 * and when no local variable is refused.
 */
export const R30 = bar({
  proves:
    'a commit is synced, nobody who is silent is waited for long, connections are kept, and a deployed unit takes no faults',
  flags: {},
  brief: {},
  engines: ENGINES,
  run: async ({ engine }) => {
    if (engine === 'mysql') return judgeServer();
    readVariables(unitEnvironment());
    const settings = fileSettings();
    const waited = await waits();
    const connections = await connectionsOfCalls();
    const tooLong = Object.entries(waited).filter(([, { ms, mostMs }]) => ms > mostMs + MARGIN_MS);
    const violations = [
      ...otherwise(FILE_WANTED, settings),
      ...tooLong.map(([name, { ms }]) => `${name} was waited for ${ms} ms`),
      ...(connections === 1 ? [] : [`${CALLS} calls took ${connections} connections`]),
      ...Object.entries(LOCAL_FLAGS).flatMap(accepted),
    ];
    return { pass: violations.length === 0, measured: { settings, waited, connections, violations } };
  },
});

async function judgeServer(): Promise<Judged> {
  const administrator = await Administrator.connect();
  const { url, drop } = await makeDatabase(administrator);
  const settings = await sessionSettings(url);
  await drop();
  administrator.close();
  const violations = otherwise(SESSION_WANTED, settings);
  return { pass: violations.length === 0, measured: { settings, violations } };
}
