import { login } from '../../functions/identity/login.ts';
import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { syncGoods } from '../../functions/operations/syncGoods.ts';
import { closeExpiredOrders } from '../../functions/orders/closeExpiredOrders.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import { wantGoods } from '../../shared/flows/operations/wantGoods.ts';
import { fen, MINUTE_MS } from '../../shared/schemas/base.ts';
import { givenProduct } from '../support/given/course.ts';
import { type Buyer, givenOrder, storedIn } from '../support/given/order.ts';
import { givenLateMoney, passMinutes, refundsOf } from '../support/given/payment.ts';
import { givenXpayOrder, payVirtually } from '../support/given/xpay.ts';
import { createWorld, type World } from '../support/world.ts';

const NO_AUTH = { code: 'NO_AUTH', message: '商户暂无权限使用此功能' };

let world: World;
let alice: Buyer;
beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
  await world.drain();
});
afterEach(() => world.close());

const casesNow = () => storedIn(world, 'cases');
const refusedLines = () => world.logs.filter((line) => 'platformRefused' in line);

/** Counts the calls to WeChat Pay from now on. */
function countAsked() {
  const asked: string[] = [];
  const handle = world.wechatPay.handle.bind(world.wechatPay);
  world.wechatPay.handle = (request) => {
    asked.push(request.path);
    return handle(request);
  };
  return asked;
}

test('a refund that our account may not make: a case the same day, few requests, and it goes on when mended', async () => {
  const order = await givenLateMoney(world, alice);
  world.wechatPay.refusing = { path: /refunds$/, status: 403, words: NO_AUTH, isSigned: true };
  const asked = countAsked();
  await passMinutes(world, 24 * 60, sweepTasks);
  expect(await casesNow()).toMatchObject([
    { id: 'platform_refused:wxpay:NO_AUTH', state: 'open', story: expect.stringContaining('商户暂无权限') },
  ]);
  expect(refusedLines()[0]).toMatchObject({ level: 'error', code: 'NO_AUTH', verdict: 'ours' });
  // Each try first asks what the rail knows about the payment, which the rail answers.
  expect(asked.filter((path) => path.endsWith('/refunds')).length).toBeLessThan(160);
  world.wechatPay.refusing = null;
  await passMinutes(world, 60, sweepTasks);
  expect(refundsOf(world, order.id)).toMatchObject([{ refundFen: 9_900, isSuccess: true }]);
  expect(await casesNow()).toHaveLength(1);
});

test('closing swallows no refusal: an unsigned SIGN_ERROR is an error in the log and one case for all orders', async () => {
  for (const name of ['alice', 'bob']) {
    const buyer = await world.login(name);
    for (let n = 0; n < 15; n += 1) {
      const order = await givenOrder(world, buyer);
      await world.call(payOrder, { orderId: order.id }, buyer);
    }
  }
  const words = { code: 'SIGN_ERROR', message: '签名错误', detail: { field: 'serial_no', issue: 'unknown' } };
  world.wechatPay.refusing = { path: /./, status: 401, words, isSigned: false };
  const asked = countAsked();
  await passMinutes(world, 3 * 60, closeExpiredOrders);
  expect(asked.length).toBeLessThan(60);
  expect(await casesNow()).toMatchObject([
    { kind: 'platform_refused', story: expect.stringContaining('field serial_no; issue unknown') },
  ]);
  expect(refusedLines()[0]).toMatchObject({ level: 'error', platformRefused: 'wxpay', call: 'query' });
  world.wechatPay.refusing = null;
  await passMinutes(world, 3 * 60, closeExpiredOrders);
  const states = (await storedIn(world, 'orders')).map((order) => Object(order).state);
  expect(new Set(states)).toEqual(new Set(['closed']));
});

test('a code that no table has is asked again, and is a case after an hour and not before', async () => {
  await givenLateMoney(world, alice);
  const words = { code: 'BRAND_NEW', message: '新的错误' };
  world.wechatPay.refusing = { path: /refunds$/, status: 403, words, isSigned: true };
  await passMinutes(world, 55, sweepTasks);
  expect(await casesNow()).toEqual([]);
  await passMinutes(world, 65, sweepTasks);
  expect(await casesNow()).toMatchObject([{ id: 'platform_refused:wxpay:BRAND_NEW' }]);
});

test('a busy platform is no case, however long', async () => {
  await givenLateMoney(world, alice);
  const words = { code: 'FREQUENCY_LIMITED', message: '频率超限' };
  world.wechatPay.refusing = { path: /refunds$/, status: 429, words, isSigned: true };
  await passMinutes(world, 5 * 60, sweepTasks);
  expect(await casesNow()).toEqual([]);
  expect(refusedLines()[0]).toMatchObject({ level: 'warn', verdict: 'later' });
});

test('a case that was closed too early is opened again, because it is still so', async () => {
  await givenLateMoney(world, alice);
  world.wechatPay.refusing = { path: /refunds$/, status: 403, words: NO_AUTH, isSigned: true };
  await passMinutes(world, 10, sweepTasks);
  const [found] = (await casesNow()) as { id: string }[];
  await world.ports.database.tx(async (tx) => {
    const { collection } = await import('../../shared/data/operations/cases.ts');
    const before = await tx.find(collection, found?.id ?? '');
    if (before !== null) await tx.update(collection, { ...before, state: 'closed' });
  });
  await passMinutes(world, 60, sweepTasks);
  expect(await casesNow()).toMatchObject([{ state: 'open' }]);
});

test('a login that our address may not make is ours to mend', async () => {
  const words = { errcode: 40164, errmsg: 'invalid ip 1.2.3.4, not in whitelist' };
  world.weixin.refusing = { path: /jscode2session/, words };
  const { code } = world.weixin.phone.login('bob');
  expect((await world.call(login, { code })).error.code).toBe('wechat.unavailable');
  expect(await casesNow()).toMatchObject([{ id: 'platform_refused:wechat:40164' }]);
});

test('goods: what is ours to mend is one case, and what waits is uploaded when it is mended', async () => {
  const product = await givenProduct(world);
  await world.ports.database.tx((tx) => wantGoods(tx, product, world.clock.now(), [fen(4_900)]));
  world.xpay.refusing = { path: /start_/, words: { errcode: 268490003, errmsg: '签名错误' } };
  const sync = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      world.clock.advance(MINUTE_MS);
      await world.run(syncGoods).catch(() => null);
    }
  };
  await sync(60);
  expect(await casesNow()).toMatchObject([{ id: 'platform_refused:xpay:268490003' }]);
  world.xpay.refusing = null;
  await sync(120);
  const states = (await storedIn(world, 'railGoods')).map((each) => Object(each).state);
  expect(states).toEqual(['published', 'published']);
});

test('268490002 in other words closes no order, and is told: what was paid is settled when it is mended', async () => {
  const order = await givenXpayOrder(world, alice);
  world.xpay.faults.shares.lose = 1;
  await payVirtually(world, alice, order);
  world.xpay.refusing = {
    path: /query_order/,
    words: { errcode: 268490002, errmsg: '签名字段[pay_sig]为空' },
  };
  await passMinutes(world, 60, closeExpiredOrders);
  const stateOf = async () => (await storedIn(world, 'orders')).map((each) => Object(each).state);
  expect(await stateOf()).toEqual(['closing']);
  expect(await casesNow()).toMatchObject([
    { id: 'platform_refused:xpay:268490002', story: expect.stringContaining('签名字段[pay_sig]为空') },
  ]);
  world.xpay.refusing = null;
  await passMinutes(world, 60, closeExpiredOrders);
  expect(await stateOf()).toEqual(['paid']);
});
