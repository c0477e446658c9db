/** The settings of production: every environment variable that is read, its format, and where to get its value. */
import type * as z from 'zod';
import { DailyValue } from '../../schemas/identity/dailyValue.ts';
import { Templates } from '../../schemas/inbox/template.ts';
import { Paces } from '../../schemas/payments/pace.ts';
import { Selling } from '../../schemas/pricing/selling.ts';
import { Talk } from '../../schemas/talk/talk.ts';
import { environmentOf } from '../cloudbase/address.ts';
import { serverOf as mysqlServerOf } from '../mysql/address.ts';
import { serverOf as redisServerOf } from '../redis/address.ts';
import { certificatePemOf, privateKeyPemOf, publicHalfOf, publicKeyPemOf, WrongValue } from './pem.ts';

/** The environment, in the shape of `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The declaration of one variable. */
interface Variable {
  readonly about: string;
  /** Where to get the value: a page of a console, or a command. */
  readonly where: string;
  /** Whether who holds it can do harm: then only those units get it that use it. */
  readonly isSecret?: true;
  /** The value when the variable is not set; null means "not used". Without it the variable is required. */
  readonly fallback?: string | null;
  /** @throws WrongValue, in words that hold nothing of the value */
  readonly read: (text: string) => unknown;
}

/** Reads a text of that shape, without blanks. */
const shaped = (shape: RegExp, what: string) => (text: string) => {
  if (/\s/.test(text)) throw new WrongValue('there is a blank in it');
  if (!shape.test(text)) throw new WrongValue(`it is not ${what}`);
  return text;
};

const whole = (min: number, max: number) => (text: string) => {
  const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : -1;
  if (number < min || number > max) throw new WrongValue(`it is no number from ${min} to ${max}`);
  return number;
};

const oneOf =
  <const T extends string>(...words: readonly T[]) =>
  (text: string): T => {
    const word = words.find((each) => each === text);
    if (word === undefined) throw new WrongValue(`it is none of ${words.join(', ')}`);
    return word;
  };

/** Reads several values separated by commas. */
const listOf =
  <T>(read: (text: string) => T) =>
  (text: string): readonly T[] =>
    text.split(',').map(read);

/**
 * Reads a key of which there are two while it is changed, the new one first. The type says that there is one at least.
 */
const keysOf =
  (read: (text: string) => string) =>
  (text: string): readonly [string, ...string[]] => {
    const [newest = '', ...older] = text.split(',').map(read);
    return [newest, ...older];
  };

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Reads an address that is safe to send secrets to. Plain HTTP is only allowed for this machine. */
function addressOf(text: string): URL {
  const url = /\s/.test(text) || !URL.canParse(text) ? null : new URL(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.includes(url.hostname));
  if (url === null || !isSafe) throw new WrongValue('it is no address that begins with https://');
  if (url.username !== '' || url.search !== '' || url.hash !== '')
    throw new WrongValue('it has more in it than a host and a path');
  return url;
}

/** Reads an address without a path, to which we add paths. */
function originOf(text: string): string {
  if (addressOf(text).origin !== text) throw new WrongValue('it has a path, or a slash at its end');
  return text;
}

/** Reads where the data is. A password in it is never told. */
function databaseOf(text: string): string {
  if (/\s/.test(text)) throw new WrongValue('there is a blank in it');
  if (/^sqlite:.+$/.test(text)) return text;
  try {
    if (text.startsWith('cloudbase:')) environmentOf(text);
    else mysqlServerOf(text);
    return text;
  } catch (caught) {
    throw new WrongValue(`${caught instanceof Error ? caught.message : ''}, and no sqlite:<path>`);
  }
}

/** The address that Tencent's private networks have for CloudBase. Signatures hide the key there, and TLS nothing. */
const CLOUDBASE_PRIVATE =
  /^http:\/\/([0-9a-z-]+\.)?internal\.([0-9a-z-]+\.)?tcb-api\.tencentcloudapi\.com\/admin$/;

