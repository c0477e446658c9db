/**
 * A shop under steady load: buyers come at a rate, whatever the answers take, while faults happen in the background. It
 * is judged by the answers that the buyers got, the books of the platforms, and the stored documents.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { collections } from '../../shared/data/collections.ts';
import { MINUTE_MS, SECOND_MS } from '../../shared/schemas/base.ts';
import { always, Export, type Row } from '../bars/auditor.ts';
import { auditAtRest, build, type Outside, post, startOutside } from '../bars/processes.ts';
import { StoreReader } from '../simulation/store.ts';
import { keptPort } from '../support/keptPort.ts';
import type { EngineName } from '../support/keptStore.ts';
import { Administrator } from '../support/mysql.ts';
import { OwnRedis } from '../support/redis.ts';
import { seeded } from '../support/seeded.ts';
import { askBack, buy, clientOf, nothingPromised, type Promised, type Shop, until } from './buyer.ts';
import { deployedProduct } from './deployed.ts';
import { quantile, rssMb } from './measure.ts';
import { type LoadedProduct, localProduct } from './product.ts';
import { duplicatesIn, lostOf } from './promises.ts';

/** The requests of one visit, about. What a visit really made is counted when it ends. */
const REQUESTS_EACH = 18;
/** More visits at a time are not begun. The rate is then not reached, which is told. */
const AT_ONCE_MAX = 300;
const TICK_MS = 20;
/** How long a phone waits at least before it looks again. */
const LOOK_MS = 250;
/** How long a buyer retries: a kill, and a connection that is waited for, take some seconds. */
const PATIENCE_MS = 60_000;
const REST_MAX_MS = 120_000;
/** The platforms repeat, delay and lose this share of their notices. */
const NOTICES = { duplicate: 0.3, delay: 0.2, lose: 0.05 };
/** How long the cache is away each time. */
const AWAY_MS = 3 * SECOND_MS;
/** The pauses between faults, at most, and as shares of a short run. */
const EVERY = {
  connections: { mostMs: 10 * SECOND_MS, share: 1 / 8 },
  cache: { mostMs: 30 * SECOND_MS, share: 1 / 6 },
  kill: { mostMs: MINUTE_MS, share: 1 / 5 },
};
/** Memory is judged over so long a time at least; a shorter one shows only how a process warms up. */
const MEMORY_MIN_MS = 4 * MINUTE_MS;
const WARM_UP = 0.2;

/** The most that 99 of 100 tasks may be late, and that memory may grow by. */
const LAG_MAX_MS = 10 * SECOND_MS;
const GROWTH_MAX = 0.2;

/** What is asked for. */
export interface SteadyAsked {
  readonly seed: number;
  readonly minutes: number;
  /** Requests a second to the API. */
  readonly rps: number;
  readonly engine: EngineName;
  /** Whether the product is killed and started again, in the first half. */
  readonly isKilled: boolean;
  readonly note: (text: string) => void;
}

/** What was found. */
export interface Steady {
  readonly measured: Readonly<Record<string, unknown>>;
  readonly lagP99Ms: number;
  /** How much more memory the product held at the end than after it was warm, as a share; null for a short run. */
  readonly rssGrowth: number | null;
  readonly violations: readonly string[];
}

/** Everything that a run has, and counts. */
interface Running {
  readonly asked: SteadyAsked;
  readonly outside: Outside;
  readonly product: LoadedProduct;
  readonly cache: OwnRedis;
  readonly random: () => number;
  readonly endsAtMs: number;
  readonly lengthMs: number;
  readonly faults: { connections: number; away: number; kills: number };
  readonly violations: string[];
  /** Whether the store is being looked at. A connection of ours is not to be killed. */
  isLooking: boolean;
  readonly isOver: () => boolean;
}

