/** Sealing under the server's key: AES-256-GCM, with the purpose as additional authenticated data. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Secrets } from '../../ports/secrets.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The version of the format, so that another one can be added. */
const VERSION = 'v1';

/** A key of 32 bytes for one use, derived from another. What is sealed for one use does not open for another. */
export function derive(key: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `zhike ${use}`, KEY_BYTES));
}

function keyOf(keyBase64: string): Buffer {
  const key = Buffer.from(keyBase64, 'base64');
  if (key.length !== KEY_BYTES) throw new Error('the key for secrets must be 32 bytes in base64');
  return key;
}

/** Opens a sealed text of this format with one key. @throws a plain Error when it was sealed with another */
function opened(sealing: Buffer, purpose: string, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', sealing, sealed.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(purpose))
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  return Buffer.concat([plain, decipher.final()]).toString('utf8');
}

/**
 * Secrets under keys of 32 bytes in base64, the newest first. Sealing and digests each use keys derived from them.
 *
 * Texts are sealed with the newest key, and opened with whichever sealed them. Digests are made with the oldest,
 * because stored things are found by them: by another key they would be lost.
 * @throws a plain Error for a key of another length
 */
export function keySecrets(newest: string, ...older: readonly string[]): Secrets {
  const keys = [newest, ...older].map(keyOf);
  const [sealing, ...openings] = keys.map((key) => derive(key, 'seal')) as [Buffer, ...Buffer[]];
  const digesting = derive(keys.at(-1) as Buffer, 'digest');
  return {
    seal: (purpose, plain) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([
        nonce,
        cipher.update(plain, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return `${VERSION}.${sealed.toString('base64url')}`;
    },
    open: (purpose, text) => {
      const [version, encoded = ''] = text.split('.');
      const sealed = Buffer.from(encoded, 'base64url');
      if (version !== VERSION || sealed.length < NONCE_BYTES + TAG_BYTES) throw new Error('not sealed here');
      for (const older of openings) {
        try {
          return opened(older, purpose, sealed);
        } catch {
          // It was sealed with another one.
        }
      }
      return opened(sealing, purpose, sealed);
    },
    oneTimeCode: (seed, step) => {
      const counter = Buffer.alloc(8);
      counter.writeBigUInt64BE(BigInt(step));
      const mac = createHmac('sha1', Buffer.from(seed, 'base64url')).update(counter).digest();
      // RFC 4226 section 5.3: the last four bits say where the 31 bits of the code begin.
      const bits = mac.readUInt32BE((mac[mac.length - 1] ?? 0) & 0x0f) & 0x7fffffff;
      return String(bits % 1_000_000).padStart(6, '0');
    },
    digest: (purpose, plain) => createHmac('sha256', digesting).update(`${purpose}\0${plain}`).digest('hex'),
  };
}
