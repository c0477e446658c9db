/** Where a product in a process of its own keeps its documents, on any engine. */
import { join } from 'node:path';
import { mysqlDatabase } from '../../shared/adapters/mysql/database.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { collections } from '../../shared/data/collections.ts';
import type { Engine } from '../../shared/ports/database.ts';
import { Administrator, makeDatabase } from './mysql.ts';

/** The engines that the product runs on. */
export const ENGINES = ['sqlite', 'mysql'] as const;
/** One of them. */
export type EngineName = (typeof ENGINES)[number];

/** The place of one product's documents. */
export interface KeptStore {
  readonly engine: EngineName;
  /** What the product's process has to know. */
  readonly env: Readonly<Record<string, string>>;
  /** Opens the store beside the product, as any other program could. */
  open(): Engine;
  /** Deletes what is not in the data folder. */
  drop(): Promise<void>;
}

/** An empty place. On MySQL the server is `TEST_MYSQL_URL`'s, or one on this machine, and a database is made there. */
export async function keptStore(engine: EngineName, dataDir: string): Promise<KeptStore> {
  const given = { collections, random: Math.random };
  if (engine === 'sqlite') {
    const open = () => sqliteDatabase({ ...given, path: join(dataDir, 'zhike.db') });
    return { engine, env: {}, open, drop: async () => undefined };
  }
  const administrator = await Administrator.connect();
  const { url, drop } = await makeDatabase(administrator);
  return {
    engine,
    env: { DATABASE_URL: url },
    open: () => mysqlDatabase({ ...given, url, clock: systemClock, connections: 2 }),
    drop: () => drop().finally(() => administrator.close()),
  };
}
