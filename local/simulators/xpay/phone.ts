/**
 * What the phone checks before it lets anybody pay. Source: developers.weixin.qq.com, `wx.requestVirtualPayment`, whose
 * numbers of failures these are.
 */
import { createHmac } from 'node:crypto';
import type { SimulatorKeys } from '../keys.ts';
import type { Shelves } from './goods.ts';
import { type Env, jsonOf, SignData } from './requests.ts';

/** What the mini-program hands to the phone, who holds it, and what it is. */
export interface AskedOfPhone {
  readonly openid: string;
  readonly platform: 'ios' | 'android' | 'harmony' | 'windows';
  /** Whether the mini-program runs in the developers' tool, where alone the sandbox can be paid in. */
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

/** The lowest price, as a percentage of the goods' own. */
const PRICE_PERCENT_MIN = 40;
/** Apple takes nothing smaller. */
const APPLE_FEN_MIN = 100;

/** HMAC-SHA-256 in hex, under a key that is taken as the text it is. */
export function macOf(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** The shop's key for that environment. */
export function appKeyOf(keys: SimulatorKeys, env: Env): string {
  return env === 0 ? keys.xpayAppKey : keys.xpaySandboxAppKey;
}

/** What is to be paid, or the number of the failure. */
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
