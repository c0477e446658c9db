/** How the work grows with the shop, as a table for people and as one line for machines. */
import type { Grown } from './growth.ts';
import { SEED } from './journeys.ts';

/** What a call may cost in a large shop, as a multiple of the smallest one. */
const RATIO_MAX = 2;
const START_MAX_MS = 500;
const RSS_MAX_MB = 120;

const round = (value: number, digits = 2) => Number(value.toFixed(digits));
const named = ({ orders, products }: Grown) => `${orders} orders, ${products} products`;

function goalsOf(grown: readonly Grown[]) {
  const ratios = grown.flatMap((shop) =>
    Object.entries(shop.ratios).map(([name, ratio]) => ({ shop, name, ratio })),
  );
  const tooMuch = ratios.filter(({ ratio }) => ratio > RATIO_MAX);
  const startMs = Math.max(...grown.map((shop) => shop.startMs));
  const rssMb = Math.max(...grown.map((shop) => shop.rssMb));
  const ratio = Math.max(...ratios.map((each) => each.ratio));
  return {
    growthMax: { measured: round(ratio), goal: RATIO_MAX, isMet: tooMuch.length === 0 },
    grownStartMs: { measured: round(startMs, 0), goal: START_MAX_MS, isMet: startMs <= START_MAX_MS },
    grownRssMb: { measured: round(rssMb, 0), goal: RSS_MAX_MB, isMet: rssMb <= RSS_MAX_MB },
    above: tooMuch.map(({ shop, name, ratio: own }) => `${name} at ${named(shop)}: ${round(own)} ×`),
  };
}

/** Prints the table, and one JSON line last. */
export function printGrowth(grown: readonly Grown[]): void {
  const names = Object.keys(grown[0]?.ratios ?? {});
  const widest = Math.max(...names.map((name) => name.length));
  const row = (what: string, cells: readonly string[]) =>
    console.log(`${what.padEnd(widest)}${cells.map((cell) => cell.padStart(30)).join('')}`);
  row('', grown.map(named));
  for (const name of names) {
    row(
      name,
      grown.map(({ cpuMs, ratios }) => `${round(cpuMs[name] ?? 0, 3)} CPU ms, ${round(ratios[name] ?? 0)} ×`),
    );
  }
  row(
    'start to first answer',
    grown.map(({ startMs, startCpuMs }) => `${round(startMs, 0)} ms, ${round(startCpuMs, 0)} CPU ms`),
  );
  row(
    'memory after the start',
    grown.map(({ rssMb }) => `${round(rssMb, 0)} MB`),
  );
  const { above, ...goals } = goalsOf(grown);
  const least = `${RATIO_MAX} × the smallest shop, start ${START_MAX_MS} ms, memory ${RSS_MAX_MB} MB`;
  console.log(`goals: ${least}; above ${RATIO_MAX} ×: ${above.length === 0 ? 'nothing' : above.join('; ')}`);
  const sizes = grown.map(({ orders, products, startMs, startCpuMs, rssMb, cpuMs, ratios }) => ({
    ...{ orders, products, startMs: round(startMs, 0), startCpuMs: round(startCpuMs, 0) },
    rssMb: round(rssMb, 0),
    cpuMs: Object.fromEntries(Object.entries(cpuMs).map(([name, each]) => [name, round(each, 3)])),
    ratios: Object.fromEntries(Object.entries(ratios).map(([name, ratio]) => [name, round(ratio)])),
  }));
  console.log(JSON.stringify({ growth: sizes, goals, seed: SEED }));
}
