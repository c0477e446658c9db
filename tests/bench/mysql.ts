/**
 * Transactions on MySQL: two documents found, two inserted, one updated. They go through the port, and by turns through
 * the bare driver with `BEGIN … COMMIT` in seven statements. They are measured on this machine, and behind a network of
 * some milliseconds.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as z from 'zod';
import { serverOf } from '../../shared/adapters/mysql/address.ts';
import { openMysql } from '../../shared/adapters/mysql/database.ts';
import { Link } from '../../shared/adapters/mysql/link.ts';
import { text } from '../../shared/adapters/mysql/literal.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { defineCollection } from '../../shared/data/collection.ts';
import { load, quantile } from '../load/measure.ts';
import type { EngineName } from '../support/keptStore.ts';
import { Administrator, makeDatabase } from '../support/mysql.ts';
import { type EngineSpeed, printEngines } from './engines.ts';

const ROUNDS = 5;
/** Each way. Timers add about a quarter. */
const DELAY_MS = 1;
const TIMEOUT_MS = 10_000;
const TEXT = 'x'.repeat(400);

const documents = defineCollection({
  name: 'documents',
  schema: z.object({ id: z.string(), count: z.int(), text: z.string() }),
  version: 1,
  indexes: {},
});

/** One kind of transactions on a server. */
interface Side {
  run(writer: number, piece: string): Promise<void>;
  close(): Promise<void> | void;
}

async function ourSide(url: string, connections: number): Promise<Side> {
  const given = { url, collections: [documents], random: Math.random, clock: systemClock, connections };
  const database = await openMysql(given);
  return {
    run: (writer, piece) =>
      database.tx(async (tx) => {
        await tx.find(documents, `read ${writer}`);
        const own = await tx.find(documents, `own ${writer}`);
        if (own === null) throw new Error('nothing there');
        await tx.update(documents, { ...own, count: own.count + 1 });
        await tx.insert(documents, { id: `a ${piece}`, count: 0, text: TEXT });
        await tx.insert(documents, { id: `b ${piece}`, count: 0, text: TEXT });
      }),
    close: () => database.close(),
  };
}

async function bareSide(url: string, connections: number): Promise<Side> {
  const links = await Promise.all(Array.from({ length: connections }, () => Link.connect(serverOf(url))));
  const free = [...links];
  const waiting: ((link: Link) => void)[] = [];
  const body = JSON.stringify({ count: 0, text: TEXT });
  const statements = (writer: number, piece: string) => [
    'BEGIN',
    `SELECT body FROM bare WHERE id = ${text(`read ${writer}`)}`,
    `SELECT body FROM bare WHERE id = ${text(`own ${writer}`)}`,
    `UPDATE bare SET v = v + 1, body = ${text(body)} WHERE id = ${text(`own ${writer}`)}`,
    `INSERT INTO bare SET id = ${text(`a ${piece}`)}, v = 1, body = ${text(body)}`,
    `INSERT INTO bare SET id = ${text(`b ${piece}`)}, v = 1, body = ${text(body)}`,
    'COMMIT',
  ];
  return {
    run: async (writer, piece) => {
      const link = free.pop() ?? (await new Promise<Link>((resolve) => waiting.push(resolve)));
      for (const sql of statements(writer, piece))
        await link.ask(sql, { statements: 1, timeoutMs: TIMEOUT_MS });
      const next = waiting.shift();
      if (next === undefined) free.push(link);
      else next(link);
    },
    close: () => {
      for (const link of links) link.close();
    },
  };
}

/** What one kind of transactions makes. */
export interface Speed {
  readonly perSecond: number;
  readonly cpuMs: number;
}

/** One setting, measured in rounds by turns. */
export interface MysqlRow {
  readonly writers: number;
  readonly connections: number;
  /** The time of one statement there and back. */
  readonly roundTripMs: number;
  readonly ours: Speed;
  readonly bare: Speed;
}

interface Setting {
  readonly url: string;
  readonly writers: number;
  readonly connections: number;
  readonly count: number;
}

async function speedOf(side: Side, name: string, { writers, count }: Setting): Promise<Speed> {
  const before = process.cpuUsage();
  const busy = new Set<number>();
  const { wallMs } = await load(writers, count, async (piece) => {
    // No two at a time write the same document.
    let writer = piece % writers;
    while (busy.has(writer)) writer = (writer + 1) % writers;
    busy.add(writer);
    await side.run(writer, `${name} ${piece}`);
    busy.delete(writer);
  });
  const { user, system } = process.cpuUsage(before);
  return { perSecond: (count * 1_000) / wallMs, cpuMs: (user + system) / 1_000 / count };
}