/** Reads where a CloudBase environment is asked. */
function cloudbaseUrlOf(text: string): string {
  if (CLOUDBASE_PRIVATE.test(text)) return text;
  if (addressOf(text).pathname !== '/admin') throw new WrongValue('its path is not /admin');
  return text;
}

/** Reads where the shared cache is. A password in it is never told. */
function cacheOf(text: string): string {
  if (/\s/.test(text)) throw new WrongValue('there is a blank in it');
  try {
    redisServerOf(text);
    return text;
  } catch (caught) {
    throw new WrongValue(caught instanceof Error ? caught.message : '');
  }
}

function notifyUrlOf(text: string): string {
  if (!addressOf(text).pathname.endsWith('/api/pay/notify'))
    throw new WrongValue('its path does not end in /api/pay/notify');
  return text;
}

/** Reads addresses separated by commas, with or without blanks; none for an empty text. */
function originsOf(text: string): readonly string[] {
  const origins = text.split(',').map((origin) => origin.trim());
  return origins.filter((origin) => origin !== '').map(originOf);
}

/** Reads JSON by its schema. The error names the part that is wrong. */
function jsonOf<S extends z.ZodType>(schema: S): (text: string) => z.output<S> {
  return (text) => {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      throw new WrongValue('it is no JSON');
    }
    const { data, error } = schema.safeParse(json);
    if (data === undefined)
      throw new WrongValue(`it is no such JSON: ${error?.issues[0]?.path.join('.') || 'unknown'}`);
    return data;
  };
}

const MINI_PROGRAM = '公众平台 mp.weixin.qq.com › 管理 › 开发管理 › 开发设置';
const MERCHANT = '商户平台 pay.weixin.qq.com › 账户中心';
const VIRTUAL = '公众平台 mp.weixin.qq.com › 功能 › 虚拟支付 › 基本配置';
const OURS = 'chosen by who deploys';

