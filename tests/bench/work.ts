/** The work of one journey for the database, counted at the database port of a product in this process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { movableClock } from '../../local/clock.ts';
import { freePort } from '../../local/freePort.ts';
import { openKeys } from '../../local/keys.ts';
import { startProduct } from '../../local/product.ts';
import { DEFAULT_PACES } from '../../shared/domain/payments/pace.ts';
import { DEFAULT_SELLING } from '../../shared/domain/pricing/selling.ts';
import { DEFAULT_TALK } from '../../shared/domain/talk/talk.ts';
import type { Database, Tx } from '../../shared/ports/database.ts';
import { buy, nothingPromised } from '../load/buyer.ts';
import { load } from '../load/measure.ts';
import { shopOf } from './journeys.ts';
import type { Stack } from './stack.ts';

/** The counts for one journey. They include a share of the timers' work. */
export interface Work {
  /** Documents written by transactions that committed. */
  readonly documents: number;
  /** Transactions that ended successfully, including those that only read. */
  readonly transactions: number;
  /** Documents and lists that were read, inside transactions and outside. */
  readonly reads: number;
}

type Counts = { -readonly [K in keyof Work]: number };

/** As many concurrent clients as in the other measurements, so that the timers' share is equally small. */
const CLIENTS = 16;

function countedTx(tx: Tx, counts: Counts): Tx {
  return {
    find: (...asked) => {
      counts.reads += 1;
      return tx.find(...asked);
    },
    peek: (...asked) => {
      counts.reads += 1;
      return tx.peek(...asked);
    },
    insert: (...asked) => {
      counts.documents += 1;
      return tx.insert(...asked);
    },
    update: (...asked) => {
      counts.documents += 1;
      return tx.update(...asked);
    },
    remove: (...asked) => {
      counts.documents += 1;
      return tx.remove(...asked);
    },
  };
}

/** The same database, with its calls counted in `counts`. */
function counted(store: Database, counts: Counts): Database {
  return {
    find: (...asked) => {
      counts.reads += 1;
      return store.find(...asked);
    },
    findMany: (...asked) => {
      counts.reads += 1;
      return store.findMany(...asked);
    },
    list: (...asked) => {
      counts.reads += 1;
      return store.list(...asked);
    },
    tx: async (work) => {
      const ended = await store.tx(async (tx) => {
        // A run that ends in a conflict is repeated, so only the last run counts.
        const run = { documents: 0, transactions: 0, reads: 0 };
        return { run, value: await work(countedTx(tx, run)) };
      });
      counts.documents += ended.run.documents;
      counts.reads += ended.run.reads;
      counts.transactions += 1;
      return ended.value;
    },
    metered: (meter) => counted(store.metered(meter), counts),
    exportAll: () => store.exportAll(),
    close: () => store.close(),
  };
}

/** Plays `total` journeys, and answers the mean of one. */
export async function countWork({ folder, phone }: Stack, total: number): Promise<Work> {
  const dataDir = await mkdtemp(join(folder, 'work-'));
  const counts: Counts = { documents: 0, transactions: 0, reads: 0 };
  const product = await startProduct({
    ...{
      dataDir,
      store: { file: join(dataDir, 'zhike.db') },
      cacheUrl: null,
      port: await freePort(),
      keys: await openKeys(folder),
      wechatUrl: phone,
      wechatPayUrl: phone,
    },
    ...{ clockFactor: 1, clock: movableClock(0), isLogging: false, corsOrigins: [], trustedProxies: 1 },
    paces: DEFAULT_PACES,
    selling: DEFAULT_SELLING,
    talk: DEFAULT_TALK,
    ...{ templates: {}, subscribeAnswers: 'push' },
    metricsToken: null,
    staff: 'off',
    around: (store) => counted(store, counts),
  });
  const shop = shopOf({ api: product.url, phone }, CLIENTS);
  const play = (name: string, count: number) =>
    load(CLIENTS, count, async (piece) => void (await buy(shop, nothingPromised(`${name}${piece}`))));
  // The start's writes to the catalogue are not counted, and the caches are as warm as later.
  await play('counting', CLIENTS);
  Object.assign(counts, { documents: 0, transactions: 0, reads: 0 });
  await play('counted', total);
  await product.close();
  await rm(dataDir, { recursive: true });
  const { documents, transactions, reads } = counts;
  return { documents: documents / total, transactions: transactions / total, reads: reads / total };
}
