/** Fifty orders, played in a world to their end, and every document that they leave behind. */

import { expireCoupons } from '../../functions/coupons/expireCoupons.ts';
import { receiveCoupon } from '../../functions/coupons/receiveCoupon.ts';
import { removeEnded } from '../../functions/operations/removeEnded.ts';
import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { cancelOrder } from '../../functions/orders/cancelOrder.ts';
import { closeExpiredOrders } from '../../functions/orders/closeExpiredOrders.ts';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import { syncPayments } from '../../functions/payments/syncPayments.ts';
import { quoteOrder } from '../../functions/pricing/quoteOrder.ts';
import { quoteRefund } from '../../functions/refunds/quoteRefund.ts';
import { requestRefund } from '../../functions/refunds/requestRefund.ts';
import { seedTemplateId } from '../../local/seed/coupons.ts';
import { seedProductId } from '../../local/seed/products.ts';
import { seedCatalogue, seedCourseId } from '../../local/seed/seedCatalogue.ts';
import * as products from '../../shared/data/catalogue/products.ts';
import * as goods from '../../shared/data/operations/goods.ts';
import { newGoods, pricesOf } from '../../shared/domain/operations/goods.ts';
import { DAY_MS, type ProductId, SECOND_MS, type TimeMs } from '../../shared/schemas/base.ts';
import type { Product } from '../../shared/schemas/catalogue/product.ts';
import type { Goods } from '../../shared/schemas/operations/goods.ts';
import type { OrderView } from '../../shared/schemas/orders/order.ts';
import { type Exported, exported } from '../support/given/export.ts';
import type { Buyer } from '../support/given/order.ts';
import { passMinutes } from '../support/given/payment.ts';
import { createWorld, type World } from '../support/world.ts';

/** How many orders are played. */
export const ORDERS_PLAYED = 50;
const BUYERS = 20;
/** The days from the orders to the end. By then coupons have expired, and no effect of an order is pending. */
const LIFE_DAYS = 45;

/** The outcome of an order. */
type Outcome =
  | 'paid'
  | 'paid with a coupon'
  | 'paid with points'
  | 'unpaid'
  | 'cancelled'
  | 'back'
  | 'partly back';

/** The outcomes of ten orders. Six are just paid. */
const OUTCOMES: readonly Outcome[] = [
  'paid',
  'paid with a coupon',
  'unpaid',
  'paid',
  'back',
  'paid',
  'paid with points',
  'cancelled',
  'paid',
  'partly back',
];

/** The documents after the played orders. */
export interface Played {
  /** The catalogue and the goods, as they were before. */
  readonly seeded: readonly Exported[];
  /** The documents of these orders and buyers only. */
  readonly own: readonly Exported[];
  /** Seeded documents that the orders have changed, in their new state: the stocks of coupons. */
  readonly changed: readonly Exported[];
  /** The instants of the first order and of the end. */
  readonly fromAtMs: TimeMs;
  readonly untilAtMs: TimeMs;
}

/** Collections that a shop has once, however many orders it has. Promotions begin when a shop is opened. */
const APART: readonly string[] = [
  'attempts',
  'paces',
  'flashSales',
  'flashSeats',
  'flashStocks',
  'campaigns',
];

/** A product at a price, on sale by virtual payment. */
export function liveGoods(product: Product): Goods[] {
  const atMs = product.createdAtMs;
  return pricesOf(product).map((priceFen) => ({
    ...newGoods(product, priceFen, atMs),
    ...{ state: 'published', liveAtMs: atMs, nextAtMs: null },
  }));
}

/** Opens the seeded shop, with everything on sale on both rails. */
async function openShop(world: World): Promise<void> {
  await seedCatalogue(world.ports);
  const { database } = world.ports;
  for await (const product of products.everyOne(database)) {
    for (const live of liveGoods(product)) {
      await database.tx((tx) => tx.update(goods.collection, live));
      world.xpay.putOnSale(live);
    }
  }
}

/** The products of an order. Nobody buys a product twice, and some orders have two products. */
function wantedBy(buyer: number, nth: number): ProductId[] {
  // Courses, except the one in a flash sale. The last orders are for a text, an audio or a membership.
  const courses = [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24];
  const course = (n: number) => seedCourseId(courses[(buyer * 7 + n) % courses.length] ?? 1);
  if (nth === 2) return [seedProductId([4, 1, 5, 6][buyer % 4] ?? 4)];
  return nth === 1 && buyer % 5 === 1 ? [course(1), course(5)] : [course(nth === 0 ? 0 : nth + 1)];
}

