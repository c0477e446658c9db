import { createPublicKey } from 'node:crypto';
import type { OutsideRequest } from '../../../shared/adapters/http/request.ts';
import { openSealed, verifyRsa } from '../../../shared/adapters/wxpay/crypto.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { keys } from '../../support/keys.ts';
import { createMerchant, type Merchant, NOTIFY_URL, OPENID } from '../../support/merchant.ts';

/** The official pauses, as listed on WeChat Pay's page. */
const PAUSES = '15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h'.split('/').map((pause) => {
  const unit = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS }[pause.at(-1) ?? ''] ?? 0;
  return Number.parseInt(pause, 10) * unit;
});

let merchant: Merchant;
beforeEach(() => {
  merchant = createMerchant();
});

const publicKey = createPublicKey(keys.publicKeyPem);

function isGenuine({ headers, body }: OutsideRequest): boolean {
  const message = `${headers['wechatpay-timestamp']}\n${headers['wechatpay-nonce']}\n${body}\n`;
  return verifyRsa(message, headers['wechatpay-signature'] ?? '', publicKey);
}

function wordsOf({ body }: OutsideRequest): Record<string, unknown> {
  const { resource } = JSON.parse(body);
  return JSON.parse(openSealed(resource, [Buffer.from(keys.apiV3Key)]).toString('utf8'));
}

/** Pays an order, and lets its notices be delivered for so long. */
async function payAndWait(forMs: number): Promise<void> {
  expect(merchant.pay(merchant.open('order-1'))).toBe('requestPayment:ok');
  await merchant.pass(forMs);
}

const record = () => merchant.rail.books().notices[0];

test('a payment is told at once, sealed and signed, to the URL its order named', async () => {
  await payAndWait(0);
  const [notice] = merchant.notices;
  if (notice === undefined) throw new Error('no notice came');
  expect(notice).toMatchObject({ method: 'POST', url: NOTIFY_URL });
  expect(isGenuine(notice)).toBe(true);
  expect(JSON.parse(notice.body)).toMatchObject({
    event_type: 'TRANSACTION.SUCCESS',
    resource_type: 'encrypt-resource',
    resource: { original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM' },
  });
  expect(wordsOf(notice)).toMatchObject({
    appid: keys.appid,
    mchid: keys.merchantId,
    out_trade_no: 'order-1',
    transaction_id: merchant.rail.books().transactions[0]?.transactionId,
    trade_state: 'SUCCESS',
    success_time: '2026-11-23T14:00:00+08:00',
    payer: { openid: OPENID },
    amount: { total: 9_900, currency: 'CNY' },
  });
});

test.each([200, 204])('a notice answered %d is not told again', async (status) => {
  merchant.answers.push(status);
  await payAndWait(3 * DAY_MS);
  expect(record()).toMatchObject({ isAnswered: true, deliveries: [{ delivery: 'genuine', status }] });
});

test('a notice that is refused, or not answered, is told again by the official plan, and then no more', async () => {
  merchant.answers.push(
    ...Array.from({ length: 20 }, (_, index) => [500, 400, 302, null][index % 4] ?? null),
  );
  const startMs = merchant.clock.now();
  await payAndWait(10 * DAY_MS);
  const times = record()?.deliveries.map(({ atMs }) => atMs) ?? [];
  expect(times[0]).toBe(startMs);
  expect(times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0))).toEqual(PAUSES);
  expect(record()?.isAnswered).toBe(false);
  expect(new Set(merchant.notices.map(({ body }) => body)).size).toBe(1);
  expect(merchant.notices.every(isGenuine)).toBe(true);
});

test('the clock’s factor hurries the plan', async () => {
  merchant = createMerchant({ clockFactor: 10 });
  merchant.answers.push(500, 500);
  const startMs = merchant.clock.now();
  await payAndWait(DAY_MS);
  expect(record()?.deliveries.map(({ atMs }) => atMs - startMs)).toEqual([0, 1_500, 3_000]);
});

test.each([
  ['refundClosed', 'CLOSED'],
  ['refundAbnormal', 'ABNORMAL'],
  [null, 'SUCCESS'],
] as const)('a refund’s end is told: %s', async (fault, state) => {
  await payAndWait(0);
  if (fault !== null) merchant.rail.faults.next(fault);
  merchant.ask('POST', '/v3/refund/domestic/refunds', {
    transaction_id: merchant.rail.books().transactions[0]?.transactionId,
    out_refund_no: 'refund-1',
    notify_url: NOTIFY_URL,
    amount: { refund: 400, total: 9_900, currency: 'CNY' },
  });
  expect(merchant.notices).toHaveLength(1);
  await merchant.pass(HOUR_MS);
  const [, notice] = merchant.notices;
  if (notice === undefined) throw new Error('no notice came');
  expect(isGenuine(notice)).toBe(true);
  expect(JSON.parse(notice.body)).toMatchObject({ event_type: `REFUND.${state}` });
  expect(wordsOf(notice)).toMatchObject({
    mchid: keys.merchantId,
    out_refund_no: 'refund-1',
    refund_status: state,
    amount: { refund: 400, total: 9_900 },
  });
});

