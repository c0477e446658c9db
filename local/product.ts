/** The product on a laptop: every function on the embedded database, an in-process broker and real timers. */

import { join } from 'node:path';
import { databaseAttempts } from '../shared/adapters/database/attempts.ts';
import { httpSend } from '../shared/adapters/http/nodeRequest.ts';
import type { Send } from '../shared/adapters/http/request.ts';
import { memoryCache } from '../shared/adapters/process/cache.ts';
import { systemPause } from '../shared/adapters/process/clock.ts';
import { systemIds } from '../shared/adapters/process/ids.ts';
import { jsonLog } from '../shared/adapters/process/log.ts';
import { systemLoop } from '../shared/adapters/process/loop.ts';
import { scryptPasswords } from '../shared/adapters/process/passwords.ts';
import { keySecrets } from '../shared/adapters/process/secrets.ts';
import { prometheusMetrics, watchedLog } from '../shared/adapters/prometheus/metrics.ts';
import { redisCache } from '../shared/adapters/redis/cache.ts';
import { wechatApi } from '../shared/adapters/wechat/api.ts';
import { wechatMessages } from '../shared/adapters/wechat/messages.ts';
import { wechatPush } from '../shared/adapters/wechat/push.ts';
import { wechatSafety } from '../shared/adapters/wechat/safety.ts';
import { wechatCalls } from '../shared/adapters/wechat/token.ts';
import { wechatPay } from '../shared/adapters/wxpay/rail.ts';
import { PUBLICATION_LAG_MS } from '../shared/adapters/xpay/goods.ts';
import { xpay } from '../shared/adapters/xpay/rail.ts';
import * as attempts from '../shared/data/identity/attempts.ts';
import { DEFAULT_DAILY_VALUE } from '../shared/domain/identity/proposal.ts';
import { warmCatalogue } from '../shared/flows/catalogue/searchCatalogue.ts';
import type { AnyFunction, TimerFunction } from '../shared/function.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Database } from '../shared/ports/database.ts';
import type { Ports } from '../shared/ports/ports.ts';
import { type Consumer, runConsumer } from '../shared/runtime/consumer.ts';
import { endpointsOf } from '../shared/runtime/endpoints.ts';
import { metricsPage } from '../shared/runtime/metricsPage.ts';
import { type ServeOptions, serve } from '../shared/runtime/node.ts';
import { createTimers, startTimers } from '../shared/runtime/timers.ts';
import type { Templates } from '../shared/schemas/inbox/template.ts';
import type { Paces } from '../shared/schemas/payments/pace.ts';
import type { Selling } from '../shared/schemas/pricing/selling.ts';
import type { Talk } from '../shared/schemas/talk/talk.ts';
import { createLocalBus } from './bus.local.ts';
import { createCovers } from './coverPages.ts';
import { openStore, type Place } from './database.ts';
import { Figures } from './figures.ts';
import { localFiles } from './files.local.ts';
import { functions } from './functions.ts';
import type { LocalKeys } from './keys.ts';
import { MEDIA_DOMAIN, withOwnMedia } from './mediaDomain.ts';
import { createPages } from './pages.ts';
import { phoneForward } from './phoneForward.ts';
import { seedLegalTexts } from './seed/legalTexts.ts';
import { seedCatalogue } from './seed/seedCatalogue.ts';
import { seededFile } from './seed/seededMedia.ts';
import { seedRooms } from './seed/seedRooms.ts';
import { putOnSale, sayWhereToPush } from './shopOwner.ts';
import type { ShownStaff } from './staff.ts';
import { loginsOf } from './staffLogins.ts';