/** Every variable that is read. Those with a `fallback` are optional; null means "not used". */
export const VARIABLES = {
  DATABASE_URL: {
    isSecret: true,
    about:
      'where the data is: mysql://<user>:<password>@<host>:<port>/<database>, cloudbase:<environment>, or sqlite:<path>',
    where:
      'chosen by who deploys, or 云数据库控制台 console.cloud.tencent.com/cynosdb › 集群列表 › 内网地址 (读写)',
    read: databaseOf,
  },
  CLOUDBASE_URL: {
    about:
      'where the CloudBase environment is asked, in place of https://<environment>.tcb-api.tencentcloudapi.com/admin: its address in the private network',
    where: 'chosen by who deploys: http://<environment>.internal.<region>.tcb-api.tencentcloudapi.com/admin',
    fallback: null,
    read: cloudbaseUrlOf,
  },
  DATABASE_CONNECTIONS: {
    about: 'how many connections to MySQL one process has at most',
    where: OURS,
    fallback: '4',
    read: whole(1, 64),
  },
  CACHE_URL: {
    isSecret: true,
    about:
      'a Redis that processes share as a cache: redis://<user>:<password>@<host>:<port>/<number>; without it each has its own',
    where: 'Redis 控制台 console.cloud.tencent.com/redis › 实例列表 › 内网地址',
    fallback: null,
    read: cacheOf,
  },
  CONFIG_KEY: {
    about: '32 bytes in base64: opens the sealed configuration beside a deployed unit',
    where: 'made once for each stage and kept: openssl rand -base64 32',
    fallback: null,
    read: shaped(/^[A-Za-z0-9+/]{43}=$/, '32 bytes in base64'),
  },
  STAGE: {
    about:
      'the name of this deployment, such as production: in the keys of the shared cache, and in its sealed configuration',
    where: OURS,
    fallback: null,
    read: shaped(/^[0-9A-Za-z_-]{1,32}$/, '1 to 32 of letters, digits, - and _'),
  },
  SECRETS_KEY: {
    isSecret: true,
    about:
      '32 bytes in base64: seals what is stored sealed; of several, with commas between, the first seals, each opens, and the last is for digests and stays for ever',
    where: 'made once and kept: openssl rand -base64 32',
    read: keysOf(shaped(/^[A-Za-z0-9+/]{43}=$/, '32 bytes in base64')),
  },
  WECHAT_APPID: {
    about: 'the mini-program',
    where: `${MINI_PROGRAM} › 开发者ID › AppID`,
    read: shaped(/^wx[0-9a-f]{16}$/, 'wx and 16 of 0-9 and a-f'),
  },
  WECHAT_SECRET: {
    isSecret: true,
    about: 'the mini-program’s secret',
    where: `${MINI_PROGRAM} › 开发者ID › AppSecret`,
    read: shaped(/^[0-9a-f]{32}$/, '32 of 0-9 and a-f'),
  },
  WECHAT_BASE_URL: {
    about: 'WeChat’s API',
    where: 'developers.weixin.qq.com › 服务端 API',
    fallback: 'https://api.weixin.qq.com',
    read: originOf,
  },
  WXPAY_MERCHANT_ID: {
    about: 'who the money is for',
    where: `${MERCHANT} › 商户信息 › 微信支付商户号`,
    read: shaped(/^[0-9]{8,10}$/, '8 to 10 digits'),
  },
  WXPAY_MERCHANT_SERIAL: {
    about: 'the serial number of the merchant’s API certificate',
    where: `${MERCHANT} › API安全 › 商户API证书 › 管理证书`,
    read: shaped(/^[0-9A-F]{40}$/, '40 of 0-9 and A-F'),
  },
  WXPAY_PRIVATE_KEY: {
    isSecret: true,
    about: 'the merchant’s private key, apiclient_key.pem: as PEM, or in base64',
    where: `${MERCHANT} › API安全 › 商户API证书, made there with the certificate tool`,
    read: privateKeyPemOf,
  },
  WXPAY_API_V3_KEY: {
    isSecret: true,
    about:
      '32 letters and digits: opens notices; while it is changed the new one and the old one, with a comma between',
    where: `${MERCHANT} › API安全 › APIv3密钥`,
    read: keysOf(shaped(/^[0-9A-Za-z]{32}$/, '32 letters and digits')),
  },
  WXPAY_PUBLIC_KEY_ID: {
    about:
      'the ids of WeChat Pay’s public keys, for who is in that mode; of several, with commas between, the first is asked for',
    where: `${MERCHANT} › API安全 › 微信支付公钥 › 公钥ID`,
    fallback: null,
    read: listOf(shaped(/^PUB_KEY_ID_[0-9A-Za-z]{8,64}$/, 'PUB_KEY_ID_ and what follows it')),
  },
  WXPAY_PUBLIC_KEY: {
    about: 'those keys, pub_key.pem, in the order of their ids: as PEM, or in base64, with commas between',
    where: `${MERCHANT} › API安全 › 微信支付公钥 › 下载公钥`,
    fallback: null,
    read: listOf(publicKeyPemOf),
  },
  WXPAY_CERTIFICATES: {
    about:
      'platform certificates to begin with, with commas between; without them the first list is waited for',
    where: `${MERCHANT} › API安全 › 平台证书`,
    fallback: null,
    read: listOf(certificatePemOf),
  },
  WXPAY_NOTIFY_URL: {
    about: 'our own /api/pay/notify, as WeChat Pay reaches it',
    where: 'the domain that leads to the unit of payments',
    read: notifyUrlOf,
  },
  WXPAY_BASE_URL: {
    about: 'WeChat Pay’s API',
    where: 'pay.weixin.qq.com › 开发文档 › API域名',
    fallback: 'https://api.mch.weixin.qq.com',
    read: originOf,
  },
  WXPAY_FEE_BASIS_POINTS: {
    about: 'what WeChat Pay keeps of a payment, in 1/100 percent',
    where: `${MERCHANT} › 商户信息 › 费率`,
    fallback: '60',
    read: whole(0, 10_000),
  },
  WXPAY_SHIPPING_UPLOAD: {
    about: 'on: the mini-program is managed as a shop, and deliveries have to be reported',
    where: '公众平台 mp.weixin.qq.com › 功能 › 订单与发货管理',
    fallback: 'off',
    read: oneOf('on', 'off'),
  },
  WXPAY_BACKUP_BASE_URL: {
    about: 'its second address',
    where: 'pay.weixin.qq.com › 开发文档 › 跨城冗灾',
    fallback: 'https://api2.mch.weixin.qq.com',
    read: originOf,
  },
  XPAY_OFFER_ID: {
    about: 'the shop at virtual payment, all digits; without it nothing is sold that way',
    where: `${VIRTUAL} › OfferID`,
    fallback: null,
    read: shaped(/^[0-9]{1,20}$/, 'all digits'),
  },
  XPAY_APP_KEY: {
    isSecret: true,
    about: 'virtual payment’s key for that shop and environment',
    where: `${VIRTUAL} › AppKey (现网 for live money, 沙箱 for the sandbox)`,
    fallback: null,
    read: shaped(/^[\x21-\x7e]{16,128}$/, '16 to 128 characters'),
  },
  XPAY_ENV: {
    about: 'virtual payment’s environment: 0 live, 1 sandbox',
    where: OURS,
    fallback: '0',
    read: (text: string) => (oneOf('0', '1')(text) === '0' ? 0 : 1),
  },
  XPAY_LIST_ORIGINS: {
    about: 'from where virtual payment’s lists of orders are fetched, with commas between',
    where: 'the address in an answer of query_download_order',
    fallback: 'https://api.weixin.qq.com',
    read: originsOf,
  },
  PUSH_TOKEN: {
    isSecret: true,
    about:
      '3 to 32 letters and digits: signs what WeChat pushes; without it nothing is taken; while it is changed the new one and the old one, with a comma between',
    where: `${MINI_PROGRAM} › 消息推送 › Token(令牌)`,
    fallback: null,
    read: keysOf(shaped(/^[0-9A-Za-z]{3,32}$/, '3 to 32 letters and digits')),
  },
  PUSH_AES_KEY: {
    isSecret: true,
    about: '43 letters and digits: seals what WeChat pushes; without it only hints are taken',
    where: `${MINI_PROGRAM} › 消息推送 › EncodingAESKey`,
    fallback: null,
    read: keysOf(shaped(/^[0-9A-Za-z]{43}$/, '43 letters and digits')),
  },
  MEDIA_HOST: {
    about: 'the bucket’s host: <bucket>.cos.<region>.myqcloud.com',
    where: '对象存储控制台 console.cloud.tencent.com/cos › 存储桶列表 › 概览 › 访问域名',
    read: shaped(/^[a-z0-9-]+(\.[a-z0-9-]+){2,}$/, 'a host, without https:// and without a path'),
  },
  BUS: {
    about:
      'how consumers hear of a new event: invoke calls their function, cmq and push publish to the broker, with none tasks wait for the sweep; without it a function on SCF invokes, and any other process does nothing',
    where: OURS,
    fallback: null,
    read: oneOf('invoke', 'cmq', 'push', 'none'),
  },
  INVOKE_ENDPOINT: {
    about: 'the platform’s API, by which BUS=invoke calls functions',
    where: 'cloud.tencent.com › 云函数 › API 文档 › 服务地址; the one of the region is nearer',
    fallback: 'https://scf.tencentcloudapi.com',
    read: originOf,
  },
  CMQ_ENDPOINT: {
    about: 'the broker, for BUS=cmq and BUS=push',
    where: '消息队列控制台 console.cloud.tencent.com/tdmq › CMQ 版 › 主题订阅 › 接入地址',
    fallback: null,
    read: originOf,
  },
  CMQ_REGION: {
    about: 'the broker’s region, short: gz',
    where: '消息队列控制台 console.cloud.tencent.com/tdmq › CMQ 版 › 地域',
    fallback: 'gz',
    read: shaped(/^[a-z]{2,6}$/, 'a short name such as gz'),
  },
  BUS_PUSH_KEY: {
    isSecret: true,
    about: 'at least 32 letters and digits: the key in the path of the broker’s HTTP push',
    where: 'made once and kept: openssl rand -hex 32',
    fallback: null,
    read: keysOf(shaped(/^[0-9A-Za-z_-]{32,128}$/, '32 to 128 of letters, digits, - and _')),
  },
  METRICS_TOKEN: {
    isSecret: true,
    about:
      '16 to 128 letters, digits, - and _: who sends it as a bearer token may read /metrics of a host of our own',
    where: 'made once and kept: openssl rand -hex 32',
    fallback: null,
    read: shaped(/^[0-9A-Za-z_-]{16,128}$/, '16 to 128 of letters, digits, - and _'),
  },
  SELLING: {
    about: 'which rail sells what, and what may be discounted: JSON, see docs/MONEY.md',
    where: OURS,
    fallback: '{}',
    read: jsonOf(Selling),
  },
  TALK: {
    about:
      'which features of talking and sharing are switched on: JSON, see docs/LEARNING.md and docs/SHARES.md',
    where: OURS,
    fallback: '{}',
    read: jsonOf(Talk),
  },
  SUBSCRIBE_TEMPLATES: {
    about:
      'WeChat’s templates by which messages are sent outside: JSON, see docs/INBOX.md; without one they stay in the inbox',
    where: '公众平台 mp.weixin.qq.com › 功能 › 订阅消息 › 我的模板',
    fallback: '{}',
    read: jsonOf(Templates),
  },
  SUBSCRIBE_ANSWERS: {
    about:
      'who says which messages people allow: push, WeChat’s sealed push; phone, for a shop that receives no pushes',
    where: OURS,
    fallback: 'push',
    read: oneOf('push', 'phone'),
  },
  PACES: {
    about: 'how many calls of each kind a platform gets in a second: JSON, see docs/RELIABILITY.md',
    where: OURS,
    fallback: '{}',
    read: jsonOf(Paces),
  },
  STAFF_DAILY_VALUE: {
    about:
      'what of value one member of the staff may make in a day without a second person: JSON, see docs/SECURITY.md',
    where: OURS,
    fallback: '{}',
    read: jsonOf(DailyValue),
  },
  CORS_ORIGINS: {
    about: 'whose browsers may call: addresses such as https://shop.example.com, with commas between',
    where: OURS,
    fallback: '',
    read: originsOf,
  },
  TRUSTED_PROXIES: {
    about: 'how many proxies write X-Forwarded-For in front of us',
    where: OURS,
    fallback: '1',
    read: whole(0, 5),
  },
  PATH_PREFIX: {
    about:
      'what the platform takes off the paths of requests: the path of CloudBase’s HTTP access that leads to this unit, such as /api/pay',
    where: '云开发控制台 console.cloud.tencent.com/tcb › HTTP 访问服务 › 触发路径',
    fallback: '',
    read: (text: string) =>
      text === '' ? text : shaped(/^(\/[0-9A-Za-z_-]+)+$/, 'a path without a slash at its end')(text),
  },
} as const satisfies Record<string, Variable>;