/** Does something again and again, with random pauses, as long as `isMeant`. */
async function again(
  { random, lengthMs, isOver }: Running,
  { mostMs, share }: { readonly mostMs: number; readonly share: number },
  work: () => Promise<void>,
  isMeant: () => boolean = () => true,
): Promise<void> {
  const everyMs = Math.min(mostMs, lengthMs * share);
  for (;;) {
    await sleep(everyMs * (0.5 + random()));
    if (isOver() || !isMeant()) return;
    await work();
  }
}

/** Kills half of the product's connections at the server. */
async function killConnections(run: Running, administrator: Administrator): Promise<void> {
  const { outside, random, faults, isLooking } = run;
  if (isLooking) return;
  const name = new URL(outside.store.env.DATABASE_URL ?? '').pathname.slice(1);
  const rows = await administrator.ask(
    `SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '${name}' AND ID <> CONNECTION_ID()`,
  );
  for (const [id] of rows) {
    if (random() < 0.5) continue;
    // It may have ended meanwhile.
    await administrator.ask(`KILL ${Number(id)}`).then(
      () => {
        faults.connections += 1;
      },
      () => undefined,
    );
  }
}

/** The faults in the background, until the load is over. */
async function disturb(run: Running): Promise<void> {
  const { asked, outside, product, cache, faults, endsAtMs, lengthMs } = run;
  const all: Promise<void>[] = [];
  all.push(
    again(run, EVERY.cache, async () => {
      await cache.stop();
      await sleep(Math.min(AWAY_MS, lengthMs / 10));
      await cache.listen();
      faults.away += 1;
    }),
  );
  if (outside.store.engine === 'mysql') {
    const administrator = await Administrator.connect();
    const killing = again(run, EVERY.connections, () => killConnections(run, administrator));
    all.push(killing.finally(() => administrator.close()));
  }
  if (asked.isKilled) {
    const kill = async () => {
      faults.kills += await product.kill();
    };
    all.push(again(run, EVERY.kill, kill, () => Date.now() < endsAtMs - lengthMs / 2));
  }
  await Promise.all(all);
}

/** Looks at the store as it is at one moment, every minute, for what may never be. */
async function lookEachMinute(run: Running): Promise<number> {
  const { outside, violations, lengthMs, isOver, asked } = run;
  let looks = 0;
  const everyMs = Math.min(MINUTE_MS, lengthMs / 3);
  for (let atMs = Date.now() + everyMs; ; atMs += everyMs) {
    while (Date.now() < atMs && !isOver()) await sleep(TICK_MS);
    if (isOver()) return looks;
    run.isLooking = true;
    const engine = outside.store.open();
    const snapshot = await engine.snapshot();
    if (snapshot === null) throw new Error('the engine shows no single moment');
    async function* rows(): AsyncGenerator<Row> {
      for (const collection of collections) {
        for await (const { id, body } of snapshot?.exportRaw(collection) ?? [])
          yield { collection: collection.name, id, doc: JSON.parse(body) };
      }
    }
    const found = always(await Export.of(rows()));
    await snapshot.close();
    await engine.close();
    run.isLooking = false;
    violations.push(...found);
    looks += 1;
    asked.note(`look ${looks}: ${found.length} contradictions`);
  }
}

/** The memory of each of the product's processes at one moment, in megabytes. */
type Memory = ReadonlyMap<number, number>;

/** The product's memory, second by second, with the moment of each. */
async function watchMemory({ product, isOver }: Running): Promise<readonly (readonly [number, Memory])[]> {
  const seen: (readonly [number, Memory])[] = [];
  while (!isOver()) {
    seen.push([Date.now(), new Map(product.pids().map((pid) => [pid, rssMb(pid)]))]);
    await sleep(SECOND_MS);
  }
  return seen;
}

/**
 * The median at the beginning and at the end of the time in which no process was killed any more, without warm-up: of
 * all processes together that were there all that time.
 */
