/**
 * Reading keys and certificates in the forms in which consoles hand them out and settings store them. A PEM has a
 * first line, base64 and a last line. In a setting its line breaks may have become blanks or the two characters
 * `\n`, it may be in quotes, its first and last line may be missing, or the whole may be in base64 again. All of
 * these are read.
 */
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

/** What is wrong with a value, in words that reveal nothing of it. */
export class WrongValue extends Error {
  override readonly name = 'WrongValue';
}

/** The smallest key size that WeChat Pay uses, in bits. */
const MODULUS_BITS_MIN = 2048;
const PEM = /^-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The bytes of a PEM, and the label in its first line; null when it had no such line. */
interface Unpacked {
  readonly label: string | null;
  readonly der: Buffer;
}

/** @throws WrongValue when it is neither a PEM nor base64 */
function unpacked(text: string): Unpacked {
  const plain = text
    .replaceAll(/\\r|\\n/g, '\n')
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim();
  if (/ENCRYPTED/.test(plain)) throw new WrongValue('it is encrypted, and has to be without a password');
  if (plain.includes('-----')) {
    const [, label = '', body = ''] = PEM.exec(plain) ?? [];
    if (label === '') throw new WrongValue('its first or last line is missing, or it is more than one');
    return { label, der: Buffer.from(body, 'base64') };
  }
  const base64 = plain.replaceAll(/\s/g, '');
  if (!BASE64.test(base64)) throw new WrongValue('it is neither a PEM nor base64');
  const der = Buffer.from(base64, 'base64');
  return der.toString('latin1').startsWith('-----BEGIN ')
    ? unpacked(der.toString('latin1'))
    : { label: null, der };
}

/** The first reading that works; null when none does. */
function firstOf<T>(readings: readonly (() => T)[]): T | null {
  for (const read of readings) {
    try {
      return read();
    } catch {
      // The next one may work.
    }
  }
  return null;
}

const privateKeyIn = (der: Buffer) =>
  firstOf(
    (['pkcs8', 'pkcs1'] as const).map((type) => () => createPrivateKey({ key: der, format: 'der', type })),
  );

const publicKeyIn = (der: Buffer) =>
  firstOf(
    (['spki', 'pkcs1'] as const).map((type) => () => createPublicKey({ key: der, format: 'der', type })),
  );

const certificateIn = (der: Buffer) => firstOf([() => new X509Certificate(der)]);

/** What the bytes are, whatever their label says. A private key is tried first, because it contains a public one. */
function kindOf(der: Buffer) {
  const privateKey = privateKeyIn(der);
  if (privateKey !== null) return { kind: 'private key', key: privateKey } as const;
  const publicKey = publicKeyIn(der);
  if (publicKey !== null) return { kind: 'public key', key: publicKey } as const;
  const certificate = certificateIn(der);
  return certificate === null ? null : ({ kind: 'certificate', certificate } as const);
}

/** @throws WrongValue for a key of another kind than RSA, or one that is too short */
function refuseUnlessRsa(key: KeyObject): void {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < MODULUS_BITS_MIN)
    throw new WrongValue(`it is no RSA key of ${MODULUS_BITS_MIN} bits or more`);
}

/** Reads a value that should be of one kind. The error says what it is instead. @throws WrongValue */
function ofKind<K extends 'private key' | 'public key' | 'certificate'>(text: string, wanted: K) {
  const found = kindOf(unpacked(text).der);
  if (found === null) throw new WrongValue(`it cannot be read as a ${wanted}`);
  if (found.kind !== wanted) throw new WrongValue(`it is a ${found.kind}, and should be a ${wanted}`);
  return found as Extract<typeof found, { kind: K }>;
}

/** An RSA private key as a PEM in PKCS#8. @throws WrongValue */
export function privateKeyPemOf(text: string): string {
  const { key } = ofKind(text, 'private key');
  refuseUnlessRsa(key);
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** An RSA public key as a PEM in SPKI. @throws WrongValue, also for a private key */
export function publicKeyPemOf(text: string): string {
  const { key } = ofKind(text, 'public key');
  refuseUnlessRsa(key);
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

/** A certificate of an RSA key as a PEM. @throws WrongValue */
export function certificatePemOf(text: string): string {
  const { certificate } = ofKind(text, 'certificate');
  refuseUnlessRsa(certificate.publicKey);
  return certificate.toString();
}

/** The public half of a private key, or the key in a certificate, as a PEM in SPKI, for comparing keys. */
export function publicHalfOf(pem: string): string {
  return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
}
