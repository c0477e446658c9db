import * as coupons from '../data/coupons.ts';
import * as products from '../data/products.ts';
import { quote } from '../domain/pricing.ts';
import { fail } from '../errors.ts';
import type { Tx } from '../ports.ts';
import type { CouponId, TimeMs, UserId } from '../schemas/base.ts';
import type { Coupon } from '../schemas/coupon.ts';
import type { OrderLines, Quote } from '../schemas/order.ts';
import { ownedAmong } from './ownedAmong.ts';

/**
 * The price of what a buyer asks for, from today's catalogue: for the quote and for the order itself, so that the two
 * cannot differ. Somebody else's coupon is as if it were not there; a coupon that does not apply is in `rejected`.
 *
 * @throws product.not_found, product.already_owned, coupon.not_found
 */
export async function quoteCart(
  tx: Tx,
  asked: {
    readonly userId: UserId;
    readonly lines: OrderLines;
    readonly couponId: CouponId | null;
    readonly now: TimeMs;
  },
): Promise<{ readonly quote: Quote; readonly coupon: Coupon | null }> {
  const { userId, couponId, now } = asked;
  const productIds = asked.lines.map((line) => line.productId);
  const onSale = await products.onSale(tx, productIds, now);
  const owned = await ownedAmong(tx, userId, onSale, now);
  const [productId] = owned;
  if (productId !== undefined) throw fail('product.already_owned', { params: { productId } });
  const coupon = couponId === null ? null : await coupons.getOwn(tx, couponId, userId);
  const lines = onSale.map(({ id, version, kind, title, access, refundPolicy, plan, listFen }) => ({
    productId: id,
    productVersion: version,
    kind,
    title,
    access,
    refundPolicy,
    plan,
    gifts: 0,
    listFen,
  }));
  return { quote: quote({ lines, coupon, couponAskedId: couponId, userId, now }), coupon };
}
