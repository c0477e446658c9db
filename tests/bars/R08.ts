import { cancelOrder } from '../../functions/orders/cancelOrder.ts';
import { closeExpiredOrders } from '../../functions/orders/closeExpiredOrders.ts';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import * as products from '../../shared/data/catalogue/products.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, timeMs } from '../../shared/schemas/base.ts';
import type { Coupon } from '../../shared/schemas/coupons/coupon.ts';
import type { PhonePaymentView } from '../../shared/schemas/payments/payment.ts';
import { givenProduct } from '../support/given/course.ts';
import { givenLiveGoods } from '../support/given/goods.ts';
import { type Buyer, givenCouponOf, orderFor } from '../support/given/order.ts';
import { oneOf, seeded } from '../support/seeded.ts';
import { Export } from './auditor.ts';
import { bar } from './bar.ts';
import { openShop, type Shop } from './shop.ts';

const CHANNELS = ['jsapi', 'xpay-android', 'xpay-ios'] as const;
type Channel = (typeof CHANNELS)[number];
const PLATFORMS = { jsapi: 'web', 'xpay-android': 'android', 'xpay-ios': 'ios' } as const;

/** How late a payment at WeChat Pay can be. WeChat Pay ends an order five minutes after we do. */
const JSAPI_LATE_MAX_MS = 18 * MINUTE_MS;
const LATE_MAX_MS = 24 * HOUR_MS;

/** An order that is closed here but can still be paid. */
interface Closed {
  readonly orderId: string;
  readonly productId: string;
  readonly channel: Channel;
  readonly buyer: Buyer;
  readonly payment: PhonePaymentView;
  /** Whether another order meanwhile used what this order had held. */
  readonly isGone: boolean;
}

/**
 * Opens an order, with a coupon where the platform knows discounts, and closes it. The rail still believes that it is
 * open.
 */
async function placeAndClose(
  shop: Shop,
  channel: Channel,
  random: () => number,
  name: string,
): Promise<Closed> {
  const { world } = shop;
  const buyer = await shop.buyer(name);
  const platform = PLATFORMS[channel];
  const product = await givenProduct(world);
  if (platform !== 'web') world.xpay.putOnSale(await givenLiveGoods(world, product));
  const coupon =
    platform === 'ios'
      ? null
      : await givenCouponOf(world, buyer.userId, { expiresAtMs: timeMs(world.clock.now() + 3 * DAY_MS) });
  const asked = { ...orderFor(world, [product], coupon), platform };
  const { order } = (await world.call(createOrder, asked, buyer)).data;
  const { payment } = (await world.call(payOrder, { orderId: order.id }, buyer)).data;
  if (channel === 'jsapi' || random() < 0.5) await world.call(cancelOrder, { orderId: order.id }, buyer);
  else {
    world.clock.advance(20 * MINUTE_MS);
    await world.run(closeExpiredOrders);
  }
  const isGone = random() < 0.5;
  if (isGone) await useElsewhere(shop, buyer, { coupon, productId: product.id, platform });
  return { orderId: order.id, productId: product.id, channel, buyer, payment, isGone };
}

/** Another order uses the coupon. At Apple, which has no coupons, it buys the same thing again. */
async function useElsewhere(
  shop: Shop,
  buyer: Buyer,
  {
    coupon,
    productId,
    platform,
  }: {
    readonly coupon: Coupon | null;
    readonly productId: string;
    readonly platform: 'web' | 'android' | 'ios';
  },
): Promise<void> {
  const { world } = shop;
  const same = await world.ports.database.find(products.collection, productId);
  const product = coupon === null && same !== null ? same : await givenProduct(world);
  if (platform !== 'web' && coupon !== null) world.xpay.putOnSale(await givenLiveGoods(world, product));
  const asked = { ...orderFor(world, [product], coupon), platform };
  const answer = await world.call(createOrder, asked, buyer);
  if (answer.status !== 200) throw new Error(`nobody can use what was free again: ${answer.code}`);
  if (!(await shop.pay(buyer, answer.data.order))) throw new Error('what was free again was not paid');
  await world.drain();
}

/** The phone pays with the parameters that it got while the order was open. */
function payLate(shop: Shop, { buyer: { openid }, channel, payment }: Closed): string {
  const { world } = shop;
  return payment.rail === 'wxpay'
    ? world.wechatPay.phone.pay({ ...payment, openid }, 'confirm').errMsg
    : world.xpay.phone.payVirtual(
        { ...payment, openid, platform: channel === 'xpay-ios' ? 'ios' : 'android' },
        'confirm',
      ).errMsg;
}

