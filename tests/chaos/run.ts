/**
 * Real processes and `kill -9`. Buyers make whole journeys while the product is killed at random moments and restarted.
 * Callbacks come twice, late or not at all. Every third buyer who has paid asks for a refund.
 *
 * Then the faults end and waiting work gets its time. The judge reads WeChat Pay's books, the promises to the buyers,
 * and the raw documents.
 *
 *   npm run chaos -- --seed 1 --journeys 200 --kills 20 [--rail wxpay|xpay|mixed] [--chaos
 *   conflict=0.1,commitLost=0.05] [--engine sqlite|mysql] [--gently]
 *
 * On MySQL the server is `TEST_MYSQL_URL`'s, or one on this machine. A database is made there, and dropped at the end.
 *
 * `--gently` ends it by SIGTERM instead, and measures how long that takes.
 *
 * Prints one JSON line last. Exit code 0 when nothing is broken.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WechatPayBooks } from '../../local/simulators/wxpay/simulator.ts';
import type { XpayBooks } from '../../local/simulators/xpay/books.ts';
import { askBack, buy, nothingPromised, type Promised, type Shop } from '../load/buyer.ts';
import { exchange, load, startNode } from '../load/measure.ts';
import { duplicatesIn, lostOf } from '../load/promises.ts';
import { always, atRest, broken, isAskedAbout, isOpen } from '../simulation/invariants.ts';
import { type RailBooks, railBooksOf } from '../simulation/railBooks.ts';
import { type Store, StoreReader } from '../simulation/store.ts';
import { commandLine } from '../support/commandLine.ts';
import { keptPort } from '../support/keptPort.ts';
import { ENGINES, type EngineName, type KeptStore, keptStore } from '../support/keptStore.ts';
import { seeded } from '../support/seeded.ts';
import { START, Victim } from './victim.ts';

const BUYERS = 32;
/** How long the product lives between two kills, in milliseconds. */
const LIFE_MS = { from: 20, to: 800 };
const DRAIN_MAX_MS = 90_000;
/**
 * How long a buyer waits. `syncPayments` makes up for a lost notice after half a minute at the earliest, and a kill may
 * cost it a turn.
 */
const PATIENCE_MS = 180_000;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Arguments {
  readonly seed: number;
  readonly journeys: number;
  readonly kills: number;
  readonly rail: 'wxpay' | 'xpay' | 'mixed';
  readonly chaos: string | null;
  readonly engine: EngineName;
  readonly gently: boolean;
}

function readArguments(): Arguments {
  const { flags, count, oneOf } = commandLine(
    'npm run chaos -- [--seed N] [--journeys N] [--kills N] [--rail wxpay|xpay|mixed] [--chaos conflict=0.1,commitLost=0.05] [--engine sqlite|mysql] [--gently]',
  );
  const values = flags({
    seed: { type: 'string', default: '1' },
    journeys: { type: 'string', default: '200' },
    kills: { type: 'string', default: '20' },
    rail: { type: 'string', default: 'wxpay' },
    chaos: { type: 'string' },
    engine: { type: 'string', default: 'sqlite' },
    gently: { type: 'boolean', default: false },
  });
  return {
    seed: count('seed', values.seed, 0),
    journeys: count('journeys', values.journeys),
    kills: count('kills', values.kills, 0),
    rail: oneOf(['wxpay', 'xpay', 'mixed'], values.rail),
    chaos: values.chaos ?? null,
    engine: oneOf(ENGINES, values.engine),
    gently: values.gently,
  };
}

/** Reads the raw documents, as any other program could. */
async function readStore(place: KeptStore): Promise<Store> {
  const database = place.open();
  try {
    return await new StoreReader(database).read();
  } finally {
    await database.close();
  }
}

async function readBooks(phone: string): Promise<RailBooks> {
  const answer = await exchange('GET', `${phone}/control/books`);
  const { xpay, ...wxpay } = JSON.parse(answer.body) as WechatPayBooks & { readonly xpay: XpayBooks };
  return railBooksOf(wxpay, xpay);
}

