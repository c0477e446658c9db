/** A shop on the platform: the built units, and a database whose connections can be held up. */
import { serverOf } from '../../shared/adapters/mysql/address.ts';
import { mysqlDatabase } from '../../shared/adapters/mysql/database.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { collections } from '../../shared/data/collections.ts';
import type { Database } from '../../shared/ports/database.ts';
import { Administrator, type MadeDatabase, makeDatabase } from '../support/mysql.ts';
import { MysqlProxy } from '../support/mysqlProxy.ts';
import { unitEnvironment } from '../support/unitEnvironment.ts';
import { BuiltUnits, type Invocation } from './builtUnits.ts';
import type { EventInstance, Outcome } from './eventInstance.ts';
import { ROLE_HEADERS, type WebInstance } from './webInstance.ts';

/** Secrets in the environment of every unit, which must be in no log. */
export const CANARIES = {
  SECRETS_KEY: Buffer.alloc(32, 'canary').toString('base64'),
  TENCENTCLOUD_SECRETID: 'canary-of-the-environment-id',
  TENCENTCLOUD_SECRETKEY: 'canary-of-the-environment-key',
  TENCENTCLOUD_SESSIONTOKEN: 'canary-of-the-environment-token',
  BUS_PUSH_KEY: 'canary-of-the-push-key-0123456789',
};

/** The shop. Instances that were started end with it. */
export class Shop {
  readonly administrator: Administrator;
  readonly database: Database;
  /** What every instance's connections go through. */
  readonly proxy: MysqlProxy;
  /** The asynchronous calls that units asked for, which nobody has made yet. */
  readonly invoked: Invocation[] = [];
  readonly units: BuiltUnits;
  readonly #made: MadeDatabase;

  private constructor(given: {
    readonly administrator: Administrator;
    readonly database: Database;
    readonly proxy: MysqlProxy;
    readonly units: BuiltUnits;
    readonly made: MadeDatabase;
  }) {
    this.administrator = given.administrator;
    this.database = given.database;
    this.proxy = given.proxy;
    this.units = given.units;
    this.#made = given.made;
    this.units.onInvoke = (asked) => void this.invoked.push(asked);
  }

  /** Builds the units and lays the database out. */
  static async open(random: () => number): Promise<Shop> {
    const administrator = await Administrator.connect();
    const made = await makeDatabase(administrator);
    const database = mysqlDatabase({
      url: made.url,
      collections,
      random,
      clock: systemClock,
      connections: 2,
    });
    await database.migrate({ isOldGone: true });
    const proxy = await MysqlProxy.open(serverOf(made.url));
    return new Shop({ administrator, database, proxy, made, units: await BuiltUnits.build(random) });
  }

  /** The environment of every unit. */
  environment(): NodeJS.ProcessEnv {
    const url = new URL(this.#made.url);
    url.hostname = '127.0.0.1';
    url.port = String(this.proxy.port);
    return {
      ...unitEnvironment(),
      ...CANARIES,
      ...this.units.environment(),
      DATABASE_URL: url.href,
      WECHAT_BASE_URL: 'http://127.0.0.1:1',
      WXPAY_BASE_URL: 'http://127.0.0.1:1',
    };
  }

  /** A new instance of a unit in its event form. */
  event(unit: string, env: NodeJS.ProcessEnv = {}): Promise<EventInstance> {
    return this.units.event(unit, { ...this.environment(), ...env });
  }

  /** A new instance of a web unit. */
  web(unit: string): Promise<WebInstance> {
    return this.units.web(unit, this.environment());
  }

  /** Makes the asynchronous calls that units asked for, on this instance of `events`. */
  async deliver(events: EventInstance): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const { unit, event } of this.invoked.splice(0)) {
      if (unit !== 'events') throw new Error(`a call of ${unit}`);
      outcomes.push(await events.call(event));
    }
    return outcomes;
  }

  /** What stands in a text that must not be in it. */
  static canariesIn(text: string): readonly string[] {
    const secrets = [...Object.values(CANARIES), ...Object.values(ROLE_HEADERS)];
    return secrets.filter((canary) => text.includes(canary));
  }

  async close(): Promise<void> {
    await this.units.close();
    await this.proxy.close();
    await this.database.close();
    await this.#made.drop();
    this.administrator.close();
  }
}
