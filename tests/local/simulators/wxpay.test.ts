import { createPublicKey, X509Certificate } from 'node:crypto';
import { openSealed, verifyRsa } from '../../../shared/adapters/wxpay/crypto.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/schemas/base.ts';
import { keys } from '../../support/keys.ts';
import {
  createMerchant,
  type Merchant,
  NOTIFY_URL,
  OPENID,
  prepayOf,
  type RailAnswer,
  requestPaymentOf,
  signedRequest,
} from '../../support/merchant.ts';

const JSAPI = '/v3/pay/transactions/jsapi';
const REFUNDS = '/v3/refund/domestic/refunds';
const orderPath = (orderNumber: string) => `/v3/pay/transactions/out-trade-no/${orderNumber}`;
const queryPath = (orderNumber: string) => `${orderPath(orderNumber)}?mchid=${keys.merchantId}`;
const closed = { mchid: keys.merchantId };

const codeOf = (answer: RailAnswer | null) => [answer?.status, answer?.json?.code];

let merchant: Merchant;
beforeEach(() => {
  merchant = createMerchant();
});

/** Pays an order, and answers the transaction's id. */
function paid(orderNumber = 'order-1'): string {
  expect(merchant.pay(merchant.open(orderNumber))).toBe('requestPayment:ok');
  const transaction = merchant.rail.books().transactions.find((each) => each.orderNumber === orderNumber);
  if (transaction === undefined) throw new Error('no money came');
  return transaction.transactionId;
}

const refundOf = (transactionId: string, refundNumber: string, refund = 9_900, changes = {}) => ({
  transaction_id: transactionId,
  out_refund_no: refundNumber,
  notify_url: NOTIFY_URL,
  amount: { refund, total: 9_900, currency: 'CNY' },
  ...changes,
});

describe('who may ask', () => {
  const answerTo = (request: Parameters<Merchant['rail']['handle']>[0]) =>
    merchant.rail.handle(request)?.status;
  const asked = () => signedRequest('GET', queryPath('order-1'), null, merchant.clock.now());

  test('the merchant, with its own signature over exactly this request', () => {
    merchant.open('order-1');
    expect(answerTo(asked())).toBe(200);
  });

  test.each<[string, (request: ReturnType<typeof asked>) => Parameters<Merchant['rail']['handle']>[0]]>([
    ['another path', (request) => ({ ...request, path: queryPath('order-2') })],
    ['another query', (request) => ({ ...request, path: `${request.path}&x=1` })],
    ['another method', (request) => ({ ...request, method: 'POST' })],
    ['another body', (request) => ({ ...request, body: Buffer.from('{}') })],
    ['no authorization', (request) => ({ ...request, headers: { ...request.headers, authorization: '' } })],
    ...(['mchid', 'serial_no', 'timestamp', 'nonce_str', 'signature'] as const).map(
      (field): [string, (request: ReturnType<typeof asked>) => ReturnType<typeof asked>] => [
        `another ${field}`,
        (request) => {
          const authorization = request.headers.authorization?.replace(`${field}="`, `${field}="1`) ?? '';
          return { ...request, headers: { ...request.headers, authorization } };
        },
      ],
    ),
  ])('is refused with %s', (_, changed) => {
    merchant.open('order-1');
    expect(answerTo(changed(asked()))).toBe(401);
  });

  test('is refused when the clocks are five minutes apart, either way', () => {
    merchant.open('order-1');
    const at = (ms: number) => signedRequest('GET', queryPath('order-1'), null, merchant.clock.now() + ms);
    expect([-4, 4].map((minutes) => answerTo(at(minutes * MINUTE_MS)))).toEqual([200, 200]);
    expect([-6, 6].map((minutes) => answerTo(at(minutes * MINUTE_MS)))).toEqual([401, 401]);
  });

  test('needs Accept, User-Agent and Content-Type, and names no unknown key', () => {
    const post = signedRequest('POST', JSAPI, prepayOf('order-1'), merchant.clock.now());
    const without = (name: string) => ({ ...post, headers: { ...post.headers, [name]: '' } });
    expect(['accept', 'user-agent', 'content-type'].map((name) => answerTo(without(name)))).toEqual([
      400, 400, 415,
    ]);
    expect(answerTo({ ...post, headers: { ...post.headers, 'wechatpay-serial': 'PUB_KEY_ID_0' } })).toBe(400);
    expect(merchant.rail.books().orders).toEqual([]);
  });
});