async function roundTripMs(url: string): Promise<number> {
  const link = await Link.connect(serverOf(url));
  const times: number[] = [];
  for (let n = 0; n < 50; n += 1) {
    const from = performance.now();
    await link.ask('SELECT 1', { statements: 1, timeoutMs: TIMEOUT_MS });
    times.push(performance.now() - from);
  }
  link.close();
  return quantile(times, 0.5);
}

const middle = (speeds: readonly Speed[]): Speed => ({
  perSecond: quantile(
    speeds.map((each) => each.perSecond),
    0.5,
  ),
  cpuMs: quantile(
    speeds.map((each) => each.cpuMs),
    0.5,
  ),
});

let measured = 0;

async function measure(setting: Setting): Promise<MysqlRow> {
  const { url, writers, connections } = setting;
  const [ours, bare] = [await ourSide(url, connections), await bareSide(url, connections)];
  const speeds: { ours: Speed[]; bare: Speed[] } = { ours: [], bare: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    measured += 1;
    speeds.bare.push(await speedOf(bare, `bare ${measured}`, setting));
    speeds.ours.push(await speedOf(ours, `ours ${measured}`, setting));
  }
  const trip = await roundTripMs(url);
  await ours.close();
  await bare.close();
  return { writers, connections, roundTripMs: trip, ours: middle(speeds.ours), bare: middle(speeds.bare) };
}

async function prepare(url: string): Promise<void> {
  const side = await openMysql({
    ...{ url, collections: [documents], random: Math.random, clock: systemClock, connections: 1 },
  });
  const link = await Link.connect(serverOf(url));
  const ask = (sql: string) => link.ask(sql, { statements: 1, timeoutMs: TIMEOUT_MS });
  await ask(
    'CREATE TABLE bare (id VARBINARY(700) PRIMARY KEY, v BIGINT UNSIGNED, body MEDIUMTEXT CHARACTER SET utf8mb4)',
  );
  for (let writer = 0; writer < 64; writer += 1) {
    const ids = [`read ${writer}`, `own ${writer}`];
    await side.tx(async (tx) => {
      for (const id of ids) await tx.insert(documents, { id, count: 0, text: TEXT });
    });
    for (const id of ids) await ask(`INSERT INTO bare SET id = ${text(id)}, v = 1, body = ${text(TEXT)}`);
  }
  link.close();
  await side.close();
}

/** Five rounds of each setting. `times` scales the work. */
export async function benchMysql(times: (count: number) => number): Promise<readonly MysqlRow[]> {
  const administrator = await Administrator.connect();
  const { url, drop } = await makeDatabase(administrator);
  const { host, port } = serverOf(url);
  const script = join(__dirname, 'relay.ts');
  const flags = ['--import', 'tsx', script, String(port), host, String(DELAY_MS)];
  const relay = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [said] = await once(relay.stdout, 'data');
    const far = new URL(url);
    far.host = `127.0.0.1:${String(said).match(/\d+/)?.[0]}`;
    await prepare(url);
    const rows: MysqlRow[] = [];
    for (const writers of [16, 64]) {
      rows.push(await measure({ url, writers, connections: writers, count: times(3_000) }));
    }
    for (const [writers, connections] of [
      [1, 1],
      [16, 16],
      [64, 4],
    ] as const) {
      rows.push(await measure({ url: far.href, writers, connections, count: times(30 * connections + 500) }));
    }
    return rows;
  } finally {
    relay.kill();
    await drop();
    administrator.close();
  }
}

const GOALS = { here: 0.8, far: 1.25 };

/** Prints the table, and one JSON line last, with the speed of whole journeys on each engine. */
export function printMysql(
  rows: readonly MysqlRow[],
  engines: Readonly<Record<EngineName, EngineSpeed>>,
): void {
  for (const { writers, connections, roundTripMs: trip, ours, bare } of rows) {
    const share = ours.perSecond / bare.perSecond;
    console.log(
      `${writers} writers on ${connections} connections, ${trip.toFixed(2)} ms there and back: ` +
        `${ours.perSecond.toFixed(0)}/s, bare ${bare.perSecond.toFixed(0)}/s, ${(share * 100).toFixed(0)} %; ` +
        `CPU ${ours.cpuMs.toFixed(2)} ms, bare ${bare.cpuMs.toFixed(2)} ms`,
    );
  }
  const shares = (isFar: boolean) =>
    rows
      .filter(
        (row) => row.connections === row.writers && row.writers > 1 && row.roundTripMs > DELAY_MS === isFar,
      )
      .map(({ ours, bare }) => ours.perSecond / bare.perSecond);
  const goal = (isFar: boolean) => {
    const least = Math.min(...shares(isFar));
    const wanted = isFar ? GOALS.far : GOALS.here;
    return { measured: Number(least.toFixed(2)), goal: wanted, isMet: least >= wanted };
  };
  printEngines(engines);
  console.log(JSON.stringify({ mysqlHere: goal(false), mysqlFar: goal(true), rows, engines }));
}
