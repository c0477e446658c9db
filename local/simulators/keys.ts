/** The secrets that a merchant shares with WeChat, and those that WeChat keeps: made here, of no use anywhere else. */
import { createHmac, createPublicKey, generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { DAY_MS } from '../../shared/schemas/base.ts';
import { makeCertificate } from './wxpay/certificate.ts';

/** What a mini-program shares with virtual payment and with the message push. */
export interface XpayKeys {
  /** The shop at virtual payment: all digits. */
  readonly xpayOfferId: string;
  /** Its two keys: for live money, and for the sandbox. */
  readonly xpayAppKey: string;
  readonly xpaySandboxAppKey: string;
  /** Signs what is pushed. */
  readonly pushToken: string;
  /** 43 letters and digits, 32 bytes in base64 without its padding: seals what is pushed. */
  readonly pushAesKey: string;
}

/** All of it, as JSON can hold it. */
export interface SimulatorKeys extends XpayKeys {
  /** The mini-program, and its secret. */
  readonly appid: string;
  readonly appSecret: string;
  readonly merchantId: string;
  /** The merchant's API certificate: its serial number, and the key only the merchant should have. */
  readonly merchantSerial: string;
  readonly merchantPrivateKeyPem: string;
  readonly merchantPublicKeyPem: string;
  /** 32 characters: seals notices. */
  readonly apiV3Key: string;
  /** What WeChat Pay signs with, and its two names: as a public key, and as a platform certificate. */
  readonly platformPrivateKeyPem: string;
  readonly publicKeyId: string;
  readonly publicKeyPem: string;
  readonly certificateSerial: string;
  readonly certificatePem: string;
}

const CERTIFICATE_YEARS = 30;
/** The certificate holds from before the virtual time in which tests begin, and long. */
export const CERTIFICATE_FROM_MS = Date.UTC(2025, 0, 1);
/** When it ends. */
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

/** A positive number of 20 bytes, as hexadecimal digits. */
function makeSerial(): string {
  return `5${randomBytes(20).toString('hex').slice(1)}`.toUpperCase();
}

function makeDigits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}

/** The keys that belong to a mini-program's secret: the same ones whenever they are made from it. */
export function xpayKeysOf(appSecret: string): XpayKeys {
  const digest = (what: string) => createHmac('sha256', appSecret).update(what);
  const letters = (what: string, count: number) =>
    digest(what).digest('base64').replaceAll(/[+/=]/g, 'A').padEnd(count, 'A').slice(0, count);
  return {
    xpayOfferId: `145${(digest('offer').digest().readUInt32BE() % 1e7).toString().padStart(7, '0')}`,
    xpayAppKey: letters('live', 32),
    xpaySandboxAppKey: letters('sandbox', 32),
    pushToken: letters('token', 24),
    // The last of them carries four bits only.
    pushAesKey: `${letters('seal', 42)}A`,
  };
}

/** Makes them, in about a third of a second: two pairs of RSA keys. */
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
