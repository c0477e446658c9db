/**
 * Makes a self-signed X.509 certificate, which node:crypto can read but not make. It has only the DER that a platform
 * certificate needs.
 */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';

const TAG = { integer: 0x02, bits: 0x03, nothing: 0x05, oid: 0x06, utf8: 0x0c, sequence: 0x30, set: 0x31 };
/** GeneralizedTime: four digits for the year. */
const TIME = 0x18;
/** The explicit `[0]` around the version. */
const VERSION = 0xa0;

/** sha256WithRSAEncryption, 1.2.840.113549.1.1.11. */
const SHA256_WITH_RSA = Buffer.from('2a864886f70d01010b', 'hex');
/** commonName, 2.5.4.3. */
const COMMON_NAME = Buffer.from('550403', 'hex');
const LINE_CHARACTERS = 64;

function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  return bytes < 0x100 ? Buffer.from([0x81, bytes]) : Buffer.from([0x82, bytes >> 8, bytes & 0xff]);
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function timeOf(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().slice(0, 19).replace(/[-T:]/g, '');
  return der(TIME, Buffer.from(`${digits}Z`));
}

function nameOf(text: string): Buffer {
  const attribute = der(TAG.sequence, der(TAG.oid, COMMON_NAME), der(TAG.utf8, Buffer.from(text)));
  return der(TAG.sequence, der(TAG.set, attribute));
}

/**
 * Makes a certificate that its own key signed. The serial is at most 20 bytes of hexadecimal digits. Its first digit is
 * below 8, because it is a positive number.
 */
export function makeCertificate(given: {
  readonly privateKeyPem: string;
  readonly serial: string;
  readonly name: string;
  readonly fromAtMs: number;
  readonly untilAtMs: number;
}): string {
  const privateKey = createPrivateKey(given.privateKeyPem);
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const algorithm = der(TAG.sequence, der(TAG.oid, SHA256_WITH_RSA), der(TAG.nothing));
  const name = nameOf(given.name);
  const content = der(
    TAG.sequence,
    der(VERSION, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, Buffer.from(given.serial, 'hex')),
    algorithm,
    name,
    der(TAG.sequence, timeOf(given.fromAtMs), timeOf(given.untilAtMs)),
    name,
    publicKey,
  );
  const signature = der(TAG.bits, Buffer.from([0]), sign('sha256', content, privateKey));
  const lines = der(TAG.sequence, content, algorithm, signature)
    .toString('base64')
    .match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g'));
  return ['-----BEGIN CERTIFICATE-----', ...(lines ?? []), '-----END CERTIFICATE-----', ''].join('\n');
}
