import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { Decorator, Rsa } from 'wechatpay-axios-plugin';
import { type ServedSimulators, serveSimulators } from '../../../local/simulators/serve.ts';
import { openMessage } from '../../../local/simulators/wechat/seal.ts';
import { wrongBills, wrongLists } from '../../../local/simulators/wrongBills.ts';
import { DAY_MS } from '../../../shared/schemas/base.ts';
import { keys } from '../../support/keys.ts';
import { OPENID, prepayOf, requestPaymentOf } from '../../support/merchant.ts';
import { GOODS, signedForPhone } from '../../support/virtualShop.ts';

let served: ServedSimulators;
beforeEach(async () => {
  served = await serveSimulators({ keys, port: 0, clockFactor: 1_000 });
});
afterEach(() => served.close());

async function ask(method: 'GET' | 'POST', path: string, json?: unknown) {
  const body = json === undefined ? null : typeof json === 'string' ? json : JSON.stringify(json);
  const response = await fetch(`${served.url}${path}`, { method, body });
  return { status: response.status, json: JSON.parse(await response.text()) };
}

/** A local server, and the first notice that arrives there. */
async function listening(): Promise<{
  url: string;
  notice: Promise<IncomingMessage & { text: string }>;
  server: Server;
}> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const notice = new Promise<IncomingMessage & { text: string }>((resolve) => {
    server.on('request', (request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += String(chunk);
      });
      request.on('end', () => {
        response.writeHead(204).end();
        resolve(Object.assign(request, { text }));
      });
    });
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return { url: `http://127.0.0.1:${address.port}/notify`, notice, server };
}

describe('pages of others in a browser', () => {
  const statusOf = (headers: Readonly<Record<string, string>>, method = 'POST') =>
    new Promise<number>((resolve, reject) => {
      const path = method === 'GET' ? '/control/books' : '/phone/login';
      const sent = request(`${served.url}${path}`, { method, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      sent.on('error', reject);
      sent.end(method === 'GET' ? undefined : '{"name":"ann"}');
    });

  test.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['the product beside it', { origin: 'http://127.0.0.1:3000' }],
    ['a page without an origin', { origin: 'null' }],
    ['a form or a picture of another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a name that was made to lead here', { host: 'evil.example' }],
    ['a name that begins like ours', { host: '127.0.0.1.evil.example' }],
  ])('are refused, and nothing happens: %s', async (_, headers) => {
    expect(await statusOf(headers)).toBe(403);
    expect(await statusOf(headers, 'GET')).toBe(403);
  });

  test('what is no browser, an address typed by hand and the simulator’s own pages are answered', async () => {
    expect(await statusOf({})).toBe(200);
    expect(await statusOf({ 'sec-fetch-site': 'none', host: 'localhost:4000' })).toBe(200);
    const own = new URL(served.url).host;
    expect(await statusOf({ host: own, origin: `http://${own}`, 'sec-fetch-site': 'same-origin' })).toBe(200);
  });
});

describe('the clock', () => {
  const move = async (body: object) => {
    const answer = await fetch(`${served.url}/control/clock`, { method: 'POST', body: JSON.stringify(body) });
    return { status: answer.status, nowMs: Object((await answer.json()) as object).nowMs as number };
  };
  const shanghai = (atMs: number) => new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 16);

  test('moves on by so many milliseconds, or until a minute in Shanghai, never back and not for ever', async () => {
    const { nowMs } = await move({ ms: 0 });
    const until = shanghai(nowMs + 5 * DAY_MS);
    const moved = await move({ until });
    expect(moved.status).toBe(200);
    expect(shanghai(moved.nowMs)).toBe(until);
    for (const refused of [
      { until: shanghai(nowMs) },
      { until: '2400-01-01T10:00' },
      { until: '2030-13-01T10:00' },
      { until: '2030-01-01T10:00Z' },
      { until: '2030-01-01' },
      { ms: 0, until },
      { ms: -1 },
      {},
    ]) {
      expect((await move(refused)).status).toBe(400);
    }
    expect(shanghai((await move({ ms: 0 })).nowMs)).toBe(until);
  });
});

