/** The composition for Tencent Cloud: all ports from environment variables alone, connected at first use. */
import * as attempts from '../data/identity/attempts.ts';
import { fail } from '../errors.ts';
import type { Bus } from '../ports/bus.ts';
import type { Cache } from '../ports/cache.ts';
import type { Collection, Database, Doc, Meter, Page, Query, Tx } from '../ports/database.ts';
import type { Log } from '../ports/log.ts';
import type { Ports } from '../ports/ports.ts';
import type { Push } from '../ports/push.ts';
import type { Settings } from '../ports/settings.ts';
import type { WxpayRail } from '../ports/wxpay.ts';
import type { XpayRail } from '../ports/xpay.ts';
import type { ClientOptions } from './cloudbase/client.ts';
import { databaseAttempts } from './database/attempts.ts';
import { httpSend } from './http/nodeRequest.ts';
import type { Send } from './http/request.ts';
import type { MemoryCache } from './process/cache.ts';
import { systemClock, systemPause } from './process/clock.ts';
import { systemIds } from './process/ids.ts';
import { late } from './process/late.ts';
import { jsonLog } from './process/log.ts';
import { systemLoop } from './process/loop.ts';
import { scryptPasswords } from './process/passwords.ts';
import { unitVariables } from './process/sealed.ts';
import { keySecrets } from './process/secrets.ts';
import {
  type Environment,
  readVariables,
  SECRETS,
  type Secret,
  secretsFor,
  type Values,
} from './process/variables.ts';
import { type Credentials, roleCredentials } from './tencent/credentials.ts';
import type { CallWechat, WechatAccount } from './wechat/token.ts';
import type { WechatPayConfig } from './wxpay/rail.ts';
import type { XpayConfig } from './xpay/rail.ts';

/**
 * What many processes never use: it is loaded by its first use, where `import()` would come too late for an answer
 * that is not awaited. The settings of all of it have been read before.
 */
const modules = {
  cmq: () => require('./cmq/bus.ts') as typeof import('./cmq/bus.ts'),
  invoke: () => require('./scf/bus.ts') as typeof import('./scf/bus.ts'),
  cos: () => require('./cos/files.ts') as typeof import('./cos/files.ts'),
  memory: () => require('./process/cache.ts') as typeof import('./process/cache.ts'),
  redis: () => require('./redis/cache.ts') as typeof import('./redis/cache.ts'),
  wechat: () => require('./wechat/api.ts') as typeof import('./wechat/api.ts'),
  safety: () => require('./wechat/safety.ts') as typeof import('./wechat/safety.ts'),
  messages: () => require('./wechat/messages.ts') as typeof import('./wechat/messages.ts'),
  push: () => require('./wechat/push.ts') as typeof import('./wechat/push.ts'),
  token: () => require('./wechat/token.ts') as typeof import('./wechat/token.ts'),
  wxpay: () => require('./wxpay/rail.ts') as typeof import('./wxpay/rail.ts'),
  xpay: () => require('./xpay/rail.ts') as typeof import('./xpay/rail.ts'),
};

/** What rings for new events. */
function busOf(
  values: Values,
  platform: Environment,
  functions: DeployedUnit['functions'],
  given: Pick<Ports, 'clock' | 'ids' | 'log'> & {
    readonly send: Send;
    readonly credentials: () => Credentials;
  },
): Bus {
  const { BUS, CMQ_ENDPOINT: broker, CMQ_REGION, INVOKE_ENDPOINT: endpoint } = values;
  const kind = BUS ?? (platform.TENCENTCLOUD_RUNENV === 'SCF' ? 'invoke' : 'none');
  if ((kind === 'cmq' || kind === 'push') && broker !== null)
    return late(() => modules.cmq().cmqBus({ ...given, endpoint: broker, region: CMQ_REGION }));
  if (kind !== 'invoke') return { ring: async () => undefined };
  const { TENCENTCLOUD_REGION: region, SCF_NAMESPACE: namespace } = platform;
  if (region === undefined || namespace === undefined)
    throw new Error(
      'TENCENTCLOUD_REGION or SCF_NAMESPACE is not set, and BUS is invoke: it works on SCF alone',
    );
  return late(() => modules.invoke().invokeBus({ ...given, endpoint, region, namespace, functions }));
}

/** A database that is opened at first use. When opening fails, the next use tries again. */
class LateDatabase implements Database {
  readonly #open: () => Promise<Database>;
  #opened: Promise<Database> | null = null;

  constructor(open: () => Promise<Database>) {
    this.#open = open;
  }

