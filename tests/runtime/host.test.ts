import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { buildHost, DRIVER_FILES } from '../../esbuild.config.ts';
import { freePort } from '../../local/freePort.ts';
import { seedCatalogue } from '../../local/seed/seedCatalogue.ts';
import { serveSimulators } from '../../local/simulators/serve.ts';
import { openMysql } from '../../shared/adapters/mysql/database.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { production } from '../../shared/adapters/production.ts';
import { collections } from '../../shared/data/collections.ts';
import { readManifest } from '../../tools/manifest.ts';
import { ROOT } from '../../tools/sources.ts';
import { buy, nothingPromised, type Shop } from '../load/buyer.ts';
import { exchange } from '../load/measure.ts';
import { keys } from '../support/keys.ts';
import { Administrator, describeMysql, makeDatabase } from '../support/mysql.ts';
import { seeded } from '../support/seeded.ts';
import { unitEnvironment } from '../support/unitEnvironment.ts';

const outdir = join(ROOT, 'dist', `host-${process.pid}`);
const running = new Set<ChildProcess>();
const ends: (() => Promise<void>)[] = [];

type Environment = Readonly<Record<string, string>>;

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly port: number;
  readonly ended: Promise<unknown[]>;
  /** Everything it has said. */
  readonly said: () => string;
  /** The next time that it says something. */
  readonly printed: () => Promise<void>;
}