/** What the product is started with. */
export interface ProductOptions {
  readonly dataDir: string;
  /** Where the documents are. */
  readonly store: Place;
  /** The address of a Redis, as in `CACHE_URL`; null for a cache in memory. */
  readonly cacheUrl: string | null;
  readonly port: number;
  readonly keys: LocalKeys;
  /** The URL of simulated WeChat. */
  readonly wechatUrl: string;
  readonly wechatPayUrl: string;
  /** How many times faster than in reality the simulators act. */
  readonly clockFactor: number;
  /** Wraps the database, for example with faults; null for the bare one. It gets the process's random numbers. */
  readonly around: ((store: Database, random: () => number) => Database) | null;
  readonly isLogging: boolean;
  readonly clock: Clock;
  /** The origins whose pages may call the API from a browser, as in `CORS_ORIGINS`. */
  readonly corsOrigins: readonly string[];
  /** The most calls a second to each platform, as in `PACES`. */
  readonly paces: Paces;
  /** Which rail sells what, as in `SELLING`. */
  readonly selling: Selling;
  /** Which features of talking are switched on, as in `TALK`. */
  readonly talk: Talk;
  /** WeChat's templates of messages, as in `SUBSCRIBE_TEMPLATES`. */
  readonly templates: Templates;
  /** Who may read `/metrics`, as in `METRICS_TOKEN`. */
  readonly metricsToken: string | null;
  /** How many proxies stand in front. 0, unless a load generator plays one. */
  readonly trustedProxies: number;
  /** The staff whose logins the start page shows. */
  readonly staff: ShownStaff;
}

/** The running product. */
export interface Product {
  readonly url: string;
  close(): Promise<void>;
}

/** Whether this is a shop that somebody looks around in, with its staff, and not one that is measured or tested. */
const isNewcomersShop = ({ staff }: ProductOptions) => typeof staff !== 'string';

/** How many consumers run at the same time. With several, their commits share one fsync. */
const EFFECTS_AT_ONCE = 64;
/** How many of them may belong to one consumer, so that one which waits for a platform does not block the others. */
const EFFECTS_AT_ONCE_EACH = 8;

function ofKind<K extends AnyFunction['kind']>(...kinds: readonly K[]) {
  const own = Object.entries<AnyFunction>(functions).filter(([, each]) =>
    kinds.some((kind) => kind === each.kind),
  );
  return Object.fromEntries(own) as Record<string, Extract<AnyFunction, { kind: K }>>;
}

/** The ports of WeChat and of both rails, which call the simulators. */
function wechatOf(
  { keys, wechatUrl, wechatPayUrl, clockFactor }: ProductOptions,
  given: { readonly url: string; readonly send: Send } & Pick<Ports, 'clock' | 'ids' | 'log'>,
): Pick<Ports, 'wechat' | 'safety' | 'messages' | 'rails' | 'push'> {
  const { simulators: own } = keys;
  const { appid } = own;
  const account = { ...given, appid, secret: own.appSecret, baseUrl: wechatUrl };
  const call = wechatCalls(account);
  const shop = { appid, offerId: own.xpayOfferId, appKey: own.xpayAppKey, env: 0 } as const;
  return {
    wechat: wechatApi({ ...account, call }),
    safety: wechatSafety(call),
    messages: wechatMessages(call),
    rails: {
      xpay: xpay({
        ...shop,
        call,
        send: given.send,
        listOrigins: [new URL(wechatUrl).origin],
        pause: systemPause,
        loop: systemLoop,
        publicationLagMs: Math.ceil(PUBLICATION_LAG_MS / clockFactor),
      }),
      wxpay: wechatPay({
        ...given,
        loop: systemLoop,
        appid,
        merchantId: own.merchantId,
        merchantSerial: own.merchantSerial,
        merchantPrivateKeyPem: own.merchantPrivateKeyPem,
        apiV3Keys: [own.apiV3Key],
        publicKeys: [{ id: own.publicKeyId, pem: own.publicKeyPem }],
        baseUrl: wechatPayUrl,
        backupBaseUrl: null,
        notifyUrl: `${given.url}/api/pay/notify`,
      }),
    },
    push: wechatPush({ ...given, appid, tokens: [own.pushToken], encodingAesKeys: [own.pushAesKey] }),
  };
}

/** The memory of this process, and the cache that it shares with others, or else the same. */
function cachesOf(
  url: string | null,
  given: Pick<Ports, 'clock' | 'log'> & { readonly random: () => number },
): Pick<Ports, 'cache' | 'memory'> & { close(): void } {
  const memory = memoryCache(given);
  if (url === null) return { cache: memory, memory, close: () => undefined };
  const cache = redisCache({ ...given, url, stage: 'local', build: 'local', memory });
  return { cache, memory, close: cache.close };
}