/** The name of a variable. */
export type VariableName = keyof typeof VARIABLES;

/** The name of a variable that is a secret. `CONFIG_KEY` is none of them: every unit has it. */
export type Secret = {
  [N in VariableName]: (typeof VARIABLES)[N] extends { isSecret: true } ? N : never;
}[VariableName];

const isSecret = (name: VariableName): name is Secret => 'isSecret' in VARIABLES[name];

/** The name of every variable. */
export const VARIABLE_NAMES = Object.keys(VARIABLES) as readonly VariableName[];

/** Every secret. */
export const SECRETS: readonly Secret[] = VARIABLE_NAMES.filter(isSecret);

/**
 * The secrets of a unit in this shop. WeChat Pay's list of certificates is asked for with a signature, and opened with
 * the other key. So where it may be needed, who has one of these keys needs both.
 */
export function secretsFor(own: readonly Secret[], environment: Environment): readonly Secret[] {
  const hasCertificates = !environment.WXPAY_PUBLIC_KEY_ID || Boolean(environment.WXPAY_CERTIFICATES);
  const both: readonly Secret[] = ['WXPAY_PRIVATE_KEY', 'WXPAY_API_V3_KEY'];
  if (!hasCertificates || !both.some((name) => own.includes(name))) return own;
  return [...new Set([...own, ...both])];
}

