import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { closeExpiredOrders } from '../../../functions/orders/closeExpiredOrders.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { quoteOrder } from '../../../functions/pricing/quoteOrder.ts';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import { FLASH_PAY_WINDOW_MS } from '../../../shared/domain/pricing/pricing.ts';
import { retakeSeats } from '../../../shared/flows/pricing/flashSeats.ts';
import { DAY_MS, fen, MINUTE_MS, OrderId, type ProductId, timeMs } from '../../../shared/schemas/base.ts';
import { type FlashSale, FlashSeats, type FlashStock } from '../../../shared/schemas/pricing/promotion.ts';
import { givenProduct } from '../../support/given/course.ts';
import { type Buyer, badWorld, newOrderId, storedIn } from '../../support/given/order.ts';
import { givenMoney } from '../../support/given/payment.ts';
import { givenSale } from '../../support/given/promotion.ts';
import { createWorld, type World } from '../../support/world.ts';

const PERIOD = { kind: 'membership', plan: { period: 'month', scope: { kind: 'platform' } } } as const;

let world: World;
let alice: Buyer;
let productId: ProductId;

beforeEach(async () => {
  world = await createWorld();
  await begin();
});
afterEach(() => world.close());

async function begin() {
  alice = await world.login('alice');
  productId = (await givenProduct(world, PERIOD)).id;
}

async function order(buyer: Buyer, shownFen = 5_000, orderId = newOrderId(world)) {
  const asked = { orderId, lines: [{ productId }], couponId: null, shownFen };
  return world.call(createOrder, asked, { token: buyer.token });
}
async function quoted(buyer: Buyer, lines: readonly ProductId[] = [productId]) {
  const asked = { lines: lines.map((id) => ({ productId: id })), couponId: null };
  return (await world.call(quoteOrder, asked, { token: buyer.token })).data.quote;
}
const cancel = (id: string, buyer: Buyer) => world.call(cancelOrder, { orderId: id }, { token: buyer.token });
async function counts() {
  const stocks = (await storedIn(world, 'flashStocks')) as FlashStock[];
  const seats = (await storedIn(world, 'flashSeats')) as FlashSeats[];
  const sum = (numbers: number[]) => numbers.reduce((before, number) => before + number, 0);
  return {
    left: sum(stocks.map(({ remaining }) => remaining)),
    taken: sum(stocks.map(({ taken }) => taken)),
    held: sum(seats.map(({ seats: own }) => own.length)),
  };
}