  #database(): Promise<Database> {
    this.#opened ??= this.#open().catch((cause) => {
      this.#opened = null;
      throw fail('database.unavailable', { detail: 'the database does not open', cause });
    });
    return this.#opened;
  }

  async find<D extends Doc>(collection: Collection<D>, id: string): Promise<D | null> {
    return (await this.#database()).find(collection, id);
  }

  async findMany<D extends Doc>(collection: Collection<D>, ids: readonly string[]): Promise<D[]> {
    return (await this.#database()).findMany(collection, ids);
  }

  async list<D extends Doc>(collection: Collection<D>, query: Query): Promise<Page<D>> {
    return (await this.#database()).list(collection, query);
  }

  async tx<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return (await this.#database()).tx(work);
  }

  metered(meter: Meter): Database {
    return new LateDatabase(async () => (await this.#database()).metered(meter));
  }

  async *exportAll(): ReturnType<Database['exportAll']> & AsyncGenerator {
    yield* (await this.#database()).exportAll();
  }

  async close(): Promise<void> {
    if (this.#opened !== null) await (await this.#opened).close();
  }
}

/** The engines and the collections are imported only here, so that a bundle may leave an engine out. */
function databaseOf(
  values: Values,
  platform: Environment,
  { random, clock, send }: Pick<ClientOptions, 'clock' | 'send'> & { readonly random: () => number },
): Database {
  return new LateDatabase(async () => {
    const { DATABASE_URL: url, DATABASE_CONNECTIONS: connections } = values;
    const { collections } = await import('../data/collections.ts');
    if (url.startsWith('mysql:')) {
      const { mysqlDatabase } = await import('./mysql/database.ts');
      return mysqlDatabase({ url, collections, random, clock, connections });
    }
    if (url.startsWith('cloudbase:')) {
      const [{ cloudbaseDatabase }, { reachOf }] = await Promise.all([
        import('./cloudbase/database.ts'),
        import('./cloudbase/reach.ts'),
      ]);
      const reach = reachOf(url, { given: values.CLOUDBASE_URL, platform });
      return cloudbaseDatabase({ ...reach, random, clock, send, collections });
    }
    const { sqliteDatabase } = await import('./sqlite/database.ts');
    return sqliteDatabase({ path: url.slice('sqlite:'.length), collections, random });
  });
}

const settingsOf = (values: Values, has: (name: Secret) => boolean): Settings => ({
  corsOrigins: values.CORS_ORIGINS,
  trustedProxies: values.TRUSTED_PROXIES,
  pathPrefix: values.PATH_PREFIX,
  // Its end is checked when it is read.
  publicUrl: values.WXPAY_NOTIFY_URL.slice(0, -'/api/pay/notify'.length),
  // To a unit without consumers the broker pushes nothing, and the path does not exist.
  busPushKeys: has('BUS_PUSH_KEY') ? (values.BUS_PUSH_KEY ?? []) : [],
  selling: values.SELLING,
  talk: values.TALK,
  templates: values.SUBSCRIBE_TEMPLATES,
  subscribeAnswers: values.SUBSCRIBE_ANSWERS,
  paces: values.PACES,
  dailyValue: values.STAFF_DAILY_VALUE,
});

/** Null where the shop does not use virtual payment. */
function xpayOf(
  values: Values,
  given: { readonly appid: string; readonly call: CallWechat; readonly send: Send },
): XpayRail | null {
  const { XPAY_OFFER_ID: offerId, XPAY_ENV: env, XPAY_LIST_ORIGINS: listOrigins } = values;
  if (offerId === null) return null;
  return late(() => {
    const appKey = values.XPAY_APP_KEY ?? '';
    const own: XpayConfig = {
      ...given,
      offerId,
      appKey,
      env,
      listOrigins,
      pause: systemPause,
      loop: systemLoop,
    };
    return modules.xpay().xpay(own);
  });
}

/** Null for a shop that receives no pushes. */
function pushOf(
  values: Values,
  has: (name: Secret) => boolean,
  given: Pick<Ports, 'clock' | 'ids'> & { appid: string },
): Push | null {
  if (has('PUSH_TOKEN') && values.PUSH_TOKEN === null) return null;
  return late(() => {
    const { PUSH_TOKEN: tokens, PUSH_AES_KEY: encodingAesKeys } = values;
    const own = { ...given, tokens: tokens ?? [], encodingAesKeys: encodingAesKeys ?? [] };
    return modules.push().wechatPush(own);
  });
}

function wxpayOf(
  values: Values,
  given: Pick<Ports, 'clock' | 'ids' | 'log'> & { readonly appid: string; readonly send: Send },
  callWechat: CallWechat,
): WxpayRail {
  const ids = values.WXPAY_PUBLIC_KEY_ID ?? [];
  const pems = values.WXPAY_PUBLIC_KEY ?? [];
  const own: WechatPayConfig = {
    ...given,
    loop: systemLoop,
    merchantId: values.WXPAY_MERCHANT_ID,
    merchantSerial: values.WXPAY_MERCHANT_SERIAL,
    get merchantPrivateKeyPem() {
      return values.WXPAY_PRIVATE_KEY;
    },
    get apiV3Keys() {
      return values.WXPAY_API_V3_KEY;
    },
    publicKeys: ids.map((id, at) => ({ id, pem: pems[at] ?? '' })),
    certificatePems: values.WXPAY_CERTIFICATES ?? [],
    baseUrl: values.WXPAY_BASE_URL,
    backupBaseUrl: values.WXPAY_BACKUP_BASE_URL,
    feeBasisPoints: values.WXPAY_FEE_BASIS_POINTS,
    ...(values.WXPAY_SHIPPING_UPLOAD === 'on' ? { callWechat } : {}),
    notifyUrl: values.WXPAY_NOTIFY_URL,
  };
  return late(() => modules.wxpay().wechatPay(own));
}

/** The name of a built program (esbuild.config.ts). Programs that run from their sources have none. */
declare const BUILD: string | undefined;

/** The cache that processes share, or else the memory of this one. */
function cacheOf(
  values: Values,
  has: (name: Secret) => boolean,
  given: Pick<Ports, 'clock' | 'log'> & { readonly memory: MemoryCache; readonly random: () => number },
): Cache {
  if (has('CACHE_URL') && values.CACHE_URL === null) return given.memory;
  return late(() => {
    const { CACHE_URL: url, STAGE: stage } = values;
    const own = { ...given, url: url ?? '', stage: stage ?? '' };
    return modules.redis().redisCache({ ...own, build: typeof BUILD === 'undefined' ? 'sources' : BUILD });
  });
}

/** The mini-program's API, and calls of it with its access token. */
function wechatOf(values: Values, given: Pick<WechatAccount, 'send' | 'clock' | 'log'>) {
  const accountOf = (): WechatAccount => ({
    ...given,
    appid: values.WECHAT_APPID,
    secret: values.WECHAT_SECRET,
    baseUrl: values.WECHAT_BASE_URL,
  });
  let calls: CallWechat | null = null;
  const call: CallWechat = (asked) => {
    calls ??= modules.token().wechatCalls(accountOf());
    return calls(asked);
  };
  return {
    call,
    wechat: late(() => modules.wechat().wechatApi({ ...accountOf(), call })),
    safety: late(() => modules.safety().wechatSafety(call)),
    messages: late(() => modules.messages().wechatMessages(call)),
  };
}

function connect(platform: Environment, unit: DeployedUnit | null, watch: (log: Log) => Log): Ports {
  const environment = unit === null ? platform : unitVariables(platform, unit.name, unit.folder);
  const given = unit === null ? SECRETS : secretsFor(unit.secrets, environment);
  const has = (name: Secret) => given.includes(name);
  const values = readVariables(environment, given);
  const clock = systemClock;
  const ids = systemIds(clock);
  const random = () => ids.random();
  const send = httpSend();
  const credentials = () => roleCredentials(platform);
  // The process may be frozen as soon as it has answered.
  const log = watch(
    jsonLog({ clock, write: (text) => process.stdout.write(text), schedule: queueMicrotask }),
  );
  const appid = values.WECHAT_APPID;
  const { call, wechat, safety, messages } = wechatOf(values, { send, clock, log });
  const database = databaseOf(values, platform, { random, clock, send });
  const secrets = late(() => keySecrets(...values.SECRETS_KEY));
  const memory = late(() => modules.memory().memoryCache({ clock, random }));
  return {
    database,
    bus: busOf(values, platform, unit?.functions ?? {}, { credentials, send, clock, ids, log }),
    cache: cacheOf(values, has, { clock, log, memory, random }),
    memory,
    attempts: databaseAttempts({ database, collection: attempts.collection, secrets, clock }),
    wechat,
    safety,
    messages,
    rails: {
      xpay: xpayOf(values, { appid, call, send }),
      wxpay: wxpayOf(values, { appid, send, clock, ids, log }, call),
    },
    push: pushOf(values, has, { appid, clock, ids }),
    files: late(() => modules.cos().cosFiles({ host: values.MEDIA_HOST, credentials, clock, send })),
    clock,
    pause: systemPause,
    loop: systemLoop,
    ids,
    secrets,
    passwords: scryptPasswords(),
    log,
    settings: settingsOf(values, has),
  };
}

/** A deployed unit, and the folder that its bundle is in. Its configuration may be sealed there. */
export interface DeployedUnit {
  readonly name: string;
  readonly folder: string;
  /** Those that it uses. It reads no others, even where they are. */
  readonly secrets: readonly Secret[];
  /** The units that hold consumers, by the name of the event. Each is deployed as a function of that name. */
  readonly functions: Readonly<Record<string, readonly string[]>>;
}

/**
 * The ports of production, made at the first call; later calls return the same ones. The environment of the platform
 * holds the settings, or the key of the unit's sealed ones, and the credentials of its role. `watch` is put around the
 * log.
 * @throws a plain Error at the first call that names each variable that is missing or wrong; the next call tries
 * again
 */
export function production(
  platform: Environment,
  unit: DeployedUnit | null = null,
  watch: (log: Log) => Log = (log) => log,
): () => Ports {
  let ports: Ports | null = null;
  return () => {
    ports ??= connect(platform, unit, watch);
    return ports;
  };
}
