/** The composition for Tencent Cloud: every port from environment variables alone, connected when first used. */
import { fail } from '../errors.ts';
import type { Collection, Database, Doc, Page, Query, Tx } from '../ports/database.ts';
import type { Ports } from '../ports/ports.ts';
import type { Push } from '../ports/push.ts';
import type { Settings } from '../ports/settings.ts';
import type { XpayRail } from '../ports/xpay.ts';
import { Selling } from '../schemas/pricing/promotion.ts';
import { cmqBus } from './cmq/bus.ts';
import { cosFiles } from './cos/files.ts';
import { httpSend } from './http/nodeRequest.ts';
import type { Send } from './http/request.ts';
import { memoryCache } from './process/cache.ts';
import { systemClock, systemPause } from './process/clock.ts';
import { systemIds } from './process/ids.ts';
import { jsonLog } from './process/log.ts';
import { scryptPasswords } from './process/passwords.ts';
import { keySecrets } from './process/secrets.ts';
import type { Credentials } from './tencent/credentials.ts';
import { wechatApi } from './wechat/api.ts';
import { wechatPush } from './wechat/push.ts';
import { type CallWechat, type WechatAccount, wechatCalls } from './wechat/token.ts';
import { wechatPay } from './wxpay/rail.ts';
import { xpay } from './xpay/rail.ts';

/** The environment, as `process.env` is. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Every variable that is read, and what it is for. Those with a `fallback` may be left out; null is "not used". */
export const VARIABLES = {
  DATABASE_URL: { about: 'where the data is: sqlite:<path>' },
  SECRETS_KEY: { about: '32 bytes in base64: seals what is stored sealed' },
  WECHAT_APPID: { about: 'the mini-program' },
  WECHAT_SECRET: { about: 'the mini-program’s secret' },
  WECHAT_BASE_URL: { about: 'WeChat’s API', fallback: 'https://api.weixin.qq.com' },
  WXPAY_MERCHANT_ID: { about: 'who the money is for' },
  WXPAY_MERCHANT_SERIAL: { about: 'the serial number of the merchant’s certificate' },
  WXPAY_PRIVATE_KEY: { about: 'the merchant’s private key, as PEM or as PEM in base64' },
  WXPAY_API_V3_KEY: { about: '32 characters: opens notices' },
  WXPAY_PUBLIC_KEY_ID: { about: 'WeChat Pay’s public key, for who is in that mode', fallback: null },
  WXPAY_PUBLIC_KEY: { about: 'that key, as PEM or as PEM in base64', fallback: null },
  WXPAY_NOTIFY_URL: { about: 'our own /api/pay/notify, as WeChat Pay reaches it' },
  WXPAY_BASE_URL: { about: 'WeChat Pay’s API', fallback: 'https://api.mch.weixin.qq.com' },
  WXPAY_FEE_BASIS_POINTS: { about: 'what WeChat Pay keeps of a payment, in 1/100 percent', fallback: '60' },
  WXPAY_SHIPPING_UPLOAD: {
    about: 'on: the mini-program is managed as a shop, and deliveries have to be reported',
    fallback: 'off',
  },
  WXPAY_BACKUP_BASE_URL: { about: 'its second address', fallback: 'https://api2.mch.weixin.qq.com' },
  XPAY_OFFER_ID: {
    about: 'the shop at virtual payment, all digits; without it nothing is sold that way',
    fallback: null,
  },
  XPAY_APP_KEY: { about: 'virtual payment’s key for that shop and environment', fallback: null },
  XPAY_ENV: { about: 'virtual payment’s environment: 0 live, 1 sandbox', fallback: '0' },
  XPAY_LIST_ORIGINS: {
    about: 'from where virtual payment’s lists of orders are fetched, with commas between',
    fallback: 'https://api.weixin.qq.com',
  },
  PUSH_TOKEN: { about: 'signs what WeChat pushes; without it nothing is taken', fallback: null },
  PUSH_AES_KEY: {
    about: '43 characters: seals what WeChat pushes; without it only hints are taken',
    fallback: null,
  },
  MEDIA_HOST: { about: 'the bucket’s host: <bucket>.cos.<region>.myqcloud.com' },
  CMQ_ENDPOINT: { about: 'the broker; without it tasks wait for the sweep', fallback: null },
  CMQ_REGION: { about: 'the broker’s region, short: gz', fallback: 'gz' },
  BUS_PUSH_KEY: {
    about: 'at least 32 characters: the key in the path of the broker’s HTTP push',
    fallback: null,
  },
  SELLING: {
    about: 'which rail sells what, and what may be discounted: JSON, see docs/MONEY.md',
    fallback: '{}',
  },
  CORS_ORIGINS: { about: 'whose browsers may call, with commas between', fallback: '' },
  TRUSTED_PROXIES: { about: 'how many proxies write X-Forwarded-For in front of us', fallback: '1' },
} as const satisfies Record<string, { about: string; fallback?: string | null }>;

