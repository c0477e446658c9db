import { createCipheriv, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { SIMULATED_TEMPLATES } from '../../local/simulators/wechat/templates.ts';
import { makeCertificate } from '../../local/simulators/wxpay/certificate.ts';
import { openMysql } from '../../shared/adapters/mysql/database.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { late } from '../../shared/adapters/process/late.ts';
import {
  type Environment,
  readVariable,
  readVariables,
  SECRETS,
  type Secret,
  VARIABLES,
} from '../../shared/adapters/process/variables.ts';
import { production } from '../../shared/adapters/production.ts';
import { collections } from '../../shared/data/collections.ts';
import * as carts from '../../shared/data/orders/carts.ts';
import { DEFAULT_DAILY_VALUE } from '../../shared/domain/identity/proposal.ts';
import { DEFAULT_PACES } from '../../shared/domain/payments/pace.ts';
import { DEFAULT_SELLING } from '../../shared/domain/pricing/selling.ts';
import { DEFAULT_TALK } from '../../shared/domain/talk/talk.ts';
import { codeOf } from '../../shared/errors.ts';
import { pacedBriefly } from '../../shared/flows/payments/paced.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { heeding } from '../../shared/runtime/heed.ts';
import { fen, OrderId } from '../../shared/schemas/base.ts';
import { Administrator, describeMysql, makeDatabase } from '../support/mysql.ts';
import { OwnRedis } from '../support/redis.ts';

const pairOf = (modulusLength: number) =>
  generateKeyPairSync('rsa', {
    modulusLength,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
const merchant = pairOf(2048);
const platform = pairOf(2048);
const newer = pairOf(2048);
const short = pairOf(1024);
const elliptic = generateKeyPairSync('ec', {
  namedCurve: 'prime256v1',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const certificateOf = (privateKeyPem: string) =>
  makeCertificate({
    privateKeyPem,
    serial: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
    name: 'test',
    fromAtMs: Date.UTC(2025, 0, 1),
    untilAtMs: Date.UTC(2030, 0, 1),
  });

const ID = 'PUB_KEY_ID_0119000000012026112300000000001';
const folder = mkdtempSync(join(tmpdir(), 'zhike-production-'));
afterAll(() => rmSync(folder, { recursive: true }));

const environment: Environment = {
  DATABASE_URL: `sqlite:${join(folder, 'zhike.db')}`,
  SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
  WECHAT_APPID: 'wx0000000000000001',
  WECHAT_SECRET: '0123456789abcdef0123456789abcdef',
  WXPAY_MERCHANT_ID: '1900000001',
  WXPAY_MERCHANT_SERIAL: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
  WXPAY_PRIVATE_KEY: merchant.privateKey,
  WXPAY_API_V3_KEY: 'k'.repeat(32),
  WXPAY_PUBLIC_KEY_ID: 'PUB_KEY_ID_0119000000012026112300000000001',
  WXPAY_PUBLIC_KEY: platform.publicKey,
  WXPAY_NOTIFY_URL: 'https://api.example.com/api/pay/notify',
  MEDIA_HOST: 'media-1250000000.cos.ap-guangzhou.myqcloud.com',
};

/** The settings of a shop that sells in a mini-program. */
const virtual: Environment = {
  XPAY_OFFER_ID: '1450000001',
  XPAY_APP_KEY: 'a'.repeat(32),
  PUSH_TOKEN: 'token',
  PUSH_AES_KEY: 'A'.repeat(43),
};

const ORDER = OrderId.parse('ord_01JD0000000000000000000001');
const PAYMENT = { orderId: ORDER, ticket: 'wx201410272009395522657a690389285100', payableFen: fen(100) };

/** The headers and the body of a notice that the platform has signed now. */
function signedNotice(): readonly [Readonly<Record<string, string>>, Uint8Array] {
  const paid = {
    ...{ appid: 'wx0000000000000001', mchid: '1900000001', out_trade_no: ORDER },
    ...{ transaction_id: '4200000000', trade_state: 'SUCCESS', success_time: '2026-11-23T14:00:00+08:00' },
    ...{ amount: { total: 100, currency: 'CNY' }, payer: { openid: 'o' } },
  };
  const [key, nonce, about] = [Buffer.from('k'.repeat(32)), 'n'.repeat(12), 'transaction'];
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(paid)), cipher.final(), cipher.getAuthTag()]);
  const resource = {
    ...{
      algorithm: 'AEAD_AES_256_GCM',
      ciphertext: sealed.toString('base64'),
      nonce,
      associated_data: about,
    },
    original_type: 'transaction',
  };
  const notice = { id: 'n', create_time: '', event_type: 'TRANSACTION.SUCCESS', resource };
  const body = JSON.stringify({ ...notice, resource_type: 'encrypt-resource', summary: '' });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = sign('sha256', Buffer.from(`${timestamp}\nnonce\n${body}\n`), platform.privateKey);
  const headers = {
    'wechatpay-serial': ID,
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': 'nonce',
    'wechatpay-signature': signature.toString('base64'),
  };
  return [headers, Buffer.from(body)];
}

test('virtual payment and the message push are there when they are configured, and else are not', () => {
  const without = production(environment)();
  expect([without.rails.xpay, without.push]).toEqual([null, null]);
  const { rails, push } = production({ ...environment, ...virtual })();
  expect(rails.xpay?.merchant).toEqual({ appid: 'wx0000000000000001', merchantId: '1450000001' });
  expect(push).not.toBeNull();
});

test.each(['STORE_CHAOS', 'CLOCK_OFFSET_MS', 'CLOCK_FACTOR', 'SIMULATORS'])(
  'a deployed unit with %s, which belongs to the stack of a laptop, does not start',
  (name) => {
    expect(() => production({ ...environment, [name]: '1' })()).toThrow(name);
  },
);

test('what a process does not use is not loaded, and what it uses is loaded once', () => {
  const files = [
    'cmq/bus',
    'cos/files',
    'process/cache',
    'redis/cache',
    'wechat/api',
    'wechat/messages',
    'wechat/push',
    'wechat/safety',
  ];
  const loaded: string[] = [];
  jest.isolateModules(() => {
    for (const file of [...files, 'wxpay/rail', 'xpay/rail']) {
      const path = `../../shared/adapters/${file}.ts`;
      jest.doMock(path, () => {
        loaded.push(file);
        return jest.requireActual(path);
      });
    }
    const own = require('../../shared/adapters/production.ts') as { production: typeof production };
    const ports = own.production({ ...environment, ...virtual })();
    const { rails } = heeding(ports);
    expect(loaded).toEqual([]);
    expect(rails.wxpay.merchant).toEqual({ appid: 'wx0000000000000001', merchantId: '1900000001' });
    expect(rails.wxpay.name).toBe('wxpay');
    expect(loaded).toEqual(['wxpay/rail']);
    expect(ports.files.publicUrl('covers/a.jpg')).toContain('covers/a.jpg');
    expect(() => ports.push?.check({})).toThrow('notice.signature_invalid');
    expect(rails.xpay?.goods.lagMs).toBeGreaterThan(0);
    expect(loaded).toEqual(['wxpay/rail', 'cos/files', 'wechat/push', 'xpay/rail']);
  });
  jest.resetModules();
});

test('what cannot be made throws where it is used, and is made by the next use', () => {
  let tries = 0;
  class Counted {
    readonly #count = 7;
    count() {
      return this.#count;
    }
  }
  const counted = late(() => {
    tries += 1;
    if (tries === 1) throw new Error('not yet');
    return new Counted();
  });
  expect(() => counted.count).toThrow('not yet');
  const { count } = counted;
  expect([count(), counted.count(), tries]).toEqual([7, 7, 2]);
});

test('the rails of a process are whole, also those with a pace, which are copies of them', () => {
  const ports = heeding(production({ ...environment, ...virtual })());
  const { wxpay, xpay } = pacedBriefly(ports).rails;
  expect(xpay).not.toBeNull();
  for (const rail of [wxpay, xpay ?? wxpay]) {
    expect(rail.merchant.appid).toBe('wx0000000000000001');
    expect(rail.abilities('android')).toMatchObject({ mayRefund: true });
    expect(['open' in rail, 'openTwice' in rail]).toEqual([true, false]);
  }
  expect([wxpay.name, xpay?.name, typeof xpay?.provide]).toEqual(['wxpay', 'xpay', 'function']);
});

test.each([
  [undefined, 0],
  ['0', 0],
  ['1', 1],
])('XPAY_ENV %j sells in environment %d', (XPAY_ENV, env) => {
  const { rails } = production({ ...environment, ...virtual, XPAY_ENV })();
  const orderId = OrderId.parse('ord_01JD0000000000000000000001');
  const goods = { id: 'course_1', priceFen: fen(100) };
  const request = rails.xpay?.request({
    orderId,
    ticket: null,
    payableFen: fen(100),
    goods,
    sessionKey: 'key',
  });
  expect(request).toMatchObject({ signData: expect.stringContaining(`"env":${env}`) });
});

test('the environment alone makes the ports, the same ones each time, and opens the database when first used', async () => {
  const ports = production(environment);
  expect(ports()).toBe(ports());
  const { database, settings, rails } = ports();
  expect(settings).toEqual({
    corsOrigins: [],
    trustedProxies: 1,
    pathPrefix: '',
    publicUrl: 'https://api.example.com',
    busPushKeys: [],
    selling: DEFAULT_SELLING,
    talk: DEFAULT_TALK,
    templates: {},
    subscribeAnswers: 'push',
    paces: DEFAULT_PACES,
    dailyValue: DEFAULT_DAILY_VALUE,
  });
  expect(rails.wxpay.merchant).toEqual({ appid: 'wx0000000000000001', merchantId: '1900000001' });
  expect(await database.find(carts.collection, 'usr_01JD0000000000000000000001')).toBeNull();
  await expect(database.tx(async (tx) => tx.find(carts.collection, 'x'))).resolves.toBeNull();
  for await (const row of database.exportAll()) throw new Error(`a new database holds ${row.collection}`);
  await database.close();
});

describeMysql('on a MySQL server', () => {
  test('it creates nothing: without a migration the database is unavailable, and after it is as any other', async () => {
    const administrator = await Administrator.connect();
    const { url, drop } = await makeDatabase(administrator);
    const ports = production({ ...environment, DATABASE_URL: url, DATABASE_CONNECTIONS: '2' });
    const { database } = ports();
    const asked = database.find(carts.collection, 'usr_x');
    await expect(asked).rejects.toMatchObject({
      code: 'database.unavailable',
      detail: expect.stringContaining('ER_NO_SUCH_TABLE'),
    });
    const given = { url, collections, random: Math.random, clock: systemClock, connections: 1 };
    await (await openMysql(given)).close();
    expect(await database.find(carts.collection, 'usr_x')).toBeNull();
    await expect(database.tx(async (tx) => tx.find(carts.collection, 'x'))).resolves.toBeNull();
    for await (const row of database.exportAll()) throw new Error(`a new database holds ${row.collection}`);
    await database.close();
    await drop();
    administrator.close();
  });
});

describe('a unit that gets some of the secrets', () => {
  const all: Environment = { ...environment, ...virtual, CACHE_URL: 'redis://127.0.0.1:1', STAGE: 'test' };
  const unitWith = (secrets: readonly Secret[], own: Environment = all) =>
    production(own, { name: 'own', folder, secrets, functions: {} });
  const error = async (work: () => unknown) => {
    try {
      await work();
    } catch (caught) {
      return String(caught);
    }
    return 'it worked';
  };

  test('starts without the others, and reads none of them, even a wrong one', () => {
    const own = Object.fromEntries(
      Object.entries(all).filter(([name]) => !(SECRETS as string[]).includes(name)),
    );
    expect(() => unitWith([], own)()).not.toThrow();
    expect(() => unitWith([], { ...all, WXPAY_PRIVATE_KEY: 'wrong', DATABASE_URL: 'wrong' })()).not.toThrow();
    expect(unitWith([])().settings.busPushKeys).toEqual([]);
  });

  test('does not start without its own, and names them', async () => {
    const own = { ...all, DATABASE_URL: '', SECRETS_KEY: 'short', WECHAT_SECRET: '' };
    const told = await error(unitWith(['DATABASE_URL', 'SECRETS_KEY'], own));
    expect(told.match(/[A-Z_]{6,} is (not set|wrong)/g)).toEqual([
      'DATABASE_URL is not set',
      'SECRETS_KEY is wrong',
    ]);
  });

  test.each<[Secret, (ports: Ports) => unknown]>([
    ['CACHE_URL', ({ cache }) => cache.forget('k')],
    ['SECRETS_KEY', ({ secrets }) => secrets.seal('use', 'text')],
    ['SECRETS_KEY', ({ attempts }) => attempts.count('k', { max: 1, windowMs: 1 })],
    ['WECHAT_SECRET', ({ wechat }) => wechat.codeToSession('code')],
    ['WXPAY_PRIVATE_KEY', ({ rails }) => rails.wxpay.query({ orderId: ORDER, openid: 'o' })],
    ['WXPAY_PRIVATE_KEY', ({ rails }) => rails.wxpay.request({ ...PAYMENT, goods: null, sessionKey: null })],
    ['WXPAY_API_V3_KEY', ({ rails }) => rails.wxpay.readNotice({}, Buffer.from('{}'))],
    ['XPAY_APP_KEY', ({ rails }) => rails.xpay?.query({ orderId: ORDER, openid: 'o' })],
    ['PUSH_TOKEN', ({ push }) => push?.read({}, Buffer.from('{}'))],
  ])('says %s at the use of what needs it', async (name, use) => {
    const ports = unitWith(SECRETS.filter((secret) => secret !== name))();
    expect(await error(() => use(ports))).toContain(`${name} is not given to this unit`);
  });

  test('database.unavailable: DATABASE_URL', async () => {
    const ports = unitWith(SECRETS.filter((secret) => secret !== 'DATABASE_URL'))();
    const caught: unknown = await ports.database
      .find(carts.collection, 'x')
      .catch((thrown: unknown) => thrown);
    expect(codeOf(caught)).toBe('database.unavailable');
    expect(inspect(caught)).toContain('DATABASE_URL is not given to this unit');
  });

  test('hears of a payment without the merchant’s key', async () => {
    const { rails } = unitWith(['WXPAY_API_V3_KEY'])();
    const news = await rails.wxpay.readNotice(...signedNotice());
    expect(news).toMatchObject({ kind: 'payment', news: { orderNumber: ORDER, totalFen: 100 } });
  });

  test('has the merchant’s key all the same where certificates have to be fetched with it', async () => {
    const changing = { ...all, WXPAY_CERTIFICATES: certificateOf(platform.privateKey) };
    const { rails } = unitWith(['WXPAY_API_V3_KEY'], changing)();
    expect(rails.wxpay.request({ ...PAYMENT, goods: null, sessionKey: null })).toHaveProperty('paySign');
  });
});

test('a Redis is the cache beside the memory of the process when it is configured, and is not asked before its use', async () => {
  const alone = production(environment)();
  expect(alone.cache).toBe(alone.memory);
  const server = await OwnRedis.start();
  const { cache, memory } = production({ ...environment, CACHE_URL: server.url, STAGE: 'test' })();
  expect(cache).not.toBe(memory);
  await memory.remember('k', 60_000, async () => 'here');
  expect(server.connections).toBe(0);
  expect(await cache.remember('shared', 60_000, async () => 'there')).toBe('there');
  expect(server.connections).toBe(1);
  await server.stop();
});

test('nothing is read or opened before the first call', () => {
  expect(() => production({})).not.toThrow();
});

const message = (own: Environment) => {
  try {
    readVariables(own);
  } catch (caught) {
    return String(caught);
  }
  return null;
};

type Name = keyof typeof VARIABLES;

const OTHER_ID = 'PUB_KEY_ID_0119000000012026112300000000002';
const withoutEnds = (pem: string) => pem.replaceAll(/-----[A-Z ]+-----|\n/g, '');
const pkcs1 = (pem: string) => createPrivateKey(pem).export({ type: 'pkcs1', format: 'pem' }).toString();
const encrypted = createPrivateKey(merchant.privateKey)
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'canary' })
  .toString();