/** What became of the order by the raw documents and the platform's books, in one word each. */
function fateOf(
  { orderId, productId }: Closed,
  store: Export,
  { transactions, refunds }: ReturnType<Shop['books']>,
) {
  const order = store.find('orders', orderId);
  const own = transactions.filter(({ orderNumber }) => orderNumber === orderId);
  const ids = new Set(own.map(({ transactionId }) => transactionId));
  const back = refunds.filter(({ transactionId, isSuccess }) => isSuccess && ids.has(transactionId));
  const paidFen = own.reduce((sum, { totalFen }) => sum + totalFen, 0);
  const backFen = back.reduce((sum, { refundFen }) => sum + refundFen, 0);
  const access = store.find('entitlements', `${String(order?.userId)}:${productId}`);
  const sources: readonly { sourceId?: unknown; state?: unknown }[] = Array.isArray(access?.sources)
    ? access.sources
    : [];
  const isOpen = sources.some(({ sourceId, state }) => sourceId === orderId && state === 'active');
  const coupon = store.find('coupons', String(order?.couponId));
  const isItsCoupon = order?.couponId === null || coupon?.orderId === orderId;
  if (order?.state === 'closed' && back.length === 1 && backFen === paidFen && !isOpen) return 'refunded';
  if (order?.state !== 'paid' || back.length > 0 || !isOpen) return 'lost';
  if (order.isHonoured === true) return 'honoured';
  return isItsCoupon ? 'reopened' : 'lost';
}

/** What must become of the order (rule C6): money that can be refunded is refunded; otherwise the buyer gets access. */
function fateFor({ channel, isGone }: Closed): string {
  if (channel === 'jsapi') return 'refunded';
  if (!isGone) return 'reopened';
  return channel === 'xpay-android' ? 'refunded' : 'honoured';
}

/**
 * WeChat Pay answers that it closed the order although it did not. Otherwise no late money could come there.
 *
 * Seen red: with a database that drops refunds, closed orders keep their money. With a database that shows used coupons
 * as available, coupons are used twice (I4).
 */
export const R08 = bar({
  proves: 'money that comes after an order was closed goes back, or takes the order up again, or is honoured',
  flags: { orders: 500 },
  brief: { orders: 40 },
  run: async ({ seed, flags, note }) => {
    const shop = await openShop(seed);
    const { world } = shop;
    const random = seeded(seed);
    const { wxpay } = world.ports.rails;
    const close = wxpay.close.bind(wxpay);
    Object.assign(wxpay, { close: async () => 'closed' });
    const closed: Closed[] = [];
    const refusals: string[] = [];
    // The channels take turns, so that payments are late by anything from a second to a day.
    for (let n = 0; n < flags.orders; n += 1) {
      const channel = CHANNELS[n % CHANNELS.length] ?? 'jsapi';
      const one = await placeAndClose(shop, channel, random, `buyer${n}`);
      const maxMs = channel === 'jsapi' ? JSAPI_LATE_MAX_MS : LATE_MAX_MS;
      world.clock.advance(oneOf(random, [SECOND_MS, Math.ceil(random() * maxMs)]));
      const said = payLate(shop, one);
      if (said.endsWith(':ok')) closed.push(one);
      else refusals.push(`${channel}: ${said}`);
      await shop.rest(2);
    }
    Object.assign(wxpay, { close });
    await shop.rest(10);
    note(`${closed.length} orders were paid late`);
    const store = await Export.of(world.ports.database.exportAll());
    const books = shop.books();
    const fates: Record<string, number> = {};
    const violations = [...refusals];
    for (const one of closed) {
      const fate = fateOf(one, store, books);
      const label = `${one.channel} ${fate}`;
      fates[label] = (fates[label] ?? 0) + 1;
      if (fate !== fateFor(one))
        violations.push(`${one.channel} ${one.orderId} is ${fate}, not ${fateFor(one)}`);
    }
    violations.push(...(await shop.audit(true)));
    const measured = { orders: closed.length, fates, violations: violations.slice(0, 20) };
    return { pass: violations.length === 0 && closed.length === flags.orders, measured };
  },
});
