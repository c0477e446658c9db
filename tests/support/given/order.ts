/** The parts of orders, and orders in a world. */

import { createOrder } from '../../../functions/orders/createOrder.ts';
import { payOrder } from '../../../functions/payments/payOrder.ts';
import { chaosDatabase } from '../../../local/database.chaos.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import type { Collection, Doc } from '../../../shared/ports/database.ts';
import {
  CouponId,
  DAY_MS,
  fen,
  OrderId,
  TemplateId,
  timeMs,
  type UserId,
} from '../../../shared/schemas/base.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import type { Coupon } from '../../../shared/schemas/coupons/coupon.ts';
import type { OrderView, Platform } from '../../../shared/schemas/orders/order.ts';
import type { PhonePaymentView } from '../../../shared/schemas/payments/payment.ts';
import { createWorld, type World } from '../world.ts';
import { givenProduct } from './course.ts';

/** A buyer who has logged in by WeChat. */
export type Buyer = Awaited<ReturnType<World['login']>>;

/** A new order id, as a client makes it. */
export function newOrderId(world: World): OrderId {
  return OrderId.parse(world.ports.ids.make('ord'));
}

/** Inserts a document, even on a database whose commits lose their answers. */
async function put<D extends Doc>(world: World, collection: Collection<D>, doc: D): Promise<void> {
  await world.ports.database.tx(async (tx) => {
    if ((await tx.find(collection, doc.id)) === null) await tx.insert(collection, doc);
  });
}

/** A coupon of that user: by default 10 yuan off anything, for a day. */
export async function givenCouponOf(
  world: World,
  userId: UserId,
  changes: Partial<Coupon> = {},
): Promise<Coupon> {
  const now = world.clock.now();
  const templateId = TemplateId.parse(world.ports.ids.make('tpl'));
  const coupon: Coupon = {
    id: CouponId.parse(`cpn_${templateId.slice(4)}_${userId.slice(4)}_1`),
    userId,
    templateId,
    title: '立减 10 元',
    rule: { kind: 'fixed', offFen: fen(1_000) },
    scope: { kind: 'all' },
    state: 'available',
    orderId: null,
    validFromAtMs: now,
    expiresAtMs: timeMs(now + DAY_MS),
    claimedAtMs: now,
    updatedAtMs: now,
    ...changes,
  };
  await put(world, coupons.collection, coupon);
  return coupon;
}

/** The request of a client to order these products at their prices. */
export function orderFor(
  world: World,
  wanted: readonly Product[],
  coupon: Coupon | null = null,
  offFen = 1_000,
) {
  const listFen = wanted.reduce((sum, product) => sum + product.listFen, 0);
  return {
    orderId: newOrderId(world),
    lines: wanted.map(({ id }) => ({ productId: id })),
    couponId: coupon?.id ?? null,
    shownFen: coupon === null ? listFen : Math.max(0, listFen - offFen),
  };
}

/** A pending order for one new product, with this coupon if there is one. */
export async function givenOrder(
  world: World,
  buyer: Buyer,
  given: { readonly coupon?: Coupon; readonly product?: Product; readonly platform?: Platform } = {},
): Promise<OrderView> {
  const { platform = 'web', coupon = null } = given;
  const product = given.product ?? (await givenProduct(world));
  const asked = { ...orderFor(world, [product], coupon), platform };
  return (await world.call(createOrder, asked, { token: buyer.token })).data.order;
}

/** Opens the order's payment at the rail, as the mini-program does. */
export async function givenOpened(world: World, buyer: Buyer, order: OrderView): Promise<PhonePaymentView> {
  return (await world.call(payOrder, { orderId: order.id }, { token: buyer.token })).data.payment;
}

/** A stored document as it is. @throws Error when there is none */
export async function stored<D extends Doc>(world: World, collection: Collection<D>, id: string): Promise<D> {
  const doc = await world.ports.database.find(collection, id);
  if (doc === null) throw new Error(`${collection.name} has no ${id}`);
  return doc;
}

/** Every stored document of some collections, to see that nothing was left behind. */
export async function storedIn(world: World, ...names: readonly string[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { collection, doc } of world.ports.database.exportAll()) {
    if (names.includes(collection)) found.push(doc);
  }
  return found;
}

/** A world whose database has conflicts and loses answers of commits. */
export function badWorld(seed: number, chaos: { conflict: number; commitLost: number }): Promise<World> {
  return createWorld({
    seed,
    database: (inner, { clock, ids }) =>
      chaosDatabase(inner, {
        ...chaos,
        random: () => ids.random(),
        clock,
        pause: async () => undefined,
      }),
  });
}
