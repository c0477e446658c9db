/** Whole journeys and refunds on a MySQL server, by turns with the embedded engine. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bought } from '../load/buyer.ts';
import { ENGINES, type EngineName, type KeptStore, keptStore } from '../support/keptStore.ts';
import { benchJourneys, type Journeys, medianOf, type Rounds } from './journeys.ts';
import { benchRefunds } from './refunds.ts';
import { type Stack, startStack } from './stack.ts';

const ROUNDS = 3;
const CLIENTS = 16;
const WARM = 100;
/** By turns on both rails, with points and a coupon. */
const PAYING = [
  { platform: 'web', withPoints: true },
  { platform: 'android', withPoints: true },
] as const;

/** What one engine makes of the same work. The CPU time is the product's; a server's own is not in it. */
export interface EngineSpeed {
  readonly journeys: Rounds;
  readonly refunds: Rounds;
}

interface Measured {
  readonly engine: EngineName;
  readonly stack: Stack;
  readonly store: KeptStore;
  readonly rounds: Journeys[];
  readonly bought: Bought[];
}

async function start(engine: EngineName): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'zhike-bench-'));
  const store = await keptStore(engine, folder);
  const stack = await startStack(folder, { idleMs: 0, env: store.env });
  return { engine, stack, store, rounds: [], bought: [] };
}

async function end({ stack, store }: Measured): Promise<void> {
  await stack.product.stop();
  await stack.outside.stop();
  await store.drop();
  await rm(stack.folder, { recursive: true, force: true });
}

/** Measures both. `times` scales the work. */
export async function benchEngines(
  times: (count: number) => number,
): Promise<Readonly<Record<EngineName, EngineSpeed>>> {
  execFileSync('npx', ['tsx', 'esbuild.config.ts', '--local'], { stdio: 'ignore' });
  const all: Measured[] = [];
  try {
    for (const engine of ENGINES) all.push(await start(engine));
    for (const { stack } of all) await benchJourneys(stack, { name: 'warm', clients: CLIENTS, total: WARM });
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { stack, rounds, bought } of all) {
        const asked = { name: `engine${round}x`, clients: CLIENTS, total: times(300), paying: PAYING };
        const done = await benchJourneys(stack, asked);
        rounds.push(done.journeys);
        bought.push(...done.bought);
      }
    }
    const speeds: [EngineName, EngineSpeed][] = [];
    for (const { engine, stack, rounds, bought } of all) {
      speeds.push([engine, { journeys: medianOf(rounds), refunds: await benchRefunds(stack, bought) }]);
    }
    return Object.fromEntries(speeds) as Record<EngineName, EngineSpeed>;
  } finally {
    for (const each of all) await end(each);
  }
}

/** Prints one line for each engine and kind of work. */
export function printEngines(speeds: Readonly<Record<EngineName, EngineSpeed>>): void {
  for (const engine of ENGINES) {
    for (const [name, { perSecond, cpuMsEach, p99Ms }] of Object.entries(speeds[engine])) {
      console.log(
        `${name} on ${engine}: ${perSecond.toFixed(1)}/s, ${cpuMsEach.toFixed(1)} CPU ms each, ` +
          `p99 ${p99Ms.toFixed(0)} ms`,
      );
    }
  }
}
