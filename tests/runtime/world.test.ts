import * as z from 'zod';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { getOrder } from '../../functions/orders/getOrder.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import { getPoints } from '../../functions/points/getPoints.ts';
import * as users from '../../shared/data/identity/users.ts';
import { http } from '../../shared/function.ts';
import { givenProduct } from '../support/given/course.ts';
import { exported } from '../support/given/export.ts';
import { newOrderId } from '../support/given/order.ts';
import { createWorld, type World } from '../support/world.ts';

/** Somebody buys a course and pays for it. Answers what the buyer then sees, and everything that was logged. */
async function purchase(world: World) {
  const buyer = await world.login('alice');
  const { id: productId, listFen } = await givenProduct(world);
  const orderId = newOrderId(world);
  const lines = [{ productId }];
  await world.call(createOrder, { orderId, lines, couponId: null, shownFen: listFen }, buyer);
  const { payment } = (await world.call(payOrder, { orderId }, buyer)).data;
  if (payment.rail !== 'wxpay') throw new Error(`paid by ${payment.rail}`);
  const told = world.wechatPay.phone.pay({ ...payment, openid: buyer.openid }, 'confirm');
  const before = (await world.call(getOrder, { orderId }, buyer)).data;
  await world.drain();
  const after = (await world.call(getOrder, { orderId }, buyer)).data;
  const points = (await world.call(getPoints, {}, buyer)).data;
  return { told, before, after, points, logs: world.logs, books: world.wechatPay.books() };
}

test('a purchase goes through the whole world: the phone pays, the notice comes, the effects happen', async () => {
  const world = await createWorld();
  const { told, before, after, points, books } = await purchase(world);
  expect(told).toEqual({ errMsg: 'requestPayment:ok' });
  expect(before.order.state).toBe('pending');
  expect(after.order.state).toBe('paid');
  expect(points.balance).toBe(99);
  expect(books.transactions).toHaveLength(1);
  expect(books.notices.map(({ isAnswered }) => isAnswered)).toEqual([true]);
  await world.close();
});

test('the same seed gives the same world, another seed another', async () => {
  const runs = [];
  for (const seed of [7, 7, 8]) {
    const world = await createWorld({ seed });
    runs.push(JSON.stringify(await purchase(world)));
    await world.close();
  }
  expect(runs[0]).toBe(runs[1]);
  expect(runs[0]).not.toBe(runs[2]);
});

test('a call that breaks by a bug fails its test with the cause, unless that is what the test wants', async () => {
  const world = await createWorld();
  const broken = http(
    { route: 'GET /api/broken', auth: 'public', input: z.strictObject({}), output: z.object({}), errors: [] },
    async () => {
      throw new Error('the cause');
    },
  );
  await expect(world.call(broken, {})).rejects.toThrow(/GET \/api\/broken answered internal[\s\S]*the cause/);
  expect((await world.call(broken, {}, { mayBreak: true })).code).toBe('internal');
  await world.close();
});

test('a document that is written again as it was is seen in the export', async () => {
  const world = await createWorld();
  const { userId } = await world.login('alice');
  const before = await exported(world);
  expect(await exported(world)).toEqual(before);
  await world.ports.database.tx(async (tx) => {
    const user = await users.find(tx, userId);
    if (user !== null) await tx.update(users.collection, user);
  });
  expect(await exported(world)).not.toEqual(before);
  await world.close();
});