type ValueOf<V extends Variable> = V extends { fallback: null }
  ? ReturnType<V['read']> | null
  : ReturnType<V['read']>;

/** The values of all variables. */
export type Values = { readonly [N in VariableName]: ValueOf<(typeof VARIABLES)[N]> };

type Problems = Partial<Record<VariableName, string>>;

/** Reads one variable, and records a problem with it. */
function read(name: VariableName, environment: Environment, problems: Problems): unknown {
  const declared: Variable = VARIABLES[name];
  const text = environment[name] || declared.fallback;
  if (text === null) return null;
  if (text === undefined) {
    problems[name] = 'is not set';
    return null;
  }
  try {
    return declared.read(text);
  } catch (caught) {
    problems[name] = `is wrong: ${caught instanceof WrongValue ? caught.message : 'it cannot be read'}`;
    return null;
  }
}

/** The values of those variables that this process was given. */
type Given = Partial<Values>;

/** Records a problem when only one of two variables that need each other is set. */
function half(values: Given, first: VariableName, second: VariableName, problems: Problems): void {
  const isHalf = values[first] !== undefined && values[first] !== null && values[second] === null;
  if (isHalf) problems[second] ??= `is not set, and ${first} is`;
}

/** Records problems between values that are each correct by themselves. */
function compare(values: Given, problems: Problems): void {
  half(values, 'WXPAY_PUBLIC_KEY_ID', 'WXPAY_PUBLIC_KEY', problems);
  half(values, 'WXPAY_PUBLIC_KEY', 'WXPAY_PUBLIC_KEY_ID', problems);
  half(values, 'XPAY_OFFER_ID', 'XPAY_APP_KEY', problems);
  half(values, 'XPAY_APP_KEY', 'XPAY_OFFER_ID', problems);
  half(values, 'PUSH_AES_KEY', 'PUSH_TOKEN', problems);
  half(values, 'CACHE_URL', 'STAGE', problems);
  const { BUS } = values;
  if ((BUS === 'cmq' || BUS === 'push') && values.CMQ_ENDPOINT === null)
    problems.CMQ_ENDPOINT ??= `is not set, and BUS is ${BUS}`;
  if (BUS === 'push' && values.BUS_PUSH_KEY === null) problems.BUS_PUSH_KEY ??= 'is not set, and BUS is push';
  const { WXPAY_PUBLIC_KEY_ID: ids, WXPAY_PUBLIC_KEY: publicKeys, WXPAY_CERTIFICATES: certificates } = values;
  const countOf = (some: readonly string[] | null | undefined) => some?.length ?? 0;
  if (new Set(ids).size < countOf(ids)) problems.WXPAY_PUBLIC_KEY_ID ??= 'is wrong: an id is there twice';
  else if (ids !== null && publicKeys !== null && countOf(ids) !== countOf(publicKeys))
    problems.WXPAY_PUBLIC_KEY ??= `is wrong: ${countOf(publicKeys)} keys for ${countOf(ids)} ids`;
  if (values.WXPAY_PRIVATE_KEY === undefined || problems.WXPAY_PRIVATE_KEY !== undefined) return;
  const own = publicHalfOf(values.WXPAY_PRIVATE_KEY);
  if (publicKeys?.includes(own)) problems.WXPAY_PUBLIC_KEY ??= 'is wrong: it is the merchant’s own key';
  if (certificates?.some((pem) => publicHalfOf(pem) === own))
    problems.WXPAY_CERTIFICATES ??= 'is wrong: it is the merchant’s own certificate';
}

