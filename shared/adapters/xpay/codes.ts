/**
 * Virtual payment's error codes, by call. Source: developers.weixin.qq.com, "小程序虚拟支付", the list of codes of each
 * call.
 */
import { type Codes, rows } from '../http/codes.ts';
import { ANY_WECHAT_CALL } from '../wechat/codes.ts';

const SOURCE = 'developers.weixin.qq.com, 小程序虚拟支付, 错误码';
/** The code for wrong parameters is also returned for missing orders. Users report this; it is not documented. */
const SOURCE_ABSENT = 'developers.weixin.qq.com, 微信开放社区, 268490002 数据不存在';

/** 268490002 has two meanings. With these words it means that the order does not exist. */
export const XPAY_ABSENT = '268490002_ABSENT';
const ABSENT_WORDS = '数据不存在';
const WORDS_WRONG = 268490002;

/** The code to look up in the tables. For a code with two meanings, its message decides. */
export function xpayCode(errcode: number, errmsg: string): string {
  return errcode === WORDS_WRONG && isAbsent(errmsg.trim()) ? XPAY_ABSENT : String(errcode);
}

/** Whether the words begin so, and end there or go on with punctuation. */
function isAbsent(words: string): boolean {
  return words.startsWith(ABSENT_WORDS) && !/^[\p{L}\p{N}]/u.test(words.slice(ABSENT_WORDS.length));
}

/**
 * For any call: busy answers are `later`, faults of key and permission are `ours`, and wrong parameters are
 * `refused`.
 */
const ANY: Codes = {
  ...ANY_WECHAT_CALL,
  ...rows('later', SOURCE, [268490011, 268490012, 268490014, 268490015]),
  ...rows('ours', SOURCE, [268490003]),
  ...rows('refused', SOURCE, [268490001, WORDS_WRONG]),
};

const DONE_BEFORE = rows('done', SOURCE, [268490004]);

/** The codes that each call may be refused with. */
export const XPAY_CODES = {
  '/xpay/query_order': { ...ANY, ...rows('absent', SOURCE_ABSENT, [XPAY_ABSENT]) },
  '/xpay/notify_provide_goods': {
    ...ANY,
    ...DONE_BEFORE,
    // The order may appear some seconds after the payment.
    ...rows('later', SOURCE_ABSENT, [XPAY_ABSENT]),
  },
  '/xpay/refund_order': {
    ...ANY,
    // This refund or another one of the same payment was made. The current state decides.
    ...rows('later', SOURCE, [268490004, 268490016]),
    ...rows('refused', SOURCE, [268490013]),
    // The order was found a moment ago, so it exists.
    ...rows('later', SOURCE_ABSENT, [XPAY_ABSENT]),
  },
  '/xpay/start_upload_goods': { ...ANY, ...DONE_BEFORE, ...rows('refused', SOURCE, [268490007]) },
  '/xpay/query_upload_goods': ANY,
  '/xpay/start_publish_goods': { ...ANY, ...DONE_BEFORE, ...rows('refused', SOURCE, [268490007]) },
  '/xpay/query_publish_goods': ANY,
  '/xpay/start_download_order': ANY,
  '/xpay/query_download_order': ANY,
} as const satisfies Record<string, Codes>;

/** A call of virtual payment's API. */
export type XpayPath = keyof typeof XPAY_CODES;
