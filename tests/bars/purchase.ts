/** A purchase of a shop in this process, part by part, for whoever counts what it costs the store. */
import type * as z from 'zod';
import { getLesson } from '../../functions/access/getLesson.ts';
import { getCourse } from '../../functions/catalogue/getCourse.ts';
import { searchCourses } from '../../functions/catalogue/searchCourses.ts';
import { listCoupons } from '../../functions/coupons/listCoupons.ts';
import { receiveCoupon } from '../../functions/coupons/receiveCoupon.ts';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { getOrder } from '../../functions/orders/getOrder.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import { checkIn } from '../../functions/points/checkIn.ts';
import { getPoints } from '../../functions/points/getPoints.ts';
import { quoteOrder } from '../../functions/pricing/quoteOrder.ts';
import type { Auth, HttpFunction } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { newOrderId } from '../support/given/order.ts';
import { pass } from '../support/given/xpay.ts';
import type { Shop } from './shop.ts';

/** The platforms of the two rails. */
export const PLATFORMS = ['web', 'android'] as const;

/** Does one part of a purchase, under the name of its call. */
export type During = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** A whole purchase by somebody new, with a coupon and points, until nothing of it is left to do. */
export async function purchase(
  { world, buyer }: Shop,
  during: During,
  { name, platform }: { readonly name: string; readonly platform: (typeof PLATFORMS)[number] },
): Promise<void> {
  const { token, openid } = await during('login', () => buyer(name));
  const ask = async <I extends z.ZodType, O extends z.ZodType, A extends Auth>(
    own: HttpFunction<I, O, A>,
    input: unknown,
  ): Promise<z.output<O>> => {
    const { route } = own.contract;
    return (await during(route, () => world.call(own, input, { token }))).data;
  };
  await during('effects of the login', () => world.drain());
  const [found] = (await ask(searchCourses, { q: '课程' })).items;
  const course = await ask(getCourse, { id: found?.id });
  const lesson = course.chapters.flatMap(({ lessons }) => lessons).find(({ isTrial }) => !isTrial);
  const [offer] = (await ask(listCoupons, {})).items;
  const { coupon } = await ask(receiveCoupon, { templateId: offer?.id });
  const { balance: points } = await ask(checkIn, {});
  const asked = { lines: [{ productId: course.id }], couponId: coupon.id, platform, points };
  const { quote } = await ask(quoteOrder, asked);
  const orderId = newOrderId(world);
  const taken = { points: quote.points.count, shownFen: quote.payableFen };
  await ask(createOrder, { ...asked, ...taken, orderId });
  const { payment } = await ask(payOrder, { orderId });
  if (payment.rail === 'wxpay') world.wechatPay.phone.pay({ ...payment, openid }, 'confirm');
  else world.xpay.phone.payVirtual({ ...payment, openid, platform: 'android' }, 'confirm');
  await during('the notice and all effects', () => pass(world, MINUTE_MS));
  const { order } = await ask(getOrder, { orderId });
  if (order.state !== 'paid' || quote.points.count === 0) throw new Error(`${orderId} is ${order.state}`);
  await ask(getLesson, { id: lesson?.id });
  await ask(getPoints, {});
}
