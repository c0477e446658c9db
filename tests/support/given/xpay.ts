/** Orders by virtual payment: the phone that pays them, and the platform's pushes. */
import { payOrder } from '../../../functions/payments/payOrder.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import type { Coupon } from '../../../shared/schemas/coupons/coupon.ts';
import type { OrderView, Platform } from '../../../shared/schemas/orders/order.ts';
import type { World } from '../world.ts';
import { givenProduct } from './course.ts';
import { givenLiveGoods } from './goods.ts';
import { type Buyer, givenOrder } from './order.ts';

/** The platforms with virtual payment. */
export type Phone = Exclude<Platform, 'web'>;

/** A pending order in a mini-program, for one product that is on sale at the platform for its list price. */
export async function givenXpayOrder(
  world: World,
  buyer: Buyer,
  given: { readonly platform?: Phone; readonly product?: Product; readonly coupon?: Coupon } = {},
): Promise<OrderView> {
  const { platform = 'android' } = given;
  const product = given.product ?? (await givenProduct(world));
  const { id, priceFen } = await givenLiveGoods(world, product);
  world.xpay.putOnSale({ id, priceFen });
  return givenOrder(world, buyer, { ...given, platform, product });
}

/**
 * Opens an order's payment and confirms it on the phone. Answers the phone's error number. The push waits for `drain`.
 */
export async function payVirtually(
  world: World,
  buyer: Buyer,
  order: OrderView,
  platform: Phone = 'android',
): Promise<number> {
  const { data } = await world.call(payOrder, { orderId: order.id }, { token: buyer.token });
  if (data.payment.rail !== 'xpay') throw new Error(`paid by ${data.payment.rail}`);
  const { openid } = buyer;
  return world.xpay.phone.payVirtual({ ...data.payment, openid, platform }, 'confirm').errCode;
}

/** The payments of an order in the platform's books. */
export function virtualMoneyOf(world: World, orderId: string) {
  return world.xpay.books().transactions.filter(({ orderNumber }) => orderNumber === orderId);
}

/** Lets time pass second by second, with everything that becomes due. */
export async function pass(world: World, ms: number): Promise<void> {
  const untilAtMs = world.clock.now() + ms;
  while (world.clock.now() < untilAtMs) {
    world.clock.advance(Math.min(1_000, untilAtMs - world.clock.now()));
    await world.drain();
  }
}
