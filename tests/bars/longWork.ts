/**
 * A grown shop in a process of its own. It serves pages, and on request does one of the product's long works on the
 * same event loop. Its arguments are its folder, and whether long work gives way (1 or 0).
 */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkInvariants } from '../../functions/operations/checkInvariants.ts';
import { functions } from '../../local/functions.ts';
import { memoryCache } from '../../shared/adapters/process/cache.ts';
import { systemClock, systemPause } from '../../shared/adapters/process/clock.ts';
import { systemLoop } from '../../shared/adapters/process/loop.ts';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { collections } from '../../shared/data/collections.ts';
import * as looks from '../../shared/data/operations/looks.ts';
import { dayOf } from '../../shared/domain/day.ts';
import { reconcileDay } from '../../shared/flows/books/reconcileDay.ts';
import { searchCatalogue, warmCatalogue } from '../../shared/flows/catalogue/searchCatalogue.ts';
import { exportCsv } from '../../shared/flows/operations/exportCsv.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { BilledRail } from '../../shared/ports/rail.ts';
import { endpointsOf } from '../../shared/runtime/endpoints.ts';
import { serve } from '../../shared/runtime/node.ts';
import { runTimer } from '../../shared/runtime/timer.ts';
import { DAY_MS, timeMs } from '../../shared/schemas/base.ts';
import { endlessTurn } from '../support/clock.ts';
import { createWorld } from '../support/world.ts';
import { type BusyBills, busyBills } from './busyBills.ts';
import type { Done, Held, Work } from './R41.ts';

/** How often the meter looks. It finds at most this much more than the loop was held. */
const METER_MS = 5;

/** The processor time of this thread so far, in milliseconds. Other processes do not add to it. Linux. */
function threadMs(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1_000_000;
}

/** Measures the longest time that the event loop was held, and how much memory grew. */
function startMeter(): () => Held {
  let last = threadMs();
  let longest = 0;
  const look = () => {
    const now = threadMs();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const interval = setInterval(look, METER_MS);
  const rssBefore = process.memoryUsage.rss();
  let rss = rssBefore;
  const sampling = setInterval(() => {
    rss = Math.max(rss, process.memoryUsage.rss());
  }, 50);
  return () => {
    look();
    clearInterval(interval);
    clearInterval(sampling);
    return { heldMs: Math.round(longest), grownMb: Math.round((rss - rssBefore) / 1024 / 1024) };
  };
}

/** What a work needs besides the ports. */
interface Given {
  readonly folder: string;
  readonly bills: BusyBills;
}

/** Does the work, and answers how much of it there was, in whatever it is counted. */
const works: Readonly<Record<Work, (ports: Ports, given: Given) => Promise<number>>> = {
  nothing: async (ports) => {
    await ports.pause(3_000);
    return 1;
  },
  look: async (ports) => {
    const counts = await runTimer('checkInvariants', checkInvariants, ports);
    if (counts['check.wrong'] !== undefined || (await looks.find(ports.database))?.place !== null) {
      throw new Error(`the look came to ${JSON.stringify(counts)}`);
    }
    return counts['check.right'] ?? 0;
  },
  index: async (ports) => {
    await warmCatalogue(ports);
    const asked = { query: '课', kind: null, category: null, limit: 50, cursor: null };
    return (await searchCatalogue(ports, asked)).items.length;
  },
  export: async ({ database, clock }) => {
    const within = { from: timeMs(clock.now() - 366 * DAY_MS), below: clock.now() };
    let characters = 0;
    for (const kind of ['orders', 'order_lines', 'payments', 'points', 'journal', 'users'] as const) {
      for await (const chunk of exportCsv(database, kind, within, 'masked')) characters += chunk.length;
    }
    return characters;
  },
  reconciliation: async (ports, { bills }) => {
    const bill = await bills.wxpay();
    const rail: BilledRail = { ...ports.rails.wxpay, bill: async () => bill };
    await reconcileDay(ports, rail, bills.day, { now: ports.clock.now(), requestId: 'reconciliation' });
    return bill.rows.length;
  },
  lists: async (_, { bills }) => (await bills.xpay()).rows.length,
  audit: async ({ database, pause, clock }, { folder }) => {
    const script = join(__dirname, '..', '..', 'tools', 'audit.ts');
    const audit = spawn(process.execPath, ['--import', 'tsx', script, '--data', folder], { stdio: 'ignore' });
    let status: number | null | undefined;
    audit.on('close', (code) => {
      status = code;
    });
    let writes = 0;
    // Whoever writes meanwhile waits for nothing.
    while (status === undefined) {
      await database.tx(async (tx) => {
        const before = await looks.find(tx);
        await looks.save(tx, before, {
          id: 'invariants',
          night: dayOf(clock.now()),
          place: null,
          updatedAtMs: clock.now(),
        });
      });
      writes += 1;
      await pause(10);
    }
    if (status !== 0) throw new Error(`the audit ended with ${status}`);
    return writes;
  },
};

async function main(): Promise<void> {
  const [, , folder = '', isPausing] = process.argv;
  const loop = isPausing === '1' ? systemLoop : endlessTurn;
  const database = sqliteDatabase({ path: join(folder, 'zhike.db'), collections, random: Math.random, loop });
  const world = await createWorld({ database: () => database, settings: { trustedProxies: 1 } });
  const clock = systemClock;
  const cache = memoryCache({ clock, random: Math.random });
  const ports: Ports = { ...world.ports, clock, cache, memory: cache, loop, pause: systemPause };
  const { url } = await serve(endpointsOf(functions), ports, { port: 0 });
  const bills = await busyBills(ports);
  process.on('message', (work: Work) => {
    const meter = startMeter();
    works[work](ports, { folder, bills })
      .then((count) => ({ ...meter(), count, failed: null }))
      .catch((caught: unknown) => ({ ...meter(), count: 0, failed: String(caught) }))
      .then((done: Done) => process.send?.(done));
  });
  process.send?.({ url });
}

void main();