function growthOf(
  seen: readonly (readonly [number, Memory])[],
  { endsAtMs, lengthMs, asked }: Running,
): { readonly firstMb: number; readonly lastMb: number; readonly growth: number | null } {
  const calmMs = asked.isKilled ? lengthMs / 2 : lengthMs;
  const fromMs = endsAtMs - calmMs * (1 - WARM_UP);
  const calm = seen.flatMap(([atMs, memory]) => (fromMs <= atMs && atMs <= endsAtMs ? [memory] : []));
  const [first, last] = [calm[0], calm.at(-1)];
  const lasting = [...(first?.keys() ?? [])].filter((pid) => last?.has(pid));
  const sums = calm.map((memory) => lasting.reduce((sum, pid) => sum + (memory.get(pid) ?? 0), 0));
  const quarter = Math.ceil(sums.length / 4);
  const firstMb = quantile(sums.slice(0, quarter), 0.5);
  const lastMb = quantile(sums.slice(-quarter), 0.5);
  return { firstMb, lastMb, growth: calmMs < MEMORY_MIN_MS ? null : lastMb / firstMb - 1 };
}

/** One visit. Two of three buy, one of these gives back what it bought, and the others only look around. */
async function visit(shop: Shop, n: number, promised: Promised): Promise<void> {
  if (n % 3 === 2) {
    const guest = clientOf(shop, () => null, promised.name);
    const looks = [() => guest.listCourses({}), () => guest.searchCourses({ q: shop.words })];
    for (const look of looks) await until(shop, look, () => true);
    return;
  }
  const paying = { platform: n % 2 === 0 ? 'web' : 'android', withPoints: n % 4 < 2 } as const;
  const bought = await buy({ ...shop, paying }, promised);
  if (n % 6 === 0) await askBack({ ...shop, paying }, promised, bought);
}

/** Begins visits so that about `rps` requests are made a second. Answers what the visitors were promised. */
async function comeSteadily(run: Running, shop: Shop): Promise<Visited> {
  const { asked, endsAtMs, lengthMs, violations } = run;
  const beganAtMs = endsAtMs - lengthMs;
  const promised: Promised[] = [];
  /** The visits under way, each with the requests that it has made. */
  const under = new Map<Promise<void>, { made: number }>();
  let requests = 0;
  /** The requests that were made, and those that the visits under way are expected to make. */
  const planned = () =>
    [...under.values()].reduce((sum, { made }) => sum + Math.max(0, REQUESTS_EACH - made), requests);
  while (Date.now() < endsAtMs) {
    await sleep(TICK_MS);
    const dueByNow = ((Date.now() - beganAtMs) * asked.rps) / SECOND_MS;
    while (planned() < dueByNow && under.size < AT_ONCE_MAX) {
      const n = promised.length;
      const own = nothingPromised(`visitor${n}`);
      promised.push(own);
      const counted = { made: 0 };
      const called = () => {
        counted.made += 1;
        requests += 1;
      };
      const visiting = visit({ ...shop, called }, n, own)
        .catch((caught: unknown) => void violations.push(`${own.name}: ${String(caught)}`))
        .finally(() => under.delete(visiting));
      under.set(visiting, counted);
    }
  }
  const seconds = (Date.now() - beganAtMs) / SECOND_MS;
  const perSecond = Math.round((requests * 10) / seconds) / 10;
  await Promise.all(under.keys());
  return { promised, requests, perSecond };
}

interface Visited {
  readonly promised: readonly Promised[];
  readonly requests: number;
  readonly perSecond: number;
}

const notices = (faults: Readonly<Record<string, number>>) => ({ ...faults, xpay: faults });

/** Whether all of it is as it must be. */
export function isSteady({ violations, lagP99Ms, rssGrowth }: Steady): boolean {
  return violations.length === 0 && lagP99Ms <= LAG_MAX_MS && (rssGrowth ?? 0) < GROWTH_MAX;
}

