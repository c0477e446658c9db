/**
 * WeChat Pay's error codes, by call. Sources: the pages of pay.weixin.qq.com in `SOURCES`. "公共错误码" lists the codes
 * that any call may answer.
 */
import { type Codes, rows } from '../http/codes.ts';

const SOURCES = {
  any: 'pay.weixin.qq.com, 公共错误码',
  open: 'pay.weixin.qq.com, JSAPI/小程序下单',
  query: 'pay.weixin.qq.com, 商户订单号查询订单',
  close: 'pay.weixin.qq.com, 关闭订单',
  refund: 'pay.weixin.qq.com, 申请退款',
  queryRefund: 'pay.weixin.qq.com, 查询单笔退款',
  bill: 'pay.weixin.qq.com, 申请交易账单',
} as const;

/** For any call: faults of our account, keys and permissions are `ours`, and busy answers are `later`. */
const ANY: Codes = {
  ...rows('ours', SOURCES.any, [
    'SIGN_ERROR',
    'SIGNERROR',
    'CERT_ERROR',
    'NO_AUTH',
    'NOAUTH',
    'MCH_NOT_EXISTS',
    'MCHID_NOT_EXIST',
    'APPID_NOT_EXIST',
    'APPID_MCHID_NOT_MATCH',
    'ACCOUNT_ERROR',
    'REQUEST_BLOCKED',
    'RULE_LIMIT',
  ]),
  ...rows('later', SOURCES.any, [
    'SYSTEM_ERROR',
    'SYSTEMERROR',
    'BANK_ERROR',
    'FREQUENCY_LIMITED',
    'FREQUENCY_LIMIT_EXCEED',
    'RATELIMIT_EXCEEDED',
    'RATELIMIT_EXCEED',
  ]),
  ...rows('refused', SOURCES.any, ['PARAM_ERROR', 'INVALID_REQUEST']),
};

/** Both spellings occur, on pages of different years. */
export const PAID: readonly (string | null)[] = ['ORDERPAID', 'ORDER_PAID'];
/** Both spellings occur, on pages of different years. */
export const CLOSED: readonly (string | null)[] = ['ORDERCLOSED', 'ORDER_CLOSED'];

/** The codes that each call may be refused with. */
export const WXPAY_CODES = {
  open: {
    ...ANY,
    // For this call it is about the buyer's account.
    ...rows('refused', SOURCES.open, ['ACCOUNT_ERROR', 'USER_NOT_EXISTS', 'OUT_TRADE_NO_USED']),
    ...rows('refused', SOURCES.open, ['ORDERPAID', 'ORDER_PAID', 'ORDERCLOSED', 'ORDER_CLOSED']),
  },
  query: { ...ANY, ...rows('absent', SOURCES.query, ['ORDER_NOT_EXIST', 'ORDERNOTEXIST']) },
  close: {
    ...ANY,
    ...rows('absent', SOURCES.close, ['ORDER_NOT_EXIST', 'ORDERNOTEXIST']),
    ...rows('done', SOURCES.close, ['ORDERCLOSED', 'ORDER_CLOSED']),
    ...rows('refused', SOURCES.close, ['ORDERPAID', 'ORDER_PAID']),
  },
  refund: {
    ...ANY,
    ...rows('refused', SOURCES.refund, [
      'RESOURCE_NOT_EXISTS',
      'ORDER_NOT_EXIST',
      'ORDERNOTEXIST',
      'RULE_LIMIT',
      'USER_ACCOUNT_ABNORMAL',
      'INVALID_TRANSACTIONID',
      'REFUND_FEE_MISMATCH',
    ]),
    ...rows('later', SOURCES.refund, ['NOT_ENOUGH', 'BIZ_ERR_NEED_RETRY', 'ORDER_NOT_READY']),
  },
  queryRefund: { ...ANY, ...rows('absent', SOURCES.queryRefund, ['RESOURCE_NOT_EXISTS']) },
  bill: {
    ...ANY,
    ...rows('absent', SOURCES.bill, ['NO_STATEMENT_EXIST']),
    ...rows('later', SOURCES.bill, ['STATEMENT_CREATING']),
  },
  certificates: ANY,
} as const satisfies Record<string, Codes>;

/** A call of WeChat Pay's API. */
export type WxpayCall = keyof typeof WXPAY_CODES;
