import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Connection from 'libsql';
import { bytesOf } from '../../shared/adapters/engine/value.ts';
import { bytes, name } from '../../shared/adapters/mysql/literal.ts';
import {
  askBack,
  type Bought,
  buy,
  nothingPromised,
  type Promised,
  type Shop,
  until,
} from '../load/buyer.ts';
import { exchange, type Running, startNode } from '../load/measure.ts';
import { ENGINES } from '../support/keptStore.ts';
import { Administrator } from '../support/mysql.ts';
import { seeded } from '../support/seeded.ts';
import { bar, lanes } from './bar.ts';
import { ACCOUNT, buildNewer, FIELD, INDEX } from './newerBuild.ts';
import { auditAtRest, build, type Outside, post, productEnv, START, startOutside } from './processes.ts';

const AT_ONCE = 6;
const LOOK_MS = 150;
/** How long after the start of the first journeys one build is stopped, in the middle of them. */
const STOP_MS = 1_000;
/** How long a refund may take. Its tasks have longer pauses the more often they met the build that cannot run them. */
const REFUND_MS = 240_000;
const REST_MAX_MS = 90_000;
/** How long a buyer retries. What one build refuses, the other does, at the latest when tasks are swept. */
const PATIENCE_MS = 60_000;

/** A load balancer before several processes. It sends each request to a random running one. */
class Balancer {
  readonly targets = new Set<string>();
  /** Every process that was started, to be ended at the end. */
  readonly started: Running[] = [];
  /** How often a build refused to write a document of a newer version. */
  refused = 0;
  readonly #server: Server;

  constructor(random: () => number) {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const all = [...this.targets];
      const target = all[Math.floor(random() * all.length)];
      const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
      try {
        const sent = Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, String(value)]),
        );
        const answer = await exchange(
          request.method ?? 'GET',
          `${target}${request.url}`,
          sent,
          Buffer.concat(chunks).toString(),
        );
        if (answer.body.includes('database.newer_version')) this.refused += 1;
        response.writeHead(answer.status, { 'content-type': answer.headers['content-type'] });
        response.end(answer.body);
      } catch {
        response.destroy();
      }
    });
  }

  listen(): Promise<string> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
      });
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** Starts one build and registers it with the balancer. */
async function startBuild(
  script: string,
  outside: Outside,
  balancer: Balancer,
): Promise<{ stop(): Promise<void> }> {
  const env = { ...productEnv(outside), PORT: '0', WITNESS: witnessOf(outside.folder) };
  const running: Running = await startNode(script, env, ['API']);
  balancer.started.push(running);
  const url = running.lines.API ?? '';
  balancer.targets.add(url);
  return {
    stop: async () => {
      balancer.targets.delete(url);
      await running.stop();
    },
  };
}

function witnessOf(folder: string): string {
  return join(folder, 'witness');
}

interface StoredOrder {
  readonly id: string;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

/** How the tables are read beside the product: the answer has the values of each row. */
interface Tables {
  ask(sql: string): Promise<readonly (readonly unknown[])[]>;
  /** The condition for orders whose indexed field has this value, or none, in the newer build's own index. */
  indexed(value: string | null): string;
  close(): void;
}

function tablesOfFile(folder: string): Tables {
  const connection = new Connection(join(folder, 'zhike.db'), { readonly: true });
  return {
    ask: async (sql) => connection.prepare(sql).raw().all([]) as unknown[][],
    // The engine stores a missing value as the lowest number.
    indexed: (value) =>
      `INDEXED BY "orders ${INDEX}" WHERE by_${FIELD} = ${value === null ? '-9e999' : `'${value}'`}`,
    close: () => connection.close(),
  };
}

async function tablesOfServer(url: string): Promise<Tables> {
  const administrator = await Administrator.connect(url);
  return {
    ask: (sql) => administrator.ask(sql),
    indexed: (value) => `FORCE INDEX (${name(INDEX)}) WHERE by_${FIELD} = ${bytes(bytesOf(value))}`,
    close: () => administrator.close(),
  };
}

function tablesOf({ folder, store }: Outside): Promise<Tables> | Tables {
  const { DATABASE_URL: url } = store.env;
  return url === undefined ? tablesOfFile(folder) : tablesOfServer(url);
}

/** The store, read while others write it. */
class Disk {
  readonly #tables: Tables;
  /** The accounts that were seen in the newer version. */
  readonly newer = new Set<string>();
  readonly overwritten = new Set<string>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** Reads the version of every account. An account that was of the newer version must keep it. */
  async look(): Promise<{ readonly older: number }> {
    let older = 0;
    for (const [bytesOfId, version] of await this.#tables.ask(
      'SELECT id, schemaVersion FROM pointsAccounts',
    )) {
      const id = String(bytesOfId);
      if (version === ACCOUNT.version) this.newer.add(id);
      else if (this.newer.has(id)) this.overwritten.add(id);
      else older += 1;
    }
    return { older };
  }

