/** The MySQL server for tests, and databases of their own on it. */
import { serverOf } from '../../shared/adapters/mysql/address.ts';
import { Link, type Rows } from '../../shared/adapters/mysql/link.ts';
import { collections } from './collections.ts';

const USUAL_URL = 'mysql://root@127.0.0.1:3306/test';
const TIMEOUT_MS = 60_000;

/**
 * The address of the server: that of the environment, or the usual one when a server answers there; else null.
 * @throws an error of the driver when the one of the environment does not answer
 */
export async function findMysql(): Promise<string | null> {
  const named = process.env.TEST_MYSQL_URL;
  const link = await Link.connect(serverOf(named ?? USUAL_URL)).catch((error: unknown) => {
    if (named !== undefined) throw error;
    return null;
  });
  link?.close();
  return link === null ? null : (named ?? USUAL_URL);
}

/** Registers tests that need the server, or skips them where there is none. */
export function describeMysql(name: string, tests: () => void): void {
  if (process.env.TEST_MYSQL_URL === undefined) describe.skip(name, tests);
  else describe(name, tests);
}

/** A connection to the server, beside those of the engine. */
export class Administrator {
  readonly #link: Link;

  private constructor(link: Link) {
    this.#link = link;
  }

  static async connect(url = process.env.TEST_MYSQL_URL ?? USUAL_URL): Promise<Administrator> {
    return new Administrator(await Link.connect(serverOf(url)));
  }

  async ask(sql: string): Promise<Rows> {
    const [rows = []] = await this.#link.ask(sql, { statements: 1, timeoutMs: TIMEOUT_MS });
    return rows;
  }

  close(): void {
    this.#link.close();
  }
}

let made = 0;

/** An empty database with a name of its own. */
export interface MadeDatabase {
  readonly url: string;
  readonly name: string;
  drop(): Promise<void>;
}

/** Makes a database. What a run that was killed has left under its name is dropped. */
export async function makeDatabase(administrator: Administrator): Promise<MadeDatabase> {
  made += 1;
  const name = `zhike_test_${process.pid}_${made}`;
  const drop = async () => {
    await administrator.ask(`DROP DATABASE IF EXISTS ${name}`);
  };
  await drop();
  await administrator.ask(`CREATE DATABASE ${name}`);
  const url = new URL(process.env.TEST_MYSQL_URL ?? USUAL_URL);
  url.pathname = `/${name}`;
  return { url: url.href, name, drop };
}

/** Databases with the tables of the port's tests. Making one takes longer than most of those tests. */
export class KeptDatabases {
  readonly #administrator: Administrator;
  readonly #kept: MadeDatabase[] = [];

  constructor(administrator: Administrator) {
    this.#administrator = administrator;
  }

  async take(): Promise<MadeDatabase> {
    return this.#kept.pop() ?? makeDatabase(this.#administrator);
  }

  /** Empties a database that was opened with the usual collections only, and keeps it for the next. */
  async giveBack(database: MadeDatabase): Promise<void> {
    for (const { name } of collections) await this.#administrator.ask(`DELETE FROM ${database.name}.${name}`);
    this.#kept.push(database);
  }

  async drop(): Promise<void> {
    for (const each of this.#kept.splice(0)) await each.drop();
  }
}
