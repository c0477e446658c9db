import { readFileSync } from 'node:fs';
import { openMessage, sealMessage, signedParts } from '../../../local/simulators/wechat/seal.ts';
import type { OutsideRequest } from '../../../shared/adapters/http/request.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { keys } from '../../support/keys.ts';
import { answering, createVirtualShop, PUSH_URL, type VirtualShop } from '../../support/virtualShop.ts';

const ORDER = 'order_0001';
const seal = { aesKey: keys.pushAesKey, appid: keys.appid };
const DONE = { ErrCode: 0, ErrMsg: 'success' };
const NOT_DONE = { ErrCode: 1, ErrMsg: 'later' };

let shop: VirtualShop;
beforeEach(() => {
  shop = createVirtualShop();
});

function queryOf(push: OutsideRequest | undefined): Record<string, string> {
  return Object.fromEntries(new URL(push?.url ?? '').searchParams);
}

/** The words of a push, after opening its seal. */
function opened(push: OutsideRequest | undefined): Record<string, unknown> {
  if (push === undefined) throw new Error('nothing was pushed');
  const { Encrypt: sealed } = JSON.parse(push?.body ?? '');
  return JSON.parse(openMessage(sealed, seal) ?? '');
}

/** An answer as a server gives it in the sealed mode. */
function sealedAnswer(words: unknown, token = keys.pushToken) {
  const sealed = sealMessage(JSON.stringify(words), { ...seal, head: 'h'.repeat(16) });
  const MsgSignature = signedParts(token, '1780000000', '1', sealed);
  return answering(JSON.stringify({ Encrypt: sealed, MsgSignature, TimeStamp: 1_780_000_000, Nonce: '1' }));
}

const plainAnswer = (words: unknown) => answering(JSON.stringify(words));

const { message_push: vector } = JSON.parse(readFileSync('tests/fixtures/wechat.vectors.json', 'utf8'));

describe('the seal', () => {
  test('signs and opens what is in the official examples', () => {
    const { token, encodingAESKey: aesKey, appid, urlVerify, safePost, safeReply } = vector;
    expect(signedParts(token, urlVerify.timestamp, urlVerify.nonce)).toBe(urlVerify.signature);
    expect(signedParts(token, safePost.timestamp, safePost.nonce, safePost.Encrypt)).toBe(
      safePost.msg_signature,
    );
    expect(openMessage(safePost.Encrypt, { aesKey, appid })).toBe(safePost.msg);
    expect(sealMessage(safeReply.msg, { aesKey, appid, head: safeReply.random16 })).toBe(safeReply.Encrypt);
  });

  test('opens nothing that is another app’s, under another key, or none', () => {
    const sealed = sealMessage('x', { ...seal, head: 'h'.repeat(16) });
    expect(openMessage(sealed, seal)).toBe('x');
    expect(openMessage(sealed, { ...seal, appid: 'wx0' })).toBeNull();
    expect(openMessage(sealed, { ...seal, aesKey: 'B'.repeat(43) })).toBeNull();
    expect(openMessage('????', seal)).toBeNull();
  });
});

