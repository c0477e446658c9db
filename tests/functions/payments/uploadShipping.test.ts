import { uploadShipping } from '../../../functions/payments/uploadShipping.ts';
import { sendTo } from '../../../local/simulators/exchange.ts';
import { Shipping } from '../../../local/simulators/wechat/shipping.ts';
import { uploadDelivery } from '../../../shared/adapters/wechat/shipping.ts';
import { wechatCalls } from '../../../shared/adapters/wechat/token.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { fen, HOUR_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenProduct } from '../../support/given/course.ts';
import { type Buyer, givenOrder, stored, storedIn } from '../../support/given/order.ts';
import { givenMoney, passMinutes } from '../../support/given/payment.ts';
import { askBack } from '../../support/given/refund.ts';
import { keys } from '../../support/keys.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(uploadShipping, () => {
  let world: World;
  let alice: Buyer;
  let shipping: Shipping;
  let replaced: { restore(): void };

  /** A shop that has to report its deliveries. */
  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    const { clock, weixin, wechatPay, ports } = world;
    shipping = new Shipping({
      merchantId: keys.merchantId,
      now: () => clock.now(),
      order: (orderNumber) =>
        wechatPay.books().transactions.find((each) => each.orderNumber === orderNumber) ?? null,
    });
    weixin.shipping = shipping;
    const call = wechatCalls({
      appid: keys.appid,
      secret: keys.appSecret,
      baseUrl: 'https://api.weixin.qq.com',
      send: sendTo((request) => weixin.handle(request)),
      clock,
      log: ports.log,
    });
    replaced = jest.replaceProperty(ports.rails.wxpay, 'reportDelivery', (delivery) =>
      uploadDelivery(call, keys.merchantId, delivery),
    );
  });
  afterEach(() => world.close());

  async function givenPaid(): Promise<OrderView> {
    const order = await givenOrder(world, alice);
    await givenMoney(world, alice, order);
    await world.drain();
    return order;
  }

  const taskOf = (order: OrderView) =>
    stored(world, tasks.collection, tasks.taskId('uploadShipping', `delivery.expected:${order.id}`));

  /** Rings again for an order's delivery, as the sweep does. */
  const ring = (order: OrderView) =>
    world.deliver('uploadShipping', `delivery.expected:${order.id}`).catch(() => 'failed');

  test('tells WeChat what was delivered, ten seconds after it was paid and not before', async () => {
    const order = await givenPaid();
    expect([shipping.shipped, (await taskOf(order)).state]).toEqual([[], 'pending']);
    const paidAtMs = world.clock.now();
    world.clock.advance(10 * SECOND_MS);
    expect(await ring(order)).toBe('done');
    const uploadTime = new Date(paidAtMs + 8 * HOUR_MS).toISOString().replace('Z', '+08:00');
    expect(shipping.shipped).toMatchObject([
      { orderNumber: order.id, description: '知课 一门课程', uploadTime },
    ]);
  });

  test('waits as long as WeChat does not know the order, or cannot say', async () => {
    const order = await givenPaid();
    world.clock.advance(10 * SECOND_MS);
    shipping.refusals.push(10060001, -1, 10060019);
    for (let n = 0; n < 3; n += 1) expect(await ring(order)).toBe('failed');
    expect(await taskOf(order)).toMatchObject({ state: 'pending', faults: 0 });
    expect(await ring(order)).toBe('done');
    expect(shipping.shipped).toHaveLength(1);
  });

  test('an answer that was lost is asked for again, and what was taken already is done', async () => {
    const order = await givenPaid();
    world.clock.advance(10 * SECOND_MS);
    shipping.refusals.push(10060001);
    expect(await ring(order)).toBe('failed');
    world.weixin.faults.next('answerLost');
    expect(await ring(order)).toBe('failed');
    expect(shipping.shipped).toHaveLength(1);
    expect(await ring(order)).toBe('done');
    expect(shipping.shipped).toHaveLength(1);
    expect(await storedIn(world, 'cases')).toEqual([]);
  });

  test.each([44990, 45009])(
    'too often (%d): asked again at once, more slowly, which is no try',
    async (code) => {
      const order = await givenPaid();
      world.clock.advance(10 * SECOND_MS);
      const { attempts } = await taskOf(order);
      shipping.refusals.push(code, code);
      expect(await ring(order)).toBe('done');
      expect(await taskOf(order)).toMatchObject({ state: 'done', attempts });
      expect(shipping.shipped).toHaveLength(1);
      expect(await storedIn(world, 'cases')).toEqual([]);
    },
  );

  test.each([10060019, 10069999])(
    'busy, or a code that no table has (%d): asked again, and no case for the order',
    async (code) => {
      const order = await givenPaid();
      world.clock.advance(10 * SECOND_MS);
      shipping.refusals.push(code, code, code, code);
      for (let n = 0; n < 4; n += 1) expect(await ring(order)).toBe('failed');
      expect(await taskOf(order)).toMatchObject({ state: 'pending', faults: 0 });
      expect(await ring(order)).toBe('done');
      expect(shipping.shipped).toHaveLength(1);
      expect(await storedIn(world, 'cases')).toEqual([]);
    },
  );

  test('a fully refunded order is not reported, and WeChat is not called', async () => {
    const order = await givenPaid();
    shipping.refusals.push(10060004);
    await askBack(world, alice, order, order.payableFen);
    world.clock.advance(10 * SECOND_MS);
    // The refund is in progress, so the task waits.
    expect(await ring(order)).toBe('failed');
    await passMinutes(world, 2);
    expect(await ring(order)).toBe('done');
    expect(shipping.refusals).toEqual([10060004]);
    expect(await storedIn(world, 'cases')).toEqual([]);
  });

  test('an order whose refund the rail ended is told of after all', async () => {
    const order = await givenPaid();
    world.wechatPay.faults.next('refundClosed');
    await askBack(world, alice, order, order.payableFen);
    await passMinutes(world, 2);
    expect(await ring(order)).toBe('done');
    expect(shipping.shipped).toMatchObject([{ orderNumber: order.id }]);
  });

  test('a refund that begins while WeChat is asked is why it refuses: no case', async () => {
    const order = await givenPaid();
    world.clock.advance(10 * SECOND_MS);
    const { wxpay } = world.ports.rails;
    const { reportDelivery } = wxpay;
    const meanwhile: typeof reportDelivery = async (delivery) => {
      await askBack(world, alice, order, order.payableFen);
      shipping.refusals.push(10060004);
      return reportDelivery === null ? 'absent' : reportDelivery(delivery);
    };
    Object.assign(wxpay, { reportDelivery: meanwhile });
    expect(await ring(order)).toBe('failed');
    Object.assign(wxpay, { reportDelivery });
    await passMinutes(world, 2);
    await ring(order);
    expect(await taskOf(order)).toMatchObject({ state: 'done' });
    expect(await storedIn(world, 'cases')).toEqual([]);
  });

  test.each([10060004, 10060031, 10060014])(
    'what WeChat refuses for ever (%d) becomes a case',
    async (code) => {
      const order = await givenPaid();
      world.clock.advance(10 * SECOND_MS);
      shipping.refusals.push(code);
      expect(await ring(order)).toBe('done');
      expect(await storedIn(world, 'cases')).toMatchObject([
        {
          kind: 'shipping_failed',
          orderId: order.id,
          amountFen: order.payableFen,
          story: expect.stringContaining(`${code} planted`),
        },
      ]);
    },
  );

  test('has nothing to do for an order that nobody had to pay, and for none where the shop need not say', async () => {
    const free = await givenOrder(world, alice, { product: await givenProduct(world, { listFen: fen(0) }) });
    await world.drain();
    replaced.restore();
    const order = await givenPaid();
    for (const { id } of [free, order]) {
      const taskId = tasks.taskId('uploadShipping', `delivery.expected:${id}`);
      expect(await world.ports.database.find(tasks.collection, taskId)).toBeNull();
    }
    expect(shipping.shipped).toEqual([]);
  });
});