const JSAPI = '/v3/pay/transactions/jsapi';
const ORDER = '/v3/pay/transactions/out-trade-no';

/** A merchant over HTTP whose code is independent of the product. */
function independent() {
  const client = new Decorator({
    mchid: keys.merchantId,
    serial: keys.merchantSerial,
    privateKey: keys.merchantPrivateKeyPem,
    certs: { [keys.publicKeyId]: keys.publicKeyPem },
    baseURL: served.url,
  });
  return {
    get: (path: string) => client.request(path, 'GET'),
    post: (path: string, json: object) => client.request(path, 'POST', json),
  };
}

describe('an independent implementation of WeChat Pay’s clients', () => {
  test('opens, asks, is told, and closes, and believes every answer', async () => {
    const { url, notice, server } = await listening();
    const client = independent();
    const asked = prepayOf('order-1', { notify_url: url });
    const { data } = await client.post(JSAPI, asked);
    const payment = { ...requestPaymentOf(data.prepay_id, Date.now()), openid: OPENID };
    expect(served.wechatPay.phone.pay(payment, 'confirm').errMsg).toBe('requestPayment:ok');

    const told = await notice;
    const lines = [told.headers['wechatpay-timestamp'], told.headers['wechatpay-nonce'], told.text, ''];
    const signature = String(told.headers['wechatpay-signature']);
    expect(Rsa.verify(lines.join('\n'), signature, keys.publicKeyPem)).toBe(true);
    await new Promise((resolve) => server.close(resolve));

    const query = await client.get(`${ORDER}/order-1?mchid=${keys.merchantId}`);
    expect(query.data).toMatchObject({ trade_state: 'SUCCESS', amount: { total: 9_900 } });
    await client.post(JSAPI, prepayOf('order-2'));
    const close = await client.post(`${ORDER}/order-2/close`, { mchid: keys.merchantId });
    expect(close.status).toBe(204);
    expect(served.wechatPay.books().orders.map(({ isClosed }) => isClosed)).toEqual([false, true]);
  });

  test('does not believe an answer with a bad signature', async () => {
    served.wechatPay.faults.next('badSignature');
    await expect(independent().post(JSAPI, prepayOf('order-1'))).rejects.toThrow();
    expect(served.wechatPay.books().orders).toHaveLength(1);
  });
});

describe('the phone', () => {
  test('logs in for WeChat to recognise, and the same name is the same person', async () => {
    const { json } = await ask('POST', '/phone/login', { name: 'alice' });
    const query = new URLSearchParams({
      appid: keys.appid,
      secret: keys.appSecret,
      js_code: json.code,
      grant_type: 'authorization_code',
    });
    const session = await ask('GET', `/sns/jscode2session?${query}`);
    expect(session).toMatchObject({ status: 200, json: { openid: json.openid } });
    expect((await ask('POST', '/phone/login', { name: 'alice' })).json.openid).toBe(json.openid);
  });

  test('pays as the person of that name', async () => {
    const { openid } = served.weixin.phone.login('alice');
    const asked = prepayOf('order-1', { payer: { openid }, notify_url: 'http://127.0.0.1:1/nobody' });
    const { data } = await independent().post(JSAPI, asked);
    const payment = requestPaymentOf(data.prepay_id, Date.now());
    const pay = async (more: object) =>
      (await ask('POST', '/phone/pay', { ...payment, ...more })).json.errMsg;
    const bill = await ask('POST', '/phone/bill', { rail: 'wxpay', package: payment.package });
    expect(bill.json).toEqual({ bill: { totalFen: 9_900, what: asked.description } });
    expect(await pay({ name: 'bob', decision: 'confirm' })).toMatch(/^requestPayment:fail/);
    expect(await pay({ name: 'alice', decision: 'dismiss' })).toBe('requestPayment:fail cancel');
    expect(await pay({ name: 'alice', decision: 'confirm' })).toBe('requestPayment:ok');
    expect((await ask('GET', '/control/books')).json.transactions).toMatchObject([
      { openid, totalFen: 9_900 },
    ]);
  });
});

