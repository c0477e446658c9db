/**
 * How WeChat seals and signs pushes. Source: developers.weixin.qq.com, "消息推送". AES-256-CBC with the first half of
 * the key as initialisation vector, and padding to 32 bytes, which Node's ciphers do not remove by themselves.
 */
import { createCipheriv, createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';

const BLOCK_BYTES = 32;
const SALT_BYTES = 16;
const LENGTH_BYTES = 4;
const ALGORITHM = 'aes-256-cbc';

/** The signature over some texts in any order: SHA-1 in hex. */
export function pushSignature(...texts: readonly string[]): string {
  return createHash('sha1')
    .update([...texts].sort().join(''))
    .digest('hex');
}

/** Whether a claimed signature is correct, compared in constant time. */
export function isSignature(claimed: string | undefined, texts: readonly string[]): boolean {
  const claimedBytes = Buffer.from(claimed ?? '');
  const trueBytes = Buffer.from(pushSignature(...texts));
  return claimedBytes.length === trueBytes.length && timingSafeEqual(claimedBytes, trueBytes);
}

/** The 43 base64 characters of a key, as bytes. @throws a plain Error for anything else */
export function aesKeyOf(encodingAesKey: string): Buffer {
  if (!/^[A-Za-z0-9+/]{43}$/.test(encodingAesKey)) throw new Error('an AES key of WeChat has 43 characters');
  return Buffer.from(`${encodingAesKey}=`, 'base64');
}

/**
 * Opens a sealed message, and says for which app it was sealed.
 * @throws a plain Error when it was not sealed with this key
 */
export function openPush(key: Buffer, sealed: string): { readonly text: string; readonly appid: string } {
  const decipher = createDecipheriv(ALGORITHM, key, key.subarray(0, SALT_BYTES)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(sealed, 'base64'), decipher.final()]);
  const padding = padded.at(-1) ?? 0;
  const start = SALT_BYTES + LENGTH_BYTES;
  if (padding < 1 || padding > BLOCK_BYTES || padded.length < start + padding)
    throw new Error('padding is wrong');
  const plain = padded.subarray(0, padded.length - padding);
  const end = start + plain.readUInt32BE(SALT_BYTES);
  if (end > plain.length) throw new Error('the length is wrong');
  return { text: plain.subarray(start, end).toString('utf8'), appid: plain.subarray(end).toString('utf8') };
}

/** Seals a text for an app. `salt` is 16 random characters. */
export function sealPush(
  key: Buffer,
  given: { readonly text: string; readonly appid: string; readonly salt: string },
): string {
  const text = Buffer.from(given.text);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(text.length);
  const plain = Buffer.concat([Buffer.from(given.salt), length, text, Buffer.from(given.appid)]);
  const padding = BLOCK_BYTES - (plain.length % BLOCK_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, key.subarray(0, SALT_BYTES)).setAutoPadding(false);
  const padded = Buffer.concat([plain, Buffer.alloc(padding, padding)]);
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64');
}