type Name = keyof typeof VARIABLES;
type Optional = { [N in Name]: (typeof VARIABLES)[N] extends { fallback: null } ? N : never }[Name];

const PUSH_KEY_CHARACTERS_MIN = 32;
const PROXIES_MAX = 5;

/** Reads variables, and says which one it is that is missing or wrong. */
class Variables {
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  optional(name: Optional): string | null {
    return this.#environment[name] || null;
  }

  get(name: Exclude<Name, Optional>): string {
    const declared: { readonly about: string; readonly fallback?: string } = VARIABLES[name];
    const value = this.#environment[name] || declared.fallback;
    if (value === undefined) throw new Error(`${name} is not set: ${declared.about}`);
    return value;
  }
}

/** A PEM however it got through the environment: with its lines, with `\n` for them, or in base64. */
function pemOf(text: string): string {
  return text.includes('-----BEGIN')
    ? text.replaceAll('\\n', '\n')
    : Buffer.from(text, 'base64').toString('utf8');
}

/** What the platform gives the function's role, read at each call because it changes. */
function roleCredentials(environment: Environment): Credentials {
  const { TENCENTCLOUD_SECRETID: secretId, TENCENTCLOUD_SECRETKEY: secretKey } = environment;
  if (secretId === undefined || secretKey === undefined) {
    throw new Error('TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY are not set: the function has no role');
  }
  return { secretId, secretKey, token: environment.TENCENTCLOUD_SESSIONTOKEN ?? null };
}

/** A database that is opened by its first use, and again by the next when that failed. */
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

  async *exportAll(): ReturnType<Database['exportAll']> & AsyncGenerator {
    yield* (await this.#database()).exportAll();
  }

  async close(): Promise<void> {
    if (this.#opened !== null) await (await this.#opened).close();
  }
}

function databaseOf(url: string, random: () => number): Database {
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path === undefined) throw new Error('DATABASE_URL is of a kind that is not known: sqlite:<path> is');
  return new LateDatabase(async () => {
    // Loaded by who needs it: a bundle may leave the engine out.
    const [{ sqliteDatabase }, { collections }] = await Promise.all([
      import('./sqlite/database.ts'),
      import('../data/collections.ts'),
    ]);
    return sqliteDatabase({ path, collections, random });
  });
}

/** @throws a plain Error that says what is wrong with it */
function sellingOf(json: string): Selling {
  try {
    return Selling.parse(JSON.parse(json));
  } catch (cause) {
    throw new Error(`SELLING cannot be read: ${VARIABLES.SELLING.about}`, { cause });
  }
}

function feeBasisPointsOf(variables: Variables): number {
  const basisPoints = Number(variables.get('WXPAY_FEE_BASIS_POINTS'));
  if (!Number.isInteger(basisPoints) || basisPoints < 0 || basisPoints > 10_000) {
    throw new Error(`WXPAY_FEE_BASIS_POINTS is no number from 0 to 10000`);
  }
  return basisPoints;
}

