/** Runs the built units with recognisable secrets, against an outside that fails, and looks for the secrets. */
import { spawn } from 'node:child_process';
import { createCipheriv, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type BuiltUnit, buildUnits } from '../../esbuild.config.ts';
import { openMysql } from '../../shared/adapters/mysql/database.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { CONFIG_FILE, sealConfig } from '../../shared/adapters/process/sealed.ts';
import { SECRETS } from '../../shared/adapters/process/variables.ts';
import { aesKeyOf, pushSignature, sealPush } from '../../shared/adapters/wechat/seal.ts';
import { collections } from '../../shared/data/collections.ts';
import { readManifest, routeOf, type UnitEntry } from '../../tools/manifest.ts';
import { configOf } from '../../tools/unitSecrets.ts';
import { Administrator, describeMysql, type MadeDatabase, makeDatabase } from '../support/mysql.ts';

const pairOf = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
const merchant = pairOf();
const platform = pairOf();
const letters = (length: number) => randomBytes(length).toString('hex').slice(0, length);

const password = letters(24);
const cachePassword = letters(24);
const secrets = {
  DATABASE_URL: `mysql://shop:${password}@127.0.0.1:1/shop`,
  CACHE_URL: `redis://default:${cachePassword}@127.0.0.1:1/0`,
  SECRETS_KEY: randomBytes(32).toString('base64'),
  WECHAT_SECRET: letters(32),
  WXPAY_PRIVATE_KEY: merchant.privateKey,
  WXPAY_API_V3_KEY: letters(32),
  XPAY_APP_KEY: letters(32),
  PUSH_TOKEN: letters(32),
  PUSH_AES_KEY: letters(43),
  BUS_PUSH_KEY: letters(40),
  METRICS_TOKEN: letters(40),
};
const role = { secretId: letters(36), secretKey: letters(32), token: letters(40) };
const key = randomBytes(32).toString('base64');

/** What must not be seen, by its name. A key in lines is known by one of them. */
const canaries: Readonly<Record<string, string>> = {
  ...secrets,
  DATABASE_URL: password,
  CACHE_URL: cachePassword,
  WXPAY_PRIVATE_KEY: merchant.privateKey.split('\n')[5] ?? '',
  CONFIG_KEY: key,
  TENCENTCLOUD_SECRETKEY: role.secretKey,
  TENCENTCLOUD_SESSIONTOKEN: role.token,
};
const seenIn = (text: string) => Object.keys(canaries).filter((name) => text.includes(canaries[name] ?? ''));

/** The units of which an event asks the database without a session. */
const ASKING = ['events', 'minute', 'counts', 'nightly', 'pay'];

const PUBLIC_KEY_ID = 'PUB_KEY_ID_0119000000012026112300000000001';

/** How an outside answers a call wrongly, given everything that it was sent. */
type Mood = (request: IncomingMessage, response: ServerResponse, text: string) => void;

const MOODS: readonly Mood[] = [
  (_, response, text) => response.end(JSON.stringify({ errcode: 40125, errmsg: text })),
  (_, response, text) => response.writeHead(502).end(`<html>${text}</html>`),
  (_, response, text) => response.end(text),
  (request) => request.destroy(),
];