/** One problem with a variable, in words that hold nothing of its value. */
export interface VariableProblem {
  readonly name: VariableName;
  /** What follows the name: `is not set`, `is wrong: …`. */
  readonly problem: string;
  readonly about: string;
  /** Where to get the value. */
  readonly where: string;
}

function listed(problems: Problems): readonly VariableProblem[] {
  return VARIABLE_NAMES.flatMap((name) => {
    const problem = problems[name];
    const { about, where } = VARIABLES[name];
    return problem === undefined ? [] : [{ name, problem, about, where }];
  });
}

/** @throws a plain Error that tells of every problem: which variable, what is wrong, and where to get it */
function refuse(problems: Problems): void {
  const told = listed(problems).map(
    ({ name, problem, about, where }) => `${name} ${problem}. It is ${about}. Where to get it: ${where}`,
  );
  if (told.length > 0) throw new Error(told.join('\n'));
}

/** Reads one variable, for a tool that needs no others. @throws a plain Error as `readVariables` does */
export function readVariable<N extends VariableName>(name: N, environment: Environment): Values[N] {
  const problems: Problems = {};
  const value = read(name, environment, problems) as Values[N];
  refuse(problems);
  return value;
}

/** What only the stack of a laptop may be told: faults of the store, a clock that is moved, simulated platforms. */
const LOCAL_ONLY = ['STORE_CHAOS', 'CLOCK_OFFSET_MS', 'CLOCK_FACTOR', 'SIMULATORS'] as const;

