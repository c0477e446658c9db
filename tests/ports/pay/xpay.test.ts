import type { OutsideRequest } from '../../../shared/adapters/http/request.ts';
import { wechatCalls } from '../../../shared/adapters/wechat/token.ts';
import { xpay } from '../../../shared/adapters/xpay/rail.ts';
import { paySignature, sessionKeySignature } from '../../../shared/adapters/xpay/signature.ts';
import { codeOf } from '../../../shared/errors.ts';
import { fen, OrderId } from '../../../shared/schemas/base.ts';
import vectors from '../../fixtures/wechat.vectors.json';
import { endlessTurn, virtualClock } from '../../support/clock.ts';
import { quiet } from '../../support/quiet.ts';

const { xpay_server_doc: official } = vectors;

const orderId = OrderId.parse('ord_01JD0000000000000000000000');
const openid = 'oalice0000000000000000000000';
const account = { appid: 'wx1', offerId: '1450', appKey: '12345', env: 0 } as const;

type Words = Readonly<Record<string, unknown>>;

/** A rail whose platform gives these answers by path, one after the other; the last one is repeated for ever. */
function railWith(script: Readonly<Record<string, readonly Words[]>>, env: 0 | 1 = 0) {
  const asked: { path: string; words: Words; query: URLSearchParams; request: OutsideRequest }[] = [];
  const call = wechatCalls({
    appid: 'wx1',
    secret: 's',
    baseUrl: 'https://api.weixin.qq.com',
    clock: virtualClock(),
    log: quiet,
    send: async (request) => {
      const { pathname: path, searchParams: query } = new URL(request.url);
      if (path === '/cgi-bin/stable_token')
        return { status: 200, headers: {}, body: Buffer.from('{"access_token":"T/+=","expires_in":7200}') };
      const before = asked.filter((each) => each.path === path).length;
      asked.push({ path, words: JSON.parse(request.body), query, request });
      const answers = script[path] ?? [{ errcode: 268490002, errmsg: '数据不存在' }];
      const answer = answers[Math.min(before, answers.length - 1)];
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(answer)) };
    },
  });
  const refused = async () => {
    throw new Error('nothing is downloaded');
  };
  return {
    rail: xpay({ ...account, env, call, send: refused, listOrigins: [], pause: refused, loop: endlessTurn }),
    asked,
  };
}

const order = (changes: Words = {}): Words => ({
  errcode: 0,
  errmsg: 'ok',
  order: {
    order_id: orderId,
    wx_order_id: 'XP1',
    order_type: 0,
    status: 2,
    order_fee: 9_900,
    paid_fee: 8_900,
    coupon_fee: 0,
    left_fee: 8_900,
    paid_time: 1_795_000_000,
    env_type: 1,
    ...changes,
  },
});

async function failure(call: Promise<unknown>): Promise<string | null> {
  return call.then(
    () => null,
    (caught) => codeOf(caught) ?? String(caught),
  );
}

describe('signatures', () => {
  test('are those of the official sample; a session key is taken as the text it is', () => {
    expect(paySignature(official.appKey, official.uri, official.body)).toBe(official.pay_sig);
    expect(sessionKeySignature(official.session_key, official.body)).toBe(official.signature);
  });

  test('a call is signed over exactly the bytes that are sent', async () => {
    const { rail, asked } = railWith({ '/xpay/query_order': [order()] });
    await rail.query({ orderId, openid });
    const [call] = asked;
    expect(call?.words).toEqual({ openid, order_id: orderId, env: 0 });
    expect(call?.query.get('access_token')).toBe('T/+=');
    expect(call?.query.get('pay_sig')).toBe(
      paySignature('12345', '/xpay/query_order', call?.request.body ?? ''),
    );
    expect(call?.request).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(call?.request.timeoutMs).toBe(3_000);
  });
});