describe('virtual payment over HTTP', () => {
  async function loggedIn(name: string): Promise<string> {
    const { code } = (await ask('POST', '/phone/login', { name })).json;
    const query = {
      appid: keys.appid,
      secret: keys.appSecret,
      js_code: code,
      grant_type: 'authorization_code',
    };
    return (await ask('GET', `/sns/jscode2session?${new URLSearchParams(query)}`)).json.session_key;
  }

  /** A local server that accepts every push and answers the check of its URL. */
  async function takingPushes() {
    const events: unknown[] = [];
    let done: () => void = () => undefined;
    const refunded = new Promise<void>((resolve) => {
      done = resolve;
    });
    const server = createServer(async (request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      let text = '';
      for await (const chunk of request) text += String(chunk);
      if (request.method === 'POST') {
        const { Encrypt: sealed } = JSON.parse(text);
        const opened = openMessage(sealed, { aesKey: keys.pushAesKey, appid: keys.appid });
        events.push(JSON.parse(opened ?? '').Event);
        if (events.at(-1) === 'xpay_refund_notify') done();
      }
      response.end(searchParams.get('echostr') ?? 'success');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return { url: `http://127.0.0.1:${port}/push`, events, refunded, server };
  }

  test('the phone pays, the server is pushed to, Apple asks and gives back', async () => {
    const { url, events, refunded, server } = await takingPushes();
    expect((await ask('POST', '/control/push', { url: served.url })).json).toEqual({ isSet: false });
    expect((await ask('POST', '/control/push', { url })).json).toEqual({ isSet: true });
    await ask('POST', '/control/goods', [GOODS]);
    const payment = { rail: 'xpay', ...signedForPhone('order_0001', await loggedIn('alice')) };
    const pay = async (more: object) => (await ask('POST', '/phone/pay', { ...payment, ...more })).json;
    expect(await pay({ name: 'bob' })).toMatchObject({ errCode: -15007 });
    expect(await pay({ name: 'alice', decision: 'dismiss' })).toMatchObject({ errCode: -2 });
    expect(await pay({ name: 'alice', platform: 'ios' })).toEqual({
      errCode: 0,
      errMsg: 'requestVirtualPayment:ok',
    });
    await ask('POST', '/phone/complaint', { orderNumber: 'order_0001' });
    await ask('POST', '/control/apple', { orderNumber: 'order_0001' });
    await refunded;
    expect(events[0]).toBe('xpay_goods_deliver_notify');
    expect(events).toContain('xpay_complaint_notify');
    expect((await ask('GET', '/control/books')).json.xpay).toMatchObject({
      transactions: [{ orderNumber: 'order_0001', leftFen: 0, isApple: true }],
      refunds: [{ refundNumber: null, isSuccess: true }],
    });
    server.close();
    server.closeAllConnections();
  });

  test('its API is at its path', async () => {
    expect((await ask('POST', '/xpay/query_order', {})).json).toMatchObject({ errcode: 41001 });
  });

  test.each([
    ['/phone/pay', { name: 'alice', rail: 'xpay' }],
    ['/phone/bill', { rail: 'xpay', package: 'prepay_id=1' }],
    ['/control/push', { url: 'ftp://x' }],
    ['/control/goods', [{ id: 'a.b', priceFen: 1 }]],
    ['/control/apple', {}],
    ['/control/refund', { rail: 'wxpay', orderNumber: 'order_0009' }],
    ['/control/refund', { rail: 'zero', orderNumber: 'order_0001' }],
    ['/control/bills', { rail: 'wxpay', wrong: 'nothing' }],
    ['/control/bills', { wrong: 'missing' }],
  ])('400 for %s with %j', async (path, body) => {
    expect((await ask('POST', path, body)).status).toBe(400);
  });
});

describe('control', () => {
  test('sets shares and single shots of all three', async () => {
    const answer = await ask('POST', '/control/faults', {
      duplicate: 0.5,
      next: { serverError: 1 },
      skewMs: 1_000,
      signs: 'certificate',
      weixin: { busy: 1 },
      nextWeixin: { blocked: 1 },
      xpay: { lose: 0.5 },
      nextXpay: { doublePay: 1 },
    });
    expect(answer).toMatchObject({ status: 200, json: { faults: { duplicate: 0.5 }, weixin: { busy: 1 } } });
    const { wechatPay, weixin, xpay } = served;
    expect([xpay.faults.shares.lose, xpay.faults.happens('doublePay')]).toEqual([0.5, true]);
    expect([wechatPay.skewMs, wechatPay.signs]).toEqual([1_000, 'certificate']);
    expect([wechatPay.faults.happens('serverError'), wechatPay.faults.happens('serverError')]).toEqual([
      true,
      false,
    ]);
    expect([weixin.faults.happens('blocked'), weixin.faults.happens('blocked')]).toEqual([true, false]);
  });

  test.each([
    ['an unknown fault', { nothing: 1 }],
    ['a share above 1', { duplicate: 2 }],
    ['a text for a share', { duplicate: '1' }],
    ['an unknown fault of virtual payment', { duplicate: 1, xpay: { nothing: 1 } }],
    ['an unknown fault of WeChat', { duplicate: 1, weixin: { nothing: 1 } }],
    ['no JSON', '{'],
  ])('refuses %s, and changes nothing', async (_, body) => {
    expect((await ask('POST', '/control/faults', body)).status).toBe(400);
    expect(served.wechatPay.faults.shares.duplicate).toBe(0);
  });

  test('makes the bills of one rail wrong, and right again', async () => {
    const { bills } = served.wechatPay;
    const { lists } = served.xpay;
    await ask('POST', '/control/bills', { rail: 'wxpay', wrong: 'missing' });
    expect([bills.planted, lists.planted]).toEqual([wrongBills.missing, null]);
    await ask('POST', '/control/bills', { rail: 'xpay', wrong: 'amount' });
    await ask('POST', '/control/bills', { rail: 'wxpay', wrong: null });
    expect([bills.planted, lists.planted]).toEqual([null, wrongLists.amount]);
  });

  test('knows no other paths', async () => {
    for (const path of ['/control/else', '/phone/else', '/'])
      expect((await ask('GET', path)).status).toBe(404);
  });
});

test.each(['/v3/certificates', '/sns/jscode2session'])(
  'no answer is a connection that ends: %s',
  async (path) => {
    served.wechatPay.faults.next('answerLost');
    served.weixin.faults.next('answerLost');
    await expect(fetch(`${served.url}${path}`)).rejects.toThrow();
    expect((await fetch(`${served.url}${path}`)).status).toBeLessThan(500);
  },
);

test('a body that is too long ends the connection', async () => {
  await expect(ask('POST', '/phone/login', { name: 'x'.repeat(1024 * 1024) })).rejects.toThrow();
});

test('nothing is told after the end, not even again what was being told then', async () => {
  let arrived = 0;
  let refuse = () => undefined as unknown;
  let url = '';
  const first = new Promise<Server>((resolve) => {
    const server = createServer(({ method }, response) => {
      if (method === 'GET') return response.end();
      arrived += 1;
      refuse = () => response.writeHead(500).end();
      resolve(server);
    }).listen(0, '127.0.0.1', async () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      url = `http://127.0.0.1:${port}/`;
      const asked = prepayOf('order-1', { notify_url: url });
      const { data } = await independent().post(JSAPI, asked);
      const payment = { ...requestPaymentOf(data.prepay_id, Date.now()), openid: OPENID };
      served.wechatPay.phone.pay(payment, 'confirm');
    });
  });
  const server = await first;
  await served.close();
  const later = jest.spyOn(globalThis, 'setTimeout');
  refuse();
  // The server answers this after the refusal, so the refusal has arrived when this has.
  await fetch(url);
  const timers = later.mock.calls.map(([, delayMs]) => delayMs);
  later.mockRestore();
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  expect([timers, arrived]).toEqual([[], 1]);
});

test.each(['NODE_ENV', 'ZHIKE_STAGE'])('does not start when %s says production', async (name) => {
  const before = process.env[name];
  process.env[name] = 'production';
  try {
    await expect(serveSimulators({ keys, port: 0, clockFactor: 1 })).rejects.toThrow('production');
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
});
