import { readFileSync } from 'node:fs';
import { macOf } from '../../../local/simulators/xpay/phone.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { keys } from '../../support/keys.ts';
import { createVirtualShop, GOODS, type VirtualShop } from '../../support/virtualShop.ts';

const ORDER = 'order_0001';

let shop: VirtualShop;
beforeEach(() => {
  shop = createVirtualShop();
});

const vectors = JSON.parse(readFileSync('tests/fixtures/wechat.vectors.json', 'utf8'));

test('signs as the official example does', () => {
  const { uri, body, appKey, pay_sig, session_key, signature } = vectors.xpay_server_doc;
  expect(macOf(appKey, `${uri}&${body}`)).toBe(pay_sig);
  expect(macOf(session_key, body)).toBe(signature);
});

describe('the phone', () => {
  test('pays what is signed twice, once', async () => {
    expect(shop.xpay.phone.payVirtual(shop.signed(ORDER), 'confirm')).toEqual({
      errCode: 0,
      errMsg: 'requestVirtualPayment:ok',
    });
    expect(shop.pay(ORDER)).toBe(-15002);
    expect(shop.xpay.books().transactions).toMatchObject([{ orderNumber: ORDER, totalFen: 9_900 }]);
  });

  test('charges the price of the promotion, down to two fifths', () => {
    expect(shop.pay(ORDER, { activitySellingPrice: 3_959 })).toBe(-15001);
    expect(shop.pay(ORDER, { activitySellingPrice: 3_960 })).toBe(0);
    expect(shop.order({ order_id: ORDER })).toMatchObject({ paid_fee: 3_960, order_fee: 3_960 });
  });

  test.each([
    ['-15016', { offerId: 'none' }, {}],
    ['-15008', { offerId: '1' }, {}],
    ['-15004', { currencyType: 'USD' }, {}],
    ['-15011', { env: 1 }, {}],
    ['-15001', { activitySellingPrice: 9_901 }, {}],
    ['-15001', { buyQuantity: 0 }, {}],
    ['-15001', { outTradeNo: '_order_0001' }, {}],
    ['-15001', { outTradeNo: 'short' }, {}],
    ['-15001', { platform: 'ios' }, {}],
    ['-15001', {}, { mode: 'short_series_coin' }],
    ['-15001', {}, { signData: '{' }],
    ['-15006', {}, { paySig: '0'.repeat(64) }],
    ['-15005', {}, { signature: '0'.repeat(64) }],
    ['-15010', { productId: 'unknown' }, {}],
    ['-15013', { goodsPrice: 9_800 }, {}],
    ['-15001', { activitySellingPrice: 9_000 }, { platform: 'ios' as const }],
  ])('%s for %j and %j, and begins no order', (errCode, changes, device) => {
    expect(shop.pay(ORDER, changes, device)).toBe(Number(errCode));
    expect(shop.xpay.books().orders).toEqual([]);
  });

  test('-15006: the key of the other environment', () => {
    const asked = shop.signed(ORDER, {}, { appKey: keys.xpaySandboxAppKey });
    expect(shop.xpay.phone.payVirtual(asked, 'confirm').errCode).toBe(-15006);
  });

  test('-15005 and -15007: a newer login ends the session key of the older one, and keys end', () => {
    const before = shop.signed(ORDER);
    shop.login();
    expect(shop.xpay.phone.payVirtual(before, 'confirm').errCode).toBe(-15005);
    shop.weixin.endSession(shop.openid);
    expect(shop.pay(ORDER)).toBe(-15007);
    shop.login('bob');
    expect(shop.pay(ORDER)).toBe(-15007);
    shop.login();
    expect(shop.pay(ORDER)).toBe(0);
  });

  test('-2: its owner turns away, and may come back with the same words, for two hours', () => {
    expect(shop.pay(ORDER, {}, {}, 'dismiss')).toBe(-2);
    expect(shop.order({ order_id: ORDER })).toMatchObject({ status: 1, paid_fee: 0, paid_time: 0 });
    expect(shop.pay(ORDER, { attach: 'other' })).toBe(-15002);
    shop.clock.advance(2 * HOUR_MS);
    expect(shop.order({ order_id: ORDER })).toMatchObject({ status: 6 });
    expect(shop.pay(ORDER)).toBe(-15012);
    expect(shop.pay('order_0002', {}, {}, 'dismiss')).toBe(-2);
    expect(shop.pay('order_0002')).toBe(0);
  });

  test('on iOS pays Apple, a yuan at least', () => {
    shop.xpay.putOnSale({ id: 'cheap', priceFen: 99 });
    expect(shop.pay(ORDER, { productId: 'cheap', goodsPrice: 99 }, { platform: 'ios' })).toBe(-15001);
    expect(shop.pay(ORDER, {}, { platform: 'ios' })).toBe(0);
    expect(shop.order({ order_id: ORDER })).toMatchObject({ order_type: 7, wxpay_order_id: '' });
  });

  test('pays in the sandbox only in the developers’ tool, with the sandbox’s key', () => {
    shop.xpay.putOnSale({ ...GOODS, env: 1 });
    const asked = shop.signed(ORDER, { env: 1 }, { appKey: keys.xpaySandboxAppKey });
    expect(shop.xpay.phone.payVirtual({ ...asked, isDevelopers: true }, 'confirm').errCode).toBe(0);
    expect(shop.ask('/xpay/query_order', { openid: shop.openid, env: 0, order_id: ORDER })).toMatchObject({
      errcode: 268490002,
    });
    const query = { openid: shop.openid, env: 1, order_id: ORDER };
    expect(shop.ask('/xpay/query_order', query)).toMatchObject({ errcode: 268490003 });
    expect(shop.ask('/xpay/query_order', query, { appKey: keys.xpaySandboxAppKey })).toMatchObject({
      errcode: 0,
      order: { env_type: 2 },
    });
  });

  test('payLate: fails, and pays within three hours', async () => {
    shop.xpay.faults.next('payLate');
    expect(shop.pay(ORDER)).toBe(-1);
    expect(shop.order({ order_id: ORDER })).toMatchObject({ status: 1 });
    await shop.pass(3 * HOUR_MS);
    expect(shop.order({ order_id: ORDER })).toMatchObject({ status: 4, paid_fee: 9_900 });
  });

  test('doublePay: a second payment has the same number, and only its own tells it apart', async () => {
    shop.xpay.faults.next('doublePay');
    shop.pay(ORDER);
    await shop.pass(MINUTE_MS);
    const [first, second] = shop.xpay.books().transactions;
    expect(second).toMatchObject({ orderNumber: ORDER, totalFen: 9_900 });
    expect(shop.order({ order_id: ORDER }).wx_order_id).toBe(first?.transactionId);
    shop.xpay.faults.next('secondShown');
    expect(shop.order({ order_id: ORDER }).wx_order_id).toBe(second?.transactionId);
    expect(shop.order({ wx_order_id: second?.transactionId }).order_id).toBe(ORDER);
  });

  test('otherAmount: one fen more is charged', () => {
    shop.xpay.faults.next('otherAmount');
    shop.pay(ORDER);
    expect(shop.order({ order_id: ORDER }).paid_fee).toBe(9_901);
  });
});