describe('what the phone pays with', () => {
  const goods = { id: 'prd_1_9900', priceFen: fen(9_900) };
  const asked = { orderId, ticket: null, payableFen: fen(9_900), goods, sessionKey: 'a2V5' };

  test('names goods, price and number, and is signed for the shop and for who logged in', () => {
    const { rail } = railWith({});
    const payment = rail.request(asked);
    if (payment.rail !== 'xpay') throw new Error('another rail');
    expect(JSON.parse(payment.signData)).toEqual({
      offerId: '1450',
      buyQuantity: 1,
      env: 0,
      currencyType: 'CNY',
      productId: 'prd_1_9900',
      goodsPrice: 9_900,
      outTradeNo: orderId,
      attach: orderId,
    });
    expect(payment.mode).toBe('short_series_goods');
    expect(payment.paySig).toBe(paySignature('12345', 'requestVirtualPayment', payment.signData));
    expect(payment.signature).toBe(sessionKeySignature('a2V5', payment.signData));
  });

  test('names what is really paid only when that is below the price', () => {
    const { rail } = railWith({});
    const less = rail.request({ ...asked, payableFen: fen(8_900) });
    const sandbox = railWith({}, 1).rail.request(asked);
    if (less.rail !== 'xpay' || sandbox.rail !== 'xpay') throw new Error('another rail');
    expect(JSON.parse(less.signData)).toMatchObject({ goodsPrice: 9_900, activitySellingPrice: 8_900 });
    expect(JSON.parse(sandbox.signData).env).toBe(1);
  });

  test('without goods, without a session key, or above the price there is nothing to sign', () => {
    const { rail } = railWith({});
    expect(() => rail.request({ ...asked, goods: null })).toThrow('goods');
    expect(() => rail.request({ ...asked, sessionKey: null })).toThrow('session key');
    expect(() => rail.request({ ...asked, payableFen: fen(9_901) })).toThrow('above its price');
  });

  test('nothing is opened, and nothing can be closed', async () => {
    const { rail, asked: calls } = railWith({});
    const opened = { orderId, description: '', amountFen: fen(1), openid, expiresAtMs: virtualClock().now() };
    expect(await rail.open(opened)).toEqual({ ticket: null });
    expect(await failure(rail.close(orderId))).toContain('cannot be closed');
    expect(calls).toEqual([]);
    expect(rail.abilities('android')).toEqual({
      mayClose: false,
      mayRefund: true,
      linesMax: 1,
      needsGoods: true,
      needsSessionKey: true,
    });
    expect(rail.abilities('ios').mayRefund).toBe(false);
  });
});

