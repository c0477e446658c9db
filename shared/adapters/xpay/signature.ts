/**
 * The two signatures of virtual payment, both HMAC-SHA-256 in hex. Source: developers.weixin.qq.com, "小程序虚拟支付",
 * 2.4: keys are taken as the text they are, so a session key is not decoded first.
 */
import { createHmac } from 'node:crypto';

const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex');

/**
 * The shop's signature over what is asked. `uri` is the path of a call, or `requestVirtualPayment` for what the phone
 * pays with; `body` is signed as it is sent, byte for byte.
 */
export function paySignature(appKey: string, uri: string, body: string): string {
  return hmac(appKey, `${uri}&${body}`);
}

/** The signature that only holds for who logged in with that session key, as long as the key is valid. */
export function sessionKeySignature(sessionKey: string, body: string): string {
  return hmac(sessionKey, body);
}
