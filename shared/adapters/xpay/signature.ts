/**
 * The two signatures of virtual payment, both HMAC-SHA-256 in hex. Source: developers.weixin.qq.com, "小程序虚拟支付", 2.4.
 * Keys are used as text, so a session key is not decoded first.
 */
import { createHmac } from 'node:crypto';

const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex');

/**
 * The shop's signature over a request. `uri` is the path of a call, or `requestVirtualPayment` for a phone's
 * payment. `body` is signed byte for byte as it is sent.
 */
export function paySignature(appKey: string, uri: string, body: string): string {
  return hmac(appKey, `${uri}&${body}`);
}

/** The signature with a user's session key. It is valid while that key is. */
export function sessionKeySignature(sessionKey: string, body: string): string {
  return hmac(sessionKey, body);
}