describe('what became of an order', () => {
  const query = (answer: Words) =>
    railWith({ '/xpay/query_order': [answer] }).rail.query({ orderId, openid });

  test.each([
    [0, 'unpaid'],
    [1, 'unpaid'],
    [6, 'closed'],
  ])('status %d is %s', async (status, state) => {
    expect(await query(order({ status, paid_time: 0, paid_fee: 0 }))).toEqual({ state });
  });

  test.each([
    [2, 0, 8_900, false, false],
    [3, 0, 8_900, false, false],
    [4, 7, 8_900, false, false],
    [7, 0, 8_900, false, false],
    [9, 0, 8_900, false, false],
    [10, 0, 8_900, false, false],
    [5, 0, 0, true, false],
    [8, 0, 8_800, true, false],
    [8, 7, 0, true, true],
    [4, 8, 8_900, true, true],
  ])(
    'status %d of type %d with %d left is money that came; whether some went back: %s, and all of it: %s',
    async (status, type, left, hasRefunds, isAllBack) => {
      expect(await query(order({ status, order_type: type, left_fee: left }))).toEqual({
        state: 'success',
        news: {
          rail: 'xpay',
          appid: 'wx1',
          merchantId: '1450',
          orderNumber: orderId,
          transactionId: 'XP1',
          state: 'success',
          totalFen: 8_900,
          currency: 'CNY',
          openid: null,
          paidAtMs: 1_795_000_000_000,
          hasRefunds,
          movedBackFen: 8_900 - left,
          isAllBack,
          isByApple: type >= 7,
        },
      });
    },
  );

  test('an order that it does not know is absent', async () => {
    expect(await query({ errcode: 268490002, errmsg: '数据不存在' })).toEqual({ state: 'absent' });
  });

  test('268490002 in other words is no absence: the request was not accepted', async () => {
    for (const errmsg of ['签名字段[pay_sig]为空', '请求参数错误', ''])
      expect(await failure(query({ errcode: 268490002, errmsg }))).toBe('pay.unavailable');
  });

  test('an order that was begun and not paid needs no number', async () => {
    for (const number of ['', null, undefined])
      expect(await query(order({ status: 1, paid_time: 0, paid_fee: 0, wx_order_id: number }))).toEqual({
        state: 'unpaid',
      });
  });

  test('a discount of the platform’s own is paid money', async () => {
    const discounted = order({ order_fee: 9_900, coupon_fee: 1_000, paid_fee: 8_900, left_fee: 8_900 });
    expect(await query(discounted)).toMatchObject({ state: 'success', news: { totalFen: 9_900 } });
  });

  test.each(['paid_fee', 'coupon_fee', 'paid_time', 'wx_order_id', 'status', 'order_type', 'env_type'])(
    'pay.unavailable: paid, and %s is left out',
    async (field) => {
      for (const status of [2, 3, 4, 5, 7, 8, 9, 10])
        expect(await failure(query(order({ status, [field]: undefined })))).toBe('pay.unavailable');
    },
  );

  test('pay.unavailable: all given back, and nobody says what is left', async () => {
    expect(await failure(query(order({ status: 8, left_fee: undefined })))).toBe('pay.unavailable');
  });

  test('money of the other environment is for somebody else', async () => {
    const { merchant } = railWith({}).rail;
    for (const [env, type, isOurs] of [
      [0, 2, false],
      [1, 1, false],
      [1, 2, true],
    ] as const) {
      const { rail } = railWith({ '/xpay/query_order': [order({ env_type: type })] }, env);
      const state = await rail.query({ orderId, openid });
      if (state.state !== 'success') throw new Error('not paid');
      expect(state.news.merchantId === merchant.merchantId).toBe(isOurs);
    }
  });

  test.each<[string, Words]>([
    ['the system is busy', { errcode: -1, errmsg: 'system error' }],
    ['the signature is wrong', { errcode: 268490003 }],
    ['the openid is wrong', { errcode: 268490001 }],
    ['too many calls', { errcode: 268490015 }],
    ['an order in a state that nobody knows', order({ status: 11 })],
    ['a refund', order({ order_type: 1 })],
    ['another order', order({ order_id: 'ord_01JD0000000000000000000001' })],
    ['paid, and not when', order({ paid_time: 0 })],
    ['no order', { errcode: 0, errmsg: 'ok' }],
    ['a price that is none', order({ paid_fee: '8900' })],
    ['less than nothing', order({ paid_fee: -1 })],
    ['no number', order({ wx_order_id: '' })],
  ])('pay.unavailable: %s', async (_, answer) => {
    expect(await failure(query(answer))).toBe('pay.unavailable');
  });
});

