import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, production, VARIABLES } from '../../shared/adapters/production.ts';
import * as carts from '../../shared/data/orders/carts.ts';
import { DEFAULT_SELLING } from '../../shared/domain/pricing/selling.ts';
import { codeOf } from '../../shared/errors.ts';
import { fen, OrderId } from '../../shared/schemas/base.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const folder = mkdtempSync(join(tmpdir(), 'zhike-production-'));
afterAll(() => rmSync(folder, { recursive: true }));

const environment: Environment = {
  DATABASE_URL: `sqlite:${join(folder, 'zhike.db')}`,
  SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
  WECHAT_APPID: 'wx0000000000000001',
  WECHAT_SECRET: 'secret',
  WXPAY_MERCHANT_ID: '1900000001',
  WXPAY_MERCHANT_SERIAL: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
  WXPAY_PRIVATE_KEY: privateKey,
  WXPAY_API_V3_KEY: 'k'.repeat(32),
  WXPAY_PUBLIC_KEY_ID: 'PUB_KEY_ID_0119000000012026112300000000001',
  WXPAY_PUBLIC_KEY: publicKey,
  WXPAY_NOTIFY_URL: 'https://api.example.com/api/pay/notify',
  MEDIA_HOST: 'media-1250000000.cos.ap-guangzhou.myqcloud.com',
};

/** What a shop has that sells in a mini-program. */
const virtual: Environment = {
  XPAY_OFFER_ID: '1450000001',
  XPAY_APP_KEY: 'a'.repeat(32),
  PUSH_TOKEN: 'token',
  PUSH_AES_KEY: 'A'.repeat(43),
};

test('virtual payment and the message push are there when they are configured, and else are not', () => {
  const without = production(environment)();
  expect([without.rails.xpay, without.push]).toEqual([null, null]);
  const { rails, push } = production({ ...environment, ...virtual })();
  expect(rails.xpay?.merchant).toEqual({ appid: 'wx0000000000000001', merchantId: '1450000001' });
  expect(push).not.toBeNull();
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
    busPushKey: null,
    selling: DEFAULT_SELLING,
  });
  expect(rails.wxpay.merchant).toEqual({ appid: 'wx0000000000000001', merchantId: '1900000001' });
  expect(await database.find(carts.collection, 'usr_01JD0000000000000000000001')).toBeNull();
  await expect(database.tx(async (tx) => tx.find(carts.collection, 'x'))).resolves.toBeNull();
  for await (const row of database.exportAll()) throw new Error(`a new database holds ${row.collection}`);
  await database.close();
});

test('nothing is read or opened before the first call', () => {
  expect(() => production({})).not.toThrow();
});

const required = Object.entries(VARIABLES).filter(([, declared]) => !('fallback' in declared));

test.each(required)('without %s it says which variable is missing, at each call', (name) => {
  const ports = production({ ...environment, [name]: '' });
  expect(ports).toThrow(`${name} is not set`);
  expect(ports).toThrow(`${name} is not set`);
});

test.each([
  ['DATABASE_URL', 'mysql://somewhere'],
  ['DATABASE_URL', 'sqlite:'],
  ['SECRETS_KEY', 'short'],
  ['BUS_PUSH_KEY', 'short'],
  ['XPAY_OFFER_ID', 'none'],
  ['XPAY_APP_KEY', ''],
  ['XPAY_ENV', 'live'],
  ['XPAY_LIST_ORIGINS', 'api.weixin.qq.com'],
  ['XPAY_LIST_ORIGINS', 'https://api.weixin.qq.com/'],
  ['PUSH_AES_KEY', 'short'],
  ['TRUSTED_PROXIES', 'many'],
  ['TRUSTED_PROXIES', '-1'],
])('%s of "%s" is refused', (name, value) => {
  expect(production({ ...environment, ...virtual, [name]: value })).toThrow();
});

test('no message holds a value, which may be a secret', () => {
  const message = (own: Environment) => {
    try {
      production(own)();
    } catch (caught) {
      return String(caught);
    }
    return '';
  };
  expect(message({ ...environment, DATABASE_URL: 'mysql://root:canary@x' })).not.toContain('canary');
  expect(message({ ...environment, BUS_PUSH_KEY: 'canary' })).not.toContain('canary');
});

test('a key reads the same with its lines, with \\n for them, and in base64', () => {
  const escaped = privateKey.replaceAll('\n', '\\n');
  const encoded = Buffer.from(privateKey).toString('base64');
  for (const text of [privateKey, escaped, encoded]) {
    const { rails } = production({ ...environment, WXPAY_PRIVATE_KEY: text })();
    const orderId = OrderId.parse('ord_01JD0000000000000000000001');
    const asked = { orderId, ticket: 'wx201410272009395522657a690389285100', payableFen: fen(1) };
    expect(rails.wxpay.request({ ...asked, goods: null, sessionKey: null })).toMatchObject({
      signType: 'RSA',
    });
  }
});

test('database.unavailable: a database that does not open is asked again at the next use', async () => {
  const { database } = production({ ...environment, DATABASE_URL: `sqlite:${folder}/no/such/folder/x.db` })();
  for (const _ of [1, 2]) {
    const caught = await database.find(carts.collection, 'x').catch((error: unknown) => error);
    expect(codeOf(caught)).toBe('database.unavailable');
  }
  await expect(database.close()).resolves.toBeUndefined();
});

test.each(['{', '{"xpayShareMin":10001}', '{"unknown":1}', '{"combinations":{"flashWithCoupon":1}}'])(
  'what cannot be read of selling stops the start: %s',
  (SELLING) => {
    expect(() => production({ ...environment, SELLING })()).toThrow('SELLING cannot be read');
  },
);

test('lists are split, and settings read', () => {
  const { settings } = production({
    ...environment,
    CORS_ORIGINS: 'https://a.example, https://b.example,',
    TRUSTED_PROXIES: '2',
    BUS_PUSH_KEY: 'k'.repeat(32),
    SELLING: '{"mayDiscountOnIos":true,"combinations":{"couponWithPoints":false}}',
  })();
  expect(settings).toEqual({
    corsOrigins: ['https://a.example', 'https://b.example'],
    trustedProxies: 2,
    busPushKey: 'k'.repeat(32),
    selling: {
      ...DEFAULT_SELLING,
      mayDiscountOnIos: true,
      combinations: { ...DEFAULT_SELLING.combinations, couponWithPoints: false },
    },
  });
});