/** An outside that answers each call in another of these ways, and remembers what it was sent. */
async function failingOutside(moods: readonly Mood[] = MOODS) {
  const heard: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = `${request.method} ${request.url} ${JSON.stringify(request.headers)} ${Buffer.concat(chunks)}`;
    heard.push(text);
    moods[(heard.length - 1) % moods.length]?.(request, response, text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { heard, stop, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const request = (
  method: string,
  path: string,
  given: { body?: string; headers?: object; query?: object } = {},
) => ({
  httpMethod: method,
  path,
  headers: { 'content-type': 'application/json', ...given.headers },
  queryString: given.query ?? {},
  body: given.body ?? '',
});

/** WeChat Pay's own notice of a payment, and one with another signature. */
function notices(): readonly unknown[] {
  const cipher = createCipheriv('aes-256-gcm', secrets.WXPAY_API_V3_KEY, 'n'.repeat(12)).setAAD(
    Buffer.from('a'),
  );
  const paid = {
    ...{ appid: 'wx0000000000000001', mchid: '1900000001', out_trade_no: 'ord_01JD0000000000000000000001' },
    ...{ transaction_id: '4200000000', trade_state: 'SUCCESS', success_time: '2026-11-23T14:00:00+08:00' },
    ...{ amount: { total: 100, currency: 'CNY' }, payer: { openid: 'o' } },
  };
  const sealed = Buffer.concat([cipher.update(JSON.stringify(paid)), cipher.final(), cipher.getAuthTag()]);
  const opened = { algorithm: 'AEAD_AES_256_GCM', nonce: 'n'.repeat(12), associated_data: 'a' };
  const resource = { ...opened, ciphertext: sealed.toString('base64'), original_type: 'transaction' };
  const body = JSON.stringify({
    ...{ id: 'n', event_type: 'TRANSACTION.SUCCESS', resource_type: 'encrypt-resource' },
    resource,
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  return [platform.privateKey, merchant.privateKey].map((signer) => {
    const signature = sign('sha256', Buffer.from(`${timestamp}\nnonce\n${body}\n`), signer).toString(
      'base64',
    );
    const headers = {
      ...{ 'Wechatpay-Serial': PUBLIC_KEY_ID, 'Wechatpay-Timestamp': timestamp },
      ...{ 'Wechatpay-Nonce': 'nonce', 'Wechatpay-Signature': signature },
    };
    return request('POST', '/api/pay/notify', { body, headers });
  });
}

/** A sealed push about a payment, and one whose signature is another's. */
function pushes(): readonly unknown[] {
  const text = JSON.stringify({
    ...{ ToUserName: 'gh', FromUserName: 'o', CreateTime: 1, MsgType: 'event' },
    ...{ Event: 'xpay_goods_deliver_notify', OutTradeNo: 'ord_01JD0000000000000000000001' },
  });
  const Encrypt = sealPush(aesKeyOf(secrets.PUSH_AES_KEY), {
    text,
    appid: 'wx0000000000000001',
    salt: 's'.repeat(16),
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  return [secrets.PUSH_TOKEN, 'another'].map((token) => {
    const signature = pushSignature(token, timestamp, 'nonce', Encrypt);
    const query = { timestamp, nonce: 'nonce', msg_signature: signature, encrypt_type: 'aes' };
    return request('POST', '/api/wechat/push', { body: JSON.stringify({ Encrypt }), query });
  });
}

/** What a unit is called with. */
function eventsFor({ name, functions }: UnitEntry): readonly unknown[] {
  const timers = functions.filter(({ own }) => own.kind === 'timer');
  const routes = functions.flatMap(({ own }) => routeOf(own) ?? []).slice(0, 6);
  const login = (code: string) => request('POST', '/api/login', { body: JSON.stringify({ code }) });
  return [
    ...[null, {}, { Records: [1] }, { eventIds: ['order.paid:x'] }, { Type: 'Timer', TriggerName: 'none' }],
    ...timers.map((timer) => ({ Type: 'Timer', TriggerName: timer.name, Time: '', Message: '' })),
    ...routes.map(({ method, path }) => request(method, path.replace(/\{\w+\}/g, 'x'))),
    ...(name === 'api' ? ['1', '2', '3', '4', '5'].map((code) => login(`login-code-${code}`)) : []),
    ...(name === 'pay' ? [...notices(), ...pushes()] : []),
    ...(name === 'events' ? [secrets.BUS_PUSH_KEY, 'other'] : []).map((pushKey) =>
      request('POST', `/bus/${pushKey}/accruePoints`, { body: '{"eventId":"order.paid:x"}' }),
    ),
  ];
}

/** Calls the unit with all events at once, and prints what it answers or throws, with everything inside. */
const PROGRAM = `
  const { inspect } = require('node:util');
  const { main_handler } = require('./index.js');
  const tell = (outcome) => console.log('OUTCOME', inspect(outcome, { depth: 9 }));
  const call = (event) => main_handler(event, { request_id: 'r' }).then(tell, tell);
  const events = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  Promise.all(events.map(call)).then(() => process.exit(0));
`;

async function callAll(file: string, events: readonly unknown[]): Promise<string> {
  const child = spawn(process.execPath, ['-e', PROGRAM], {
    cwd: dirname(file),
    env: {
      ...{ STAGE: 'test', CONFIG_KEY: key, TENCENTCLOUD_RUNENV: 'SCF', SCF_NAMESPACE: 'test' },
      ...{ TENCENTCLOUD_REGION: 'ap-guangzhou', TENCENTCLOUD_SECRETID: role.secretId },
      ...{ TENCENTCLOUD_SECRETKEY: role.secretKey, TENCENTCLOUD_SESSIONTOKEN: role.token },
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  child.stdin.end(JSON.stringify(events));
  await new Promise((resolve) => child.once('close', resolve));
  return text;
}

/** Everything that a unit is told, with all outsides at this address. */
const settingsAt = (url: string) => ({
  ...secrets,
  ...{ WECHAT_APPID: 'wx0000000000000001', WECHAT_BASE_URL: url },
  ...{ WXPAY_MERCHANT_ID: '1900000001', WXPAY_MERCHANT_SERIAL: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1' },
  ...{ WXPAY_PUBLIC_KEY_ID: PUBLIC_KEY_ID, WXPAY_PUBLIC_KEY: platform.publicKey },
  ...{ WXPAY_BASE_URL: url, WXPAY_BACKUP_BASE_URL: url },
  ...{ WXPAY_NOTIFY_URL: 'https://api.example.com/api/pay/notify', XPAY_OFFER_ID: '1450000001' },
  ...{ MEDIA_HOST: 'media-1250000000.cos.ap-guangzhou.myqcloud.com', INVOKE_ENDPOINT: url },
});

let outdir: string;
let units: readonly UnitEntry[];
let built: readonly BuiltUnit[];
beforeAll(async () => {
  outdir = mkdtempSync(join(tmpdir(), 'zhike-canaries-'));
  ({ units } = await readManifest());
  built = await buildUnits(units, outdir);
});
afterAll(() => rmSync(outdir, { recursive: true }));

/** Seals the settings beside a unit, calls it with all events, and answers what it said. */
function callUnit(unit: UnitEntry, all: Record<string, string>, events: readonly unknown[]): Promise<string> {
  const file = built[units.indexOf(unit)]?.file ?? '';
  const config = sealConfig(configOf(unit, all), { key, stage: 'test', unit: unit.name });
  writeFileSync(join(dirname(file), CONFIG_FILE), config);
  return callAll(file, events);
}

test('no secret is in what a unit logs, answers or throws, nor in a call to whom it does not belong, whatever fails', async () => {
  const outsides = {
    wechat: await failingOutside(),
    wxpay: await failingOutside(),
    platform: await failingOutside(),
  };
  const all = {
    ...settingsAt(outsides.wxpay.url),
    ...{ WECHAT_BASE_URL: outsides.wechat.url, INVOKE_ENDPOINT: outsides.platform.url },
  };
  expect(Object.keys(secrets).sort()).toEqual([...SECRETS].sort());
  try {
    const calls = units.map(async (unit) => {
      const events = eventsFor(unit);
      const text = await callUnit(unit, all, events);
      expect([unit.name, text.split('OUTCOME').length - 1]).toEqual([unit.name, events.length]);
      expect([unit.name, seenIn(text)]).toEqual([unit.name, []]);
      expect([unit.name, text.includes('"cannotStart"')]).toEqual([unit.name, false]);
      if (ASKING.includes(unit.name)) expect(text).toContain('database.unavailable');
      if (unit.name === 'pay') expect(text.split('"status":503').length - 1).toBe(2);
    });
    await Promise.all(calls);
    const { wechat, wxpay, platform: cloud } = outsides;
    expect(wechat.heard.length).toBeGreaterThan(4);
    expect(wechat.heard.flatMap(seenIn).every((name) => name === 'WECHAT_SECRET')).toBe(true);
    expect(wechat.heard.some((text) => text.includes(secrets.WECHAT_SECRET))).toBe(true);
    expect([...wxpay.heard, ...cloud.heard].flatMap(seenIn)).toEqual([]);
  } finally {
    for (const { stop } of Object.values(outsides)) await stop();
  }
});

/** What was sent, and its long words alone: the log knows many secrets by the name that stands before them. */
const echoOf = (text: string) =>
  [text, ...text.split(/[^\w-]+/).filter(({ length }) => length >= 32)].join(' ');

/** How a broker fails. Each gives back what it was sent, or nothing. */
const BROKEN: Readonly<Record<string, Mood>> = {
  'refuses a call': (_, response, text) => {
    const refusal = { Code: 'AuthFailure.SignatureFailure', Message: echoOf(text) };
    response.end(JSON.stringify({ Response: { Error: refusal } }));
  },
  'refuses a message': (_, response, text) =>
    response.end(JSON.stringify({ code: 4000, message: echoOf(text) })),
  'never answers': () => undefined,
  'answers with what it was sent': (_, response, text) => response.end(echoOf(text)),
  'fails, with what it was sent': (_, response, text) => response.writeHead(500).end(echoOf(text)),
  'hangs up': (request) => request.destroy(),
};

describeMysql('a broker that fails', () => {
  let administrator: Administrator;
  let made: MadeDatabase;
  beforeAll(async () => {
    administrator = await Administrator.connect();
    made = await makeDatabase(administrator);
    const given = { url: made.url, collections, random: Math.random, clock: systemClock, connections: 1 };
    await (await openMysql(given)).close();
  });
  afterAll(async () => {
    await made.drop();
    administrator.close();
  });

  const ways = ['invoke', 'cmq'].flatMap((bus) => Object.keys(BROKEN).map((way) => [bus, way] as const));
  test.each(ways)('%s: %s: what was asked for is done, and no secret is in a log', async (bus, way) => {
    const broker = await failingOutside([BROKEN[way] ?? (() => undefined)]);
    const all = { ...settingsAt(broker.url), DATABASE_URL: made.url, BUS: bus, CMQ_ENDPOINT: broker.url };
    const api = units.find(({ name }) => name === 'api');
    if (api === undefined) throw new Error('no unit api');
    const userName = `reader${letters(12)}`;
    const body = JSON.stringify({ userName, password: 'three grey herons at dusk' });
    try {
      const text = await callUnit(api, all, [request('POST', '/api/register', { body })]);
      expect(text).toContain('statusCode: 200');
      expect(text).toMatch(new RegExp(`"bus":"${bus}".*"outcome":"failed"`));
      expect(seenIn(text)).toEqual([]);
      expect(broker.heard).toHaveLength(1);
      // The credentials of the role sign a call, and only the passing token is sent.
      expect(seenIn(broker.heard.join())).toEqual(['TENCENTCLOUD_SESSIONTOKEN']);
    } finally {
      await broker.stop();
    }
  });
});