describe('a place in a flash sale', () => {
  test('is taken with the order, for five minutes, at the price of the sale', async () => {
    await givenSale(world, [productId]);
    const { data } = await order(alice);
    expect(data.order).toMatchObject({
      payableFen: 5_000,
      expiresAtMs: world.clock.now() + FLASH_PAY_WINDOW_MS,
      lines: [{ source: 'flash', shares: { activityFen: 4_900 } }],
      applied: [{ kind: 'flash', offFen: 4_900 }],
    });
    expect(await counts()).toEqual({ left: 9, taken: 1, held: 1 });
  });

  test('is given back when the order is cancelled, or its five minutes are over', async () => {
    await givenSale(world, [productId], { perUserMax: 2 });
    const { data } = await order(alice);
    await order(alice);
    expect(await counts()).toEqual({ left: 8, taken: 2, held: 2 });
    await cancel(data.order.id, alice);
    expect(await counts()).toEqual({ left: 9, taken: 1, held: 1 });
    world.clock.advance(FLASH_PAY_WINDOW_MS);
    await world.run(closeExpiredOrders);
    expect(await counts()).toEqual({ left: 10, taken: 0, held: 0 });
  });

  test('the same order again takes no second one', async () => {
    await givenSale(world, [productId], { perUserMax: 2 });
    const id = newOrderId(world);
    await Promise.all([order(alice, 5_000, id), order(alice, 5_000, id), order(alice, 5_000, id)]);
    expect(await counts()).toEqual({ left: 9, taken: 1, held: 1 });
  });

  test('each user gets so many, and after that the list price, with the reason', async () => {
    const { id } = await givenSale(world, [productId]);
    await order(alice);
    expect(await quoted(alice)).toMatchObject({
      payableFen: 9_900,
      rejected: [{ code: 'flash.limit_reached', id }],
    });
    expect((await order(alice)).code).toBe('order.price_changed');
    expect((await order(alice, 9_900)).data.order.payableFen).toBe(9_900);
    expect((await quoted(await world.login('bob'))).payableFen).toBe(5_000);
  });

  test('never more than there are, however many come at once, also on a bad store', async () => {
    await world.close();
    world = await badWorld(31, { conflict: 0.1, commitLost: 0.3 });
    await begin();
    await givenSale(world, [productId], { stock: 7 });
    const buyers = await Promise.all(Array.from({ length: 20 }, (_, n) => world.login(`buyer ${n}`)));
    const answers = await Promise.all(buyers.map((buyer) => order(buyer)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(7);
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([null, 'order.price_changed']));
    expect(await counts()).toEqual({ left: 0, taken: 7, held: 7 });
    expect((await quoted(alice)).rejected).toMatchObject([{ code: 'flash.sold_out' }]);
  });

  test('a quote takes none', async () => {
    await givenSale(world, [productId]);
    expect(await quoted(alice)).toMatchObject({ payableFen: 5_000, payWindowMs: FLASH_PAY_WINDOW_MS });
    expect(await counts()).toEqual({ left: 10, taken: 0, held: 0 });
  });

  test('is for orders of few lines: in a longer one the list price counts, and the order fits one transaction', async () => {
    const others: ProductId[] = [];
    for (let n = 0; n < 19; n += 1) others.push((await givenProduct(world, { listFen: fen(100) })).id);
    await givenSale(world, [productId, ...others.slice(0, 4)], { priceFen: 100, stock: 500 });
    expect((await quoted(alice, [productId, ...others.slice(0, 4)])).payableFen).toBe(500);
    const long = await quoted(alice, [productId, ...others]);
    expect(long.rejected).toContainEqual(
      expect.objectContaining({ code: 'flash.cart_too_long', params: { linesMax: 5 } }),
    );
    expect(long.payableFen).toBe(9_900 + 1_900);
  });

  test('when two sales apply, the cheaper one counts', async () => {
    await givenSale(world, [productId], { priceFen: 6_000 });
    const cheap = await givenSale(world, [productId], { priceFen: 4_000 });
    const quote = await quoted(alice);
    expect(quote).toMatchObject({ payableFen: 4_000, lines: [{ flashSaleId: cheap.id }] });
  });

  test('where the cheaper one has none left, or none for this buyer, the other counts', async () => {
    const cheap = await givenSale(world, [productId], { priceFen: 4_000, stock: 2 });
    const { id } = await givenSale(world, [productId], { priceFen: 6_000 });
    await order(alice, 4_000);
    expect(await quoted(alice)).toMatchObject({ payableFen: 6_000, lines: [{ flashSaleId: id }] });
    expect((await order(alice, 6_000)).data.order.payableFen).toBe(6_000);
    await order(await world.login('bob'), 4_000);
    expect((await quoted(await world.login('carol'))).payableFen).toBe(6_000);
    expect((await quoted(alice)).rejected).toMatchObject([{ code: 'flash.limit_reached', id: cheap.id }]);
  });
});

describe('a place that nobody paid for', () => {
  const giveUp = async () => cancel((await order(alice)).data.order.id, alice);

  test('can be had again after ever longer pauses, by the same user three times in a sale', async () => {
    const { id } = await givenSale(world, [productId], { untilAtMs: timeMs(world.clock.now() + 2 * DAY_MS) });
    const rejected = [{ code: 'flash.limit_reached', id }];
    for (const pauseMs of [MINUTE_MS, 10 * MINUTE_MS]) {
      await giveUp();
      expect(await quoted(alice)).toMatchObject({ payableFen: 9_900, rejected });
      expect((await order(alice)).code).toBe('order.price_changed');
      world.clock.advance(pauseMs - 1);
      expect(await quoted(alice)).toMatchObject({ payableFen: 9_900, rejected });
      world.clock.advance(1);
      expect(await quoted(alice)).toMatchObject({ payableFen: 5_000, rejected: [] });
    }
    await giveUp();
    world.clock.advance(DAY_MS);
    alice = await world.login('alice');
    expect(await quoted(alice)).toMatchObject({ payableFen: 9_900, rejected });
    expect((await quoted(await world.login('bob'))).payableFen).toBe(5_000);
    expect(await counts()).toEqual({ left: 10, taken: 0, held: 0 });
  });

  test('counts when its five minutes end, too, and a paid one never does', async () => {
    await givenSale(world, [productId], { perUserMax: 2 });
    const { data } = await order(alice);
    await givenMoney(world, alice, data.order);
    await world.drain();
    expect((await quoted(alice)).payableFen).toBe(5_000);
    await order(alice);
    world.clock.advance(FLASH_PAY_WINDOW_MS);
    await world.run(closeExpiredOrders);
    expect((await quoted(alice)).payableFen).toBe(9_900);
    world.clock.advance(MINUTE_MS);
    expect((await quoted(alice)).payableFen).toBe(5_000);
  });

  test('places stored by an older build do not count', async () => {
    const { id: saleId } = await givenSale(world, [productId]);
    const own = { id: `${saleId}:${productId}:${alice.userId}`, saleId, productId, userId: alice.userId };
    const before = { ...own, seats: [], updatedAtMs: world.clock.now() };
    expect(FlashSeats.parse(before).givenBack).toBeNull();
  });
});

describe('a place that was given back', () => {
  const take = (sale: FlashSale, orderId: string) =>
    world.ports.database.tx((tx) =>
      retakeSeats(tx, {
        userId: alice.userId,
        orderId: OrderId.parse(orderId),
        seats: [{ flashSaleId: sale.id, productId }],
        now: world.clock.now(),
      }),
    );

  test('is taken again for money that came late, once, also after the sale’s end', async () => {
    const sale = await givenSale(world, [productId]);
    const { data } = await order(alice);
    await cancel(data.order.id, alice);
    world.clock.advance(sale.untilAtMs - world.clock.now());
    expect([await take(sale, data.order.id), await take(sale, data.order.id)]).toEqual([true, true]);
    expect(await counts()).toEqual({ left: 9, taken: 1, held: 1 });
  });

  test('is not when the user has as many as one may', async () => {
    const sale = await givenSale(world, [productId]);
    const { data } = await order(alice);
    await cancel(data.order.id, alice);
    world.clock.advance(MINUTE_MS);
    await order(alice);
    expect(await take(sale, data.order.id)).toBe(false);
    expect(await counts()).toEqual({ left: 9, taken: 1, held: 1 });
  });

  test('is not, and nothing is changed, when somebody else has the last one', async () => {
    const sale = await givenSale(world, [productId], { stock: 1 });
    const { data } = await order(alice);
    await cancel(data.order.id, alice);
    await order(await world.login('bob'));
    expect(await take(sale, data.order.id)).toBe(false);
    expect(await counts()).toEqual({ left: 0, taken: 1, held: 1 });
    const seats = { saleId: sale.id, productId, userId: alice.userId };
    expect((await flashSales.findSeats(world.ports.database, seats))?.seats).toEqual([]);
  });
});
