import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { closeExpiredOrders } from '../../../functions/orders/closeExpiredOrders.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import { getPointsStatement } from '../../../functions/points/getPointsStatement.ts';
import { quoteOrder } from '../../../functions/pricing/quoteOrder.ts';
import { fen, HOUR_MS } from '../../../shared/schemas/base.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import { POINTS_MAX } from '../../../shared/schemas/points/points.ts';
import { givenProduct } from '../../support/given/course.ts';
import { type Buyer, newOrderId, storedIn } from '../../support/given/order.ts';
import { givenMoney, passMinutes } from '../../support/given/payment.ts';
import { givenPoints, pointsAccountOf } from '../../support/given/points.ts';
import { askBack } from '../../support/given/refund.ts';
import { createWorld, type World } from '../../support/world.ts';

describe('points at the checkout', () => {
  let world: World;
  let alice: Buyer;
  const account = () => pointsAccountOf(world, alice.userId);
  const call = { token: '' };
  /** An order for one product of 99 yuan, with as many points as the quote allows. */
  const place = async (points: number, listFen = 9_900) => {
    const { id: productId } = await givenProduct(world, { listFen: fen(listFen) });
    const asked = { lines: [{ productId }], couponId: null, points };
    const { quote } = (await world.call(quoteOrder, asked, call)).data;
    const order = { ...asked, orderId: newOrderId(world), shownFen: quote.payableFen };
    return { quote, order, answer: await world.call(createOrder, order, call) };
  };
  const placed = async (points: number, listFen?: number): Promise<OrderView> =>
    (await place(points, listFen)).answer.data.order;
  const isBalanced = async () => {
    const { data } = await world.call(getPointsStatement, { month: '2026-11' }, call);
    const { opening, earned, returned, adjusted, spent, expired, takenBack, closing } = data.statement;
    const { available, held, debt, lots } = await account();
    expect(opening + earned + returned + adjusted - spent - expired - takenBack).toBe(closing);
    expect(closing).toBe(available + held - debt);
    expect(lots.reduce((sum, { remaining }) => sum + remaining, 0)).toBe(available);
  };

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    call.token = alice.token;
    await givenPoints(world, alice.userId, 1_000);
  });
  afterEach(async () => {
    await isBalanced();
    await world.close();
  });

  test('an order holds its points, and spends them when it is paid; it earns on the money alone', async () => {
    const order = await placed(1_000);
    expect(order.payableFen).toBe(8_900);
    expect(await account()).toMatchObject({ available: 0, held: 1_000 });
    await givenMoney(world, alice, order);
    await world.drain();
    expect(await account()).toMatchObject({ available: 89, held: 0 });
  });

  test('T15: a cancelled order, and one that nobody paid, give back what they held, once', async () => {
    const order = await placed(400);
    await world.call(cancelOrder, { orderId: order.id }, call);
    await world.call(cancelOrder, { orderId: order.id }, call);
    expect(await account()).toMatchObject({ available: 1_000, held: 0 });
    await placed(600);
    expect(await account()).toMatchObject({ available: 400, held: 600 });
    world.clock.advance(HOUR_MS);
    await world.run(closeExpiredOrders);
    await world.run(closeExpiredOrders);
    expect(await account()).toMatchObject({ available: 1_000, held: 0 });
  });

  test('T16: an order for points that are gone by now is refused with its price, and holds nothing', async () => {
    const { order } = await place(700);
    const again = await world.call(createOrder, { ...order, orderId: newOrderId(world) }, call);
    expect(again.code).toBe('order.price_changed');
    expect(await storedIn(world, 'orders')).toHaveLength(1);
    expect(await account()).toMatchObject({ available: 300, held: 700 });
  });

  test('T16: ten orders at once hold no more points than there are', async () => {
    const { id: productId } = await givenProduct(world);
    const asked = { lines: [{ productId }], couponId: null, points: 600, shownFen: 9_300 };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        world.call(createOrder, { ...asked, orderId: newOrderId(world) }, call),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await account()).toMatchObject({ available: 400, held: 600 });
  });

  test('T17: points worth more than the order are capped, never thrown', async () => {
    await givenPoints(world, alice.userId, 50_000);
    const { quote, answer } = await place(POINTS_MAX, 990);
    expect(answer.status).toBe(200);
    const { held } = await account();
    expect(held).toBe(quote.points.count);
    expect(quote.listFen - quote.points.offFen).toBe(quote.payableFen);
    expect(quote.points.offFen).toBeLessThanOrEqual(990);
  });

  test('T3: a refund gives back the points that were spent, and takes back those that were earned', async () => {
    const order = await placed(1_000);
    await givenMoney(world, alice, order);
    await world.drain();
    const { status } = await askBack(world, alice, order, 8_900);
    expect(status).toBe(200);
    await world.bus.drain();
    await passMinutes(world, 3, syncPayments);
    expect(await account()).toMatchObject({ available: 1_000, held: 0, debt: 0 });
  });
});