describe('faults', () => {
  test('lose: nothing of a notice is ever delivered', async () => {
    merchant.rail.faults.next('lose');
    await payAndWait(3 * DAY_MS);
    expect(merchant.notices).toEqual([]);
    expect(record()).toMatchObject({ isLost: true, isAnswered: false });
  });

  test('delay: a notice sets out late, by twenty minutes at most', async () => {
    merchant.rail.faults.next('delay');
    await payAndWait(0);
    expect(merchant.notices).toEqual([]);
    await merchant.pass(20 * MINUTE_MS);
    expect(merchant.notices).toHaveLength(1);
  });

  test('duplicate: a delivery comes twice, word for word', async () => {
    merchant.rail.faults.next('duplicate');
    await payAndWait(MINUTE_MS);
    expect(merchant.notices.map(isGenuine)).toEqual([true, true]);
    expect(merchant.notices[0]?.body).toBe(merchant.notices[1]?.body);
  });

  test.each([
    ['forge', 'forged'],
    ['probe', 'probe'],
  ] as const)('%s: a delivery nobody may believe comes first, and ends nothing', async (fault, delivery) => {
    merchant.rail.faults.next(fault);
    await payAndWait(0);
    expect(merchant.notices.map(isGenuine)).toEqual([false, true]);
    expect(record()?.deliveries.map((each) => each.delivery)).toEqual([delivery, 'genuine']);
    expect(merchant.notices[0]?.headers['wechatpay-signature']?.startsWith('WECHATPAY/SIGNTEST/')).toBe(
      fault === 'probe',
    );
  });

  test('a forged delivery that is believed does not count as answered', async () => {
    merchant.rail.faults.next('forge');
    merchant.answers.push(200, 500);
    await payAndWait(0);
    expect(record()?.isAnswered).toBe(false);
  });

  test('otherAmount and otherCurrency: the money is another, in the books and in the notice', async () => {
    merchant.rail.faults.next('otherAmount');
    merchant.rail.faults.next('otherCurrency');
    await payAndWait(0);
    const [transaction] = merchant.rail.books().transactions;
    expect(transaction).toMatchObject({ totalFen: 9_901, currency: 'USD' });
    expect(merchant.notices.map(wordsOf)).toMatchObject([{ amount: { total: 9_901, currency: 'USD' } }]);
  });

  test('payTwice: a second transaction pays the same order, with a notice of its own', async () => {
    merchant.rail.faults.next('payTwice');
    await payAndWait(MINUTE_MS);
    const ids = merchant.rail.books().transactions.map(({ transactionId }) => transactionId);
    expect(new Set(ids).size).toBe(2);
    expect(merchant.notices.map((notice) => wordsOf(notice).transaction_id)).toEqual(ids);
  });

  test('payLate: the phone says that it failed, and the money comes all the same', async () => {
    merchant.rail.faults.next('payLate');
    expect(merchant.pay(merchant.open('order-1'))).toBe('requestPayment:fail timeout');
    expect(merchant.rail.books().transactions).toEqual([]);
    await merchant.pass(20 * MINUTE_MS);
    expect(merchant.rail.books().transactions).toHaveLength(1);
    expect(merchant.notices).toHaveLength(1);
  });

  test('payLate: no money comes for what was closed meanwhile', async () => {
    merchant.rail.faults.next('payLate');
    merchant.pay(merchant.open('order-1'));
    const close = '/v3/pay/transactions/out-trade-no/order-1/close';
    expect(merchant.ask('POST', close, { mchid: keys.merchantId })?.status).toBe(204);
    await merchant.pass(HOUR_MS);
    expect(merchant.rail.books()).toMatchObject({ transactions: [], orders: [{ isClosed: true }] });
  });

  test('a clock that is wrong shows in what is signed', async () => {
    merchant.rail.skewMs = 6 * MINUTE_MS;
    await payAndWait(0);
    const toldMs = Number(merchant.notices[0]?.headers['wechatpay-timestamp']) * SECOND_MS;
    expect(toldMs - merchant.clock.now()).toBe(6 * MINUTE_MS);
  });
});
