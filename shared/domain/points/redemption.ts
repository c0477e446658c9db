/** The rules of redeeming points. */
import { fail } from '../../errors.ts';
import type { Redemption } from '../../schemas/points/redemption.ts';

/** What is asked for. Of `templateId` and `productId` one is null. */
export type Redeeming = Pick<Redemption, 'userId' | 'templateId' | 'productId'>;

/**
 * The stored redemption, as the answer to a repeated request.
 * @throws points.redemption_taken when the id was used for a different one
 */
export function redeemedBefore(made: Redemption, asked: Redeeming): Redemption {
  const { userId, templateId, productId } = made;
  const isSame = userId === asked.userId && templateId === asked.templateId && productId === asked.productId;
  if (!isSame) throw fail('points.redemption_taken');
  return made;
}

/** The price in points. @throws points.not_redeemable when it has none */
export function priceInPoints(sold: { readonly pointsPrice: number | null }): number {
  if (sold.pointsPrice === null) throw fail('points.not_redeemable');
  return sold.pointsPrice;
}
