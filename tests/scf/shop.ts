/** A shop on the platform: the built bundles, a database, and the platform's API for asynchronous calls. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { buildUnits } from '../../esbuild.config.ts';
import { serverOf } from '../../shared/adapters/mysql/address.ts';
import { mysqlDatabase } from '../../shared/adapters/mysql/database.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { collections } from '../../shared/data/collections.ts';
import type { Database } from '../../shared/ports/database.ts';
import { type Manifest, readManifest } from '../../tools/manifest.ts';
import { keptPort } from '../support/keptPort.ts';
import { Administrator, type MadeDatabase, makeDatabase } from '../support/mysql.ts';
import { MysqlProxy } from '../support/mysqlProxy.ts';
import { unitEnvironment } from '../support/unitEnvironment.ts';
import { EventInstance, type Outcome } from './eventInstance.ts';
import { ROLE_HEADERS, WebInstance } from './webInstance.ts';

const Invoked = z.object({
  FunctionName: z.string(),
  InvocationType: z.literal('Event'),
  ClientContext: z.string(),
});

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
  readonly manifest: Manifest;
  /** What the platform logged by itself, of all instances. */
  readonly platformLog: string[] = [];
  /** The asynchronous calls that units asked for, which nobody has made yet. */
  readonly invoked: { readonly unit: string; readonly event: unknown }[] = [];
  readonly #folder: string;
  readonly #made: MadeDatabase;
  readonly #api: Server;
  readonly #random: () => number;
  readonly #started: (EventInstance | WebInstance)[] = [];

  private constructor(given: {
    readonly administrator: Administrator;
    readonly database: Database;
    readonly proxy: MysqlProxy;
    readonly manifest: Manifest;
    readonly folder: string;
    readonly made: MadeDatabase;
    readonly api: Server;
    readonly random: () => number;
  }) {
    this.administrator = given.administrator;
    this.database = given.database;
    this.proxy = given.proxy;
    this.manifest = given.manifest;
    this.#folder = given.folder;
    this.#made = given.made;
    this.#api = given.api;
    this.#random = given.random;
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
    const folder = mkdtempSync(join(tmpdir(), 'zhike-scf-'));
    const manifest = await readManifest();
    await buildUnits(manifest.units, folder);
    const api = createServer();
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
    const shop = new Shop({ administrator, database, proxy, manifest, folder, made, api, random });
    api.on('request', (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const asked = Invoked.parse(JSON.parse(Buffer.concat(chunks).toString()));
        shop.invoked.push({ unit: asked.FunctionName, event: JSON.parse(asked.ClientContext) });
        outgoing.end(JSON.stringify({ Response: { RequestId: 'x' } }));
      });
    });
    return shop;
  }

  /** The environment of every unit, as the platform sets it. */
  environment(): NodeJS.ProcessEnv {
    const url = new URL(this.#made.url);
    url.hostname = '127.0.0.1';
    url.port = String(this.proxy.port);
    const address = this.#api.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return {
      ...unitEnvironment(),
      ...CANARIES,
      DATABASE_URL: url.href,
      TENCENTCLOUD_RUNENV: 'SCF',
      TENCENTCLOUD_REGION: 'ap-guangzhou',
      SCF_NAMESPACE: 'default',
      INVOKE_ENDPOINT: `http://127.0.0.1:${port}`,
      WECHAT_BASE_URL: 'http://127.0.0.1:1',
      WXPAY_BASE_URL: 'http://127.0.0.1:1',
    };
  }

  #file(unit: string): string {
    return join(this.#folder, unit, 'index.js');
  }

  /** A new instance of a unit in its event form. */
  async event(unit: string, env: NodeJS.ProcessEnv = {}): Promise<EventInstance> {
    const whole = { ...this.environment(), ...env };
    const instance = await EventInstance.start(this.#file(unit), whole, this.platformLog);
    this.#started.push(instance);
    return instance;
  }

  /** A new instance of a web unit. */
  async web(unit: string): Promise<WebInstance> {
    const port = await keptPort(this.#random);
    const instance = await WebInstance.start(this.#file(unit), this.environment(), port);
    this.#started.push(instance);
    return instance;
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
    await Promise.all(
      this.#started.map((instance) =>
        instance instanceof EventInstance ? instance.kill() : instance.end('SIGKILL'),
      ),
    );
    await this.proxy.close();
    this.#api.close();
    this.#api.closeAllConnections();
    await this.database.close();
    await this.#made.drop();
    this.administrator.close();
    rmSync(this.#folder, { recursive: true });
  }
}
