/** S20–S22: a message in a platform's name is believed only with its signature over exactly its bytes. */
import { gzipSync } from 'node:zlib';
import { PROBE, Wire } from '../../local/simulators/wxpay/wire.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { seeded } from '../support/seeded.ts';
import { learner, type Person } from './people.ts';
import { exampleOf, expectSane, expectUnchanged, operationsOf, requestOf } from './routes.ts';
import { buy, order } from './shop.ts';
import { at, type Received, type Sent, type Stack, startStack, textAt } from './stack.ts';

const NOTIFY = '/api/pay/notify';

let stack: Stack;
let alice: Person;
let wire: Wire;
let orderId = '';
let payableFen = 0;

beforeAll(async () => {
  stack = await startStack();
  alice = await learner(stack, 'alice');
  wire = new Wire({ keys: stack.keys.simulators, clock: systemClock, random: seeded(7) });
  const placed = await order(stack, alice);
  orderId = textAt(placed.json, 'data', 'order', 'id');
  payableFen = Number(at(placed.json, 'data', 'order', 'payableFen'));
  const pay = { method: 'POST', target: `/api/orders/${orderId}/pay`, token: alice.token, body: {} };
  expect((await stack.send(pay)).status).toBe(200);
});
afterAll(() => stack.stop());
afterEach(() => expectSane(stack));

/** What WeChat Pay would say about the order, sealed as WeChat Pay does it. */
function noticeOf(changes: Readonly<Record<string, unknown>> = {}): string {
  const { appid, merchantId } = stack.keys.simulators;
  const words = {
    appid,
    mchid: merchantId,
    out_trade_no: orderId,
    transaction_id: '4200000000202611230000000001',
    trade_type: 'JSAPI',
    trade_state: 'SUCCESS',
    success_time: new Date().toISOString(),
    payer: { openid: stack.simulators.weixin.openidOf('alice') },
    amount: { total: payableFen, payer_total: payableFen, currency: 'CNY' },
    ...changes,
  };
  return JSON.stringify({
    id: `EV-${wire.letters(12)}`,
    event_type: 'TRANSACTION.SUCCESS',
    resource_type: 'encrypt-resource',
    resource: { original_type: 'transaction', ...wire.sealed(JSON.stringify(words), 'transaction') },
  });
}

function notify(body: Sent['body'], headers: Sent['headers'] = {}): Promise<Received> {
  return stack.send({ method: 'POST', target: NOTIFY, body, headers });
}

const HEADERS = [
  'wechatpay-timestamp',
  'wechatpay-nonce',
  'wechatpay-serial',
  'wechatpay-signature',
] as const;

async function expectNotBelieved(
  body: Sent['body'],
  headers: Sent['headers'],
  ...statuses: number[]
): Promise<void> {
  await expectUnchanged(stack, async () => {
    const { status } = await notify(body, headers);
    expect(statuses).toContain(status);
  });
}

