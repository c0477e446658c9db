/**
 * What the phone checks before it offers to pay. Source: developers.weixin.qq.com, `wx.requestVirtualPayment`, which
 * also lists these error numbers.
 */
import { createHmac } from 'node:crypto';
import type { SimulatorKeys } from '../keys.ts';
import type { Shelves } from './goods.ts';
import { type Env, jsonOf, SignData } from './requests.ts';

/** What the mini-program passes to the phone, and what kind of phone it is and whose. */
export interface AskedOfPhone {
  readonly openid: string;
  readonly platform: 'ios' | 'android' | 'harmony' | 'windows';
  /** Whether the mini-program runs in the developer tools. Only there can the sandbox be paid in. */
  readonly isDevelopers?: boolean;
  readonly mode: string;
  readonly signData: string;
  readonly paySig: string;
  readonly signature: string;
}

/** What the phone tells the mini-program. */
export interface VirtualPaymentAnswer {
  /** 0 when it was paid. */
  readonly errCode: number;
  readonly errMsg: string;
}

/** The lowest selling price, in percent of the goods' price. */
const PRICE_PERCENT_MIN = 40;
/** The smallest amount that Apple takes, in fen. */
const APPLE_FEN_MIN = 100;

/** HMAC-SHA-256 in hexadecimal digits. The key is used as text, not decoded. */
export function macOf(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** The shop's key for that environment. */
export function appKeyOf(keys: SimulatorKeys, env: Env): string {
  return env === 0 ? keys.xpayAppKey : keys.xpaySandboxAppKey;
}

/** The parsed payment when the phone would offer it, or the error number. */
export function readByPhone(
  asked: AskedOfPhone,
  given: {
    readonly keys: SimulatorKeys;
    readonly sessionKey: string | null;
    readonly shelves: Shelves;
    readonly now: number;
  },
): SignData | number {
  const { keys, sessionKey, shelves, now } = given;
  if (asked.mode !== 'short_series_goods') return -15001;
  const read = SignData.safeParse(jsonOf(asked.signData));
  if (!read.success) return read.error.issues.some(({ path }) => path[0] === 'offerId') ? -15016 : -15001;
  const { data } = read;
  if (data.offerId !== keys.xpayOfferId) return -15008;
  if (data.currencyType !== 'CNY') return -15004;
  if ((data.env === 1) !== (asked.isDevelopers ?? false)) return -15011;
  const paySig = macOf(appKeyOf(keys, data.env), `requestVirtualPayment&${asked.signData}`);
  if (paySig !== asked.paySig) return -15006;
  if (sessionKey === null) return -15007;
  if (macOf(sessionKey, asked.signData) !== asked.signature) return -15005;
  const { goodsPrice, activitySellingPrice = goodsPrice, buyQuantity } = data;
  const refusal = shelves[data.env].refusal(data.productId, goodsPrice, now);
  if (refusal !== null) return refusal;
  if (activitySellingPrice > goodsPrice) return -15001;
  if (activitySellingPrice * 100 < goodsPrice * PRICE_PERCENT_MIN) return -15001;
  if (asked.platform !== 'ios') return data;
  const isDiscounted = data.activitySellingPrice !== undefined;
  return isDiscounted || goodsPrice * buyQuantity < APPLE_FEN_MIN ? -15001 : data;
}

/** How much is to be paid by these data, and for what; null when they cannot be read. */
export function billOf(
  signData: string,
  shelves: Shelves,
): { readonly totalFen: number; readonly what: string } | null {
  const read = SignData.safeParse(jsonOf(signData));
  if (!read.success) return null;
  const { env, productId, goodsPrice, activitySellingPrice = goodsPrice, buyQuantity } = read.data;
  const goods = shelves[env].items.find(({ id }) => id === productId);
  return { totalFen: activitySellingPrice * buyQuantity, what: goods?.name ?? productId };
}