describe('every answer', () => {
  test.each([
    ['public_key', keys.publicKeyId],
    ['certificate', keys.certificateSerial],
  ] as const)('is signed with the %s, over time, nonce and exact bytes', (signs, serial) => {
    merchant.rail.signs = signs;
    merchant.open('order-1');
    const answers = [
      merchant.ask('GET', queryPath('order-1')),
      merchant.ask('GET', queryPath('order-2')),
      merchant.ask('POST', `${orderPath('order-1')}/close`, closed),
    ];
    expect(answers.map((answer) => answer?.status)).toEqual([200, 404, 204]);
    for (const answer of answers) {
      const { headers = {}, text } = answer ?? {};
      const message = `${headers['wechatpay-timestamp']}\n${headers['wechatpay-nonce']}\n${text}\n`;
      const signature = headers['wechatpay-signature'] ?? '';
      expect(headers['wechatpay-serial']).toBe(serial);
      expect(verifyRsa(message, signature, createPublicKey(keys.publicKeyPem))).toBe(true);
    }
  });

  test('tells the certificate, sealed under the merchant’s key, with a serial and a signature of its own', () => {
    const answer = merchant.ask('GET', '/v3/certificates');
    const [told] = (answer?.json?.data ?? []) as { serial_no: string; encrypt_certificate: never }[];
    if (told === undefined) throw new Error('no certificate');
    const pem = openSealed(told.encrypt_certificate, [Buffer.from(keys.apiV3Key)]);
    const certificate = new X509Certificate(pem);
    expect(certificate.serialNumber).toBe(told.serial_no);
    expect(certificate.verify(createPublicKey(keys.publicKeyPem))).toBe(true);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(merchant.clock.now());
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(merchant.clock.now() + 365 * DAY_MS);
  });
});

describe('opening', () => {
  test.each<[string, Record<string, unknown>]>([
    ['a field it does not know', { foo: 1 }],
    ['no money', { amount: { total: 0, currency: 'CNY' } }],
    ['a part of a fen', { amount: { total: 1.5, currency: 'CNY' } }],
    ['another currency', { amount: { total: 1, currency: 'USD' } }],
    ['a number with other signs', { out_trade_no: 'order 1!' }],
    ['a short number', { out_trade_no: 'five5' }],
    ['a long number', { out_trade_no: 'x'.repeat(33) }],
    ['a notify_url with a query', { notify_url: `${NOTIFY_URL}?a=1` }],
    ['a description of 43 Chinese characters', { description: '课'.repeat(43) }],
    ['no payer', { payer: {} }],
    ['another merchant', { mchid: '1900000000' }],
    ['another appid', { appid: 'wx0' }],
    ['an end that is over', { time_expire: '2026-11-23T13:59:59+08:00' }],
    ['an end that is no instant', { time_expire: '20261123' }],
  ])('refuses %s', (_, changes) => {
    expect(merchant.ask('POST', JSAPI, prepayOf('order-1', changes))?.status).toBe(400);
    expect(merchant.rail.books().orders).toEqual([]);
  });

  test('answers the same words with the same prepay_id, and refuses other words', () => {
    const prepayId = merchant.open('order-1');
    expect(merchant.open('order-1')).toBe(prepayId);
    const other = merchant.ask('POST', JSAPI, prepayOf('order-1', { amount: { total: 1 } }));
    expect(codeOf(other)).toEqual([400, 'INVALID_REQUEST']);
    expect(merchant.rail.books().orders).toMatchObject([
      { orderNumber: 'order-1', totalFen: 9_900, openid: OPENID, isClosed: false },
    ]);
  });

  test('gives a new prepay_id once the old one is two hours old, and the old one pays no more', () => {
    const old = merchant.open('order-1');
    merchant.clock.advance(2 * HOUR_MS);
    expect(merchant.pay(old)).toBe('requestPayment:fail prepay_id无效');
    const fresh = merchant.open('order-1');
    expect(fresh).not.toBe(old);
    expect(merchant.pay(old)).toBe('requestPayment:fail prepay_id无效');
    expect(merchant.pay(fresh)).toBe('requestPayment:ok');
  });

  test('is refused for what is paid, and for what is closed', () => {
    paid('order-1');
    merchant.open('order-2');
    merchant.ask('POST', `${orderPath('order-2')}/close`, closed);
    const again = ['order-1', 'order-2'].map((number) => merchant.ask('POST', JSAPI, prepayOf(number)));
    expect(again.map(codeOf)).toEqual([
      [400, 'ORDERPAID'],
      [400, 'ORDER_CLOSED'],
    ]);
  });
});

