/**
 * The product and the physical limits of the machine, in one run: what is measured against what stands in the table,
 * and the ratios in one JSON line at the end.
 *
 *   npm run bench [-- --quick]
 *
 * The product, the simulators and the load are three processes. CPU of the product is its own alone.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addressOf, buy, nothingPromised, type Shop } from '../load/buyer.ts';
import { cpuMs, exchange, load, quantile, type Running, rssMb, startNode } from '../load/measure.ts';
import { seeded } from '../support/seeded.ts';
import { BARE_SERVER } from './bare.ts';
import { benchCallbacks } from './callbacks.ts';
import { benchColdStarts } from './cold.ts';
import { benchCommits } from './commits.ts';
import { whereTimeGoes } from './profile.ts';
import { benchQuotes } from './quotes.ts';

const START = 'dist/local/start.js';
const SEED = 1;

/** One line of the table. */
interface Row {
  readonly what: string;
  readonly value: string;
  readonly against: string;
}

interface Stack {
  readonly product: Running;
  readonly outside: Running;
  readonly api: string;
  readonly phone: string;
  readonly folder: string;
  readonly startMs: number;
  readonly idleRssMb: number;
}

const round = (value: number, digits = 1) => Number(value.toFixed(digits));
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Starts the two halves; `startMs` is from the process' start to the first answer of the API. */
async function startStack(folder: string): Promise<Stack> {
  const outside = await startNode(START, { ROLE: 'simulators', PORT: '0', DATA_DIR: folder }, ['Phone']);
  const phone = outside.lines.Phone ?? '';
  const env = {
    ROLE: 'product',
    PORT: '0',
    DATA_DIR: folder,
    SIMULATORS: phone,
    LOG: 'on',
    TRUSTED_PROXIES: '1',
  };
  // Seeded and warm on disk: what is measured is a start, not a first start.
  await (await startNode(START, env, ['API'])).stop();
  const from = performance.now();
  const product = await startNode(START, env, ['API']);
  const api = product.lines.API ?? '';
  await exchange('GET', `${api}/api/courses`);
  const startMs = performance.now() - from;
  await pause(2_000);
  return { product, outside, api, phone, folder, startMs, idleRssMb: rssMb(product.pid) };
}

interface Journeys {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly cpuMsEach: number;
}

/** `name` keeps the buyers of one measurement apart from all others: nobody buys the same course twice. */
async function benchJourneys(stack: Stack, name: string, clients: number, total: number): Promise<Journeys> {
  const shop: Shop = { ...stack, words: '数据', random: seeded(SEED + clients), pause, patienceMs: 0 };
  const cpuFrom = cpuMs(stack.product.pid);
  const { wallMs, eachMs } = await load(clients, total, (piece) =>
    buy(shop, nothingPromised(`${name}${piece}`)),
  );
  return {
    perSecond: (total * 1000) / wallMs,
    p99Ms: quantile(eachMs, 0.99),
    cpuMsEach: (cpuMs(stack.product.pid) - cpuFrom) / total,
  };
}

interface Reads {
  readonly perSecond: number;
  /** Of the server alone: where the load generator is the limit, this still tells the two servers apart. */
  readonly cpuMsEach: number;
}

async function measureReads(pid: number, url: string, count: number): Promise<Reads> {
  const cpuFrom = cpuMs(pid);
  const { wallMs } = await load(16, count, async (piece) => {
    const { status } = await exchange('GET', url, { 'x-forwarded-for': addressOf(String(piece)) });
    if (status !== 200) throw new Error(`${url} answered ${status}`);
  });
  return { perSecond: (count * 1000) / wallMs, cpuMsEach: (cpuMs(pid) - cpuFrom) / count };
}

function medianOf(rounds: readonly Reads[]): Reads {
  const median = (of: (reads: Reads) => number) => quantile(rounds.map(of), 0.5);
  return { perSecond: median((each) => each.perSecond), cpuMsEach: median((each) => each.cpuMsEach) };
}

