/** WeChat's codes, by call. Sources: the pages of developers.weixin.qq.com that `SOURCES` names. */
import { type Codes, rows } from '../http/codes.ts';

const SOURCES = {
  any: 'developers.weixin.qq.com, 全局返回码',
  token: 'developers.weixin.qq.com, 获取稳定版接口调用凭据',
  login: 'developers.weixin.qq.com, 小程序登录 code2Session',
  session: 'developers.weixin.qq.com, 检验登录态',
  phone: 'developers.weixin.qq.com, 获取手机号',
  shipping: 'developers.weixin.qq.com, 发货信息录入接口',
  safety: 'developers.weixin.qq.com, 文本内容安全识别',
  message: 'developers.weixin.qq.com, 发送订阅消息',
} as const;

/** For any call that needs an access token. */
export const ANY_WECHAT_CALL: Codes = {
  ...rows('later', SOURCES.any, [-1, 44990, 45009, 45011]),
  // A token that was refused twice: another process has made a newer one, or WeChat's servers do not agree yet.
  ...rows('later', SOURCES.any, [40001, 40014, 42001]),
  ...rows('ours', SOURCES.any, [40013, 40164, 41001, 48001, 48004, 50007]),
};

/** `POST /cgi-bin/stable_token`. */
export const TOKEN_CODES: Codes = {
  ...rows('later', SOURCES.token, [-1, 45009, 45011]),
  // For this call 40001 is about the secret, because it has no token.
  ...rows('ours', SOURCES.token, [40001, 40002, 40013, 40125, 40164, 41002, 41004, 50004, 50007]),
  ...rows('ours', SOURCES.token, [89501, 89503, 89506, 89507]),
};

/** `GET /sns/jscode2session`. */
export const LOGIN_CODES: Codes = {
  ...rows('later', SOURCES.login, [-1, 45011]),
  ...rows('refused', SOURCES.login, [40029, 40163, 40226, 41008]),
  ...rows('ours', SOURCES.login, [40013, 40125, 40164, 41002, 41004]),
};

/** `GET /wxa/checksession`. 87009: the session key is no longer valid. */
export const SESSION_CODES: Codes = {
  ...ANY_WECHAT_CALL,
  ...rows('refused', SOURCES.session, [40003, 87008, 87009]),
};

/** `POST /wxa/business/getuserphonenumber`. 40029: the code is unknown, used, or of another account. */
export const PHONE_CODES: Codes = {
  ...ANY_WECHAT_CALL,
  ...rows('refused', SOURCES.phone, [40029]),
};

/**
 * `POST /wxa/msg_sec_check` and `POST /wxa/media_check_async`. Never checked, in this order: an openid that is none,
 * one of another app, and one of somebody who was not here within two hours.
 */
export const SAFETY_CODES: Codes = {
  ...ANY_WECHAT_CALL,
  ...rows('refused', SOURCES.safety, [40003, 43104, 61010]),
  ...rows('ours', SOURCES.safety, [40129, 43302, 44002, 47001]),
};

/**
 * `POST /cgi-bin/message/subscribe/send`. Refused, in this order: an openid that is none, a template that is none, a
 * page that is not released, somebody who allows none, and values that the template does not take.
 */
export const MESSAGE_CODES: Codes = {
  ...ANY_WECHAT_CALL,
  ...rows('refused', SOURCES.message, [40003, 40037, 41030, 43101, 47003]),
};

/** `POST /wxa/sec/order/upload_shipping_info`. */
export const SHIPPING_CODES: Codes = {
  ...ANY_WECHAT_CALL,
  // WeChat's delivery service may learn of a payment some seconds late.
  ...rows('absent', SOURCES.shipping, [10060001]),
  // In this order: the buyer confirmed the receipt; it was uploaded as often as allowed; the same was uploaded
  // before.
  ...rows('done', SOURCES.shipping, [10060002, 10060003, 10060023]),
  ...rows('later', SOURCES.shipping, [10060012, 10060019]),
  ...rows(
    'refused',
    SOURCES.shipping,
    [
      10060004, 10060005, 10060006, 10060007, 10060008, 10060009, 10060014, 10060020, 10060024, 10060025,
      10060026, 10060031, 268485216,
    ],
  ),
};