describe('the API', () => {
  const query = (changes = {}) => ({ openid: shop.openid, env: 0, order_id: ORDER, ...changes });

  test('takes no call without a valid access token', () => {
    expect(shop.ask('/xpay/query_order', query(), { token: 'x' })).toMatchObject({ errcode: 40001 });
  });

  test.each([
    ['another key', 268490003, {}, { appKey: 'x' }],
    ['both numbers', 268490002, { wx_order_id: '1' }, {}],
    ['no number', 268490002, { order_id: undefined }, {}],
    ['a field too many', 268490002, { more: 1 }, {}],
    ['no environment', 268490002, { env: undefined }, {}],
    ['an order that nobody began', 268490002, { order_id: 'order_0002' }, {}],
    ['somebody else', 268490001, { openid: 'obob' }, {}],
  ])('refuses %s: %d', (_, errcode, changes, how) => {
    shop.pay(ORDER);
    expect(shop.ask('/xpay/query_order', query(changes), how)).toMatchObject({ errcode });
  });

  test('knows no other paths and no other methods', () => {
    const asked = { headers: {}, body: Buffer.alloc(0) };
    expect(shop.xpay.handle({ method: 'GET', path: '/xpay/query_order', ...asked })?.status).toBe(404);
    expect(shop.xpay.handle({ method: 'POST', path: '/xpay/else', ...asked })?.status).toBe(404);
  });

  test('statusLag: says for five to twelve seconds that nobody has paid', () => {
    shop.xpay.faults.next('statusLag');
    shop.pay(ORDER);
    const unpaid = { status: 1, paid_fee: 0, paid_time: 0, left_fee: 0 };
    expect(shop.order({ order_id: ORDER })).toMatchObject(unpaid);
    shop.clock.advance(5 * SECOND_MS - 1);
    expect(shop.order({ order_id: ORDER })).toMatchObject(unpaid);
    shop.clock.advance(7 * SECOND_MS + 1);
    expect(shop.order({ order_id: ORDER })).toMatchObject({ status: 3, paid_fee: 9_900 });
  });

  test.each([
    ['requestLost', null, false],
    ['answerLost', null, true],
    ['busy', -1, false],
    ['doubtfulError', -1, true],
    ['rateLimited', 268490015, false],
  ] as const)('%s: answers %s, and has done it: %s', async (fault, errcode, isDone) => {
    shop.pay(ORDER);
    shop.xpay.faults.next(fault);
    const answer = shop.ask('/xpay/notify_provide_goods', { order_id: ORDER, env: 0 });
    expect(answer?.errcode ?? null).toBe(errcode);
    expect(shop.order({ order_id: ORDER }).status).toBe(isDone ? 4 : 3);
  });

  test('is told of a delivery once: then it was done before', () => {
    const provide = () => shop.ask('/xpay/notify_provide_goods', { order_id: ORDER, env: 0 });
    expect(provide()).toMatchObject({ errcode: 268490002 });
    shop.xpay.faults.next('lose');
    shop.pay(ORDER);
    expect(shop.order({ order_id: ORDER }).status).toBe(2);
    expect([provide(), provide()]).toMatchObject([{ errcode: 0 }, { errcode: 268490004 }]);
    expect(shop.order({ order_id: ORDER }).status).toBe(4);
  });
});

