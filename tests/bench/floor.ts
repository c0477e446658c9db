/**
 * Compares the product's journeys with the floor: a hand-written server that does only the unavoidable work
 * (`floor/server.ts`).
 */
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { quantile, startNode } from '../load/measure.ts';
import { benchJourneys } from './journeys.ts';
import type { Stack } from './stack.ts';

const CLIENTS = 16;
const ROUNDS = 5;

/** The CPU time of a journey on the floor, and how many times more the product needs. */
export interface OverFloor {
  /** The median of the rounds, in milliseconds. */
  readonly floorCpuMs: number;
  /** The product's CPU time divided by the floor's in the same round: the median, the least and the most. */
  readonly ratio: number;
  readonly least: number;
  readonly most: number;
}

/** Plays the same buyers against the floor and the product, in alternation. */
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
  // The floor has just started and is slow until it has warmed up.
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
