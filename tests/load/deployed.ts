/**
 * The deployed units under load: bundles on a platform like SCF. Instances are frozen whenever they have no call, and
 * killed at any moment. Requests reach web functions, and every fifth one the event form. Events come by asynchronous
 * calls, and timers by their schedules.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { openKeys } from '../../local/keys.ts';
import { parseCron } from '../../shared/runtime/timers.ts';
import { MINUTE_MS, SECOND_MS } from '../../shared/schemas/base.ts';
import type { UnitEntry } from '../../tools/manifest.ts';
import { type Outside, post, startProduct } from '../bars/processes.ts';
import { BuiltUnits, type Invocation } from '../scf/builtUnits.ts';
import type { EventInstance } from '../scf/eventInstance.ts';
import type { WebInstance } from '../scf/webInstance.ts';
import { Pool } from './pool.ts';
import type { LoadedProduct, ProductAsked } from './product.ts';

/** The most instances of a unit: two cores are all that there is here. */
const INSTANCES = { web: 2, form: 1, event: 3 };
/** Every so many requests one takes the event form. */
const FORM_EVERY = 5;
/** The platform calls again what failed, so often and after so long. Source: cloud.tencent.com, SCF, 583/41138. */
const AGAIN = { times: 2, afterMs: MINUTE_MS };
/** The share of instances that are killed at once, and of the others in the middle of their next call. */
const KILLED = 0.4;
/** A call is killed within this time. Most take about as long. */
const IN_CALL_MS = 30;
const TICK_MS = 250;

/** A request as the platform's edge has it. */
interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly from: string;
}

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** The headers that belong to a connection, and not to what is said on it. */
const OF_A_CONNECTION = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'host',
  'x-forwarded-for',
];

const passed = <T>(headers: Readonly<Record<string, T>>) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !OF_A_CONNECTION.includes(name.toLowerCase())),
  );

async function askedOf(incoming: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method = 'GET', url = '/', headers } = incoming;
  const plain = Object.fromEntries(
    Object.entries(passed(headers)).map(([name, value]) => [name, String(value)]),
  );
  const from = String(headers['x-forwarded-for'] ?? '203.0.113.9');
  return { method, target: url, headers: plain, body: Buffer.concat(chunks).toString(), from };
}

async function askWeb(instance: WebInstance, { target, ...asked }: Asked): Promise<Answered> {
  return instance.ask(target, asked);
}

/** Passes a request on as a function URL passes it to an event function. */
async function askForm(instance: EventInstance, asked: Asked): Promise<Answered> {
  const { pathname, searchParams } = new URL(asked.target, 'http://platform');
  const event = {
    httpMethod: asked.method,
    path: pathname,
    queryString: Object.fromEntries(searchParams),
    headers: { ...asked.headers, 'x-scf-remote-addr': asked.from },
    body: asked.body,
  };
  const outcome = await instance.call(event, 'sync');
  if (!('returned' in outcome)) throw new Error(JSON.stringify(outcome));
  const { statusCode, headers, body } = outcome.returned as {
    statusCode: number;
    headers: Record<string, string>;
    body: string;
  };
  return { status: statusCode, headers, body };
}

/** What a unit is told in its environment: the keys of the stack, and where everything is. */
async function environmentOf({ outside, port, cacheUrl }: ProductAsked): Promise<Record<string, string>> {
  const { secretsKey, simulators: own } = await openKeys(outside.folder);
  return {
    ...outside.store.env,
    CACHE_URL: cacheUrl,
    STAGE: 'load',
    SECRETS_KEY: secretsKey,
    TENCENTCLOUD_SECRETID: 'the id of the role',
    TENCENTCLOUD_SECRETKEY: 'the key of the role',
    MEDIA_HOST: 'media-1250000000.cos.ap-guangzhou.myqcloud.com',
    WECHAT_APPID: own.appid,
    WECHAT_SECRET: own.appSecret,
    WECHAT_BASE_URL: outside.phone,
    WXPAY_MERCHANT_ID: own.merchantId,
    WXPAY_MERCHANT_SERIAL: own.merchantSerial,
    WXPAY_PRIVATE_KEY: own.merchantPrivateKeyPem,
    WXPAY_API_V3_KEY: own.apiV3Key,
    WXPAY_PUBLIC_KEY_ID: own.publicKeyId,
    WXPAY_PUBLIC_KEY: own.publicKeyPem,
    WXPAY_BASE_URL: outside.phone,
    WXPAY_BACKUP_BASE_URL: outside.phone,
    WXPAY_NOTIFY_URL: `http://127.0.0.1:${port}/api/pay/notify`,
    XPAY_OFFER_ID: own.xpayOfferId,
    XPAY_APP_KEY: own.xpayAppKey,
    XPAY_LIST_ORIGINS: outside.phone,
    PUSH_TOKEN: own.pushToken,
    PUSH_AES_KEY: own.pushAesKey,
  };
}