describe('refunds', () => {
  const refund = (number: string, refundFen: number, leftFen: number, changes = {}) =>
    shop.ask('/xpay/refund_order', {
      openid: shop.openid,
      env: 0,
      order_id: ORDER,
      refund_order_id: number,
      left_fee: leftFen,
      refund_fee: refundFen,
      refund_reason: '5',
      req_from: '3',
      ...changes,
    });

  test('are accepted at once and done later; asked again they run or were done', async () => {
    shop.pay(ORDER);
    await shop.pass(0);
    expect(refund('refund_0001', 900, 9_900)).toMatchObject({
      errcode: 0,
      refund_order_id: 'refund_0001',
      pay_order_id: ORDER,
    });
    expect(refund('refund_0001', 900, 9_900)).toMatchObject({ errcode: 268490014 });
    expect(shop.order({ order_id: 'refund_0001' })).toMatchObject({
      order_type: 1,
      status: 5,
      refund_fee: 900,
    });
    expect(shop.order({ order_id: ORDER })).toMatchObject({ status: 4, left_fee: 9_000 });
    await shop.pass(MINUTE_MS);
    expect(shop.order({ order_id: 'refund_0001' })).toMatchObject({ status: 8 });
    expect(refund('refund_0001', 900, 9_900)).toMatchObject({ errcode: 268490004 });
    expect(shop.xpay.books().refunds).toMatchObject([{ refundFen: 900, isSuccess: true }]);
  });

  test('go one after the other, never more than is left, and all of it gives the order back', async () => {
    shop.pay(ORDER);
    expect(refund('refund_0001', 900, 9_900)).toMatchObject({ errcode: 0 });
    expect(refund('refund_0002', 9_000, 9_000)).toMatchObject({ errcode: 268490014 });
    await shop.pass(MINUTE_MS);
    expect(refund('refund_0002', 9_000, 9_900)).toMatchObject({ errcode: 268490016 });
    expect(refund('refund_0002', 9_001, 9_000)).toMatchObject({ errcode: 268490002 });
    expect(refund('refund_0002', 9_000, 9_000)).toMatchObject({ errcode: 0 });
    expect(shop.order({ order_id: ORDER })).toMatchObject({ status: 5, left_fee: 0 });
    await shop.pass(MINUTE_MS);
    expect(shop.order({ order_id: ORDER })).toMatchObject({ status: 8, refund_fee: 9_900 });
  });

  test('refundFailed: the money is left again', async () => {
    shop.pay(ORDER);
    shop.xpay.faults.next('refundFailed');
    refund('refund_0001', 9_900, 9_900);
    await shop.pass(MINUTE_MS);
    expect(shop.order({ order_id: 'refund_0001' })).toMatchObject({ status: 7 });
    expect(shop.order({ order_id: ORDER })).toMatchObject({ status: 7, left_fee: 9_900 });
    expect(refund('refund_0002', 9_900, 9_900)).toMatchObject({ errcode: 0 });
  });

  test.each([
    ['nobody’s order', 268490002, { order_id: 'order_0002' }],
    ['somebody else’s', 268490001, { openid: 'obob' }],
    ['the same number with other words', 268490002, { refund_order_id: 'refund_0000' }],
    ['a number that is too short', 268490002, { refund_order_id: 'refund' }],
    ['a reason in words', 268490002, { refund_reason: '退款' }],
  ])('refuses %s: %d', async (_, errcode, changes) => {
    shop.pay(ORDER);
    refund('refund_0000', 1, 9_900);
    await shop.pass(MINUTE_MS);
    expect(refund('refund_0001', 900, 9_899, changes)).toMatchObject({ errcode });
    expect(shop.xpay.books().refunds).toHaveLength(1);
  });

  test('are not for who paid Apple, nor after a year', () => {
    shop.pay(ORDER, {}, { platform: 'ios' });
    expect(refund('refund_0001', 9_900, 9_900)).toMatchObject({ errcode: 268490002 });
    shop.pay('order_0002');
    shop.clock.advance(365 * DAY_MS);
    expect(refund('refund_0001', 9_900, 9_900, { order_id: 'order_0002' })).toMatchObject({
      errcode: 268490002,
    });
  });
});

