import { eventLoop, HOLD_MS } from '../../shared/adapters/process/loop.ts';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { all } from '../../shared/data/collection.ts';
import { evenly } from '../../shared/flows/evenly.ts';
import type { Database } from '../../shared/ports/database.ts';
import type { Loop } from '../../shared/ports/loop.ts';
import { endlessTurn } from '../support/clock.ts';
import { accounts, books, collections } from '../support/collections.ts';
import { seeded } from '../support/seeded.ts';

describe('the event loop of a process', () => {
  test('who asks after less than 10 ms goes on, and who asks later waits until the loop has turned', async () => {
    let nowMs = 0;
    const turns: (() => void)[] = [];
    const loop = eventLoop({ now: () => nowMs, turn: (turned) => turns.push(turned) });
    nowMs = HOLD_MS - 1;
    expect(loop.giveWay()).toBeNull();
    nowMs = HOLD_MS;
    const first = loop.giveWay();
    expect(first).not.toBeNull();
    nowMs = 3 * HOLD_MS;
    turns.pop()?.();
    await first;
    nowMs = 4 * HOLD_MS - 1;
    expect(loop.giveWay()).toBeNull();
    nowMs = 4 * HOLD_MS;
    expect(loop.giveWay()).not.toBeNull();
  });

  test('all who ask before it turns wait for one turn', () => {
    let nowMs = 0;
    let turns = 0;
    const loop = eventLoop({
      now: () => nowMs,
      turn: () => {
        turns += 1;
      },
    });
    nowMs = HOLD_MS;
    const first = loop.giveWay();
    expect(loop.giveWay()).toBe(first);
    expect(turns).toBe(1);
  });
});

const DOCUMENTS = 500;

/** A loop for which every check takes a millisecond, independent of the machine. */
function slowLoop(): Loop {
  let nowMs = 0;
  return eventLoop({
    now: () => {
      nowMs += 1;
      return nowMs;
    },
    turn: setImmediate,
  });
}

async function library(loop: Loop): Promise<Database> {
  const database = sqliteDatabase({ path: ':memory:', collections, random: seeded(1), loop });
  for (let from = 0; from < DOCUMENTS; from += 25) {
    await database.tx(async (tx) => {
      for (let n = from; n < from + 25; n += 1) {
        await tx.insert(books, { id: `b${n}`, shelf: 's', rank: n, title: `title ${n}`, isOpen: true });
        await tx.insert(accounts, { id: `a${n}`, balance: n });
      }
    });
  }
  return database;
}

/** How often a second reader, which runs at each turn of the event loop, is served before the work is over. */
async function servedMeanwhile(database: Database, work: () => Promise<unknown>): Promise<number> {
  let isOver = false;
  const done = work().then(() => {
    isOver = true;
  });
  let served = -1;
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    await database.find(accounts, 'a0');
    served += 1;
  }
  await done;
  return served;
}

const loops: Readonly<Record<string, (database: Database, loop: Loop) => Promise<unknown>>> = {
  find: async (database) => {
    for (let n = 0; n < DOCUMENTS; n += 1) await database.find(books, `b${n}`);
  },
  findMany: async (database) => {
    for (let n = 0; n < DOCUMENTS; n += 1) await database.findMany(books, [`b${n}`, 'b0']);
  },
  'list, of many pages': async (database) => {
    const page = { index: 'byTitle', where: {}, order: 'ascending', limit: 1 } as const;
    for await (const { id } of all(database, books, page)) if (id === '') throw new Error('no id');
  },
  'list, of one page': (database) =>
    database.list(books, { index: 'byTitle', where: {}, order: 'ascending', limit: 1_000, cursor: null }),
  exportAll: async (database) => {
    for await (const { id } of database.exportAll()) if (id === '') throw new Error('no id');
  },
  tx: async (database) => {
    for (let n = 0; n < DOCUMENTS; n += 1) await database.tx((tx) => tx.peek(accounts, `a${n}`));
  },
  'work on each of many items': async (_, loop) => {
    for await (const n of evenly(loop, Array(DOCUMENTS).keys())) Math.sqrt(n);
  },
};

describe('a long loop lets others be served', () => {
  test.each(Object.keys(loops))('%s', async (name) => {
    const work = loops[name] ?? (() => Promise.reject(new Error('no such loop')));
    const loop = slowLoop();
    const database = await library(loop);
    const served = await servedMeanwhile(database, () => work(database, loop));
    // The second reader's own checks take time too.
    expect(served).toBeGreaterThanOrEqual(DOCUMENTS / (2 * HOLD_MS));
    await database.close();

    const held = await library(endlessTurn);
    expect(await servedMeanwhile(held, () => work(held, endlessTurn))).toBeLessThanOrEqual(1);
    await held.close();
  });
});