async function pay(world: World, buyer: Buyer, order: OrderView): Promise<void> {
  const { payment } = (await world.call(payOrder, { orderId: order.id }, buyer)).data;
  const { openid } = buyer;
  if (payment.rail === 'wxpay') world.wechatPay.phone.pay({ ...payment, openid }, 'confirm');
  else world.xpay.phone.payVirtual({ ...payment, openid, platform: 'android' }, 'confirm');
  await world.drain();
}

async function askBack(world: World, buyer: Buyer, order: OrderView, isWhole: boolean): Promise<void> {
  const [first] = order.lines;
  const productIds = isWhole || first === undefined ? null : [first.productId];
  const asked = { orderId: order.id, ...(productIds === null ? {} : { productIds: productIds.join() }) };
  const { quote } = (await world.call(quoteRefund, asked, buyer)).data;
  const refundId = world.ports.ids.make('rfd');
  const words = { refundId, productIds, words: '不想学了', shownFen: quote.refundFen };
  await world.call(requestRefund, { orderId: order.id, ...words }, buyer);
  await world.drain();
}

/** Places one order and brings it to its outcome. */
async function playOrder(
  world: World,
  buyer: Buyer,
  wanted: readonly ProductId[],
  { outcome, platform }: { readonly outcome: Outcome; readonly platform: 'web' | 'android' },
): Promise<void> {
  if (outcome === 'paid with a coupon') {
    await world.call(receiveCoupon, { templateId: seedTemplateId(2) }, buyer);
  }
  const asked = {
    lines: wanted.map((productId) => ({ productId })),
    couponId: outcome === 'paid with a coupon' ? 'best' : null,
    points: outcome === 'paid with points' ? 1_000_000 : 0,
    platform,
  };
  const { quote } = (await world.call(quoteOrder, asked, buyer)).data;
  const { couponId, points, payableFen } = quote;
  const agreed = { ...asked, couponId, points: points.count, shownFen: payableFen };
  const { order } = (
    await world.call(createOrder, { ...agreed, orderId: world.ports.ids.make('ord') }, buyer)
  ).data;
  world.clock.advance(20 * SECOND_MS);
  if (outcome === 'unpaid') return;
  if (outcome === 'cancelled') await world.call(cancelOrder, { orderId: order.id }, buyer);
  else if (order.state !== 'paid') await pay(world, buyer, order);
  if (outcome === 'back' || outcome === 'partly back') await askBack(world, buyer, order, outcome === 'back');
}

/** Twenty buyers, with one to six orders each. */
async function playAll(world: World): Promise<void> {
  const buyers: Buyer[] = [];
  for (let n = 0; n < BUYERS; n += 1) {
    buyers.push(await world.login(`buyer${n}`));
    await world.drain();
    world.clock.advance(60 * SECOND_MS);
  }
  for (let n = 0; n < ORDERS_PLAYED; n += 1) {
    const place = n % BUYERS;
    const [buyer, nth] = [buyers[place], Math.floor(n / BUYERS)];
    const outcome = OUTCOMES[(n + nth * 3) % OUTCOMES.length];
    if (buyer === undefined || outcome === undefined) throw new Error('there are more orders than buyers');
    const platform = place % 5 === 4 ? 'android' : 'web';
    await playOrder(world, buyer, wantedBy(place, nth), { outcome, platform });
  }
}

/** Plays the orders. The same seed gives the same documents. */
export async function playOrders(seed: number): Promise<Played> {
  const world = await createWorld({ seed });
  try {
    await openShop(world);
    const before = new Map((await exported(world)).map((each) => [`${each.collection}/${each.id}`, each]));
    const fromAtMs = world.clock.now();
    await playAll(world);
    await passMinutes(world, 30, closeExpiredOrders, syncPayments, sweepTasks);
    for (let day = 0; day < LIFE_DAYS; day += 1) {
      world.clock.advance(DAY_MS);
      for (const timer of [expireCoupons, removeEnded, sweepTasks]) await world.run(timer);
      await world.drain();
    }
    const after = (await exported(world)).filter(({ collection }) => !APART.includes(collection));
    const isSeeded = ({ collection, id }: Exported) => before.has(`${collection}/${id}`);
    const versionBefore = ({ collection, id }: Exported) => before.get(`${collection}/${id}`)?.version;
    return {
      seeded: [...before.values()].filter(({ collection }) => !APART.includes(collection)),
      own: after.filter((each) => !isSeeded(each)),
      changed: after.filter((each) => isSeeded(each) && each.version !== versionBefore(each)),
      fromAtMs,
      untilAtMs: world.clock.now(),
    };
  } finally {
    await world.close();
  }
}
