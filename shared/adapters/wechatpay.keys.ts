/**
 * Whose signatures are believed: WeChat Pay's public key (which every new merchant has), its platform certificates, or
 * both while a merchant changes from one to the other.
 */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import * as z from 'zod';
import { fail } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { MINUTE_MS, SECOND_MS } from '../schemas/base.ts';
import { openSealed, verifyRsa } from './wechatpay.crypto.ts';

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
   * Asks for `GET /v3/certificates`; null when certificates are not used. The answer is signed with one of the very
   * certificates in it: `check` verifies the answer once they are read.
   */
  readonly fetchCertificates: ((check: CheckAnswer) => Promise<unknown>) | null;
}

/** Verifies one answer. @throws notice.signature_invalid */
export type CheckAnswer = (headers: Readonly<Record<string, string>>, body: Uint8Array) => Promise<void>;

const invalid = (detail: string) => fail('notice.signature_invalid', { detail });

/** Verifies what WeChat Pay signs. One for the process: it remembers the certificates. */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #keys = new Map<string, KeyObject>();
  #refreshedAtMs = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | null = null;

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
    if (headers['wechatpay-signature']?.startsWith(PROBE) === true) throw invalid('a probe');
    const signed = Signed.safeParse(headers);
    if (!signed.success) throw invalid('the headers are not a signature');
    const { data } = signed;
    const timestamp = data['wechatpay-timestamp'];
    if (Math.abs(this.#options.clock.now() - Number(timestamp) * SECOND_MS) >= SKEW_MAX_MS) {
      throw invalid('the clock is too far away');
    }
    const key = await this.#keyOf(data['wechatpay-serial']);
    const head = Buffer.from(`${timestamp}\n${data['wechatpay-nonce']}\n`);
    const message = Buffer.concat([head, body, Buffer.from('\n')]);
    if (!verifyRsa(message, data['wechatpay-signature'], key)) throw invalid('the signature is wrong');
  }

  async #keyOf(serial: string): Promise<KeyObject> {
    const known = this.#keys.get(serial);
    if (known !== undefined) return known;
    if (!serial.startsWith('PUB_KEY_ID_')) await this.#refresh();
    const found = this.#keys.get(serial);
    if (found === undefined) throw invalid('the key is unknown');
    return found;
  }

  /** Fetches the certificates, at most once a minute however many serials are unknown. */
  #refresh(): Promise<void> {
    const { fetchCertificates, clock } = this.#options;
    if (this.#refreshing !== null) return this.#refreshing;
    const now = clock.now();
    if (fetchCertificates === null || now < this.#refreshedAtMs + REFRESH_EVERY_MS) return Promise.resolve();
    this.#refreshedAtMs = now;
    this.#refreshing = this.#read(fetchCertificates).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #read(fetchCertificates: (check: CheckAnswer) => Promise<unknown>): Promise<void> {
    try {
      await fetchCertificates(async (headers, body) => {
        // Sealed under our own key, so only WeChat Pay can have made it; and then it must be signed by one of them too.
        const found = this.#certificatesIn(JSON.parse(Buffer.from(body).toString('utf8')));
        const serial = headers['wechatpay-serial'] ?? '';
        const key = this.#keys.get(serial) ?? found.get(serial);
        if (key === undefined) throw invalid('the certificates are signed by nobody we know');
        const head = Buffer.from(`${headers['wechatpay-timestamp']}\n${headers['wechatpay-nonce']}\n`);
        const message = Buffer.concat([head, body, Buffer.from('\n')]);
        if (!verifyRsa(message, headers['wechatpay-signature'] ?? '', key))
          throw invalid('the signature is wrong');
        for (const [each, value] of found) this.#keys.set(each, value);
      });
    } catch {
      // The serial stays unknown, and what named it is refused; the next minute asks again.
    }
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
