/**
 * Measures the product and the machine's physical limits in one run. Prints a table, and the figures with their goals
 * in one JSON line at the end.
 *
 *   npm run bench [-- --quick]
 *   npm run bench -- --growth [--million]    how the work grows from 1,000 orders to 100,000, or a million
 *   npm run bench -- --engine mysql          transactions on a MySQL server, beside the bare driver, and journeys
 *                                            beside the embedded engine
 *
 * The product, the simulators and the load are three processes, so CPU time is the product's alone. A figure with a
 * goal is measured in rounds: its median counts, and its spread is printed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine } from '../support/commandLine.ts';
import { benchCallbacks } from './callbacks.ts';
import { benchColdStarts } from './cold.ts';
import { benchComments, storeThread } from './comments.ts';
import { benchCommits } from './commits.ts';
import { benchEngines } from './engines.ts';
import { benchFloor } from './floor.ts';
import { benchFrontEnds } from './frontEnds.ts';
import { benchGrowth } from './growth.ts';
import { printGrowth } from './growthReport.ts';
import { benchHeartbeats } from './heartbeats.ts';
import { benchJourneys, benchRails, type Journeys, medianOf, profileJourneys } from './journeys.ts';
import { benchFold, benchLikes } from './likes.ts';
import { benchMysql, printMysql } from './mysql.ts';
import { benchQuotes } from './quotes.ts';
import { benchReads } from './reads.ts';
import { benchRefunds } from './refunds.ts';
import { type Measured, print } from './report.ts';
import { type Stack, startStack } from './stack.ts';
import { countWork } from './work.ts';

const ROUNDS = 3;

/** The amount of work. A quick run only shows whether something has gone very wrong. */
interface Size {
  readonly times: (count: number) => number;
  /** Whether the cold start of every unit is measured. A quick run measures only the units with a goal. */
  readonly isEveryUnit: boolean;
}

async function benchSixteen(stack: Stack, total: number) {
  const rounds: Journeys[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { journeys } = await benchJourneys(stack, { name: `sixteen${round}x`, clients: 16, total });
    rounds.push(journeys);
  }
  return medianOf(rounds);
}

async function benchStack(stack: Stack, { times }: Size) {
  // Also in full in a quick run. With less work, the figures would show warm-up and the clock's resolution of 10 ms.
  await benchJourneys(stack, { name: 'warm', clients: 16, total: 300 });
  const one = await benchJourneys(stack, { name: 'one', clients: 1, total: times(200) });
  const sixteen = await benchSixteen(stack, times(500));
  const many = await benchJourneys(stack, { name: 'sixtyFour', clients: 64, total: times(1_000) });
  const floor = await benchFloor(stack, times(200));
  const { bought, ...rails } = await benchRails(stack, ROUNDS, times(300));
  const refunds = await benchRefunds(stack, bought);
  const reads = await benchReads(stack, 5_000);
  const heartbeats = await benchHeartbeats(stack, times(2_000));
  const commentPages = await benchComments(stack, times(4_000));
  const likes = await benchLikes(stack, times(6_000));
  const twice = (n: number) => (n % 5 === 0 ? 2 : 1);
  const callbacks = await benchCallbacks(stack, { name: 'caller', count: times(1_000), copiesOf: twice });
  const tenTimes = { name: 'copier', count: times(500), copiesOf: () => 10 };
  const duplicated = await benchCallbacks(stack, tenTimes);
  const { startMs, idleRssMb } = stack;
  return {
    one: one.journeys,
    sixteen,
    sixtyFour: many.journeys,
    floor,
    rails,
    refunds,
    reads,
    heartbeats,
    likes,
    commentPages,
    callbacks,
    duplicated,
    startMs,
    idleRssMb,
  };
}

async function bundleBytes(): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {};
  for (const unit of await readdir('dist')) {
    const file = join('dist', unit, 'unit.js');
    if (existsSync(file)) bytes[unit] = (await stat(file)).size;
  }
  return bytes;
}

async function measure(stack: Stack, size: Size): Promise<Measured> {
  const { times, isEveryUnit } = size;
  const ofStack = await benchStack(stack, size);
  await stack.product.stop();
  const spent = await profileJourneys(stack, times(500));
  const work = await countWork(stack, times(200));
  await stack.outside.stop();
  const commits = await benchCommits(stack.folder, times(4_000));
  const folded = {
    one: await benchFold(stack.folder, { count: times(20_000), targets: 1 }),
    many: await benchFold(stack.folder, { count: times(20_000), targets: 2_000 }),
  };
  const quotes = benchQuotes(times(1_000));
  const bytes = await bundleBytes();
  const coldMs = await benchColdStarts(isEveryUnit ? Object.keys(bytes) : ['api', 'pay'], times(15));
  const frontEnds = await benchFrontEnds();
  return { ...ofStack, work, spent, commits, folded, quotes, coldMs, bundleBytes: bytes, frontEnds };
}

/** From a small shop to large ones. A million orders take some minutes and ten gigabytes to be made. */
const SMALL = { orders: 1_000, products: 33 };
const LARGE = { orders: 100_000, products: 10_000 };
const HUGE = { orders: 1_000_000, products: 10_000 };

async function measureGrowth(isMillion: boolean): Promise<void> {
  execFileSync('npx', ['tsx', 'esbuild.config.ts', '--local'], { stdio: 'ignore' });
  const folder = await mkdtemp(join(tmpdir(), 'zhike-growth-'));
  try {
    printGrowth(await benchGrowth(folder, [SMALL, LARGE, ...(isMillion ? [HUGE] : [])]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const flag = { type: 'boolean', default: false } as const;
  const command = commandLine('npm run bench [-- --quick | --growth [--million] | --engine mysql]');
  const engine = { type: 'string', default: 'sqlite' } as const;
  const values = command.flags({ quick: flag, growth: flag, million: flag, engine });
  if (values.million && !values.growth) command.refuse('--million is for --growth');
  if (values.growth) return measureGrowth(values.million);
  const isMysql = command.oneOf(['sqlite', 'mysql'], values.engine) === 'mysql';
  const scale = values.quick ? 0.2 : 1;
  const size = {
    times: (count: number) => Math.max(10, Math.round(count * scale)),
    isEveryUnit: !values.quick,
  };
  if (isMysql) return printMysql(await benchMysql(size.times), await benchEngines(size.times));
  execFileSync('npx', ['tsx', 'esbuild.config.ts'], { stdio: 'ignore' });
  execFileSync('npx', ['tsx', 'esbuild.config.ts', '--local'], { stdio: 'ignore' });
  const folder = await mkdtemp(join(tmpdir(), 'zhike-bench-'));
  const stack = await startStack(folder, { prepare: storeThread });
  try {
    print(await measure(stack, size));
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
