/**
 * The cryptography of WeChat Pay API v3: RSA-SHA256 (PKCS#1 v1.5) over lines, and AES-256-GCM for sealed content.
 * Source: pay.weixin.qq.com, "签名生成", "签名验证", "证书和回调报文解密".
 */
import { createDecipheriv, type KeyObject, sign, verify } from 'node:crypto';

/** A sealed part of a notice or of the certificate list. */
export interface Sealed {
  readonly algorithm: 'AEAD_AES_256_GCM';
  /** Base64. The last 16 bytes are the authentication tag. */
  readonly ciphertext: string;
  readonly associated_data: string;
  /** 12 bytes of text. */
  readonly nonce: string;
}

const TAG_BYTES = 16;

/** The text that is signed, in both directions: each part on a line of its own, each line ended. */
export function signedLines(...parts: readonly string[]): string {
  return `${parts.join('\n')}\n`;
}

/**
 * The signature in base64. Pass a `KeyObject` that was parsed once, because parsing a PEM costs twice as much as
 * signing.
 */
export function signRsa(message: string, privateKey: KeyObject): string {
  return sign('sha256', Buffer.from(message), privateKey).toString('base64');
}

/** Whether the signature is the key owner's, over exactly these bytes. */
export function verifyRsa(message: string | Uint8Array, signature: string, publicKey: KeyObject): boolean {
  const bytes = typeof message === 'string' ? Buffer.from(message) : message;
  return verify('sha256', bytes, publicKey, Buffer.from(signature, 'base64'));
}

/**
 * Opens what was sealed under the merchant's APIv3 key (32 bytes): the one in use, or another one while it is changed.
 * @throws a plain Error when anything was changed, or none of the keys fits
 */
export function openSealed(sealed: Sealed, apiV3Keys: readonly Uint8Array[]): Buffer {
  let failure: unknown = new Error('there is no key');
  for (const key of apiV3Keys) {
    try {
      return openedWith(sealed, key);
    } catch (caught) {
      failure = caught;
    }
  }
  throw failure;
}

function openedWith(sealed: Sealed, apiV3Key: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  if (bytes.length < TAG_BYTES) throw new Error('the ciphertext is too short');
  const cipher = createDecipheriv('aes-256-gcm', apiV3Key, sealed.nonce, { authTagLength: TAG_BYTES });
  cipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  cipher.setAAD(Buffer.from(sealed.associated_data));
  return Buffer.concat([cipher.update(bytes.subarray(0, -TAG_BYTES)), cipher.final()]);
}
