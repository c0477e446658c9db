/**
 * The secrets that a merchant shares with WeChat, and those that only WeChat has. They are made here and valid nowhere
 * else.
 */
import { createHmac, createPublicKey, generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { DAY_MS } from '../../shared/schemas/base.ts';
import { makeCertificate } from './wxpay/certificate.ts';

/** The secrets that a mini-program shares with virtual payment and with the message push. */
export interface XpayKeys {
  /** The shop's id at virtual payment: digits only. */
  readonly xpayOfferId: string;
  /** The shop's two keys: for live money, and for the sandbox. */
  readonly xpayAppKey: string;
  readonly xpaySandboxAppKey: string;
  /** The token that signs pushes. */
  readonly pushToken: string;
  /** The key that seals pushes: 43 letters and digits, which are 32 bytes in base64 without padding. */
  readonly pushAesKey: string;
}

/** All secrets, in a form that JSON can hold. */
export interface SimulatorKeys extends XpayKeys {
  /** The mini-program and its secret. */
  readonly appid: string;
  readonly appSecret: string;
  readonly merchantId: string;
  /** The serial number of the merchant's API certificate, and the key that only the merchant should have. */
  readonly merchantSerial: string;
  readonly merchantPrivateKeyPem: string;
  readonly merchantPublicKeyPem: string;
  /** The key that seals notices: 32 characters. */
  readonly apiV3Key: string;
  /** The key that WeChat Pay signs with. It goes by two names: as a public key, and as a platform certificate. */
  readonly platformPrivateKeyPem: string;
  readonly publicKeyId: string;
  readonly publicKeyPem: string;
  readonly certificateSerial: string;
  readonly certificatePem: string;
}

const CERTIFICATE_YEARS = 30;
/** When the certificate begins. It is before the virtual time of the tests. */
export const CERTIFICATE_FROM_MS = Date.UTC(2025, 0, 1);
/** When the certificate ends. */
export const CERTIFICATE_UNTIL_MS = CERTIFICATE_FROM_MS + CERTIFICATE_YEARS * 365 * DAY_MS;

function makePair(): { readonly privateKeyPem: string; readonly publicKeyPem: string } {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
  return { privateKeyPem: privateKey, publicKeyPem: publicKeyPem.toString() };
}

/** A positive number of 20 bytes, in hexadecimal digits. */
function makeSerial(): string {
  return `5${randomBytes(20).toString('hex').slice(1)}`.toUpperCase();
}

function makeDigits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}

/** The keys that are derived from a mini-program's secret. The same secret always gives the same keys. */
export function xpayKeysOf(appSecret: string): XpayKeys {
  const digest = (what: string) => createHmac('sha256', appSecret).update(what);
  const letters = (what: string, count: number) =>
    digest(what).digest('base64').replaceAll(/[+/=]/g, 'A').padEnd(count, 'A').slice(0, count);
  return {
    xpayOfferId: `145${(digest('offer').digest().readUInt32BE() % 1e7).toString().padStart(7, '0')}`,
    xpayAppKey: letters('live', 32),
    xpaySandboxAppKey: letters('sandbox', 32),
    pushToken: letters('token', 24),
    // The last character carries four bits only, so it is fixed.
    pushAesKey: `${letters('seal', 42)}A`,
  };
}

/** Makes two RSA key pairs and the other secrets. Takes about a third of a second. */
export function makeSimulatorKeys(): SimulatorKeys {
  const merchant = makePair();
  const platform = makePair();
  const certificateSerial = makeSerial();
  const appSecret = randomBytes(16).toString('hex');
  return {
    appid: `wx${randomBytes(8).toString('hex')}`,
    appSecret,
    ...xpayKeysOf(appSecret),
    merchantId: `19${makeDigits(8)}`,
    merchantSerial: makeSerial(),
    merchantPrivateKeyPem: merchant.privateKeyPem,
    merchantPublicKeyPem: merchant.publicKeyPem,
    apiV3Key: randomBytes(16).toString('hex'),
    platformPrivateKeyPem: platform.privateKeyPem,
    publicKeyId: `PUB_KEY_ID_0${makeDigits(28)}`,
    publicKeyPem: platform.publicKeyPem,
    certificateSerial,
    certificatePem: makeCertificate({
      privateKeyPem: platform.privateKeyPem,
      serial: certificateSerial,
      name: 'Tenpay.com (simulated)',
      fromAtMs: CERTIFICATE_FROM_MS,
      untilAtMs: CERTIFICATE_UNTIL_MS,
    }),
  };
}