  /** The ids of the orders that the newer build's index has under this value. */
  async indexed(value: string | null): Promise<ReadonlySet<string>> {
    const rows = await this.#tables.ask(`SELECT id FROM orders ${this.#tables.indexed(value)}`);
    return new Set(rows.map(([id]) => String(id)));
  }

  async orders(): Promise<readonly StoredOrder[]> {
    const rows = await this.#tables.ask('SELECT body FROM orders');
    return rows.map(([body]) => JSON.parse(String(body)));
  }

  /** The number of orders whose indexed values were written by another build than the newer one. */
  async stale(): Promise<number> {
    const rows = await this.#tables.ask('SELECT count(*) FROM orders GROUP BY layout ORDER BY layout');
    return rows.length > 1 ? Number(rows[0]?.[0]) : 0;
  }

  close(): void {
    this.#tables.close();
  }
}

/** The orders made by the newer build, and those of them that have lost its field. */
async function lostFields(
  disk: Disk,
  folder: string,
): Promise<{ readonly made: ReadonlySet<string>; readonly lost: string[] }> {
  const file = witnessOf(folder);
  const witnessed = new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);
  const orders = (await disk.orders()).filter(({ id }) => witnessed.has(id));
  const lost = orders.filter(
    (order) =>
      Reflect.get(order, FIELD) !== 'newer' || order.lines.some((line) => line[FIELD] !== line.productId),
  );
  return {
    made: new Set(orders.map(({ id }) => id)),
    lost: lost.map(({ id }) => `${id} has lost its field`),
  };
}

/** The orders that are missing in the newer build's index or stand at the wrong place in it. */
async function notIndexed(
  disk: Disk,
  made: ReadonlySet<string>,
): Promise<{ readonly missing: string[]; readonly orders: number }> {
  const listed = { newer: await disk.indexed('newer'), older: await disk.indexed(null) };
  const ids = (await disk.orders()).map(({ id }) => id);
  const missing = ids.filter((id) => !listed[made.has(id) ? 'newer' : 'older'].has(id));
  return { missing: missing.map((id) => `the new index does not have ${id}`), orders: ids.length };
}

/** One action of the crowd. */
type Deed = () => Promise<void>;

/** Buyers who come a few at a time and remember what they bought. */
class Crowd {
  readonly failures: string[] = [];
  readonly #bought: { readonly promised: Promised; readonly bought: Bought }[] = [];
  #count = 0;

  constructor(private readonly shop: Shop) {}

  /** Runs this many whole journeys. */
  come(journeys: number): Promise<void> {
    return this.#each(Array.from({ length: journeys }, () => () => this.#buy()));
  }