/** Runs the load, ends the faults, waits until nothing is left to do, and judges. */
export async function steadily(asked: SteadyAsked): Promise<Steady> {
  build();
  const random = seeded(asked.seed);
  const outside = await startOutside(asked.engine);
  const cache = await OwnRedis.start();
  // What is in the cache has a life, so its clock goes on.
  const ticking = setInterval(() => {
    cache.nowMs += TICK_MS;
    cache.packets.length = 0;
  }, TICK_MS);
  let product: LoadedProduct | null = null;
  try {
    // Deployed units have no embedded store.
    const start = asked.engine === 'mysql' ? deployedProduct : localProduct;
    product = await start({ outside, port: await keptPort(random), cacheUrl: cache.url, random });
    const api = product.url;
    await post(`${outside.phone}/control/faults`, notices(NOTICES));
    const lengthMs = asked.minutes * MINUTE_MS;
    let isOver = false;
    const run: Running = {
      ...{ asked, outside, product, cache, random, lengthMs, endsAtMs: Date.now() + lengthMs },
      ...{ faults: { connections: 0, away: 0, kills: 0 }, violations: [], isOver: () => isOver },
      isLooking: false,
    };
    const safely = <T>(work: Promise<T>, otherwise: T) =>
      work.catch((caught: unknown) => {
        run.violations.push(String(caught));
        return otherwise;
      });
    const pause = (ms: number) => sleep(Math.max(ms, LOOK_MS)).then(() => undefined);
    const { phone } = outside;
    const shop = { api, phone, words: '数据', random, pause, patienceMs: PATIENCE_MS };
    const beside = Promise.all([
      safely(disturb(run), undefined),
      safely(lookEachMinute(run), 0),
      safely(watchMemory(run), []),
    ]);
    const visited = await comeSteadily(run, shop);
    isOver = true;
    const [, looks, memory] = await beside;
    await post(`${outside.phone}/control/faults`, notices({ duplicate: 0, delay: 0, lose: 0 }));
    asked.note('the load is over');
    run.violations.push(...(await auditAtRest(outside, REST_MAX_MS)));
    return await judge(run, { ...visited, looks, memory });
  } finally {
    clearInterval(ticking);
    await product?.close();
    await cache.stop();
    await outside.close();
  }
}

async function judge(
  run: Running,
  found: Visited & { readonly looks: number; readonly memory: readonly (readonly [number, Memory])[] },
): Promise<Steady> {
  const { asked, outside, product, faults, violations } = run;
  const engine = outside.store.open();
  const store = await new StoreReader(engine).read().finally(() => engine.close());
  const { promised, requests, perSecond, looks, memory } = found;
  const lost = lostOf(promised, store);
  const duplicated = duplicatesIn(store);
  violations.push(...lost, ...duplicated, ...product.faults);
  const done = [...store.tasks.values()].filter(({ state }) => state === 'done');
  const lags = done.map(({ updatedAtMs, dueFirstAtMs }) => updatedAtMs - dueFirstAtMs);
  const { firstMb, lastMb, growth } = growthOf(memory, run);
  const lagP99Ms = quantile(lags, 0.99);
  const rounded = (mb: number) => Math.round(mb * 10) / 10;
  const measured = {
    ...{ minutes: asked.minutes, requests, perSecond, visits: promised.length },
    bought: promised.filter(({ isOpen }) => isOpen).length,
    refunded: promised.filter(({ isBack }) => isBack).length,
    tasks: done.length,
    lagMs: { p50: quantile(lags, 0.5), p99: lagP99Ms, most: Math.max(0, ...lags) },
    rssMb: { first: rounded(firstMb), last: rounded(lastMb) },
    rssGrowth: growth === null ? null : Math.round(growth * 1_000) / 1_000,
    faults: { ...faults, notices: NOTICES },
    ...product.figures(),
    ...{ looks, lost: lost.length, duplicated: duplicated.length },
    violations: violations.slice(0, 20),
  };
  return { measured, lagP99Ms, rssGrowth: growth, violations };
}