async function main(): Promise<number> {
  const asked = readArguments();
  const random = seeded(asked.seed);
  execFileSync('npx', ['tsx', 'esbuild.config.ts', '--local'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const dataDir = await mkdtemp(join(tmpdir(), 'zhike-chaos-'));
  const outside = await startNode(
    START,
    { ROLE: 'simulators', PORT: '0', DATA_DIR: dataDir, CLOCK_FACTOR: '100' },
    ['Phone'],
  );
  const phone = outside.lines.Phone ?? '';
  const place = await keptStore(asked.engine, dataDir);
  const port = String(await keptPort(random));
  const env = {
    ...place.env,
    ROLE: 'product',
    PORT: port,
    DATA_DIR: dataDir,
    SIMULATORS: phone,
    LOG: 'off',
    TRUSTED_PROXIES: '1',
  };
  const victim = new Victim(asked.chaos === null ? env : { ...env, STORE_CHAOS: asked.chaos });
  try {
    const api = await victim.start();
    const faults = { duplicate: 0.5, delay: 0.3, lose: 0.05 };
    await setFaults(phone, { ...faults, xpay: faults });
    const shop = { api, phone, words: '数据', random, pause, patienceMs: PATIENCE_MS };
    const promised = Array.from({ length: asked.journeys }, (_, n) => nothingPromised(`buyer${n}`));
    let isOver = false;
    const failures: string[] = [];
    const ending = endAgainAndAgain(victim, { ...asked, random, failures, isOver: () => isOver });
    await load(BUYERS, asked.journeys, async (piece) => {
      const own = promised[piece];
      if (own === undefined) return;
      await live(shop, own, { piece, rail: asked.rail }).catch((caught: unknown) =>
        failures.push(`${own.name}: ${String(caught)}`),
      );
    });
    isOver = true;
    const endMaxMs = await ending;
    const none = { duplicate: 0, delay: 0, lose: 0 };
    await setFaults(phone, { ...none, xpay: none });
    return await audit({ ...asked, place, phone, victim, promised, failures, endMaxMs });
  } finally {
    await victim.stop();
    await outside.stop();
    await place.drop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/**
 * Kills the product at random moments, or tells it to end, and starts it again. Answers the longest that it took to
 * end, in milliseconds.
 */
async function endAgainAndAgain(
  victim: Victim,
  asked: Pick<Arguments, 'kills' | 'gently'> & {
    readonly random: () => number;
    readonly failures: string[];
    readonly isOver: () => boolean;
  },
): Promise<number> {
  const { kills, gently, random, failures, isOver } = asked;
  let endMaxMs = 0;
  while (!isOver() && victim.kills < kills) {
    await pause(LIFE_MS.from + random() * (LIFE_MS.to - LIFE_MS.from));
    if (gently) {
      const { ms, code } = await victim.end();
      endMaxMs = Math.max(endMaxMs, ms);
      if (code !== 0) failures.push(`it ended with ${code}`);
    } else await victim.kill();
    await victim.start();
  }
  return endMaxMs;
}

/** One buyer's journey by the given rail. Every third buyer also asks for a refund. */
async function live(
  shop: Shop,
  promised: Promised,
  { piece, rail }: { readonly piece: number; readonly rail: Arguments['rail'] },
): Promise<void> {
  const isVirtual = rail === 'xpay' || (rail === 'mixed' && piece % 2 === 1);
  const paying = { platform: isVirtual ? 'android' : 'web', withPoints: piece % 4 < 2 } as const;
  const bought = await buy({ ...shop, paying }, promised);
  if (piece % 3 === 0) await askBack(shop, promised, bought);
}

async function setFaults(phone: string, faults: Readonly<Record<string, unknown>>): Promise<void> {
  const answer = await exchange(
    'POST',
    `${phone}/control/faults`,
    { 'content-type': 'application/json' },
    JSON.stringify(faults),
  );
  if (answer.status !== 200) throw new Error(`the faults were not set: ${answer.status} ${answer.body}`);
}

interface Outcome extends Arguments {
  readonly place: KeptStore;
  readonly phone: string;
  readonly victim: Victim;
  readonly promised: readonly Promised[];
  readonly failures: readonly string[];
  /** The longest that it took to end, in milliseconds. */
  readonly endMaxMs: number;
}

/** Waits until waiting work is done, then judges. The product is stopped when its documents are read last. */
async function audit(outcome: Outcome): Promise<number> {
  const { place, phone, victim, promised, failures, ...asked } = outcome;
  const deadline = Date.now() + DRAIN_MAX_MS;
  let store = await readStore(place);
  while (Date.now() < deadline && !isAtRest(store)) {
    await pause(1_000);
    store = await readStore(place);
  }
  await victim.stop();
  store = await readStore(place);
  const handed = new Set(
    promised.flatMap(({ orderId, isHanded }) => (isHanded && orderId !== null ? [orderId] : [])),
  );
  const evidence = { store, rail: await readBooks(phone), handed, asked: null };
  const breaches = [...broken(always, evidence), ...broken(atRest, evidence)].map(
    ({ rule, what }) => `${rule}: ${what}`,
  );
  const lost = lostOf(promised, store);
  const duplicated = duplicatesIn(store);
  for (const what of [...failures.slice(0, 20), ...lost, ...duplicated, ...breaches])
    console.error(`✗ ${what}`);
  const completed = promised.filter(({ isOpen }) => isOpen).length;
  console.log(
    JSON.stringify({
      journeys: asked.journeys,
      completed,
      refunded: promised.filter(({ isBack }) => isBack).length,
      rail: asked.rail,
      engine: asked.engine,
      kills: victim.kills,
      ...(asked.gently ? { endMaxMs: Math.round(asked.endMaxMs) } : {}),
      lostAcknowledged: lost.length,
      duplicatedEffects: duplicated.length,
      invariantsBroken: breaches.length,
      seed: asked.seed,
    }),
  );
  return lost.length + duplicated.length + breaches.length + failures.length === 0 ? 0 : 1;
}

function isAtRest(store: Store): boolean {
  const isWaiting =
    [...store.tasks.values()].some(({ state }) => state === 'pending') ||
    [...store.orders.values()].some(({ state }) => state === 'closing') ||
    [...store.refunds.values()].some(({ state }) => isOpen(state)) ||
    [...store.payments.values()].some((payment) => isAskedAbout(payment) && payment.state !== 'created');
  return !isWaiting;
}

main().then(
  (code) => process.exit(code),
  (caught: unknown) => {
    console.error(caught);
    process.exit(1);
  },
);