describe('S20: a forged notice is refused and writes nothing', () => {
  test('without headers, without one of them, with one of them empty or twice', async () => {
    const body = noticeOf();
    const signed = wire.signed(body, 'public_key', 0);
    await expectNotBelieved(body, {}, 401);
    for (const name of HEADERS) {
      const { [name]: left, ...rest } = signed;
      await expectNotBelieved(body, rest, 401);
      await expectNotBelieved(body, { ...signed, [name]: '' }, 401);
      await expectNotBelieved(body, { ...signed, [name]: [left ?? '', left ?? ''] }, 401);
    }
  });

  test('with a signature of nobody, of another body, of another moment, or a probe', async () => {
    const body = noticeOf();
    const signed = wire.signed(body, 'public_key', 0);
    const other = wire.signed(noticeOf(), 'public_key', 0);
    const signature = signed['wechatpay-signature'] ?? '';
    const later = String(Number(signed['wechatpay-timestamp']) + 1);
    const wrong: readonly Readonly<Record<string, string>>[] = [
      {
        ...signed,
        'wechatpay-signature':
          `A${signature.slice(1)}` === signature ? `B${signature.slice(1)}` : `A${signature.slice(1)}`,
      },
      { ...signed, 'wechatpay-signature': signature.slice(0, -4) },
      { ...signed, 'wechatpay-signature': Buffer.alloc(256).toString('base64') },
      { ...signed, 'wechatpay-signature': PROBE + signature },
      { ...signed, 'wechatpay-timestamp': later },
      { ...signed, 'wechatpay-nonce': 'another' },
      { ...signed, 'wechatpay-timestamp': '1e9' },
      other,
    ];
    for (const headers of wrong) await expectNotBelieved(body, headers, 401);
  });

  test('with a clock that is ten minutes away', async () => {
    const body = noticeOf();
    await expectNotBelieved(body, wire.signed(body, 'public_key', 600_000), 401);
    await expectNotBelieved(body, wire.signed(body, 'public_key', -600_000), 401);
  });

  test('signed well, and sealed by somebody else or not at all', async () => {
    const plain = JSON.stringify({
      id: 'EV-1',
      event_type: 'TRANSACTION.SUCCESS',
      resource: { out_trade_no: orderId },
    });
    await expectNotBelieved(plain, wire.signed(plain, 'public_key', 0), 400);
    const spoilt = noticeOf().replace(/"ciphertext":"..../, '"ciphertext":"AAAA');
    await expectNotBelieved(spoilt, wire.signed(spoilt, 'public_key', 0), 400);
  });

  test('a genuine notice, told again and again, is settled once', async () => {
    const bob = await learner(stack, 'bob');
    const paid = await buy(stack, bob);
    await stack.store.settled();
    const receipts = stack.store.bodies('receipts').filter((body) => body.includes(paid));
    expect(receipts).toHaveLength(1);
  });

  test.each(operationsOf('platform'))('%s believes nobody who signs nothing', async (_route, operation) => {
    await expectUnchanged(stack, async () => {
      const queries = [
        '',
        '?signature=x',
        '?msg_signature=x&timestamp=1&nonce=2&encrypt_type=aes',
        '?echostr=x',
      ];
      for (const query of queries) {
        for (const body of [
          '',
          '{}',
          'x',
          '<xml><Event>xpay_goods_deliver_notify</Event></xml>',
          '{"Event":"x"}',
        ]) {
          const request = requestOf(operation, exampleOf(operation), null);
          const sent =
            operation.method === 'GET' ? { method: 'GET', target: request.target } : { ...request, body };
          const received = await stack.send({ ...sent, target: `${request.target}${query}` });
          expect([query, body, received.status < 400 || received.status >= 500]).toEqual([
            query,
            body,
            false,
          ]);
        }
      }
    });
  });
});

describe('S21: unknown serials make us ask for keys once a minute at most', () => {
  test('a thousand of them', async () => {
    const certificates = () => stack.outbound.filter((call) => call.includes('/v3/certificates')).length;
    const before = certificates();
    const body = noticeOf();
    const signed = wire.signed(body, 'certificate', 0);
    for (let batch = 0; batch < 100; batch += 1) {
      await Promise.all(
        Array.from({ length: 10 }, async (_, index) => {
          const serial = `5${String(batch * 10 + index).padStart(39, '0')}`;
          expect((await notify(body, { ...signed, 'wechatpay-serial': serial })).status).toBe(401);
        }),
      );
    }
    expect(certificates() - before).toBeLessThanOrEqual(1);
  });
});

describe('S22: the signature is over the raw bytes', () => {
  test('the same notice written otherwise is not the same', async () => {
    const body = noticeOf();
    const signed = wire.signed(body, 'public_key', 0);
    const others: readonly (readonly [string, Sent['body'], Readonly<Record<string, string>>])[] = [
      ['with spaces', JSON.stringify(JSON.parse(body), null, 1), {}],
      ['with a byte order mark', `\ufeff${body}`, {}],
      ['with a line at the end', `${body}\n`, {}],
      ['packed', gzipSync(body), { 'content-encoding': 'gzip' }],
      ['escaped', body.replace('"EV-', '"\\u0045V-'), {}],
      ['longer than any notice', body.replace('"EV-', `"${'x'.repeat(65_536)}`), {}],
      ['empty', '', {}],
    ];
    for (const [what, bytes, headers] of others) {
      await expectUnchanged(stack, async () => {
        const { status } = await notify(bytes, { ...signed, ...headers });
        expect([what, [400, 401, 413, 415].includes(status)]).toEqual([what, true]);
      });
    }
  });

  test('in pieces it is the same bytes; words that are not ASCII are, too', async () => {
    const body = noticeOf().replace('"EV-', '"知课EV-');
    const signed = wire.signed(body, 'public_key', 0);
    const { status } = await notify(body, { ...signed, 'transfer-encoding': 'chunked' });
    expect(status).toBe(200);
    await stack.store.settled();
    expect(at(stack.store.document('orders', orderId), 'state')).toBe('paid');
  });
});