describe('a refund', () => {
  const refundId = 'rl_01JD0000000000000000000000';
  const asked = {
    refundId,
    orderId,
    openid,
    transactionId: 'XP1',
    refundFen: fen(5_000),
    totalFen: fen(8_900),
    reason: '退款',
  };
  const absent = { errcode: 268490002, errmsg: '数据不存在' };
  const ours = (status: number) =>
    order({ order_id: refundId, wx_order_id: 'XR1', order_type: 1, status, refund_fee: 5_000 });
  const accepted = { refundId, transactionId: 'XP1', refundFen: 5_000, state: 'processing' };

  test('is asked of the very payment, with what is left of it, and accepted is not done', async () => {
    const { rail, asked: calls } = railWith({
      '/xpay/query_order': [order(), absent],
      '/xpay/refund_order': [{ errcode: 0, errmsg: 'ok' }],
    });
    expect(await rail.refund(asked)).toEqual(accepted);
    expect(calls.map(({ words }) => words)).toEqual([
      { openid, wx_order_id: 'XP1', env: 0 },
      { openid, order_id: refundId, env: 0 },
      {
        openid,
        wx_order_id: 'XP1',
        refund_order_id: refundId,
        left_fee: 8_900,
        refund_fee: 5_000,
        biz_meta: orderId,
        refund_reason: '5',
        req_from: '3',
        env: 0,
      },
    ]);
  });

  test('that was asked for before is not asked for again, whatever is left', async () => {
    const { rail, asked: calls } = railWith({
      '/xpay/query_order': [order({ left_fee: 0, status: 5 }), ours(8)],
    });
    expect(await rail.refund(asked)).toEqual({ ...accepted, state: 'success' });
    expect(calls.map(({ path }) => path)).not.toContain('/xpay/refund_order');
  });

  test.each([268490004, 268490014, 268490016])('errcode %d: what there is now decides', async (errcode) => {
    const found = railWith({
      '/xpay/query_order': [order(), absent, order({ left_fee: 3_900 }), ours(5)],
      '/xpay/refund_order': [{ errcode }],
    });
    expect(await found.rail.refund(asked)).toEqual(accepted);
    const other = railWith({
      '/xpay/query_order': [order(), absent, order(), absent],
      '/xpay/refund_order': [{ errcode }],
    });
    expect(await failure(other.rail.refund(asked))).toBe('pay.unavailable');
    expect(other.asked.filter(({ path }) => path === '/xpay/refund_order')).toHaveLength(2);
  });

  test.each<[string, Words, Words, string | undefined]>([
    ['through Apple', order({ order_type: 7 }), {}, undefined],
    ['of more than is left', order({ left_fee: 4_999 }), {}, 'left_fee 4999'],
    ['that the platform forbids', order(), { errcode: 268490013, errmsg: '已核销' }, '已核销'],
    ['whose words it refuses', order(), { errcode: 268490002, errmsg: '请求参数错误' }, '请求参数错误'],
  ])('%s is for people to look at', async (_, payment, answer, words) => {
    const { rail } = railWith({ '/xpay/query_order': [payment, absent], '/xpay/refund_order': [answer] });
    const { refusal, ...news } = await rail.refund(asked);
    expect(news).toEqual({ ...accepted, state: 'abnormal' });
    expect(refusal?.words).toBe(words);
  });

  test.each([
    ['what is left', 'left_fee', 'refund'],
    ['how much goes back', 'refund_fee', 'queryRefund'],
  ] as const)('pay.unavailable: an answer that does not say %s', async (_, field, call) => {
    const left = { [field]: undefined };
    const payment = order(field === 'left_fee' ? left : {});
    const back = { order_id: refundId, wx_order_id: 'XR1', order_type: 1, status: 8, refund_fee: 5_000 };
    const { rail } = railWith({
      '/xpay/query_order': call === 'refund' ? [payment, absent] : [order({ ...back, ...left })],
    });
    expect(await failure(rail[call](asked))).toBe('pay.unavailable');
  });

  test.each([
    [5, 'processing'],
    [8, 'success'],
    [7, 'closed'],
    [6, 'closed'],
  ])('status %d is %s', async (status, state) => {
    const { rail } = railWith({ '/xpay/query_order': [ours(status)] });
    expect(await rail.queryRefund({ refundId, orderId, openid, transactionId: 'XP1' })).toEqual({
      ...accepted,
      state,
    });
  });

  test('that it does not know is null, and an answer about something else is none', async () => {
    const number = { refundId, orderId, openid, transactionId: 'XP1' };
    expect(await railWith({}).rail.queryRefund(number)).toBeNull();
    for (const answer of [order(), order({ order_type: 1 }), ours(8)]) {
      const { rail } = railWith({ '/xpay/query_order': [answer] });
      expect(await failure(rail.queryRefund({ ...number, refundId: 'rl_another' }))).toBe('pay.unavailable');
    }
  });

  test('of a payment that is not known there is tried again', async () => {
    expect(await failure(railWith({}).rail.refund(asked))).toBe('pay.unavailable');
  });

  test('under a number that the platform does not take is our own mistake', async () => {
    for (const wrong of ['short', `late-${orderId}`, 'a|bcdefgh'])
      expect(await failure(railWith({}).rail.refund({ ...asked, refundId: wrong }))).toContain('no number');
  });
});