describe('the phone', () => {
  test('pays once, with the money in the books', () => {
    const prepayId = merchant.open('order-1');
    expect(merchant.pay(prepayId, 'dismiss')).toBe('requestPayment:fail cancel');
    expect(merchant.rail.books().transactions).toEqual([]);
    expect(merchant.pay(prepayId)).toBe('requestPayment:ok');
    expect(merchant.pay(prepayId)).toBe('requestPayment:fail 该订单已支付');
    expect(merchant.rail.books().transactions).toMatchObject([
      { orderNumber: 'order-1', totalFen: 9_900, currency: 'CNY', openid: OPENID },
    ]);
  });

  test.each(['timeStamp', 'nonceStr', 'package', 'signType', 'paySign'] as const)(
    'refuses what the merchant did not sign: another %s',
    (field) => {
      const asked = requestPaymentOf(merchant.open('order-1'), merchant.clock.now());
      const changed = { ...asked, [field]: `1${asked[field]}`, openid: OPENID } as typeof asked & {
        openid: string;
      };
      expect(merchant.rail.phone.pay(changed, 'confirm').errMsg).toMatch(/^requestPayment:fail/);
      expect(merchant.rail.books().transactions).toEqual([]);
    },
  );

  test('refuses another person’s order', () => {
    const prepayId = merchant.open('order-1');
    expect(merchant.pay(prepayId, 'confirm', 'oSomebodyElse')).toBe(
      'requestPayment:fail 下单账号与支付账号不一致',
    );
  });

  test('pays nothing that is closed, or whose time is over', () => {
    const prepayIds = ['order-1', 'order-2'].map((number) =>
      merchant.open(number, { time_expire: '2026-11-23T14:10:00+08:00' }),
    );
    merchant.ask('POST', `${orderPath('order-1')}/close`, closed);
    merchant.clock.advance(10 * MINUTE_MS);
    for (const prepayId of prepayIds) expect(merchant.pay(prepayId)).toBe('requestPayment:fail 该订单已关闭');
    expect(merchant.rail.books().orders.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    expect(merchant.rail.books().transactions).toEqual([]);
  });
});

describe('asking and closing', () => {
  const stateOf = (orderNumber: string) => merchant.ask('GET', queryPath(orderNumber))?.json?.trade_state;

  test('an order is NOTPAY, SUCCESS, REFUND, or CLOSED by whoever closes it, time too', () => {
    merchant.open('order-1', { time_expire: '2026-11-23T14:10:00+08:00' });
    const transactionId = paid('order-2');
    merchant.open('order-3');
    merchant.ask('POST', `${orderPath('order-3')}/close`, closed);
    expect(['order-1', 'order-2', 'order-3'].map(stateOf)).toEqual(['NOTPAY', 'SUCCESS', 'CLOSED']);
    merchant.ask('POST', REFUNDS, refundOf(transactionId, 'refund-1'));
    merchant.clock.advance(10 * MINUTE_MS);
    expect(['order-1', 'order-2', 'order-3'].map(stateOf)).toEqual(['CLOSED', 'REFUND', 'CLOSED']);
  });

  test('a transaction is found by its own id and by the order’s number, with the same words', () => {
    const transactionId = paid('order-1');
    const path = `/v3/pay/transactions/id/${transactionId}?mchid=${keys.merchantId}`;
    const byId = merchant.ask('GET', path)?.json;
    expect(byId).toMatchObject({
      out_trade_no: 'order-1',
      amount: { total: 9_900 },
      payer: { openid: OPENID },
    });
    expect(merchant.ask('GET', queryPath('order-1'))?.json).toEqual(byId);
  });

  test('closes twice, and not what is paid or unknown', () => {
    merchant.open('order-1');
    paid('order-2');
    const close = (number: string) => merchant.ask('POST', `${orderPath(number)}/close`, closed);
    expect([close('order-1'), close('order-1')].map((answer) => [answer?.status, answer?.text])).toEqual([
      [204, ''],
      [204, ''],
    ]);
    expect(codeOf(close('order-2'))).toEqual([400, 'ORDER_PAID']);
    expect(codeOf(close('order-3'))).toEqual([404, 'ORDER_NOT_EXIST']);
    expect(merchant.rail.books().closes).toHaveLength(1);
  });

  test('knows no other paths, and no other merchant', () => {
    merchant.open('order-1');
    expect(merchant.ask('GET', '/v3/else')?.status).toBe(404);
    expect(merchant.ask('POST', '/v3/else', {})?.status).toBe(404);
    expect(merchant.ask('GET', `${orderPath('order-1')}?mchid=1`)?.status).toBe(400);
    expect(merchant.ask('GET', orderPath('order-1'))?.status).toBe(400);
  });
});

describe('refunds', () => {
  const refund = (asked: unknown) => merchant.ask('POST', REFUNDS, asked);

  test('the same number refunds once, and other words under it are refused', async () => {
    const asked = refundOf(paid(), 'refund-1', 400);
    expect([refund(asked), refund(asked)].map((answer) => answer?.json?.status)).toEqual([
      'PROCESSING',
      'PROCESSING',
    ]);
    expect(codeOf(refund({ ...asked, amount: { refund: 401, total: 9_900 } }))[0]).toBe(400);
    await merchant.pass(HOUR_MS);
    expect(merchant.ask('GET', `${REFUNDS}/refund-1`)?.json?.status).toBe('SUCCESS');
    expect(merchant.rail.books().refunds).toMatchObject([
      { refundNumber: 'refund-1', refundFen: 400, isSuccess: true, state: 'SUCCESS' },
    ]);
    expect(merchant.rail.books().notices.filter(({ kind }) => kind === 'refund')).toHaveLength(1);
  });

  test('never more goes back than came', () => {
    const transactionId = paid();
    expect(refund(refundOf(transactionId, 'refund-1', 9_000))?.status).toBe(200);
    expect(refund(refundOf(transactionId, 'refund-2', 901))?.status).toBe(400);
    expect(refund(refundOf(transactionId, 'refund-3', 900))?.status).toBe(200);
    expect(merchant.rail.books().refunds.map(({ refundFen }) => refundFen)).toEqual([9_000, 900]);
  });

  test('money whose refund was closed may go back under another number', async () => {
    const transactionId = paid();
    merchant.rail.faults.next('refundClosed');
    refund(refundOf(transactionId, 'refund-1'));
    expect(refund(refundOf(transactionId, 'refund-2'))?.status).toBe(400);
    await merchant.pass(HOUR_MS);
    expect(refund(refundOf(transactionId, 'refund-2'))?.status).toBe(200);
    await merchant.pass(HOUR_MS);
    expect(merchant.rail.books().refunds.map(({ state }) => state)).toEqual(['CLOSED', 'SUCCESS']);
  });

  test('are refused for money that never came, for another total, and in other words', () => {
    const transactionId = paid();
    expect(codeOf(refund(refundOf('4200', 'refund-1')))).toEqual([404, 'RESOURCE_NOT_EXISTS']);
    const wrong = [{ amount: { refund: 1, total: 1 } }, { amount: { refund: 0, total: 9_900 } }, { foo: 1 }];
    for (const changes of wrong) {
      expect(codeOf(refund(refundOf(transactionId, 'refund-1', 1, changes)))).toEqual([400, 'PARAM_ERROR']);
    }
    expect(codeOf(merchant.ask('GET', `${REFUNDS}/refund-1`))).toEqual([404, 'RESOURCE_NOT_EXISTS']);
    expect(merchant.rail.books().refunds).toEqual([]);
  });
});

describe('faults of calls', () => {
  const open = () => merchant.ask('POST', JSAPI, prepayOf('order-1'));
  const known = () => merchant.rail.books().orders.length;

  test.each([
    ['requestLost', null, 0],
    ['serverError', 500, 0],
    ['rateLimited', 429, 0],
    ['answerLost', null, 1],
    ['doubtfulError', 500, 1],
    ['badSignature', 200, 1],
    ['garbage', 200, 1],
  ] as const)('%s: answered %s, and %d orders are open', (fault, status, orders) => {
    merchant.rail.faults.next(fault);
    expect(open()?.status ?? null).toBe(status);
    expect(known()).toBe(orders);
    expect(open()?.status).toBe(200);
  });

  test('badSignature is a signature, and not over this answer', () => {
    merchant.rail.faults.next('badSignature');
    const { headers = {}, text } = open() ?? {};
    const message = `${headers['wechatpay-timestamp']}\n${headers['wechatpay-nonce']}\n${text}\n`;
    const signature = headers['wechatpay-signature'] ?? '';
    expect(signature).toHaveLength(344);
    expect(verifyRsa(message, signature, createPublicKey(keys.publicKeyPem))).toBe(false);
  });

  test('a share makes a fault happen that often, and the same seed at the same times', () => {
    const run = (seed: number) => {
      const own = createMerchant({ seed });
      own.rail.faults.shares.serverError = 0.3;
      return Array.from({ length: 200 }, () => own.ask('GET', queryPath('order-1'))?.status);
    };
    const failed = run(1).filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(30);
    expect(failed).toBeLessThan(90);
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });
});
