import { DAY_MS, fen, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { openXpay } from './both.ts';
import { orderIdOf } from './conformance.ts';

let rail: Awaited<ReturnType<typeof openXpay>>;
beforeEach(async () => {
  rail = await openXpay();
});

const orderId = orderIdOf(1);
const query = () => rail.pay.query({ orderId, openid: rail.openid });
const login = () => rail.wechat.codeToSession(rail.weixin.phone.login('alice').code);

async function phonePays(
  platform: 'ios' | 'android',
  goods: { readonly id: string; readonly priceFen: number },
  payableFen = goods.priceFen,
): Promise<number> {
  const { sessionKey, openid } = await login();
  const payment = rail.pay.request({
    orderId,
    ticket: null,
    payableFen: fen(payableFen),
    goods: { id: goods.id, priceFen: fen(goods.priceFen) },
    sessionKey,
  });
  if (payment.rail !== 'xpay') throw new Error('the rail is another one');
  return rail.simulator.phone.payVirtual({ ...payment, openid, platform }, 'confirm').errCode;
}

const COURSE = { id: 'course_1_9900', priceFen: 9_900 } as const;

test('what the adapter signs for a lower price is what the phone charges, and what is told', async () => {
  expect(await phonePays('android', COURSE, 8_000)).toBe(0);
  expect(await query()).toMatchObject({ state: 'success', news: { totalFen: 8_000 } });
});

test('an order whose payment the platform has not seen yet is unpaid, and then paid', async () => {
  rail.simulator.faults.next('statusLag');
  await phonePays('android', COURSE);
  expect(await query()).toEqual({ state: 'unpaid' });
  rail.clock.advance(12 * SECOND_MS);
  expect(await query()).toMatchObject({ state: 'success' });
});

test('an order that was begun and left is closed by the platform', async () => {
  await rail.decide(1, 'dismiss');
  rail.clock.advance(2 * HOUR_MS);
  expect(await query()).toEqual({ state: 'closed' });
});

test('a second payment under one number is another transaction, and can be given back by itself', async () => {
  rail.simulator.faults.next('doublePay');
  await phonePays('android', COURSE);
  await rail.settle();
  rail.simulator.faults.next('secondShown');
  const state = await query();
  const [first, second] = rail.simulator.books().transactions;
  expect(state).toMatchObject({ news: { transactionId: second?.transactionId } });
  const transactionId = second?.transactionId ?? '';
  const asked = { refundId: 'refund-01', orderId, openid: rail.openid, transactionId, reason: '' };
  await rail.pay.refund({ ...asked, refundFen: fen(9_900), totalFen: fen(9_900) });
  await rail.settle();
  expect(rail.simulator.books().refunds).toMatchObject([{ transactionId, isSuccess: true }]);
  expect(await query()).toMatchObject({
    news: { transactionId: first?.transactionId, hasRefunds: false },
  });
});

test('two refunds of one payment at once: the second is asked for again when the first is done', async () => {
  await phonePays('android', COURSE);
  const transactionId = rail.simulator.books().transactions[0]?.transactionId ?? '';
  const asked = { orderId, openid: rail.openid, transactionId, reason: '', totalFen: fen(9_900) };
  const second = { ...asked, refundId: 'refund-02', refundFen: fen(5_000) };
  await rail.pay.refund({ ...asked, refundId: 'refund-01', refundFen: fen(4_900) });
  await rail.pay.refund(second).catch(() => null);
  expect(rail.simulator.books().refunds).toHaveLength(1);
  await rail.settle();
  expect(await rail.pay.refund(second)).toMatchObject({ state: 'processing' });
  await rail.settle();
  expect(rail.simulator.books().refunds).toMatchObject([{ isSuccess: true }, { isSuccess: true }]);
});

test('we cannot refund money that Apple took, and a refund by Apple is told as gone', async () => {
  await phonePays('ios', COURSE);
  const transactionId = rail.simulator.books().transactions[0]?.transactionId ?? '';
  const asked = { refundId: 'refund-01', orderId, openid: rail.openid, transactionId, reason: '' };
  const refused = await rail.pay.refund({ ...asked, refundFen: fen(9_900), totalFen: fen(9_900) });
  expect(refused.state).toBe('abnormal');
  rail.simulator.apple.refund(orderId);
  expect(await query()).toMatchObject({ state: 'success', news: { hasRefunds: true } });
});

test('that an order was delivered is said once or twice', async () => {
  await phonePays('android', COURSE);
  await rail.pay.provide(orderId);
  await rail.pay.provide(orderId);
  expect(rail.simulator.books().transactions).toMatchObject([{ providedAtMs: rail.clock.now() }]);
});

test('goods are uploaded, published, and sold when the platform is ready', async () => {
  const goods = {
    id: 'course_2_5000',
    name: '一门名字特别长的课程，长到平台放不下这么多字',
    priceFen: fen(5_000),
  };
  const item = { ...goods, remark: '', imageUrl: 'https://media.example/a.png' };
  expect(await rail.pay.goods.queryUpload()).toEqual({ isRunning: false, items: [] });
  expect(await rail.pay.goods.upload(item)).toBe('accepted');
  expect(await rail.pay.goods.upload(item)).toBe('busy');
  expect(await rail.pay.goods.queryUpload()).toMatchObject({ isRunning: true });
  rail.clock.advance(MINUTE_MS);
  expect(await rail.pay.goods.queryUpload()).toMatchObject({
    isRunning: false,
    items: [{ id: goods.id, state: 'done' }],
  });
  expect(await phonePays('android', goods)).toBe(-15010);
  expect(await rail.pay.goods.publish(goods.id)).toBe('accepted');
  expect(await rail.pay.goods.publish(goods.id)).toBe('busy');
  rail.clock.advance(MINUTE_MS);
  expect(await rail.pay.goods.queryPublish()).toMatchObject({ items: [{ id: goods.id, state: 'done' }] });
  expect(await phonePays('android', goods)).toBe(-15014);
  rail.clock.advance(30 * MINUTE_MS);
  expect(await phonePays('android', goods)).toBe(0);
});

test('goods that the platform refuses say why', async () => {
  rail.simulator.faults.next('uploadFailed');
  const item = { ...COURSE, id: 'course_3', priceFen: fen(1), name: '课', remark: '' };
  await rail.pay.goods.upload({ ...item, imageUrl: 'https://media.example/a.png' });
  rail.clock.advance(MINUTE_MS);
  expect(await rail.pay.goods.queryUpload()).toMatchObject({
    items: [{ state: 'failed', reason: '图片审核不通过' }],
  });
});

test('a newer login ends the session key of the one before', async () => {
  const older = await login();
  expect(await rail.wechat.checkSession(older)).toBe(true);
  const newer = await login();
  expect(await rail.wechat.checkSession(older)).toBe(false);
  expect(await rail.wechat.checkSession(newer)).toBe(true);
});

test('a token that has ended is replaced without anybody noticing', async () => {
  await phonePays('android', COURSE);
  expect(await query()).toMatchObject({ state: 'success' });
  rail.clock.advance(DAY_MS);
  expect(await query()).toMatchObject({ state: 'success' });
});
