/** The product's journeys against the floor, which does only what physics asks: `floor/server.ts` says what that is. */
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { quantile, startNode } from '../load/measure.ts';
import { benchJourneys } from './journeys.ts';
import type { Stack } from './stack.ts';

const CLIENTS = 16;
const ROUNDS = 5;

/** How much CPU a journey takes of the floor, and how much more of the product. */
export interface OverFloor {
  /** Median of the rounds, in milliseconds. */
  readonly floorCpuMs: number;
  /** The product's CPU over the floor's in the same round: the median, the least and the most. */
  readonly ratio: number;
  readonly least: number;
  readonly most: number;
}

/** The same buyers at the floor and at the product, in turn. */
export async function benchFloor(stack: Stack, total: number): Promise<OverFloor> {
  const program = resolve('dist/floor/server.js');
  await build({
    entryPoints: ['tests/bench/floor/server.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: ['libsql'],
  });
  const { folder, phone } = stack;
  const server = await startNode(program, { DATA_DIR: folder, SIMULATORS: phone }, ['API']);
  const floor = { ...stack, product: server, api: server.lines.API ?? '' };
  // It is new, and slow until it has been run for a while.
  await benchJourneys(floor, { name: 'floorWarm', clients: CLIENTS, total: 300 });
  const floorMs: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const asked = { clients: CLIENTS, total };
    const least = await benchJourneys(floor, { ...asked, name: `floor${round}x` });
    const own = await benchJourneys(stack, { ...asked, name: `above${round}x` });
    floorMs.push(least.journeys.cpuMsEach);
    ratios.push(own.journeys.cpuMsEach / least.journeys.cpuMsEach);
  }
  await server.stop();
  return {
    floorCpuMs: quantile(floorMs, 0.5),
    ratio: quantile(ratios, 0.5),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
  };
}
