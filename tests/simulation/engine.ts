/** The engine under a simulation: in memory, on a MySQL server, or in a simulated CloudBase environment. */
import { cloudbaseDatabase, openCloudbase } from '../../shared/adapters/cloudbase/database.ts';
import type { Send } from '../../shared/adapters/http/request.ts';
import { mysqlDatabase, openMysql } from '../../shared/adapters/mysql/database.ts';
import { Link } from '../../shared/adapters/mysql/link.ts';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { collections } from '../../shared/data/collections.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Database } from '../../shared/ports/database.ts';
import { endlessTurn } from '../support/clock.ts';
import { makeCloudbase } from '../support/cloudbase.ts';
import { ENGINES } from '../support/keptStore.ts';
import { Administrator, makeDatabase } from '../support/mysql.ts';

/** The engines of histories. */
export const HISTORY_ENGINES = [...ENGINES, 'cloudbase'] as const;
/** One of them. */
export type HistoryEngine = (typeof HISTORY_ENGINES)[number];

/** What an engine needs of the kernel. */
interface Given {
  readonly random: () => number;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
}

/** A store for one history. */
export interface SimulatedEngine {
  open(given: Given): Database;
  /** How the kernel waits until everything that can run has run; as usual when left out. */
  readonly ready?: () => Promise<void>;
  drop(): Promise<void>;
}

const inMemory: SimulatedEngine = {
  open: ({ random, pause }) =>
    sqliteDatabase({
      ...{ path: ':memory:', collections, random, pause, schedule: queueMicrotask, loop: endlessTurn },
    }),
  drop: async () => undefined,
};

/** A time before every history. */
const START = 1_600_000_000_000;

/** How many answers of servers are awaited in this process. */
let awaited = 0;

async function counted<T>(answer: Promise<T>): Promise<T> {
  awaited += 1;
  try {
    return await answer;
  } finally {
    awaited -= 1;
  }
}

/** Counts those of MySQL from now on. */
function countAnswers(): void {
  const { ask } = Link.prototype;
  const { connect } = Link;
  Link.prototype.ask = function (sql, asked) {
    return counted(ask.call(this, sql, asked));
  };
  Link.connect = (server) => counted(connect.call(Link, server));
}

/** Turns of the event loop after the last answer: reads are sent in the turn after they were asked for. */
const TURNS = 3;

async function answered(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (awaited > 0) turn = -1;
  }
}

let isCounting = false;

async function onServer(): Promise<SimulatedEngine> {
  if (!isCounting) countAnswers();
  isCounting = true;
  const administrator = await Administrator.connect();
  const { url, drop } = await makeDatabase(administrator);
  const fixed = { url, collections, connections: 8, loop: endlessTurn };
  const clock: Clock = { now: () => 0 as ReturnType<Clock['now']> };
  await (await openMysql({ ...fixed, random: Math.random, clock })).close();
  return {
    // The wall clock of connections stands still, because years pass in a history.
    open: ({ random, pause }) => mysqlDatabase({ ...fixed, random, pause, clock }),
    ready: answered,
    drop: () => drop().finally(() => administrator.close()),
  };
}

/** The environment has the history's clock: a transaction that a crash has left open ends after 30 seconds of it. */
async function inCloudbase(): Promise<SimulatedEngine> {
  let clock: Clock = { now: () => START as ReturnType<Clock['now']> };
  const { client } = makeCloudbase({ now: () => clock.now() });
  const send: Send = (asked) => counted(client.send(asked));
  const fixed = { ...client, send, collections, loop: endlessTurn };
  await (await openCloudbase({ ...fixed, random: Math.random })).close();
  return {
    open: ({ random, pause, clock: own }) => {
      clock = own;
      return cloudbaseDatabase({ ...fixed, random, pause });
    },
    ready: answered,
    drop: async () => undefined,
  };
}

/** An empty store. */
export async function makeEngine(name: HistoryEngine): Promise<SimulatedEngine> {
  if (name === 'cloudbase') return inCloudbase();
  return name === 'mysql' ? onServer() : inMemory;
}
