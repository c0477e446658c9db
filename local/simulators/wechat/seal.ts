/**
 * The signature and the seal of a simulated message push.
 *
 * Source: developers.weixin.qq.com, "消息推送": SHA-1 over the sorted parts, AES-256-CBC with padding to blocks of 32
 * bytes, and the appid behind the message.
 */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

const BLOCK_BYTES = 32;
const HEAD_BYTES = 16;
const LENGTH_BYTES = 4;

/** The signature over these parts, in any order. */
export function signedParts(...parts: readonly string[]): string {
  return createHash('sha1')
    .update([...parts].sort().join(''))
    .digest('hex');
}

function keyOf(aesKey: string): Buffer {
  return Buffer.from(`${aesKey}=`, 'base64');
}

/** Seals a text for the mini-program. `head` is 16 random characters. */
export function sealMessage(
  text: string,
  { aesKey, appid, head }: { readonly aesKey: string; readonly appid: string; readonly head: string },
): string {
  const key = keyOf(aesKey);
  const message = Buffer.from(text);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(message.length);
  const plain = Buffer.concat([Buffer.from(head), length, message, Buffer.from(appid)]);
  const padding = BLOCK_BYTES - (plain.length % BLOCK_BYTES);
  const padded = Buffer.concat([plain, Buffer.alloc(padding, padding)]);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, HEAD_BYTES)).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64');
}

/** Opens a sealed text; null when it was not sealed for this mini-program. */
export function openMessage(
  sealed: string,
  { aesKey, appid }: { readonly aesKey: string; readonly appid: string },
): string | null {
  const key = keyOf(aesKey);
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, HEAD_BYTES)).setAutoPadding(false);
    const padded = Buffer.concat([decipher.update(sealed, 'base64'), decipher.final()]);
    const padding = padded.at(-1) ?? 0;
    if (padding < 1 || padding > BLOCK_BYTES) return null;
    const plain = padded.subarray(0, padded.length - padding);
    const length = plain.readUInt32BE(HEAD_BYTES);
    const end = HEAD_BYTES + LENGTH_BYTES + length;
    if (plain.subarray(end).toString('utf8') !== appid) return null;
    return plain.subarray(HEAD_BYTES + LENGTH_BYTES, end).toString('utf8');
  } catch {
    return null;
  }
}