/** List and detail against a bare `node:http` that answers the very bytes of the list, in turns. */
async function benchReads(stack: Stack, folder: string, count: number) {
  const listUrl = `${stack.api}/api/courses`;
  const list = await exchange('GET', listUrl);
  const first = (JSON.parse(list.body) as { data: { items: { id: string }[] } }).data.items[0];
  const file = join(folder, 'list.json');
  await writeFile(file, list.body);
  const program = join(folder, 'bare.cjs');
  await writeFile(program, BARE_SERVER);
  const bare = await startNode(program, { BYTES: file }, ['Bare']);
  const { pid } = stack.product;
  const rounds = { list: [] as Reads[], detail: [] as Reads[], bare: [] as Reads[] };
  for (let round = 0; round < 3; round++) {
    rounds.bare.push(await measureReads(bare.pid, `${bare.lines.Bare}/`, count));
    rounds.list.push(await measureReads(pid, listUrl, count));
    rounds.detail.push(await measureReads(pid, `${stack.api}/api/courses/${first?.id}`, count));
  }
  await bare.stop();
  return { list: medianOf(rounds.list), detail: medianOf(rounds.detail), bare: medianOf(rounds.bare) };
}

/** The same journeys again, in a product that is watched. */
async function profileJourneys(stack: Stack, total: number) {
  const folder = join(stack.folder, 'profile');
  const env = {
    ROLE: 'product',
    PORT: '0',
    DATA_DIR: stack.folder,
    SIMULATORS: stack.phone,
    TRUSTED_PROXIES: '1',
  };
  const product = await startNode(START, env, ['API'], ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  const watched = { ...stack, product, api: product.lines.API ?? '' };
  await benchJourneys(watched, 'watched', 16, total);
  await product.stop();
  return whereTimeGoes(folder);
}

async function bundleBytes(): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {};
  for (const unit of await readdir('dist')) {
    if (unit === 'local') continue;
    bytes[unit] = (await stat(join('dist', unit, 'index.js'))).size;
  }
  return bytes;
}

