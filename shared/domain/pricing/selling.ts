/** What configuration may say of selling, and what it says when nobody has written anything. */
import type { BasisPoints, Fen } from '../../schemas/base.ts';
import type { ProductKind } from '../../schemas/catalogue/product.ts';
import type { Platform } from '../../schemas/orders/order.ts';
import { Selling } from '../../schemas/pricing/promotion.ts';

/** What is so when nobody has written anything. */
export const DEFAULT_SELLING: Selling = Selling.parse({});

/** What a rail takes at least, of prices that can be sold as they are. */
export interface RailFloor {
  readonly rail: 'wxpay' | 'xpay';
  /** At least so much of the lines' prices, unless nothing is to pay. */
  readonly shareMin: BasisPoints;
  /** At least so much, unless nothing is to pay. */
  readonly payableMinFen: Fen;
}

const IOS_MIN_FEN = 100 as Fen;
const ONE_FEN = 1 as Fen;

/** By which rail a product of this kind is sold on this platform. Virtual goods in a mini-program go by `xpay`, unless the owner's licence says otherwise. */
export function railFor(kind: ProductKind, platform: Platform, selling: Selling): 'wxpay' | 'xpay' {
  return platform === 'web' || selling.wxpayKindsInMiniProgram.includes(kind) ? 'wxpay' : 'xpay';
}

/** What that rail takes at least. Source: wx.requestVirtualPayment, `activitySellingPrice`, and the iOS rules. */
export function floorOf(rail: 'wxpay' | 'xpay', platform: Platform, selling: Selling): RailFloor {
  if (rail === 'wxpay') return { rail, shareMin: 0 as BasisPoints, payableMinFen: ONE_FEN };
  if (platform !== 'ios') return { rail, shareMin: selling.xpayShareMin, payableMinFen: ONE_FEN };
  const shareMin = selling.mayDiscountOnIos ? selling.xpayShareMin : (10_000 as BasisPoints);
  return { rail, shareMin, payableMinFen: IOS_MIN_FEN };
}