function readAll(environment: Environment, given: readonly Secret[], problems: Problems): Given {
  const names = VARIABLE_NAMES.filter((name) => !isSecret(name) || given.includes(name));
  const values = Object.fromEntries(names.map((name) => [name, read(name, environment, problems)])) as Given;
  compare(values, problems);
  return values;
}

/**
 * Reads all variables of a deployed unit, of the secrets only those that are given to it. A secret that is not is not
 * read. To ask for its value throws a plain Error that names it: the unit then uses a port that nobody saw it use.
 * @throws a plain Error that names each variable that is missing or wrong, the problem, and where to get the value;
 * never the value itself. One that belongs to a laptop's stack is refused too.
 */
export function readVariables(environment: Environment, given: readonly Secret[] = SECRETS): Values {
  const foreign = LOCAL_ONLY.filter((name) => environment[name] !== undefined);
  if (foreign.length > 0)
    throw new Error(`${foreign.join(', ')}: only for the stack of a laptop, not for a deployed unit`);
  const problems: Problems = {};
  const values = readAll(environment, given, problems);
  refuse(problems);
  for (const name of SECRETS.filter((secret) => !given.includes(secret))) {
    Object.defineProperty(values, name, {
      get: () => {
        throw new Error(`${name} is not given to this unit, because no function of it was seen to use it`);
      },
    });
  }
  return values as Values;
}

/** Every problem with the variables, in the order in which they are declared; for a tool that tells of all. */
export function variableProblems(environment: Environment): readonly VariableProblem[] {
  const problems: Problems = {};
  readAll(environment, SECRETS, problems);
  return listed(problems);
}