/** Several values of one variable. */
function listOf(value: string): string[] {
  return value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function settingsOf(variables: Variables): Settings {
  const busPushKey = variables.optional('BUS_PUSH_KEY');
  if (busPushKey !== null && busPushKey.length < PUSH_KEY_CHARACTERS_MIN) {
    throw new Error(`BUS_PUSH_KEY is too short: ${VARIABLES.BUS_PUSH_KEY.about}`);
  }
  const trustedProxies = Number(variables.get('TRUSTED_PROXIES'));
  if (!Number.isInteger(trustedProxies) || trustedProxies < 0 || trustedProxies > PROXIES_MAX) {
    throw new Error(`TRUSTED_PROXIES is no number from 0 to ${PROXIES_MAX}`);
  }
  const corsOrigins = listOf(variables.get('CORS_ORIGINS'));
  return { corsOrigins, trustedProxies, busPushKey, selling: sellingOf(variables.get('SELLING')) };
}

/** @throws a plain Error when there is a shop, and its key or environment is missing or wrong */
function xpayOf(
  variables: Variables,
  given: { readonly appid: string; readonly call: CallWechat; readonly send: Send },
): XpayRail | null {
  const offerId = variables.optional('XPAY_OFFER_ID');
  if (offerId === null) return null;
  const appKey = variables.optional('XPAY_APP_KEY');
  const env = variables.get('XPAY_ENV');
  if (!/^[0-9]+$/.test(offerId)) throw new Error(`XPAY_OFFER_ID is wrong: ${VARIABLES.XPAY_OFFER_ID.about}`);
  if (appKey === null) throw new Error(`XPAY_APP_KEY is not set: ${VARIABLES.XPAY_APP_KEY.about}`);
  if (env !== '0' && env !== '1') throw new Error(`XPAY_ENV is wrong: ${VARIABLES.XPAY_ENV.about}`);
  const listOrigins = listOf(variables.get('XPAY_LIST_ORIGINS'));
  if (!listOrigins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin)) {
    throw new Error(`XPAY_LIST_ORIGINS is wrong: ${VARIABLES.XPAY_LIST_ORIGINS.about}`);
  }
  const shop = { offerId, appKey, env: env === '0' ? 0 : 1, listOrigins } as const;
  return xpay({ ...given, ...shop, pause: systemPause });
}

function pushOf(variables: Variables, given: Pick<Ports, 'clock' | 'ids'> & { appid: string }): Push | null {
  const token = variables.optional('PUSH_TOKEN');
  if (token === null) return null;
  return wechatPush({ ...given, token, encodingAesKey: variables.optional('PUSH_AES_KEY') });
}

function connect(environment: Environment): Ports {
  const variables = new Variables(environment);
  const clock = systemClock;
  const ids = systemIds(clock);
  const random = () => ids.random();
  const send = httpSend();
  const credentials = () => roleCredentials(environment);
  // The process may be frozen as soon as it has answered.
  const log = jsonLog({ clock, write: (text) => process.stdout.write(text), schedule: queueMicrotask });
  const appid = variables.get('WECHAT_APPID');
  const account: WechatAccount = {
    appid,
    secret: variables.get('WECHAT_SECRET'),
    baseUrl: variables.get('WECHAT_BASE_URL'),
    send,
    clock,
  };
  const call = wechatCalls(account);
  const endpoint = variables.optional('CMQ_ENDPOINT');
  const region = variables.get('CMQ_REGION');
  const publicKey = variables.optional('WXPAY_PUBLIC_KEY');
  return {
    database: databaseOf(variables.get('DATABASE_URL'), random),
    bus:
      endpoint === null
        ? { ring: async () => undefined }
        : cmqBus({ endpoint, region, credentials, send, clock, ids, log }),
    cache: memoryCache({ clock, random }),
    wechat: wechatApi({ ...account, call }),
    rails: {
      xpay: xpayOf(variables, { appid, call, send }),
      wxpay: wechatPay({
        appid,
        merchantId: variables.get('WXPAY_MERCHANT_ID'),
        merchantSerial: variables.get('WXPAY_MERCHANT_SERIAL'),
        merchantPrivateKeyPem: pemOf(variables.get('WXPAY_PRIVATE_KEY')),
        apiV3Key: variables.get('WXPAY_API_V3_KEY'),
        publicKeyId: variables.optional('WXPAY_PUBLIC_KEY_ID'),
        publicKeyPem: publicKey === null ? null : pemOf(publicKey),
        baseUrl: variables.get('WXPAY_BASE_URL'),
        backupBaseUrl: variables.get('WXPAY_BACKUP_BASE_URL'),
        feeBasisPoints: feeBasisPointsOf(variables),
        ...(variables.get('WXPAY_SHIPPING_UPLOAD') === 'on' ? { callWechat: call } : {}),
        notifyUrl: variables.get('WXPAY_NOTIFY_URL'),
        send,
        clock,
        ids,
      }),
    },
    push: pushOf(variables, { appid, clock, ids }),
    files: cosFiles({ host: variables.get('MEDIA_HOST'), credentials, clock }),
    clock,
    ids,
    secrets: keySecrets(variables.get('SECRETS_KEY')),
    passwords: scryptPasswords(),
    log,
    settings: settingsOf(variables),
  };
}

/**
 * The ports of production, put together at the first call and the same ones ever after.
 * @throws a plain Error at that call, naming the variable that is missing or wrong; the next call tries again
 */
export function production(environment: Environment): () => Ports {
  let ports: Ports | null = null;
  return () => {
    ports ??= connect(environment);
    return ports;
  };
}