/** Lets the laptop's build fill the store with what a shop sells. Its processes end before the units begin. */
async function openShop(outside: Outside): Promise<void> {
  const seeding = await startProduct(outside, 0);
  await seeding.stop();
}

class Deployed implements LoadedProduct {
  readonly url: string;
  readonly #faults: string[] = [];
  readonly #units: BuiltUnits;
  readonly #random: () => number;
  readonly #web = new Map<string, Pool<WebInstance>>();
  readonly #form = new Map<string, Pool<EventInstance>>();
  readonly #event = new Map<string, Pool<EventInstance>>();
  readonly #counts: Record<
    'web' | 'form' | 'unanswered' | 'invoked' | 'timers' | 'again' | 'started',
    number
  >;
  readonly #server = createServer((incoming, outgoing) => void this.#serve(incoming, outgoing));
  readonly #underWay = new Set<Promise<void>>();
  #ticking: NodeJS.Timeout | null = null;
  #requests = 0;
  #isClosed = false;

  constructor(units: BuiltUnits, env: NodeJS.ProcessEnv, { random, port }: ProductAsked) {
    this.url = `http://127.0.0.1:${port}`;
    this.#units = units;
    this.#random = random;
    this.#counts = { web: 0, form: 0, unanswered: 0, invoked: 0, timers: 0, again: 0, started: 0 };
    for (const unit of units.manifest.units) this.#pool(unit, { ...env, ...units.environment() });
    units.onInvoke = (asked) => this.#invoke(asked, AGAIN.times);
  }

  #pool({ name, type, concurrency }: UnitEntry, env: NodeJS.ProcessEnv): void {
    const counted = <I>(start: () => Promise<I>) => {
      return () => {
        this.#counts.started += 1;
        return start();
      };
    };
    const events = (most: number) =>
      new Pool(
        { concurrency: 1, most },
        counted(() => this.#units.event(name, env)),
      );
    if (type === 'event') {
      this.#event.set(name, events(INSTANCES.event));
      return;
    }
    this.#form.set(name, events(INSTANCES.form));
    const size = { concurrency, most: INSTANCES.web };
    this.#web.set(
      name,
      new Pool(
        size,
        counted(() => this.#units.web(name, env)),
      ),
    );
  }

