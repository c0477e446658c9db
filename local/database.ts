/** The store of a laptop: the server or the environment that `DATABASE_URL` names, or the file in the data folder. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type CloudbaseDatabaseOptions,
  cloudbaseDatabase,
  openCloudbase,
} from '../shared/adapters/cloudbase/database.ts';
import { reachOf } from '../shared/adapters/cloudbase/reach.ts';
import { httpSend } from '../shared/adapters/http/nodeRequest.ts';
import { serverOf } from '../shared/adapters/mysql/address.ts';
import { type MysqlOptions, mysqlDatabase, openMysql } from '../shared/adapters/mysql/database.ts';
import { systemClock, systemPause } from '../shared/adapters/process/clock.ts';
import { systemIds } from '../shared/adapters/process/ids.ts';
import { type Environment, readVariable } from '../shared/adapters/process/variables.ts';
import { sqliteDatabase } from '../shared/adapters/sqlite/database.ts';
import { collections } from '../shared/data/collections.ts';
import { AppError } from '../shared/errors.ts';
import type { Engine } from '../shared/ports/database.ts';

/** One process does all the work, and consumers run 64 at a time. */
const CONNECTIONS = 16;
/** How long a start waits before it asks a server again that does not answer. */
const AGAIN_MS = 1_000;

/** A CloudBase environment, and the variables that say how it is reached, and by whom. */
interface Cloudbase {
  readonly cloudbase: string;
  readonly environment: Environment;
}

/** Where a store is. */
export type Place = { readonly file: string } | { readonly server: string } | Cloudbase;

/** The store that `DATABASE_URL` names, or else the file in the data folder. @throws a plain Error when it is wrong */
export function placeOf(dataDir: string, environment: Environment): Place {
  if (!environment.DATABASE_URL) return { file: join(dataDir, 'zhike.db') };
  const url = readVariable('DATABASE_URL', environment);
  if (url.startsWith('cloudbase:')) return { cloudbase: url, environment };
  return url.startsWith('mysql:') ? { server: url } : { file: url.slice('sqlite:'.length) };
}

function mysqlOptions(url: string, random: () => number): MysqlOptions {
  return { url, collections, random, clock: systemClock, connections: CONNECTIONS };
}

function cloudbaseOptions(
  { cloudbase, environment }: Cloudbase,
  random: () => number,
): CloudbaseDatabaseOptions {
  const given = readVariable('CLOUDBASE_URL', environment);
  const reach = reachOf(cloudbase, { given, platform: environment });
  return { ...reach, send: httpSend(), collections, random, clock: systemClock };
}

/**
 * Opens the store for the product, and lays it out. When a server does not answer, it says so once, and asks again
 * until it does.
 */
export async function openStore(place: Place, random: () => number): Promise<Engine> {
  if ('file' in place) return sqliteDatabase({ path: place.file, collections, random });
  if ('server' in place) {
    const { host, port, database } = serverOf(place.server);
    const open = () => openMysql(mysqlOptions(place.server, random));
    return insisting(open, `The database ${database} at ${host}:${port}`);
  }
  const options = cloudbaseOptions(place, random);
  return insisting(
    () => openCloudbase(options),
    `The environment ${options.environment} at ${options.addresses.data}`,
  );
}

async function insisting(open: () => Promise<Engine>, named: string): Promise<Engine> {
  let isTold = false;
  for (;;) {
    try {
      return await open();
    } catch (caught) {
      if (!(caught instanceof AppError) || caught.code !== 'database.unavailable') throw caught;
      const what = `${named} does not answer`;
      if (!isTold) console.error(`${what} (${caught.detail}). It is asked again until it does.`);
      isTold = true;
      await systemPause(AGAIN_MS);
    }
  }
}

/** Chance for a command. */
function commandRandom(): () => number {
  const ids = systemIds(systemClock);
  return () => ids.random();
}

/** Opens an existing store for a command. @throws a plain Error when there is no such file */
export function openForCommand(place: Place): Engine {
  const random = commandRandom();
  if ('server' in place) return mysqlDatabase(mysqlOptions(place.server, random));
  if ('cloudbase' in place) return cloudbaseDatabase(cloudbaseOptions(place, random));
  if (!existsSync(place.file))
    throw new Error(`there is no ${place.file}: start the product once, or name another folder`);
  return sqliteDatabase({ path: place.file, collections, random });
}

/** Opens a store for a command that fills it. The folder, the file or the tables are created when they are missing. */
export async function createForCommand(place: Place): Promise<Engine> {
  const random = commandRandom();
  if ('server' in place) return openMysql(mysqlOptions(place.server, random));
  if ('cloudbase' in place) return openCloudbase(cloudbaseOptions(place, random));
  mkdirSync(dirname(place.file), { recursive: true, mode: 0o700 });
  return sqliteDatabase({ path: place.file, collections, random });
}