describe('goods', () => {
  const item = { id: 'column_1_100', name: '专栏', price: 100, remark: '', item_url: 'https://x.cn/a.png' };
  const upload = (changes = {}) =>
    shop.ask('/xpay/start_upload_goods', { upload_item: [{ ...item, ...changes }], env: 0 });
  const publish = (id: string = item.id) =>
    shop.ask('/xpay/start_publish_goods', { publish_item: [{ id }], env: 0 });
  const uploaded = () => shop.ask('/xpay/query_upload_goods', { env: 0 });
  const published = () => shop.ask('/xpay/query_publish_goods', { env: 0 });
  const buy = () => shop.pay(ORDER, { productId: item.id, goodsPrice: 100 });

  test('are uploaded, then published, and bought ten to thirty minutes later', () => {
    expect([uploaded(), published()]).toMatchObject([{ status: 0 }, { status: 0 }]);
    expect(upload()).toMatchObject({ errcode: 0 });
    expect(uploaded()).toMatchObject({ status: 1, upload_item: [{ id: item.id, upload_status: 0 }] });
    expect(upload({ id: 'other' })).toMatchObject({ errcode: 268490012 });
    shop.clock.advance(MINUTE_MS);
    expect(uploaded()).toMatchObject({ status: 3, upload_item: [{ id: item.id, upload_status: 2 }] });
    expect(buy()).toBe(-15010);
    expect(publish()).toMatchObject({ errcode: 0 });
    expect(published()).toMatchObject({ status: 1 });
    expect(buy()).toBe(-15014);
    shop.clock.advance(MINUTE_MS);
    expect(published()).toMatchObject({ status: 3, publish_item: [{ id: item.id, publish_status: 2 }] });
    shop.clock.advance(8 * MINUTE_MS);
    expect(buy()).toBe(-15014);
    shop.clock.advance(22 * MINUTE_MS);
    expect(buy()).toBe(0);
  });

  test('an id has one price for ever', () => {
    expect(upload({ id: GOODS.id, price: 100 })).toMatchObject({ errcode: 0 });
    shop.clock.advance(MINUTE_MS);
    expect(uploaded()).toMatchObject({ status: 3, upload_item: [{ upload_status: 1 }] });
    expect(shop.pay(ORDER)).toBe(0);
  });

  test('uploadFailed, publishFailed, and what was never uploaded: say why', () => {
    shop.xpay.faults.next('uploadFailed');
    upload();
    shop.clock.advance(MINUTE_MS);
    expect(uploaded()).toMatchObject({
      status: 2,
      upload_item: [{ upload_status: 3, errmsg: '图片审核不通过' }],
    });
    publish();
    shop.clock.advance(MINUTE_MS);
    expect(published()).toMatchObject({
      status: 2,
      publish_item: [{ publish_status: 3, errmsg: '道具不存在' }],
    });
    upload();
    shop.xpay.faults.next('publishFailed');
    publish();
    shop.clock.advance(HOUR_MS);
    expect(published()).toMatchObject({ publish_item: [{ errmsg: '道具审核不通过' }] });
    expect(buy()).toBe(-15010);
  });

  test.each([
    ['two at once', { upload_item: [item, item] }],
    ['a price of nothing', { upload_item: [{ ...item, price: 0 }] }],
    ['a name of 21 characters', { upload_item: [{ ...item, name: '课'.repeat(21) }] }],
    ['an id with a dot', { upload_item: [{ ...item, id: 'a.b' }] }],
  ])('268490002 for %s', (_, body) => {
    expect(shop.ask('/xpay/start_upload_goods', { ...body, env: 0 })).toMatchObject({ errcode: 268490002 });
  });
});