/** The log, and what is shown of its lines: nothing is measured besides. */
async function toldLog({ clock, isLogging, metricsToken }: ProductOptions) {
  const written = isLogging
    ? jsonLog({ clock, write: (text) => process.stdout.write(text) })
    : { write: () => undefined };
  const figures = new Figures(clock.now());
  const metrics = await prometheusMetrics();
  const log = watchedLog(written, (line) => {
    figures.see(line, clock.now());
    metrics.see(line);
  });
  const shown = { figures: () => figures.at(clock.now()), metrics: metricsPage(metrics, metricsToken) };
  return { log, shown };
}

type Streams = NonNullable<ServeOptions['streams']>;

const firstOf =
  (first: Streams, second: Streams): Streams =>
  async (incoming, outgoing) =>
    (await first(incoming, outgoing)) || second(incoming, outgoing);

/** Puts the ports together and starts everything. Resolves once requests are answered. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { keys, port } = options;
  const url = `http://127.0.0.1:${port}`;
  const { clock } = options;
  const ids = systemIds(clock);
  const random = () => ids.random();
  const send = httpSend();
  const consumers: Record<string, Consumer> = ofKind('consumer', 'outward');
  const files = localFiles({
    ...{ key: Buffer.from(keys.filesKey, 'base64'), baseUrl: url, publicBaseUrl: MEDIA_DOMAIN, clock },
    folder: join(options.dataDir, 'media'),
    madeUp: seededFile,
  });
  const bus = createLocalBus({
    deliver: async (name, eventId) => {
      const own = consumers[name];
      if (own === undefined) throw new Error(`there is no consumer ${name}`);
      return runConsumer(name, own, eventId, ports);
    },
    random,
    atOnce: EFFECTS_AT_ONCE,
    atOnceEach: EFFECTS_AT_ONCE_EACH,
    isEager: true,
  });
  const store = await openStore(options.store, random);
  const database = options.around === null ? store : options.around(store, random);
  const secrets = keySecrets(keys.secretsKey);
  const { log, shown } = await toldLog(options);
  const { close: closeCache, ...caches } = cachesOf(options.cacheUrl, { clock, random, log });
  const ports: Ports = {
    database,
    bus,
    ...caches,
    attempts: databaseAttempts({ database, collection: attempts.collection, secrets, clock }),
    ...wechatOf(options, { url, send, clock, ids, log }),
    files,
    clock,
    pause: systemPause,
    loop: systemLoop,
    ids,
    secrets,
    passwords: scryptPasswords(),
    log,
    settings: {
      corsOrigins: options.corsOrigins,
      trustedProxies: options.trustedProxies,
      ...{ selling: options.selling, talk: options.talk, paces: options.paces },
      ...{ templates: options.templates, subscribeAnswers: 'push' },
      ...{ pathPrefix: '', publicUrl: url, busPushKeys: [] },
      dailyValue: DEFAULT_DAILY_VALUE,
    },
  };
  await seedCatalogue(ports);
  await seedLegalTexts(ports);
  if (isNewcomersShop(options)) await seedRooms(ports);
  await putOnSale(send, ports.database, options.wechatUrl, clock.now());
  const timers: Record<string, TimerFunction> = ofKind('timer');
  const stopTimers = startTimers(createTimers(timers, ports, { consumerOf: (name) => consumers[name] }));
  const served = await serve(withOwnMedia(endpointsOf(functions), url), ports, {
    port,
    pages: createPages({
      ...{ url, phone: options.wechatUrl, staff: options.staff },
      ...{ covers: createCovers(ports.database), ...shown },
    }),
    streams: firstOf(loginsOf(options.staff, clock), firstOf(phoneForward(options.wechatUrl), files.serve)),
  });
  await sayWhereToPush(send, options.wechatUrl, `${url}/api/wechat/push`);
  await warmCatalogue(ports);
  return {
    url: served.url,
    close: async () => {
      await served.close();
      await stopTimers();
      await bus.drain();
      closeCache();
      await ports.database.close();
    },
  };
}
