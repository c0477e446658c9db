/** Whole journeys in a browser and in the mini-program, and the CPU time that the product needs for them. */
import { join } from 'node:path';
import { type Bought, buy, nothingPromised, type Shop } from '../load/buyer.ts';
import { cpuMs, load, quantile, startNode } from '../load/measure.ts';
import { seeded } from '../support/seeded.ts';
import { whereTimeGoes } from './profile.ts';
import { pause, productEnv, START, type Stack } from './stack.ts';

/** The seed of the buyers' ids. */
export const SEED = 1;

const PROFILED_CLIENTS = 16;

/** The result of a number of journeys. */
export interface Journeys {
  readonly perSecond: number;
  readonly p99Ms: number;
  /** CPU time of the product alone, in milliseconds for each journey. */
  readonly cpuMsEach: number;
}

/** A shop whose buyers do not retry. */
export function shopOf(stack: Pick<Stack, 'api' | 'phone'>, seed: number, paying?: Shop['paying']): Shop {
  const shop = { ...stack, words: '数据', random: seeded(SEED + seed), pause, patienceMs: 0 };
  return paying === undefined ? shop : { ...shop, paying };
}

/** Runs `total` pieces of work in `clients` concurrent loops. */
export async function timed(
  stack: Stack,
  clients: number,
  total: number,
  work: (piece: number) => Promise<void>,
): Promise<Journeys> {
  const cpuFrom = cpuMs(stack.product.pid);
  const { wallMs, eachMs } = await load(clients, total, work);
  return {
    perSecond: (total * 1000) / wallMs,
    p99Ms: quantile(eachMs, 0.99),
    cpuMsEach: (cpuMs(stack.product.pid) - cpuFrom) / total,
  };
}

/** The medians of several rounds, and the spread of their journeys a second. */
export interface Rounds extends Journeys {
  readonly slowestPerSecond: number;
  readonly fastestPerSecond: number;
}

/** Combines rounds into medians. */
export function medianOf(rounds: readonly Journeys[]): Rounds {
  const median = (of: (round: Journeys) => number) => quantile(rounds.map(of), 0.5);
  const speeds = rounds.map(({ perSecond }) => perSecond);
  return {
    perSecond: median((round) => round.perSecond),
    p99Ms: median((round) => round.p99Ms),
    cpuMsEach: median((round) => round.cpuMsEach),
    slowestPerSecond: Math.min(...speeds),
    fastestPerSecond: Math.max(...speeds),
  };
}

/**
 * The input of one measurement. `name` makes its buyers distinct from all others, because nobody can buy a course
 * twice.
 */
export interface JourneysAsked {
  readonly name: string;
  readonly clients: number;
  readonly total: number;
  /** The ways to pay, used in turn. By default a browser without points. */
  readonly paying?: readonly NonNullable<Shop['paying']>[];
}

/** The result of the journeys, and what was bought on them. */
export async function benchJourneys(
  stack: Stack,
  { name, clients, total, paying = [] }: JourneysAsked,
): Promise<{ readonly journeys: Journeys; readonly bought: readonly Bought[] }> {
  const plain = shopOf(stack, clients);
  const shops = paying.map((each) => ({ ...plain, paying: each }));
  const bought: Bought[] = [];
  const journeys = await timed(stack, clients, total, async (piece) => {
    const shop = shops[piece % shops.length] ?? plain;
    bought.push(await buy(shop, nothingPromised(`${name}${piece}`)));
  });
  return { journeys, bought };
}

/** Measures each rail with points and a coupon, and both in turn. The rounds of the three alternate. */
export async function benchRails(stack: Stack, rounds: number, total: number) {
  const web = { platform: 'web', withPoints: true } as const;
  const android = { platform: 'android', withPoints: true } as const;
  const ways = { wxpay: [web], xpay: [android], mixed: [web, android] };
  const measured = { wxpay: [] as Journeys[], xpay: [] as Journeys[], mixed: [] as Journeys[] };
  const bought: Bought[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const way of ['wxpay', 'xpay', 'mixed'] as const) {
      const asked = { name: `${way}${round}x`, clients: 16, total, paying: ways[way] };
      const done = await benchJourneys(stack, asked);
      measured[way].push(done.journeys);
      if (way === 'mixed') bought.push(...done.bought);
    }
  }
  const { wxpay, xpay, mixed } = measured;
  return { wxpay: medianOf(wxpay), xpay: medianOf(xpay), mixed: medianOf(mixed), bought };
}

/** Profiles plain journeys: where the product spends its time. */
export async function profileJourneys(stack: Stack, total: number) {
  const folder = join(stack.folder, 'profile');
  const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`];
  const product = await startNode(START, productEnv(stack.folder, stack.phone), ['API'], flags);
  const watched = { ...stack, product, api: product.lines.API ?? '' };
  await benchJourneys(watched, { name: 'watched', clients: PROFILED_CLIENTS, total });
  await product.stop();
  return whereTimeGoes(folder);
}
