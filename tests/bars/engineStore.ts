/** The store of a shop in this process, on any engine. */
import { openMysql } from '../../shared/adapters/mysql/database.ts';
import { collections } from '../../shared/data/collections.ts';
import { timeMs } from '../../shared/schemas/base.ts';
import { endlessTurn } from '../support/clock.ts';
import type { EngineName } from '../support/keptStore.ts';
import { Administrator, makeDatabase } from '../support/mysql.ts';
import { inMemory, type WorldOptions } from '../support/world.ts';

const CONNECTIONS = 16;

const dropped: (() => Promise<void>)[] = [];

/** Opens an empty store on a server. Connections do not grow old with the shop's time, in which months pass. */
async function onServer({ random }: { readonly random: () => number }) {
  const administrator = await Administrator.connect();
  const { url, drop } = await makeDatabase(administrator);
  dropped.push(() => drop().finally(() => administrator.close()));
  const clock = { now: () => timeMs(0) };
  return openMysql({ url, collections, random, clock, connections: CONNECTIONS, loop: endlessTurn });
}

/** How a shop opens its store on that engine. */
export function storeOn(engine: EngineName): NonNullable<WorldOptions['store']> {
  return engine === 'mysql' ? onServer : inMemory;
}

/** Drops all databases that were made on a server. */
export async function dropStores(): Promise<void> {
  for (const drop of dropped.splice(0)) await drop();
}
