/** List and detail, compared with a bare `node:http` server that answers the same bytes, in alternation. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cpuMs, exchange, load, quantile, startNode } from '../load/measure.ts';
import { addressOf } from '../support/addressOf.ts';
import { BARE_SERVER } from './bare.ts';
import type { Stack } from './stack.ts';

const CLIENTS = 16;
const ROUNDS = 3;

/** The speed of one answer, given again and again. */
export interface Reads {
  readonly perSecond: number;
  /** CPU time of the server alone. It compares the two servers even where the load generator is the limit. */
  readonly cpuMsEach: number;
}

async function measureReads(pid: number, url: string, count: number): Promise<Reads> {
  const cpuFrom = cpuMs(pid);
  const { wallMs } = await load(CLIENTS, count, async (piece) => {
    const { status } = await exchange('GET', url, { 'x-forwarded-for': addressOf(String(piece)) });
    if (status !== 200) throw new Error(`${url} answered ${status}`);
  });
  return { perSecond: (count * 1000) / wallMs, cpuMsEach: (cpuMs(pid) - cpuFrom) / count };
}

function medianOf(rounds: readonly Reads[]): Reads {
  const median = (of: (reads: Reads) => number) => quantile(rounds.map(of), 0.5);
  return { perSecond: median((each) => each.perSecond), cpuMsEach: median((each) => each.cpuMsEach) };
}

/** Medians of the rounds. */
export async function benchReads(stack: Stack, count: number) {
  const listUrl = `${stack.api}/api/courses`;
  const list = await exchange('GET', listUrl);
  const first = (JSON.parse(list.body) as { data: { items: { id: string }[] } }).data.items[0];
  const file = join(stack.folder, 'list.json');
  await writeFile(file, list.body);
  const program = join(stack.folder, 'bare.cjs');
  await writeFile(program, BARE_SERVER);
  const bare = await startNode(program, { BYTES: file }, ['Bare']);
  const { pid } = stack.product;
  const rounds = { list: [] as Reads[], detail: [] as Reads[], bare: [] as Reads[] };
  // The bare server has just started and is slow until it has warmed up.
  await measureReads(bare.pid, `${bare.lines.Bare}/`, count);
  for (let round = 0; round < ROUNDS; round++) {
    rounds.bare.push(await measureReads(bare.pid, `${bare.lines.Bare}/`, count));
    rounds.list.push(await measureReads(pid, listUrl, count));
    rounds.detail.push(await measureReads(pid, `${stack.api}/api/courses/${first?.id}`, count));
  }
  await bare.stop();
  return { list: medianOf(rounds.list), detail: medianOf(rounds.detail), bare: medianOf(rounds.bare) };
}
