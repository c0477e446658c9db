/** Orders and what they hold, for tests of rules: plain values, made without a world. */

import { DEFAULT_REFUND_POLICY } from '../../../shared/domain/catalogue/product.ts';
import { placeOrder } from '../../../shared/domain/orders/order.ts';
import {
  CouponId,
  DAY_MS,
  fen,
  OrderId,
  ProductId,
  TemplateId,
  timeMs,
  UserId,
} from '../../../shared/schemas/base.ts';
import type { Coupon } from '../../../shared/schemas/coupons/coupon.ts';
import type { Order, PricedLine, Quote } from '../../../shared/schemas/orders/order.ts';

/** An instant to start from. */
export const NOW = timeMs(1_795_000_000_000);

export const ORDER_ID = OrderId.parse('ord_01JD0000000000000000000001');
export const USER_ID = UserId.parse('usr_01JD0000000000000000000001');

/** A quote for one line of each list price, with `offFen` taken off the first. */
export function aQuote(listFens: readonly number[], offFen = 0): Quote {
  const lines = listFens.map((listFen, index): PricedLine => {
    const couponFen = fen(index === 0 ? offFen : 0);
    const none = fen(0);
    return {
      productId: ProductId.parse(`prd_01JD000000000000000000000${index}`),
      productVersion: 1,
      kind: 'course',
      title: `课程 ${index}`,
      coverUrl: 'https://static.zhike.example/cover.png',
      access: { kind: 'forever' },
      refundPolicy: DEFAULT_REFUND_POLICY,
      plan: null,
      gifts: 0,
      questionId: null,
      listFen: fen(listFen),
      flashSaleId: null,
      source: 'list',
      units: 1,
      ownedParts: [],
      shares: {
        activityFen: none,
        memberFen: none,
        ownedFen: none,
        campaignFen: none,
        couponFen,
        pointsFen: none,
        pointsCount: 0,
      },
      paidFen: fen(listFen - couponFen),
    };
  });
  const total = listFens.reduce((sum, listFen) => sum + listFen, 0);
  return {
    lines,
    listFen: fen(total),
    discountFen: fen(offFen),
    payableFen: fen(total - offFen),
    rail: total === offFen ? 'zero' : 'wxpay',
    earnsPoints: Math.floor((total - offFen) / 100),
    couponId: null,
    points: { count: 0, offFen: fen(0), countMax: 0 },
    payWindowMs: 15 * 60_000,
    applied: offFen === 0 ? [] : [{ kind: 'coupon', id: null, title: '优惠券', offFen: fen(offFen) }],
    rejected: [],
  };
}

/** A pending order for two courses, 100 yuan together. */
export function anOrder(changes: Partial<Order> = {}): Order {
  const order = placeOrder({
    id: ORDER_ID,
    userId: USER_ID,
    platform: 'web',
    quote: aQuote([9_900, 100]),
    couponId: null,
    requestDigest: 'd'.repeat(64),
    now: NOW,
  });
  return { ...order, ...changes };
}

/** An available coupon of the same user: 10 yuan off, for a day. */
export function aCoupon(changes: Partial<Coupon> = {}): Coupon {
  return {
    id: CouponId.parse('cpn_01JD0000000000000000000003_01JD0000000000000000000001_1'),
    userId: USER_ID,
    templateId: TemplateId.parse('tpl_01JD0000000000000000000003'),
    title: '立减 10 元',
    rule: { kind: 'fixed', offFen: fen(1_000) },
    scope: { kind: 'all' },
    state: 'available',
    orderId: null,
    validFromAtMs: NOW,
    expiresAtMs: timeMs(NOW + DAY_MS),
    claimedAtMs: NOW,
    updatedAtMs: NOW,
    ...changes,
  };
}
