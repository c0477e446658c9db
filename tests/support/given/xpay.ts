/** Orders by virtual payment on their way: the phone that pays them, and what the platform pushes. */
import { payOrder } from '../../../functions/payments/payOrder.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import type { Coupon } from '../../../shared/schemas/coupons/coupon.ts';
import type { OrderView, Platform } from '../../../shared/schemas/orders/order.ts';
import type { World } from '../world.ts';
import { givenLiveGoods } from './goods.ts';
import { type Buyer, givenOrder, givenProduct } from './order.ts';

/** What can pay virtually. */
export type Phone = Exclude<Platform, 'web'>;

/** A pending order in a mini-program, for one product that its platform sells at the list price. */
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

/** Opens an order's payment and confirms it on the phone; answers the phone's number. The push waits for `drain`. */
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

/** What the platform's books say came for an order. */
export function virtualMoneyOf(world: World, orderId: string) {
  return world.xpay.books().transactions.filter(({ orderNumber }) => orderNumber === orderId);
}

/** Lets time go on, second by second, with everything that is due on the way. */
export async function pass(world: World, ms: number): Promise<void> {
  const untilAtMs = world.clock.now() + ms;
  while (world.clock.now() < untilAtMs) {
    world.clock.advance(Math.min(1_000, untilAtMs - world.clock.now()));
    await world.drain();
  }
}