const tooLong = (text: string) => `${text}0`;
const notAddresses = (own: string) => [
  own.replace('https', 'http'),
  `${own}/`,
  `${own}/v3`,
  `${own}?a=1`,
  ` ${own}`,
  `"${own}"`,
  'api.weixin.qq.com',
  'ftp://api.weixin.qq.com',
  'https://user:canary@api.weixin.qq.com',
];

/** Wrong forms of each setting, all of which are likely mistakes. */
const WRONG: Readonly<Record<Name, readonly string[]>> = {
  DATABASE_URL: [
    'mysql://root:canary@somewhere',
    'mysql://root:canary@somewhere/shop ',
    'mysql://root:canary@somewhere/shop?ssl=1',
    'mysql://root:canary@/shop',
    'postgres://root:canary@somewhere/shop',
    'sqlite:',
    'cloudbase:',
    'cloudbase:Shop/x',
    'cloudbase://shop',
    '/data/zhike.db',
    'sqlite:/data/zhike.db ',
    '"sqlite:/x"',
  ],
  CLOUDBASE_URL: [
    'http://api.tencentcloudapi.com/admin',
    'http://internal.tcb-api.tencentcloudapi.com/other',
    'http://internal.tcb-api.tencentcloudapi.com.example.com/admin',
    'https://shop.tcb-api.tencentcloudapi.com',
    'https://user:canary@shop.tcb-api.tencentcloudapi.com/admin',
    ' https://shop.tcb-api.tencentcloudapi.com/admin',
  ],
  DATABASE_CONNECTIONS: ['0', '65', 'many', '1.5'],
  CACHE_URL: [
    'redis://:canary@',
    'redis://:canary@somewhere/shop',
    'redis://:canary@somewhere:port',
    'redis://:canary@somewhere/0?family=6',
    'redis://:canary@some where',
    'redis://:canary@somewhere ',
    'redis://:can%ary@somewhere',
    'rediss://:canary@somewhere',
    'https://somewhere:6379',
    'somewhere:6379',
    '"redis://somewhere"',
  ],
  CONFIG_KEY: ['short', 'A'.repeat(44), Buffer.alloc(31).toString('base64'), '00'.repeat(32)],
  STAGE: ['test:production', 'zk test', 's'.repeat(33), '生产'],
  SECRETS_KEY: [
    'short',
    'A'.repeat(44),
    Buffer.alloc(31).toString('base64'),
    Buffer.alloc(33).toString('base64'),
    '00'.repeat(32),
  ],
  WECHAT_APPID: [
    'wx0',
    'gh_0000000000000001',
    'wx000000000000000g',
    'WX0000000000000001',
    'wx0000000000000001 ',
    tooLong('wx0000000000000001'),
  ],
  WECHAT_SECRET: ['secret', '0'.repeat(31), '0'.repeat(33), `${'0'.repeat(31)} `, 'g'.repeat(32)],
  WECHAT_BASE_URL: notAddresses('https://api.weixin.qq.com'),
  WXPAY_MERCHANT_ID: ['wx0000000000000001', '190000', '19000000011', '1900000001 ', 'mch1900001'],
  WXPAY_MERCHANT_SERIAL: [
    '1',
    '51:57:F0',
    'serial=5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
    ID,
    ' 5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
  ],
  WXPAY_PRIVATE_KEY: [
    'none',
    'apiclient_key.pem',
    merchant.publicKey,
    certificateOf(merchant.privateKey),
    encrypted,
    short.privateKey,
    elliptic.privateKey,
    merchant.privateKey.slice(0, 800),
    merchant.privateKey.replace('-----BEGIN PRIVATE KEY-----', ''),
    withoutEnds(merchant.privateKey).slice(4),
    withoutEnds(merchant.publicKey),
    merchant.privateKey + merchant.privateKey,
  ],
  WXPAY_API_V3_KEY: [
    'short',
    'k'.repeat(31),
    'k'.repeat(33),
    `${'k'.repeat(31)} `,
    '钥'.repeat(32),
    `"${'k'.repeat(30)}"`,
  ],
  WXPAY_PUBLIC_KEY_ID: [
    'none',
    '0119000000012026112300000000001',
    `${ID} `,
    ` ${ID}`,
    ID.toLowerCase(),
    `${ID},`,
    `${ID},${ID}`,
    '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
  ],
  WXPAY_PUBLIC_KEY: [
    'none',
    platform.privateKey,
    pkcs1(platform.privateKey),
    withoutEnds(platform.privateKey),
    merchant.publicKey,
    certificateOf(platform.privateKey),
    short.publicKey,
    elliptic.publicKey,
    `${platform.publicKey},${newer.publicKey}`,
    `${platform.publicKey},`,
  ],
  WXPAY_CERTIFICATES: [
    'none',
    platform.publicKey,
    platform.privateKey,
    certificateOf(merchant.privateKey),
    certificateOf(platform.privateKey) + certificateOf(newer.privateKey),
  ],
  WXPAY_NOTIFY_URL: [
    'http://api.example.com/api/pay/notify',
    'https://api.example.com',
    'https://api.example.com/api/pay/notify/',
    'https://api.example.com/api/pay/notify?a=1',
    'https://api.example.com/api/pay/notify#a',
    '/api/pay/notify',
    ' https://api.example.com/api/pay/notify',
  ],
  WXPAY_BASE_URL: notAddresses('https://api.mch.weixin.qq.com'),
  WXPAY_FEE_BASIS_POINTS: ['-1', '10001', '0.6', '0.60%', '1e2', '0x10', ' 60', 'none'],
  WXPAY_SHIPPING_UPLOAD: ['yes', 'true', '1', 'On', 'on '],
  WXPAY_BACKUP_BASE_URL: notAddresses('https://api2.mch.weixin.qq.com'),
  XPAY_OFFER_ID: ['none', '145 0000001', '1450000001 ', '-1'],
  XPAY_APP_KEY: ['short', `${'a'.repeat(31)} `, 'a'.repeat(129)],
  XPAY_ENV: ['live', '2', '00', ' 0'],
  XPAY_LIST_ORIGINS: [
    'api.weixin.qq.com',
    'https://api.weixin.qq.com/',
    '*',
    'https://a.example, http://b.example',
  ],
  PUSH_TOKEN: ['to', 'to ken', 't'.repeat(33), 'token!'],
  PUSH_AES_KEY: ['short', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}=`, ` ${'A'.repeat(42)}`],
  MEDIA_HOST: [
    'https://media.example.com',
    'media.example.com/',
    'media',
    'media.example.com ',
    'media.example.com:443',
  ],
  BUS: ['on', 'Invoke', 'scf', 'none '],
  INVOKE_ENDPOINT: notAddresses('https://scf.tencentcloudapi.com'),
  CMQ_ENDPOINT: notAddresses('https://cmq-gz.public.tencenttdmq.com'),
  CMQ_REGION: ['ap-guangzhou', 'GZ', 'g', ' gz'],
  METRICS_TOKEN: ['short', 't'.repeat(15), `${'t'.repeat(32)} `, 't'.repeat(129)],
  BUS_PUSH_KEY: ['short', 'k'.repeat(31), `${'k'.repeat(32)}/`, `${'k'.repeat(32)} `, 'k'.repeat(129)],
  PACES: ['fast', '{"wxpay.query":0}', '{"wxpay.query":"10"}', '{"wxpay.pay":10}'],
  STAFF_DAILY_VALUE: ['{', '[]', '{"points":-1}', '{"points":1.5}', '{"coupons":1}'],
  SUBSCRIBE_ANSWERS: ['both', 'Push'],
  SUBSCRIBE_TEMPLATES: [
    '{',
    '[]',
    '{"order":"x"}',
    '{"other":{"id":"0123456789","fields":{"thing1":"title"}}}',
    '{"order":{"id":"0123456789","fields":{}}}',
    '{"order":{"id":"0123456789","fields":{"thingy":"title"}}}',
    '{"order":{"id":"0123456789","fields":{"thing1":"name"}}}',
  ],
  TALK: ['{', 'on', '[]', '{"comments":true}', '{"comments":"yes"}', '{"chat":"on"}'],
  SELLING: [
    '{',
    'on',
    '[]',
    '{"xpayShareMin":10001}',
    '{"unknown":1}',
    '{"combinations":{"flashWithCoupon":1}}',
  ],
  CORS_ORIGINS: [
    '*',
    'shop.example.com',
    'https://shop.example.com/',
    'https://a.example,http://b.example',
    'null',
  ],
  TRUSTED_PROXIES: ['many', '-1', '6', '1.0', '0x1', ' 1'],
  PATH_PREFIX: ['api/pay', '/api/pay/', '/', '/api pay', '/api//pay'],
};

/** The setting that must be given together with this one. */
const BESIDE: Partial<Record<Name, Name>> = {
  WXPAY_PUBLIC_KEY_ID: 'WXPAY_PUBLIC_KEY',
  WXPAY_PUBLIC_KEY: 'WXPAY_PUBLIC_KEY_ID',
  XPAY_OFFER_ID: 'XPAY_APP_KEY',
  XPAY_APP_KEY: 'XPAY_OFFER_ID',
  PUSH_AES_KEY: 'PUSH_TOKEN',
  CACHE_URL: 'STAGE',
};

const full: Environment = {
  ...environment,
  ...virtual,
  CACHE_URL: 'redis://default:p%40ss@127.0.0.1:6379/2',
  STAGE: 'test',
};
const required = Object.entries(VARIABLES).filter(([, declared]) => !('fallback' in declared));

describe('a setting that cannot work is refused at the start, by its name', () => {
  const cases = Object.entries(WRONG).flatMap(([name, values]) =>
    values.map((value, at) => [name as Name, at, value] as const),
  );

  test.each(cases)('%s, wrong form %d', (name, _, value) => {
    const told = message({ ...full, [name]: value }) ?? 'it started';
    const { about, where } = VARIABLES[name];
    // Only that setting is reported, with what is wrong, what it is and where to get it.
    expect(told).toMatch(new RegExp(`^Error: ${name} is wrong: `));
    expect(told.split('\n')).toHaveLength(1);
    expect(told).toContain(`. It is ${about}. Where to get it: ${where}`);
    expect(told).not.toContain('canary');
    const words = told.replace(about, '').replace(where, '');
    if (value.trim().length > 12) expect(words).not.toContain(value.trim());
  });

  test('a full set starts', () => {
    expect(message(full)).toBeNull();
    expect(() => production(full)()).not.toThrow();
  });

  test.each(required)('%s is missing', (name) => {
    const ports = production({ ...environment, [name]: '' });
    expect(ports).toThrow(`${name} is not set`);
    expect(ports).toThrow(`${name} is not set`);
  });

  test.each(Object.entries(BESIDE))('%s is there without %s', (name, beside) => {
    const told = message({ ...full, [beside]: '' });
    expect(told).toMatch(new RegExp(`^Error: ${beside} is not set, and ${name} is\\. It is `));
    expect(message({ ...full, [name]: '', [beside]: '' })).toBeNull();
  });

  test.each([
    ['cmq', 'CMQ_ENDPOINT'],
    ['push', 'CMQ_ENDPOINT'],
    ['push', 'BUS_PUSH_KEY'],
  ])('BUS is %s without %s', (BUS, missing) => {
    const broker = { CMQ_ENDPOINT: 'https://cmq-gz.public.tencenttdmq.com', BUS_PUSH_KEY: 'k'.repeat(32) };
    expect(message({ ...full, ...broker, BUS })).toBeNull();
    const told = message({ ...full, ...broker, BUS, [missing]: '' });
    expect(told).toMatch(new RegExp(`^Error: ${missing} is not set, and BUS is ${BUS}\\. It is `));
    expect(told?.split('\n')).toHaveLength(1);
  });

  test('all that are wrong are told at once', () => {
    const told = message({ ...full, WECHAT_APPID: 'x', WXPAY_PRIVATE_KEY: 'x', MEDIA_HOST: '' });
    const names = told?.split('\n').map((line) => /[A-Z0-9_]{5,}/.exec(line)?.[0]);
    expect(names).toEqual(['WECHAT_APPID', 'WXPAY_PRIVATE_KEY', 'MEDIA_HOST']);
  });
});

describe('keys are read in the forms in which consoles hand them out', () => {
  const forms: Readonly<Record<string, (pem: string) => string>> = {
    'with their lines': (pem) => pem,
    'with the line ends of Windows': (pem) => pem.replaceAll('\n', '\r\n'),
    'with blanks for line ends': (pem) => pem.trim().replaceAll('\n', ' '),
    'with nothing for line ends': (pem) => pem.replaceAll('\n', ''),
    'with the two characters \\n': (pem) => pem.replaceAll('\n', '\\n'),
    'with the four characters \\r\\n': (pem) => pem.replaceAll('\n', '\\r\\n'),
    'in double quotes': (pem) => `"${pem.replaceAll('\n', '\\n')}"`,
    'in single quotes': (pem) => `'${pem}'`,
    'with blanks around them': (pem) => `  ${pem}\n `,
    'without first and last line': (pem) => withoutEnds(pem),
    'without first and last line, with line ends': (pem) => pem.replaceAll(/-----[A-Z ]+-----/g, ''),
    'with all of it in base64': (pem) => Buffer.from(pem).toString('base64'),
    'with all of it in base64, in lines': (pem) =>
      Buffer.from(pem)
        .toString('base64')
        .replaceAll(/(.{76})/g, '$1\n'),
  };
  const oldPublic = createPublicKey(platform.publicKey).export({ type: 'pkcs1', format: 'pem' }).toString();
  const keys: readonly (readonly [Name, string, string, string])[] = [
    ['WXPAY_PRIVATE_KEY', 'PKCS#8', merchant.privateKey, merchant.privateKey],
    ['WXPAY_PRIVATE_KEY', 'PKCS#1', pkcs1(merchant.privateKey), merchant.privateKey],
    ['WXPAY_PUBLIC_KEY', 'SPKI', platform.publicKey, platform.publicKey],
    ['WXPAY_PUBLIC_KEY', 'PKCS#1', oldPublic, platform.publicKey],
    ['WXPAY_CERTIFICATES', 'X.509', certificateOf(platform.privateKey), certificateOf(platform.privateKey)],
  ];

  describe.each(keys)('%s, %s', (name, _, pem, plain) => {
    test.each(Object.keys(forms))('%s', (form) => {
      const values = readVariables({ ...full, [name]: forms[form]?.(pem) });
      expect([values[name]].flat()).toEqual([plain]);
    });
  });

  test('more than one with commas between, each in a form of its own', () => {
    const publicKeys = [platform.publicKey, withoutEnds(newer.publicKey)].join(',');
    const certificates = [platform, newer].map((pair) => certificateOf(pair.privateKey));
    const values = readVariables({
      ...full,
      WXPAY_PUBLIC_KEY_ID: `${ID},${OTHER_ID}`,
      WXPAY_PUBLIC_KEY: publicKeys,
      WXPAY_CERTIFICATES: certificates.join(',\n'),
    });
    expect(values.WXPAY_PUBLIC_KEY_ID).toEqual([ID, OTHER_ID]);
    expect(values.WXPAY_PUBLIC_KEY).toEqual([platform.publicKey, newer.publicKey]);
    expect(values.WXPAY_CERTIFICATES).toEqual(certificates);
  });
});

test('of a key that is changed there are several, the first one in use', () => {
  const newer = Buffer.alloc(32, 5).toString('base64');
  const values = readVariables({ ...full, SECRETS_KEY: `${newer},${full.SECRETS_KEY}` });
  expect(values.SECRETS_KEY).toEqual([newer, full.SECRETS_KEY]);
  expect(readVariables(full).SECRETS_KEY).toEqual([full.SECRETS_KEY]);
});

test('database.unavailable: a database that does not open is asked again at the next use', async () => {
  const { database } = production({ ...environment, DATABASE_URL: `sqlite:${folder}/no/such/folder/x.db` })();
  for (const _ of [1, 2]) {
    const caught = await database.find(carts.collection, 'x').catch((error: unknown) => error);
    expect(codeOf(caught)).toBe('database.unavailable');
  }
  await expect(database.close()).resolves.toBeUndefined();
});

test('lists are split, and settings read', () => {
  const { settings } = production({
    ...environment,
    CORS_ORIGINS: 'https://a.example, https://b.example,',
    TRUSTED_PROXIES: '2',
    PATH_PREFIX: '/api/pay',
    BUS_PUSH_KEY: `${'n'.repeat(32)},${'k'.repeat(32)}`,
    PACES: '{"wxpay.query":5.5}',
    STAFF_DAILY_VALUE: '{"points":500}',
    TALK: '{"comments":"on","topics":"read"}',
    SUBSCRIBE_ANSWERS: 'phone',
    SUBSCRIBE_TEMPLATES: JSON.stringify(SIMULATED_TEMPLATES),
    SELLING: '{"mayDiscountOnIos":true,"combinations":{"couponWithPoints":false}}',
  })();
  expect(settings).toEqual({
    corsOrigins: ['https://a.example', 'https://b.example'],
    trustedProxies: 2,
    pathPrefix: '/api/pay',
    publicUrl: 'https://api.example.com',
    busPushKeys: ['n'.repeat(32), 'k'.repeat(32)],
    selling: {
      ...DEFAULT_SELLING,
      mayDiscountOnIos: true,
      combinations: { ...DEFAULT_SELLING.combinations, couponWithPoints: false },
    },
    talk: { ...DEFAULT_TALK, comments: 'on', topics: 'read' },
    templates: SIMULATED_TEMPLATES,
    subscribeAnswers: 'phone',
    paces: { ...DEFAULT_PACES, 'wxpay.query': 5.5 },
    dailyValue: { ...DEFAULT_DAILY_VALUE, points: 500 },
  });
});

test('one variable is read alone as it is among all of them', () => {
  expect(readVariable('CORS_ORIGINS', {})).toEqual([]);
  expect(readVariable('CORS_ORIGINS', { CORS_ORIGINS: 'http://localhost:5173' })).toEqual([
    'http://localhost:5173',
  ]);
  expect(() => readVariable('CORS_ORIGINS', { CORS_ORIGINS: '*' })).toThrow(/^CORS_ORIGINS is wrong/);
});