describe('the catalogue', () => {
  const goods = {
    id: 'g1',
    name: '课'.repeat(25),
    priceFen: fen(9_900),
    remark: 'r',
    imageUrl: 'https://a.example/1.png',
  };

  test('takes one thing at a time, its name cut to twenty characters and never within one', async () => {
    const { rail, asked } = railWith({ '/xpay/start_upload_goods': [{ errcode: 0 }] });
    expect(await rail.goods.upload(goods)).toBe('accepted');
    await rail.goods.upload({ ...goods, name: `${'课'.repeat(19)}😀` });
    expect(asked.map(({ words }) => words)).toEqual([
      {
        upload_item: [
          { id: 'g1', name: '课'.repeat(20), price: 9_900, remark: 'r', item_url: 'https://a.example/1.png' },
        ],
        env: 0,
      },
      { upload_item: [expect.objectContaining({ name: '课'.repeat(19) })], env: 0 },
    ]);
  });

  test.each([
    [0, 'accepted'],
    [268490004, 'accepted'],
    [268490012, 'busy'],
    [268490007, expect.objectContaining({ code: '268490007', verdict: 'refused' })],
  ])('errcode %d is %s', async (errcode, said) => {
    const { rail } = railWith({
      '/xpay/start_upload_goods': [{ errcode }],
      '/xpay/start_publish_goods': [{ errcode }],
    });
    expect([await rail.goods.upload(goods), await rail.goods.publish('g1')]).toEqual([said, said]);
  });

  test('tells what became of each thing', async () => {
    const items = [0, 1, 2, 3].map((state) => ({
      id: `g${state}`,
      state,
      errmsg: state === 3 ? '敏感' : '',
    }));
    const { rail } = railWith({
      '/xpay/query_upload_goods': [
        {
          errcode: 0,
          status: 1,
          upload_item: items.map(({ state, ...item }) => ({ ...item, upload_status: state })),
        },
      ],
      '/xpay/query_publish_goods': [{ errcode: 0, status: 0, publish_item: null }],
    });
    expect(await rail.goods.queryUpload()).toEqual({
      isRunning: true,
      items: [
        { id: 'g0', state: 'running', reason: '' },
        { id: 'g1', state: 'done', reason: '' },
        { id: 'g2', state: 'done', reason: '' },
        { id: 'g3', state: 'failed', reason: '敏感' },
      ],
    });
    expect(await rail.goods.queryPublish()).toEqual({ isRunning: false, items: [] });
  });

  test('a thing in a state that nobody has heard of waits, and holds up no other', async () => {
    const odd = [{ upload_status: 1 }, null, { id: 'g4', upload_status: 4 }, { id: 'g5', errmsg: null }];
    const item = { id: 'g1', upload_status: 1, errmsg: '字'.repeat(2_000) };
    const { rail } = railWith({
      '/xpay/query_upload_goods': [{ errcode: 0, status: 3, upload_item: [...odd, item] }],
    });
    expect((await rail.goods.queryUpload()).items).toEqual([
      { id: 'g4', state: 'running', reason: '' },
      { id: 'g5', state: 'running', reason: '' },
      { id: 'g1', state: 'done', reason: '字'.repeat(1_000) },
    ]);
  });

  test.each<Words>([
    { errcode: 268490002 },
    { errcode: 0 },
    { errcode: 0, status: 3, upload_item: 'none' },
    // The batch has ended but its items are missing. That is not an empty batch.
    { errcode: 0, status: 3 },
    { errcode: 0, status: 2, upload_item: null },
  ])('pay.unavailable: %j', async (answer) => {
    const { rail } = railWith({ '/xpay/query_upload_goods': [answer] });
    expect(await failure(rail.goods.queryUpload())).toBe('pay.unavailable');
  });
});

test('that something was delivered is said once or twice with the same effect', async () => {
  const { rail, asked } = railWith({
    '/xpay/notify_provide_goods': [{ errcode: 0 }, { errcode: 268490004 }, { errcode: 268490002 }],
  });
  expect(await failure(rail.provide(orderId))).toBeNull();
  expect(await failure(rail.provide(orderId))).toBeNull();
  expect(await failure(rail.provide(orderId))).toBe('pay.unavailable');
  expect(asked[0]?.words).toEqual({ order_id: orderId, env: 0 });
});