function print(rows: readonly Row[]): void {
  const widest = Math.max(...rows.map(({ what }) => what.length));
  for (const { what, value, against } of rows) {
    console.log(`${what.padEnd(widest)}  ${value.padStart(12)}  ${against}`);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
  const scale = values.quick ? 0.2 : 1;
  const times = (count: number) => Math.max(10, Math.round(count * scale));
  execFileSync('npx', ['tsx', 'esbuild.config.ts'], { stdio: 'ignore' });
  execFileSync('npx', ['tsx', 'esbuild.config.ts', '--local'], { stdio: 'ignore' });
  const folder = await mkdtemp(join(tmpdir(), 'zhike-bench-'));
  const stack = await startStack(folder);
  try {
    await benchJourneys(stack, 'warm', 16, times(200));
    const one = await benchJourneys(stack, 'one', 1, times(200));
    const sixteen = await benchJourneys(stack, 'sixteen', 16, times(1500));
    const sixtyFour = await benchJourneys(stack, 'sixtyFour', 64, times(1500));
    const reads = await benchReads(stack, folder, times(5000));
    const callbacks = await benchCallbacks(stack, times(1000));
    await stack.product.stop();
    const spent = await profileJourneys(stack, times(500));
    await stack.outside.stop();
    const commits = await benchCommits(folder, times(4000));
    const quotes = benchQuotes(times(1000));
    const bytes = await bundleBytes();
    const cold = benchColdStarts(Object.keys(bytes), times(15));
    const orders = { cold: cold.orders ?? 0, bytes: bytes.orders ?? 0 };
    print([
      {
        what: 'whole journeys per second, 1 client',
        value: `${round(one.perSecond)}/s`,
        against: `${round(one.cpuMsEach, 2)} CPU ms each`,
      },
      {
        what: 'whole journeys per second, 16 clients',
        value: `${round(sixteen.perSecond)}/s`,
        against: `goal 100; p99 ${round(sixteen.p99Ms)} ms (goal 250), ${round(sixteen.cpuMsEach, 2)} CPU ms each (goal 8)`,
      },
      {
        what: 'whole journeys per second, 64 clients',
        value: `${round(sixtyFour.perSecond)}/s`,
        against: `p99 ${round(sixtyFour.p99Ms)} ms, ${round(sixtyFour.cpuMsEach, 2)} CPU ms each`,
      },
      ...(['list', 'detail'] as const).map((name) => ({
        what: `course ${name}`,
        value: `${round(reads[name].perSecond, 0)}/s`,
        against: `${round((100 * reads[name].perSecond) / reads.bare.perSecond, 0)} % of bare node:http, ${round(reads.bare.perSecond, 0)}/s (goal 40 %); ${round(reads[name].cpuMsEach, 3)} CPU ms each, bare ${round(reads.bare.cpuMsEach, 3)}`,
      })),
      {
        what: 'durable commits, 64 writers',
        value: `${round(commits.ours, 0)}/s`,
        against: `${round((100 * commits.ours) / commits.bare, 0)} % of the bare driver, ${round(commits.bare, 0)}/s (goal 60 %)`,
      },
      {
        what: 'settled callbacks, each fifth told twice',
        value: `${round(callbacks.ours, 0)}/s`,
        against: `goal 1000; bare RSA verify + GCM ${round(callbacks.bare, 0)}/s`,
      },
      {
        what: 'quotes of 20 lines, 50 campaigns and 50 coupons',
        value: `${round(1000 / quotes.ours, 0)}/s`,
        against: `${round(quotes.ours, 3)} ms each (goal 1 ms); adding up the lines ${round(quotes.bare * 1000, 2)} µs`,
      },
      { what: 'start to first answer', value: `${round(stack.startMs, 0)} ms`, against: 'goal 500 ms' },
      { what: 'idle memory', value: `${round(stack.idleRssMb, 0)} MB`, against: 'goal 80 MB' },
      {
        what: 'cold import of the orders unit',
        value: `${round(orders.cold)} ms`,
        against: 'above an empty file; goal 60 ms',
      },
      {
        what: 'bundle of the orders unit',
        value: `${round(orders.bytes / 1000)} kB`,
        against: 'goal 250 kB',
      },
    ]);
    console.log('\nWhere the time of a journey goes, by a CPU profile of the product:');
    for (const { kind, share } of spent) console.log(`${`${round(100 * share)} %`.padStart(8)}  ${kind}`);
    console.log(
      JSON.stringify({
        journeysPerSecond16: round(sixteen.perSecond),
        journeyP99Ms16: round(sixteen.p99Ms),
        journeyCpuMs: round(sixteen.cpuMsEach, 2),
        journeysPerSecond1: round(one.perSecond),
        journeysPerSecond64: round(sixtyFour.perSecond),
        listPerSecond16: round(reads.list.perSecond, 0),
        detailPerSecond16: round(reads.detail.perSecond, 0),
        bareHttpPerSecond16: round(reads.bare.perSecond, 0),
        listOverBare: round(reads.list.perSecond / reads.bare.perSecond, 2),
        detailOverBare: round(reads.detail.perSecond / reads.bare.perSecond, 2),
        listCpuMs: round(reads.list.cpuMsEach, 3),
        detailCpuMs: round(reads.detail.cpuMsEach, 3),
        bareHttpCpuMs: round(reads.bare.cpuMsEach, 3),
        commitsPerSecond64: round(commits.ours, 0),
        bareCommitsPerSecond: round(commits.bare, 0),
        commitsOverBare: round(commits.ours / commits.bare, 2),
        settledCallbacksPerSecond: round(callbacks.ours, 0),
        bareCallbacksPerSecond: round(callbacks.bare, 0),
        quoteMs: round(quotes.ours, 3),
        bareSumMs: round(quotes.bare, 6),
        startMs: round(stack.startMs, 0),
        idleRssMb: round(stack.idleRssMb, 0),
        coldOverEmptyMs: cold,
        bundleBytes: bytes,
        timeShares: Object.fromEntries(spent.map(({ kind, share }) => [kind, round(share, 3)])),
        seed: SEED,
      }),
    );
  } finally {
    await stack.product.stop();
    await stack.outside.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (caught: unknown) => {
    console.error(caught);
    process.exit(1);
  },
);