  /** Begins to take requests, and to start timers. */
  async open(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    const jobs = this.#units.manifest.units.flatMap(({ name: unit, triggers }) =>
      triggers.flatMap((trigger) =>
        trigger.type === 'timer' ? [{ unit, name: trigger.name, fires: parseCron(trigger.cron) }] : [],
      ),
    );
    let seen = Math.floor(Date.now() / SECOND_MS);
    this.#ticking = setInterval(() => {
      const now = Math.floor(Date.now() / SECOND_MS);
      for (; seen < now; seen += 1) {
        for (const { unit, name, fires } of jobs) if (fires((seen + 1) * SECOND_MS)) this.#fire(unit, name);
      }
    }, TICK_MS);
  }

  /** The unit whose path fits best. */
  #unitOf(target: string): string {
    const [path = ''] = target.split('?');
    const lengthOf = (pattern: string) => (path.startsWith(pattern.replace(/\*$/, '')) ? pattern.length : 0);
    const fits = (unit: UnitEntry) => Math.max(0, ...unit.paths.map(lengthOf));
    const [best] = this.#units.manifest.units
      .filter(({ type }) => type === 'web')
      .toSorted((a, b) => fits(b) - fits(a));
    return best?.name ?? '';
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const { status, headers, body } = await this.#answer(await askedOf(incoming));
      outgoing.writeHead(status, { ...passed(headers), 'content-length': Buffer.byteLength(body) });
      outgoing.end(body);
    } catch {
      // The instance was killed. The platform has no answer of ours to pass on.
      this.#counts.unanswered += 1;
      outgoing.destroy();
    }
  }

  async #answer(asked: Asked): Promise<Answered> {
    const unit = this.#unitOf(asked.target);
    const [web, form] = [this.#web.get(unit), this.#form.get(unit)];
    if (web === undefined || form === undefined) throw new Error(`no unit takes ${asked.target}`);
    this.#requests += 1;
    if (this.#requests % FORM_EVERY === 0 && !form.isBusy) {
      this.#counts.form += 1;
      return form.use((instance) => askForm(instance, asked));
    }
    this.#counts.web += 1;
    return web.use((instance) => askWeb(instance, asked));
  }

  /** Makes an asynchronous call, and makes it again later when it fails. */
  #invoke(asked: Invocation, again: number): void {
    this.#counts.invoked += 1;
    this.#call(asked.unit, asked.event, () => {
      if (again === 0) return;
      this.#counts.again += 1;
      setTimeout(() => this.#invoke(asked, again - 1), AGAIN.afterMs).unref();
    });
  }

  #fire(unit: string, name: string): void {
    this.#counts.timers += 1;
    // A timer whose call fails has its next turn.
    const event = { Type: 'Timer', TriggerName: name, Time: new Date().toISOString(), Message: '' };
    this.#call(unit, event, () => undefined);
  }

  #call(unit: string, event: unknown, failed: () => void): void {
    const pool = this.#event.get(unit);
    if (pool === undefined) {
      this.#faults.push(`nobody is called ${unit}`);
      return;
    }
    if (this.#isClosed) return;
    const calling = pool
      .use((instance) => instance.call(event))
      .then((outcome) => {
        if (!('returned' in outcome)) failed();
      })
      .catch((caught: unknown) => void this.#faults.push(String(caught)))
      .finally(() => this.#underWay.delete(calling));
    this.#underWay.add(calling);
  }

  #pools(): readonly Pool<WebInstance | EventInstance>[] {
    return [this.#web, this.#form, this.#event].flatMap((pools) => [...pools.values()]);
  }

  get faults(): readonly string[] {
    const crashes = this.#pools().reduce((sum, pool) => sum + pool.crashes, 0);
    return crashes === 0 ? this.#faults : [...this.#faults, `${crashes} instances ended by themselves`];
  }

  pids(): readonly number[] {
    return this.#pools().flatMap((pool) => pool.pids);
  }

  async kill(): Promise<number> {
    const isMeant = () => this.#random() < KILLED;
    const counts = await Promise.all(
      this.#pools().map(async (pool) => {
        const frozen = await pool.kill(isMeant);
        return frozen + pool.killInCall(isMeant, () => this.#random() * IN_CALL_MS);
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  figures(): Readonly<Record<string, unknown>> {
    return { units: { ...this.#counts, instances: this.pids().length } };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#ticking !== null) clearInterval(this.#ticking);
    this.#server.close();
    this.#server.closeAllConnections();
    await Promise.all(this.#underWay);
    await this.#units.close();
  }
}

/** Opens a shop, and the built units on it. They need a server for their documents. */
export async function deployedProduct(asked: ProductAsked): Promise<LoadedProduct> {
  await openShop(asked.outside);
  const units = await BuiltUnits.build(asked.random);
  const product = new Deployed(units, await environmentOf(asked), asked);
  await product.open(asked.port);
  const told = await post(`${asked.outside.phone}/control/push`, { url: `${product.url}/api/wechat/push` });
  if (told !== '{"isSet":true}') throw new Error('simulated WeChat does not push to the unit');
  return product;
}