describe('a delivery', () => {
  test('is pushed sealed and signed, and done when it is answered well', async () => {
    shop.pay(ORDER);
    await shop.pass(0);
    const [push] = shop.pushes;
    expect(push).toMatchObject({ method: 'POST', timeoutMs: 5_000 });
    expect(push?.url.startsWith(`${PUSH_URL}?`)).toBe(true);
    const { timestamp = '', nonce = '', signature, msg_signature, encrypt_type } = queryOf(push);
    expect(signature).toBe(signedParts(keys.pushToken, timestamp, nonce));
    const { Encrypt: sealed } = JSON.parse(push?.body ?? '');
    expect(msg_signature).toBe(signedParts(keys.pushToken, timestamp, nonce, sealed));
    expect(encrypt_type).toBe('aes');
    expect(opened(push)).toMatchObject({
      MsgType: 'event',
      Event: 'xpay_goods_deliver_notify',
      OpenId: shop.openid,
      OutTradeNo: ORDER,
      Env: 0,
      WeChatPayInfo: { MchOrderNo: ORDER, PaidTime: shop.clock.now() / SECOND_MS },
      GoodsInfo: { Quantity: 1, OrigPrice: 9_900, ActualPrice: 9_900, Attach: 'attached' },
    });
    expect(shop.order({ order_id: ORDER })).toMatchObject({ status: 4 });
    await shop.pass(24 * HOUR_MS);
    expect(shop.pushes).toHaveLength(1);
  });

  test('of what Apple took does not say how it was paid', async () => {
    shop.pay(ORDER, {}, { platform: 'ios' });
    await shop.pass(0);
    expect(opened(shop.pushes[0])).not.toHaveProperty('WeChatPayInfo');
  });

  test('comes again with pauses that double, fifteen times, with the same stamp', async () => {
    shop.answers.push(...Array.from({ length: 16 }, () => null));
    const paidAtMs = shop.clock.now();
    shop.pay(ORDER);
    await shop.pass(24 * HOUR_MS);
    const seconds = shop.xpay.books().pushes.map(({ atMs }) => (atMs - paidAtMs) / SECOND_MS);
    expect(seconds).toEqual(Array.from({ length: 16 }, (_, tries) => 2 ** (tries + 1) - 2));
    expect(new Set(shop.pushes.map((push) => queryOf(push).timestamp)).size).toBe(1);
    expect(shop.order({ order_id: ORDER })).toMatchObject({ status: 3 });
  });

  test.each([
    ['nothing', answering('')],
    ['success', answering('success')],
    ['a sealed ErrCode 0', sealedAnswer(DONE)],
  ])('%s is a good answer', async (_, answer) => {
    shop.answers.push(answer);
    shop.pay(ORDER);
    await shop.pass(10 * SECOND_MS);
    expect(shop.pushes).toHaveLength(1);
  });

  test.each([
    ['no answer', null],
    ['a status of 500', answering('success', 500)],
    ['an ErrCode that is not sealed', plainAnswer(DONE)],
    ['a sealed ErrCode 1', sealedAnswer(NOT_DONE)],
    ['a seal with another signature', sealedAnswer(DONE, 'x')],
    ['a page', answering('<html></html>')],
  ])('%s is none, and the push comes again', async (_, answer) => {
    shop.answers.push(answer);
    shop.pay(ORDER);
    await shop.pass(10 * SECOND_MS);
    expect(shop.xpay.books().pushes.map(({ isTaken }) => isTaken)).toEqual([false, true]);
  });

  test('is plain in the plain mode, in JSON or XML, and so is its answer', async () => {
    shop.xpay.push.mode = 'plain';
    shop.answers.push(plainAnswer(DONE));
    shop.pay(ORDER);
    await shop.pass(0);
    expect(JSON.parse(shop.pushes[0]?.body ?? '')).toMatchObject({ OutTradeNo: ORDER });
    expect(queryOf(shop.pushes[0])).not.toHaveProperty('msg_signature');
    shop.xpay.push.format = 'xml';
    shop.answers.push(answering('<xml><ErrCode>0</ErrCode><ErrMsg><![CDATA[success]]></ErrMsg></xml>'));
    shop.pay('order_0002');
    await shop.pass(0);
    expect(shop.pushes[1]?.headers['content-type']).toBe('text/xml');
    expect(shop.pushes[1]?.body).toMatch(
      /^<xml><ToUserName><!\[CDATA\[gh_.*<Env>0<\/Env>.*<ProductId><!\[CDATA/,
    );
    expect(shop.xpay.books().pushes.map(({ isTaken }) => isTaken)).toEqual([true, true]);
  });

  test('lose: nothing comes', async () => {
    shop.xpay.faults.next('lose');
    shop.pay(ORDER);
    await shop.pass(24 * HOUR_MS);
    expect(shop.pushes).toEqual([]);
    expect(shop.order({ order_id: ORDER })).toMatchObject({ status: 2 });
  });

  test('delay: it sets out up to twenty minutes later', async () => {
    shop.xpay.faults.next('delay');
    shop.pay(ORDER);
    await shop.pass(0);
    expect(shop.pushes).toEqual([]);
    await shop.pass(20 * MINUTE_MS);
    expect(shop.pushes).toHaveLength(1);
  });

  test('duplicate: it comes twice', async () => {
    shop.xpay.faults.next('duplicate');
    shop.pay(ORDER);
    await shop.pass(SECOND_MS);
    expect(shop.pushes.map((push) => opened(push).OutTradeNo)).toEqual([ORDER, ORDER]);
  });

  test('forge: before it, and where nobody paid, comes one that somebody else wrote', async () => {
    shop.xpay.faults.shares.forge = 1;
    for (let n = 10; n < 30; n += 1) shop.pay(`order_00${n}`, {}, {}, 'dismiss');
    await shop.pass(0);
    const { pushes } = shop.xpay.books();
    const kinds = new Set(pushes.map(({ delivery }) => delivery));
    expect(kinds).toEqual(new Set(['rewritten', 'unsigned']));
    pushes.forEach(({ delivery }, index) => {
      const push = shop.pushes[index];
      const { timestamp = '', nonce = '', signature, msg_signature } = queryOf(push);
      expect(signature).toBe(signedParts(keys.pushToken, timestamp, nonce));
      const { Encrypt: sealed, ...words } = JSON.parse(push?.body ?? '');
      if (delivery === 'rewritten') expect(words.OutTradeNo).toMatch(/^order_00/);
      else expect(msg_signature).not.toBe(signedParts(keys.pushToken, timestamp, nonce, sealed));
    });
    expect(shop.xpay.books().transactions).toEqual([]);
  });
});

describe('what else is pushed', () => {
  test('a refund that came to an end, well or not', async () => {
    shop.pay(ORDER);
    const asked = { openid: shop.openid, env: 0, order_id: ORDER, refund_reason: '5', req_from: '3' };
    const refund = (number: string) =>
      shop.ask('/xpay/refund_order', {
        ...asked,
        refund_order_id: number,
        left_fee: 9_900,
        refund_fee: 9_900,
      });
    shop.xpay.faults.next('refundFailed');
    refund('refund_0001');
    await shop.pass(MINUTE_MS);
    refund('refund_0002');
    await shop.pass(MINUTE_MS);
    expect(shop.pushes.slice(1).map(opened)).toMatchObject([
      { Event: 'xpay_refund_notify', MchRefundId: 'refund_0001', RetCode: 1, RefundSuccTimestamp: 0 },
      {
        Event: 'xpay_refund_notify',
        MchRefundId: 'refund_0002',
        MchOrderId: ORDER,
        WxOrderId: shop.xpay.books().transactions[0]?.transactionId,
        RefundFee: 9_900,
        RetCode: 0,
        RetryTimes: 0,
      },
    ]);
  });

  test('a complaint, which counts its tries', async () => {
    shop.pay(ORDER);
    await shop.pass(0);
    shop.answers.push(null);
    shop.xpay.phone.complain(ORDER);
    await shop.pass(2 * SECOND_MS);
    expect(shop.pushes.slice(1).map(opened)).toMatchObject([
      { Event: 'xpay_complaint_notify', MchOrderId: ORDER, RetryTimes: 0 },
      { Event: 'xpay_complaint_notify', MchOrderId: ORDER, RetryTimes: 1 },
    ]);
  });
});

describe('Apple', () => {
  const inquiry = 'xpay_subscribe_ios_refund_query_notify';
  const toldWith = (words: unknown) => sealedAnswer(words);
  const objects = { result_code: 1, result_info: '已学完', evidence: '看完 12 节' };

  beforeEach(async () => {
    shop.pay(ORDER, {}, { platform: 'ios' });
    await shop.pass(0);
  });

  const inquiries = () => shop.pushes.filter((push) => opened(push).Event === inquiry);
  const refunds = () => shop.xpay.books().refunds;

  test('asks in texts, with three seconds for the answer, and keeps the money where the shop objects', async () => {
    shop.answers.push(toldWith(objects));
    shop.xpay.apple.inquire(ORDER);
    await shop.pass(HOUR_MS);
    expect(inquiries()).toHaveLength(1);
    expect(inquiries()[0]?.timeoutMs).toBe(3_000);
    const { CreateTime: _, ...words } = opened(inquiries()[0]);
    expect(words).toMatchObject({ pay_order_id: ORDER, p_count: '1', provide_status: '1' });
    expect(Object.values(words).every((value) => typeof value === 'string')).toBe(true);
    expect(refunds()).toEqual([]);
    expect(shop.xpay.books().inquiries).toMatchObject([{ resultCode: 1, evidence: '看完 12 节' }]);
  });

  test('gives it back where the shop does not object, and says so', async () => {
    shop.answers.push(toldWith({ ...objects, result_code: 0 }));
    shop.xpay.apple.inquire(ORDER);
    await shop.pass(HOUR_MS);
    expect(inquiries()).toHaveLength(1);
    expect(refunds()).toMatchObject([{ refundNumber: null, refundFen: 9_900, isSuccess: true }]);
    expect(opened(shop.pushes.at(-1))).toMatchObject({ Event: 'xpay_refund_notify', MchRefundId: '' });
    expect(shop.order({ order_id: ORDER })).toMatchObject({ order_type: 7, status: 8, left_fee: 0 });
    expect(shop.order({ wx_order_id: refunds()[0]?.refundId })).toMatchObject({ order_type: 8, status: 8 });
  });

  test.each([
    ['silence', null],
    ['success', answering('success')],
    ['no evidence', toldWith({ result_code: 1, result_info: '' })],
    ['words that are not sealed', plainAnswer(objects)],
  ])('asks three times for %s, and then gives it back', async (_, answer) => {
    shop.answers.push(answer, answer, answer);
    shop.xpay.apple.inquire(ORDER);
    await shop.pass(HOUR_MS);
    expect(inquiries()).toHaveLength(3);
    expect(shop.xpay.books().inquiries.map(({ resultCode }) => resultCode)).toEqual([null, null, null]);
    expect(refunds()).toHaveLength(1);
  });

  test.each([
    [2_999, 1],
    [3_000, null],
  ])('an answer after %d ms: %j', async (ms, resultCode) => {
    shop.answers.push(() => {
      shop.clock.advance(ms);
      return toldWith(objects);
    });
    shop.xpay.apple.inquire(ORDER);
    await shop.clock.runDue();
    expect(shop.xpay.books().inquiries).toMatchObject([{ resultCode }]);
  });

  test('gives back without asking, once, and only what it took', async () => {
    shop.xpay.apple.refund(ORDER);
    shop.xpay.apple.refund(ORDER);
    expect(refunds()).toHaveLength(1);
    shop.pay('order_0002');
    expect(() => shop.xpay.apple.refund('order_0002')).toThrow('Apple');
    expect(() => shop.xpay.apple.refund('order_0003')).toThrow('nobody');
  });
});

describe('the address', () => {
  const url = 'https://new.example.com/api/wechat/push';

  test('is set when who is there answers as only the shop can', async () => {
    shop.answers.push((push) => answering(queryOf(push).echostr ?? ''));
    expect(await shop.xpay.push.configure(url)).toBe(true);
    const [check] = shop.pushes;
    expect(check?.method).toBe('GET');
    const { timestamp = '', nonce = '', signature } = queryOf(check);
    expect(signature).toBe(signedParts(keys.pushToken, timestamp, nonce));
    shop.pay(ORDER);
    await shop.pass(0);
    expect(shop.pushes.at(-1)?.url.startsWith(`${url}?`)).toBe(true);
  });

  test('stays when somebody else is there', async () => {
    expect(await shop.xpay.push.configure(url)).toBe(false);
    shop.pay(ORDER);
    await shop.pass(0);
    expect(shop.pushes.at(-1)?.url.startsWith(`${PUSH_URL}?`)).toBe(true);
  });
});