  /**
   * Runs `journeys` whole journeys. Meanwhile all earlier buyers check in for points, and `refunds` of them ask for
   * refunds.
   */
  async comeAndGo(journeys: number, refunds: number): Promise<void> {
    const before = [...this.#bought];
    const back = this.#bought.splice(0, refunds);
    const deeds: Deed[] = [
      ...before.map(({ bought }) => async () => {
        await until(
          this.shop,
          () => bought.client.checkIn(),
          () => true,
        );
      }),
      ...back.map(
        ({ promised, bought }) =>
          () =>
            askBack({ ...this.shop, patienceMs: REFUND_MS }, promised, bought).catch((caught: unknown) => {
              throw new Error(`${String(caught)}: ${JSON.stringify(promised)}`);
            }),
      ),
    ];
    await Promise.all([this.come(journeys), this.#each(deeds)]);
  }

  async #each(deeds: readonly Deed[]): Promise<void> {
    await lanes(deeds, AT_ONCE, async (deed) => {
      await deed().catch((caught: unknown) => this.failures.push(String(caught)));
    });
  }

  async #buy(): Promise<void> {
    this.#count += 1;
    const promised = nothingPromised(`buyer${this.#count}`);
    const bought = await buy(this.shop, promised).catch((caught: unknown) => {
      throw new Error(`${String(caught)}: ${JSON.stringify(promised)}`);
    });
    this.#bought.push({ promised, bought });
  }
}

/**
 * Seen red: when the engine stores only the fields of its own schemas, every order of the newer build that the older
 * one wrote loses its field. When a newer version is treated as the own one, accounts are overwritten. Without the last
 * migration, the newer index lacks the last writes of the older build.
 */
export const R35 = bar({
  proves:
    'two builds at once on one store, there and back: no field is lost, nothing newer overwritten, a new index finds all',
  flags: { journeys: 12 },
  engines: ENGINES,
  run: async ({ seed, flags, engine, note }) => {
    build();
    const newer = await buildNewer();
    const outside = await startOutside(engine);
    const random = seeded(seed);
    const balancer = new Balancer(random);
    const { folder, phone } = outside;
    const shop: Shop = {
      ...{ api: await balancer.listen(), phone, words: '课', random, pause: sleep, patienceMs: PATIENCE_MS },
    };
    try {
      await post(`${phone}/control/faults`, { lose: 0 });
      const crowd = new Crowd(shop);
      const old = await startBuild(START, outside, balancer);
      await crowd.come(flags.journeys / 2);

      const disk = new Disk(await tablesOf(outside));
      const looking = setInterval(() => void disk.look(), LOOK_MS);
      const first = await startBuild(newer.start, outside, balancer);
      note('both builds run');
      await crowd.comeAndGo(flags.journeys, flags.journeys / 4);
      await Promise.all([crowd.come(flags.journeys), sleep(STOP_MS).then(() => first.stop())]);
      note('rolled back');
      await crowd.come(flags.journeys / 2);
      await startBuild(newer.start, outside, balancer);
      note('rolled forward');
      await crowd.comeAndGo(flags.journeys, flags.journeys);
      await old.stop();

      const stale = await disk.stale();
      execFileSync(process.execPath, [newer.migrate, '--data', folder, '--old-is-gone'], {
        stdio: 'ignore',
        env: { ...process.env, ...outside.store.env },
      });
      const { made, lost } = await lostFields(disk, folder);
      const { missing, orders } = await notIndexed(disk, made);
      const violations = [
        ...crowd.failures,
        ...lost,
        ...missing,
        ...(await auditAtRest(outside, REST_MAX_MS)),
      ];
      clearInterval(looking);
      const { older } = await disk.look();
      disk.close();
      violations.push(...[...disk.overwritten].map((id) => `the account ${id} was overwritten`));

      const measured = {
        orders,
        madeByNewer: made.size,
        newerAccounts: disk.newer.size,
        olderAccounts: older,
        refused: balancer.refused,
        stale,
        violations: violations.slice(0, 20),
      };
      const isTold = [made.size, orders - made.size, disk.newer.size, older, stale].every(
        (count) => count > 0,
      );
      return { pass: violations.length === 0 && isTold, measured };
    } finally {
      balancer.close();
      await Promise.all(balancer.started.map((running) => running.stop()));
      await outside.close();
    }
  },
});
