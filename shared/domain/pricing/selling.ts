/** The configuration of selling, and its defaults. */
import type { BasisPoints, Fen } from '../../schemas/base.ts';
import type { ProductKind } from '../../schemas/catalogue/productKind.ts';
import type { Platform } from '../../schemas/orders/order.ts';
import { Selling } from '../../schemas/pricing/selling.ts';

/** The settings when the configuration sets none. */
export const DEFAULT_SELLING: Selling = Selling.parse({});

/** The least that a rail accepts for prices that can be sold as they are. */
export interface RailFloor {
  readonly rail: 'wxpay' | 'xpay';
  /** The least share of the lines' prices, unless nothing is to pay. */
  readonly shareMin: BasisPoints;
  /** The least amount, unless nothing is to pay. */
  readonly payableMinFen: Fen;
}

const IOS_MIN_FEN = 100 as Fen;
const ONE_FEN = 1 as Fen;

/**
 * The rail by which a kind of product is sold on a platform. In a mini-program, virtual goods go by `xpay`, unless
 * the owner's licence allows WeChat Pay.
 */
export function railFor(kind: ProductKind, platform: Platform, selling: Selling): 'wxpay' | 'xpay' {
  return platform === 'web' || selling.wxpayKindsInMiniProgram.includes(kind) ? 'wxpay' : 'xpay';
}

/**
 * The least that the rail accepts on this platform. Source: wx.requestVirtualPayment, `activitySellingPrice`, and
 * the rules for iOS.
 */
export function floorOf(rail: 'wxpay' | 'xpay', platform: Platform, selling: Selling): RailFloor {
  if (rail === 'wxpay') return { rail, shareMin: 0 as BasisPoints, payableMinFen: ONE_FEN };
  if (platform !== 'ios') return { rail, shareMin: selling.xpayShareMin, payableMinFen: ONE_FEN };
  const shareMin = selling.mayDiscountOnIos ? selling.xpayShareMin : (10_000 as BasisPoints);
  return { rail, shareMin, payableMinFen: IOS_MIN_FEN };
}
