/** What points are redeemed for. It is given in the same transaction that spends the points. */
import * as couponTemplates from '../../data/coupons/couponTemplates.ts';
import * as points from '../../data/points/points.ts';
import { refuseUnlessClaimable, whyNotClaimable } from '../../domain/coupons/couponTemplate.ts';
import { debit, openBook } from '../../domain/points/points.ts';
import { priceInPoints } from '../../domain/points/redemption.ts';
import { ownedPartsOf, ownedShareOf } from '../../domain/pricing/ownedParts.ts';
import { fail } from '../../errors.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { CouponId, ProductId, RedemptionId, TemplateId, TimeMs, UserId } from '../../schemas/base.ts';
import { grantAccess } from '../access/grantAccess.ts';
import { ownedAmong, refuseIfCovered } from '../access/ownedAmong.ts';
import { productsOnSale } from '../catalogue/productsOnSale.ts';
import { claimerOf } from '../coupons/claimerOf.ts';
import { countCoupons } from '../coupons/countCoupons.ts';
import { giveCoupon } from '../coupons/giveCoupon.ts';

interface Asked {
  readonly redemptionId: RedemptionId;
  readonly userId: UserId;
  readonly registeredAtMs: TimeMs;
  readonly now: TimeMs;
}

/** What was given, and its price in points. */
interface Redeemed {
  readonly points: number;
  readonly couponId: CouponId | null;
}

async function spend(tx: Tx, { redemptionId, userId, now }: Asked, count: number): Promise<void> {
  const before = await points.findAccount(tx, userId);
  const why = { id: `${redemptionId}:redeem`, cause: 'redeem', orderId: null, reason: null } as const;
  const { book } = debit(openBook(before, userId, now), why, { to: 'redeemed', count, now });
  await points.save(tx, before, book);
}

/** Redeems a coupon, taken from its stock, within the per-user limit. */
async function redeemForCoupon(tx: Tx, templateId: TemplateId, asked: Asked): Promise<Redeemed> {
  const { userId, registeredAtMs, now } = asked;
  const template = await couponTemplates.getPublished(tx, templateId);
  const price = priceInPoints(template);
  const claimedCount = await countCoupons(tx, templateId, userId);
  const claimer = await claimerOf(tx, template, { userId, registeredAtMs, claimedCount, now });
  refuseUnlessClaimable(whyNotClaimable(template, { claimer, isSoldOut: false, isForPoints: true, now }));
  const coupon = await giveCoupon(tx, template, { userId, number: claimedCount + 1, now });
  if (coupon === null) throw fail('coupon.sold_out');
  await spend(tx, asked, price);
  return { points: price, couponId: coupon.id };
}

/**
 * Redeems a product. Access is given at once, so a second click cannot pay twice. For a bundle, the parts that the
 * user has are left out of the price, as with money.
 */
async function redeemForProduct(
  tx: Tx,
  database: Pick<Reader, 'find' | 'findMany'>,
  productId: ProductId,
  asked: Asked,
): Promise<Redeemed> {
  const { redemptionId, userId, now } = asked;
  const onSale = await productsOnSale(tx, [productId], now);
  const owned = await ownedAmong(tx, database, userId, onSale, now);
  refuseIfCovered(owned);
  let price = 0;
  for (const product of onSale) {
    const inIt = owned.bundles.get(productId);
    const had = inIt === undefined ? null : ownedPartsOf(inIt.parts, inIt.had);
    const whole = priceInPoints(product);
    price = Math.max(1, whole - ownedShareOf(whole, had));
    const { kind, access, plan, version } = product;
    const given = { userId, productId, kind, access, plan, version, fromAtMs: now, now } as const;
    await grantAccess(tx, {
      ...given,
      without: had?.ids,
      sourceId: redemptionId,
      cause: 'points',
      state: 'active',
    });
  }
  await spend(tx, asked, price);
  return { points: price, couponId: null };
}

/**
 * Spends points on something with a price in points: a coupon or a product, exactly one of the two.
 * @throws request.invalid, points.not_redeemable, points.not_enough, coupon.not_found, coupon.not_claimable,
 * coupon.limit_reached, coupon.sold_out, product.not_found, product.already_owned
 */
export async function redeemFor(
  tx: Tx,
  database: Pick<Reader, 'find' | 'findMany'>,
  asked: Asked & { readonly templateId: TemplateId | null; readonly productId: ProductId | null },
): Promise<Redeemed> {
  const { templateId, productId } = asked;
  if (templateId !== null && productId === null) return redeemForCoupon(tx, templateId, asked);
  if (productId !== null && templateId === null) return redeemForProduct(tx, database, productId, asked);
  throw fail('request.invalid', { params: { field: 'productId' }, detail: 'one of the two, please' });
}
