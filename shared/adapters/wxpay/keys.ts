/**
 * Whose signatures are believed: WeChat Pay's public key (which every new merchant has), its platform certificates, or
 * both while a merchant changes from one to the other.
 */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import * as z from 'zod';
import { fail } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { MINUTE_MS, SECOND_MS } from '../../schemas/base.ts';
import { openSealed, verifyRsa } from './crypto.ts';

/** An answer or a notice whose clock differs by more is refused; so does WeChat Pay's own SDK. */
const SKEW_MAX_MS = 5 * MINUTE_MS;
/** How often unknown serials may make us ask for the certificates. */
const REFRESH_EVERY_MS = MINUTE_MS;
/** WeChat Pay sends wrong signatures on purpose, to see that they are refused. */
const PROBE = 'WECHATPAY/SIGNTEST/';

const Signed = z.object({
  'wechatpay-timestamp': z.string().regex(/^[0-9]{10}$/),
  'wechatpay-nonce': z.string().regex(/^[\x21-\x7e]{1,64}$/),
  'wechatpay-serial': z.string().regex(/^[A-Za-z0-9_]{8,80}$/),
  'wechatpay-signature': z.string().regex(/^[A-Za-z0-9+/=]{300,700}$/),
});
type Signed = z.infer<typeof Signed>;

/** `GET /v3/certificates`: each certificate sealed under the APIv3 key. */
const Certificates = z.object({
  data: z.array(
    z.object({
      serial_no: z.string(),
      encrypt_certificate: z.object({
        algorithm: z.literal('AEAD_AES_256_GCM'),
        nonce: z.string(),
        associated_data: z.string(),
        ciphertext: z.string(),
      }),
    }),
  ),
});

/** What a verifier is made with: WeChat Pay's public key, its certificates, or both. */
export interface VerifierOptions {
  /** Public-key mode: id (`PUB_KEY_ID_…`) and key; null when the merchant has none. */
  readonly publicKey: { readonly id: string; readonly pem: string } | null;
  readonly apiV3Key: Uint8Array;
  readonly clock: Clock;
  /**
   * Asks for `GET /v3/certificates`. The answer is signed with one of the very
   * certificates in it: `check` verifies the answer once they are read.
   */
  readonly fetchCertificates: (check: CheckAnswer) => Promise<unknown>;
}

/** Verifies one answer. @throws notice.signature_invalid */
export type CheckAnswer = (headers: Readonly<Record<string, string>>, body: Uint8Array) => Promise<void>;

const invalid = (detail: string) => fail('notice.signature_invalid', { detail });

/** @throws notice.signature_invalid unless the signature is the key's, over these very bytes */
function confirm(signed: Signed, body: Uint8Array, key: KeyObject | undefined): void {
  if (key === undefined) throw invalid('the key is unknown');
  const head = Buffer.from(`${signed['wechatpay-timestamp']}\n${signed['wechatpay-nonce']}\n`);
  const message = Buffer.concat([head, body, Buffer.from('\n')]);
  if (!verifyRsa(message, signed['wechatpay-signature'], key)) throw invalid('the signature is wrong');
}

/** Verifies what WeChat Pay signs. One for the process: it remembers the certificates. */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #keys = new Map<string, KeyObject>();
  #refreshedAtMs = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<unknown> | null = null;

  constructor(options: VerifierOptions) {
    this.#options = options;
    if (options.publicKey !== null) {
      this.#keys.set(options.publicKey.id, createPublicKey(options.publicKey.pem));
    }
  }

  /**
   * Verifies headers and raw body: that they are there, that the clock is near ours, that the key is known, and that
   * the signature is its. @throws notice.signature_invalid
   */
  async verify(headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<void> {
    const signed = this.#signedIn(headers);
    const serial = signed['wechatpay-serial'];
    if (!this.#keys.has(serial) && !serial.startsWith('PUB_KEY_ID_')) await this.#refresh();
    confirm(signed, body, this.#keys.get(serial));
  }

  /** The four headers, when a signature could be in them. @throws notice.signature_invalid */
  #signedIn(headers: Readonly<Record<string, string>>): Signed {
    if (headers['wechatpay-signature']?.startsWith(PROBE) === true) throw invalid('a probe');
    const { data: signed } = Signed.safeParse(headers);
    if (signed === undefined) throw invalid('the headers are not a signature');
    const skewMs = this.#options.clock.now() - Number(signed['wechatpay-timestamp']) * SECOND_MS;
    if (Math.abs(skewMs) >= SKEW_MAX_MS) throw invalid('the clock is too far away');
    return signed;
  }

  /** Fetches the certificates, at most once a minute however many serials are unknown. */
  #refresh(): Promise<unknown> {
    const { fetchCertificates, clock } = this.#options;
    if (this.#refreshing !== null) return this.#refreshing;
    const now = clock.now();
    // Either way: a clock that was ahead, and was set back, has nobody wait until it is there again.
    if (Math.abs(now - this.#refreshedAtMs) < REFRESH_EVERY_MS) return Promise.resolve();
    this.#refreshedAtMs = now;
    this.#refreshing = fetchCertificates(async (headers, body) => this.#learn(headers, body))
      // The serial stays unknown, and what named it is refused; the next minute asks again.
      .catch(() => undefined)
      .finally(() => {
        this.#refreshing = null;
      });
    return this.#refreshing;
  }

  /** Takes certificates in: sealed under our own key, and signed by one of them or by a key that was known before. */
  #learn(headers: Readonly<Record<string, string>>, body: Uint8Array): void {
    const signed = this.#signedIn(headers);
    const found = this.#certificatesIn(JSON.parse(Buffer.from(body).toString('utf8')));
    const serial = signed['wechatpay-serial'];
    confirm(signed, body, this.#keys.get(serial) ?? found.get(serial));
    for (const [each, key] of found) this.#keys.set(each, key);
  }

  #certificatesIn(body: unknown): ReadonlyMap<string, KeyObject> {
    const keys = new Map<string, KeyObject>();
    const now = this.#options.clock.now();
    for (const { serial_no, encrypt_certificate } of Certificates.parse(body).data) {
      const certificate = new X509Certificate(openSealed(encrypt_certificate, this.#options.apiV3Key));
      const isValid = Date.parse(certificate.validFrom) <= now && now < Date.parse(certificate.validTo);
      if (isValid && certificate.serialNumber === serial_no.toUpperCase())
        keys.set(serial_no, certificate.publicKey);
    }
    return keys;
  }
}
