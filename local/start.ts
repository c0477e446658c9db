/**
 * Starts the stack and keeps it running until Ctrl-C. Its environment variables are:
 *
 * - `PORT`: 3000 by default; 0 for any free port. The simulators take the next one.
 * - `DATA_DIR`: `.data/` by default.
 * - `DATABASE_URL`: `mysql://user:password@host:port/database` or `cloudbase:<environment>`; without it a file in the
 *   data folder. CloudBase needs `TENCENTCLOUD_SECRETID` and `TENCENTCLOUD_SECRETKEY`, and may have `CLOUDBASE_URL`.
 * - `CACHE_URL`: `redis://user:password@host:port/number`, a cache that processes share; without it one in memory.
 * - `LOG=off`: no log.
 * - `CORS_ORIGINS`: the origins whose pages may call the API from a browser.
 * - `METRICS_TOKEN`: who sends it may read `/metrics`; without it everybody on this machine may.
 * - `PACES`: the most calls a second to each platform.
 * - `SELLING`: which rail sells what, as `docs/MONEY.md` has it. Without it the owner has a licence to sell e-books by
 *   WeChat Pay, so that both rails can be seen.
 * - `STAFF=off`: appoints no staff. Otherwise the first start appoints one for each role, and `/` shows their logins.
 * - `ROLE`: runs one half only, in a process of its own: `product`, which needs the other half's URL in `SIMULATORS`,
 *   or `simulators`.
 * - `STORE_CHAOS`: the faults of the database.
 * - `CLOCK_FACTOR`: how many times faster the simulated callbacks are repeated.
 * - `CLOCK_OFFSET_MS`: how far the clock is from the machine's; without it as far as it was moved before.
 * - `TRUSTED_PROXIES=1`: lets a load generator pretend to come from many addresses.
 */
// Before every schema, so that each is compiled when it is first used.
import 'zod/compile';
import { join, resolve } from 'node:path';
import { readVariable } from '../shared/adapters/process/variables.ts';
import { keptClock, movableClock } from './clock.ts';
import { chaosDatabase, parseChaos } from './database.chaos.ts';
import { placeOf } from './database.ts';
import { freePort } from './freePort.ts';
import { openKeys } from './keys.ts';
import { startProduct } from './product.ts';
import { seedTalk } from './seed/seedTalk.ts';
import { serveSimulators } from './simulators/serve.ts';
import { SIMULATED_TEMPLATES } from './simulators/wechat/templates.ts';
import { openStaff, type ShownStaff } from './staff.ts';

const { env } = process;

/** How many times faster than in reality the simulators repeat callbacks. */
const CLOCK_FACTOR = 20;

/** What the owner of a shop on a laptop may sell by WeChat Pay. */
const LICENCE = JSON.stringify({ wxpayKindsInMiniProgram: ['content'] });

/** On a laptop every feature is on, and writing needs no phone number. */
const EVERYTHING_ON = JSON.stringify({
  ...{ comments: 'on', topics: 'on', groups: 'on', articles: 'on', drops: 'on', trials: 'on' },
  ...{ shares: 'on', questions: 'on' },
  needsPhone: false,
});

/** Where to find how staff log in, for who reads the terminal. Passwords are never printed. */
const WHERE: Readonly<Record<Extract<ShownStaff, string>, string>> = {
  off: 'npm run staff',
  elsewhere: 'npm run staff（数据库由 DATABASE_URL 指定，不在其中任命员工）',
  older: 'npm run staff（这个数据目录里已有商店，不在其中任命员工）',
};

interface Started {
  readonly lines: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

async function start(): Promise<Started> {
  const role = env.ROLE ?? 'all';
  const dataDir = resolve(env.DATA_DIR ?? '.data');
  const keys = await openKeys(dataDir);
  const port = Number(env.PORT ?? 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT ${env.PORT} is no port`);
  const outsidePort = role === 'all' && port !== 0 ? port + 1 : role === 'simulators' ? port : 0;
  const clockFactor = Number(env.CLOCK_FACTOR ?? CLOCK_FACTOR);
  const chaos = env.STORE_CHAOS === undefined ? null : parseChaos(env.STORE_CHAOS);
  const isWhole = role === 'all';
  const clock =
    isWhole && env.CLOCK_OFFSET_MS === undefined
      ? keptClock(join(dataDir, 'clock.json'))
      : movableClock(Number(env.CLOCK_OFFSET_MS ?? 0));
  const outside =
    role === 'product'
      ? null
      : await serveSimulators({
          keys: keys.simulators,
          port: outsidePort,
          clockFactor,
          clock,
        });
  const phone = outside?.url ?? env.SIMULATORS;
  if (phone === undefined) throw new Error('ROLE=product needs SIMULATORS, the URL of the simulators');
  if (role === 'simulators' && outside !== null)
    return { lines: { Phone: phone }, close: () => outside.close() };
  const place = placeOf(dataDir, env);
  const staff: ShownStaff =
    isWhole && env.STAFF !== 'off' ? await openStaff({ dataDir, place, keys, clock }) : 'off';
  const product = await startProduct({
    dataDir,
    store: place,
    cacheUrl: readVariable('CACHE_URL', env),
    // The product must know its address before it listens, because links contain it.
    port: port === 0 ? await freePort() : port,
    keys,
    wechatUrl: phone,
    wechatPayUrl: phone,
    clockFactor,
    clock,
    around: chaos === null ? null : (store, random) => chaosDatabase(store, { ...chaos, random, clock }),
    isLogging: env.LOG !== 'off',
    corsOrigins: readVariable('CORS_ORIGINS', env),
    paces: readVariable('PACES', env),
    talk: readVariable('TALK', { TALK: EVERYTHING_ON, ...env }),
    templates: SIMULATED_TEMPLATES,
    selling: readVariable('SELLING', isWhole ? { SELLING: LICENCE, ...env } : env),
    staff,
    metricsToken: readVariable('METRICS_TOKEN', env),
    trustedProxies: Number(env.TRUSTED_PROXIES ?? 0),
  });
  if (typeof staff !== 'string') await seedTalk({ api: product.url, simulators: phone });
  return {
    lines: {
      App: `${product.url}/app`,
      Console: `${product.url}/console`,
      API: product.url,
      Docs: `${product.url}/docs`,
      Figures: `${product.url}/figures`,
      Phone: phone,
      Data: dataDir,
      Logins: typeof staff === 'string' ? WHERE[staff] : `${product.url}/#staff`,
    },
    close: async () => {
      await product.close();
      await outside?.close();
    },
  };
}

async function main(): Promise<void> {
  const started = await start();
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    started.close().then(
      () => process.exit(0),
      (caught: unknown) => {
        console.error(caught);
        process.exit(1);
      },
    );
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  // Whoever reads these lines may end the process at once.
  for (const [name, value] of Object.entries(started.lines)) console.log(`${name.padEnd(10)} ${value}`);
}

main().catch((caught: unknown) => {
  console.error(caught instanceof Error ? caught.message : caught);
  process.exit(1);
});