/** Starts the built host. `env` is its whole environment, which may depend on its port. */
async function start(environment: Environment | ((port: number) => Environment)): Promise<Started> {
  const port = await freePort();
  const env = typeof environment === 'function' ? environment(port) : environment;
  const child = spawn(process.execPath, [join(outdir, 'index.js')], {
    env: { ...env, PORT: String(port) },
    cwd: outdir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let text = '';
  const listens = new Promise<void>((resolve, reject) => {
    const take = (chunk: unknown) => {
      text += String(chunk);
      if (text.includes('"listens"')) resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${text}`)));
  });
  const ended = once(child, 'exit');
  await listens;
  const printed = () =>
    new Promise<void>((resolve) => {
      if (child.stdout.closed) resolve();
      else child.stdout.once('data', () => resolve()).once('close', () => resolve());
    });
  return { child, port, url: `http://127.0.0.1:${port}`, ended, said: () => text, printed };
}

async function stateAt(url: string, path: '/health' | '/ready'): Promise<readonly [number, string]> {
  const { status, body } = await exchange('GET', `${url}${path}`, {}, '');
  return [status, (JSON.parse(body) as { state: string }).state];
}

/** Asks until the host says that. */
async function until(url: string, state: string): Promise<void> {
  while ((await stateAt(url, '/ready'))[1] !== state);
}

/** Tries to connect until nobody listens any more. */
async function untilClosed(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen === false) return;
  }
}

const unsetUrl = 'mysql://root@127.0.0.1:1/shop';

describe('the host', () => {
  beforeAll(async () => {
    await buildHost((await readManifest()).functions, outdir);
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    for (const end of ends) await end();
    rmSync(outdir, { recursive: true, force: true });
  });

  test('a setting that is missing is named, and it does not start', async () => {
    const { WECHAT_SECRET: _, ...rest } = unitEnvironment();
    await expect(start(rest)).rejects.toThrow(/ended with 1: .*WECHAT_SECRET is not set/);
  });

  test('a database that does not answer is waited for, and that is said once; it lives, and is not ready', async () => {
    const host = await start({ ...unitEnvironment(), DATABASE_URL: unsetUrl });
    expect(await stateAt(host.url, '/health')).toEqual([200, 'alive']);
    while (!host.said().includes('"waits"')) await host.printed();
    expect(await stateAt(host.url, '/ready')).toEqual([503, 'starting']);
    const answer = await exchange('GET', `${host.url}/api/courses`, {}, '');
    expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([503, 'database.unavailable']);
    host.child.kill('SIGTERM');
    expect(await host.ended).toEqual([0, null]);
    expect(host.said().match(/"waits"/g)).toHaveLength(1);
  });

  test('figures are for who sends the token, and there are none where no token is set', async () => {
    const token = 'a-token-of-many-letters';
    const metrics = async (environment: Environment, headers: Readonly<Record<string, string>>) => {
      const host = await start(environment);
      await exchange('GET', `${host.url}/api/courses`, {}, '');
      const { status, body } = await exchange('GET', `${host.url}/metrics`, headers, '');
      host.child.kill('SIGTERM');
      await host.ended;
      return [
        status,
        body.includes('zhike_calls_total{function="listCourses",kind="http",outcome="failed"} 1'),
      ];
    };
    const env = { ...unitEnvironment(), DATABASE_URL: unsetUrl };
    const bearer = { authorization: `Bearer ${token}` };
    expect(await metrics({ ...env, METRICS_TOKEN: token }, bearer)).toEqual([200, true]);
    expect(await metrics({ ...env, METRICS_TOKEN: token }, {})).toEqual([401, false]);
    expect(await metrics(env, bearer)).toEqual([404, false]);
    await expect(start({ ...env, METRICS_TOKEN: 'short' })).rejects.toThrow(/METRICS_TOKEN is wrong/);
  });

  describeMysql('with a MySQL server', () => {
    /** What the host and its surroundings need, and the end of them. */
    async function surroundings() {
      const administrator = await Administrator.connect();
      const made = await makeDatabase(administrator);
      const simulators = await serveSimulators({ keys, port: 0, clockFactor: 20 });
      const env = {
        ...unitEnvironment(),
        ...{ DATABASE_URL: made.url, WECHAT_APPID: keys.appid, WECHAT_SECRET: keys.appSecret },
        ...{ WXPAY_MERCHANT_ID: keys.merchantId, WXPAY_MERCHANT_SERIAL: keys.merchantSerial },
        ...{ WXPAY_PRIVATE_KEY: keys.merchantPrivateKeyPem, WXPAY_API_V3_KEY: keys.apiV3Key },
        ...{ WXPAY_PUBLIC_KEY_ID: keys.publicKeyId, WXPAY_PUBLIC_KEY: keys.publicKeyPem },
        ...{ WECHAT_BASE_URL: simulators.url, WXPAY_BASE_URL: simulators.url },
        WXPAY_BACKUP_BASE_URL: simulators.url,
        // Links to media are signed, and nobody opens them here.
        ...{ TENCENTCLOUD_SECRETID: 'id', TENCENTCLOUD_SECRETKEY: 'key' },
        ...{ XPAY_OFFER_ID: keys.xpayOfferId, XPAY_APP_KEY: keys.xpayAppKey },
      };
      const end = async () => {
        await simulators.close();
        await made.drop();
        administrator.close();
      };
      return { made, simulators, env, end };
    }

    test('it is ready once the tables are there; then it sells, pays out effects, and ends with what is under way', async () => {
      const { made, simulators, env, end } = await surroundings();
      ends.push(end);
      const early = await start(env);
      while (!early.said().includes('"waits"')) await early.printed();
      expect(early.said()).toContain('ER_NO_SUCH_TABLE');
      expect(await stateAt(early.url, '/ready')).toEqual([503, 'starting']);
      const own = { url: made.url, collections, random: Math.random, clock: systemClock, connections: 4 };
      await (await openMysql(own)).close();
      const ports = production(env)();
      await seedCatalogue(ports);
      await ports.database.close();
      await until(early.url, 'ready');
      early.child.kill('SIGTERM');
      expect(await early.ended).toEqual([0, null]);

      // The rail calls back at the address in this setting, so it is the host's own.
      const host = await start((port) => ({
        ...env,
        WXPAY_NOTIFY_URL: `http://127.0.0.1:${port}/api/pay/notify`,
      }));
      await until(host.url, 'ready');
      const promised = nothingPromised('host');
      const shop: Shop = {
        ...{ api: host.url, phone: simulators.url, words: '数据分析', random: seeded(1) },
        ...{ pause: host.printed, nowMs: () => 0, patienceMs: 0 },
      };
      await buy(shop, promised);
      expect(promised).toMatchObject({ isPaidAtPhone: true, isPaid: true, isOpen: true });

      // A request of which half has arrived is under way.
      const body = JSON.stringify({ code: '0'.repeat(32) });
      const socket = connect(host.port, '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk) => {
        answer += String(chunk);
      });
      await once(socket, 'connect');
      const head = `POST /api/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
      socket.write(`${head}content-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`);
      // The host reads in order, so it has this one when it has answered the next.
      expect(await stateAt(host.url, '/ready')).toEqual([200, 'ready']);
      host.child.kill('SIGTERM');
      await untilClosed(host.port);
      socket.write(body.slice(5));
      await once(socket, 'close');
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(answer).toContain('"error":{"code":"auth.code_invalid"');
      expect(answer).toMatch(/connection: close/i);
      expect(await host.ended).toEqual([0, null]);
      expect(host.said()).not.toMatch(/"outcome":"failed"/);
    });
  });

  test('the drivers stand beside it, and nothing of a laptop or of tests is in it', () => {
    for (const file of DRIVER_FILES) expect(existsSync(join(outdir, file))).toBe(true);
  });
});
