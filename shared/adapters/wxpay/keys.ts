/**
 * Whose signatures are believed: WeChat Pay's public keys (which every new merchant has), its platform certificates, or
 * both while a merchant changes from one to the other. A certificate is believed as long as WeChat Pay lists it, and
 * never before its beginning or after its end.
 */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import * as z from 'zod';
import { fail } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../schemas/base.ts';
import { openSealed, verifyRsa } from './crypto.ts';

/** An answer or a notice whose clock differs by more is refused; so does WeChat Pay's own SDK. */
const SKEW_MAX_MS = 5 * MINUTE_MS;
/** The list of certificates may be this old, and no older: WeChat Pay asks for 12 hours at most. */
const LIST_AGE_MAX_MS = 12 * HOUR_MS;
/** How often the list is asked for at most, whatever serials are named and however often the answer fails to come. */
const ASKED_EVERY_MS = MINUTE_MS;
/** WeChat Pay sends wrong signatures on purpose, to see that they are refused. */
const PROBE = 'WECHATPAY/SIGNTEST/';

const Signed = z.object({
  'wechatpay-timestamp': z.string().regex(/^[0-9]{10}$/),
  'wechatpay-nonce': z.string().regex(/^[\x21-\x7e]{1,64}$/),
  'wechatpay-serial': z.string().regex(/^[A-Za-z0-9_]{8,80}$/),
  'wechatpay-signature': z.string().regex(/^[A-Za-z0-9+/=]{300,700}$/),
});
type Signed = z.infer<typeof Signed>;

/** `GET /v3/certificates`. Each entry is read by itself, so that an odd one takes no other with it. */
const Listed = z.object({ data: z.array(z.object({ serial_no: z.string().max(80) }).loose()).max(1_000) });
/** A certificate sealed under the APIv3 key. */
const SealedCertificate = z.object({
  encrypt_certificate: z.object({
    algorithm: z.literal('AEAD_AES_256_GCM'),
    nonce: z.string(),
    associated_data: z.string(),
    ciphertext: z.string(),
  }),
});

/** A key of WeChat Pay's, by the name that its signatures give it. */
export interface PublicKey {
  /** `PUB_KEY_ID_…`. */
  readonly id: string;
  readonly pem: string;
}

/** What a verifier is made with: WeChat Pay's public keys, its certificates, or both. */
export interface VerifierOptions {
  /** Public-key mode: more than one while a key is replaced by another; none for who has no such key. */
  readonly publicKeys: readonly PublicKey[];
  /** Certificates that are believed until the first list has come. The list itself says which ones there are. */
  readonly certificatePems: readonly string[];
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
function confirm(signed: Signed, body: Uint8Array, key: KeyObject | null): void {
  if (key === null) throw invalid('the key is unknown');
  const head = Buffer.from(`${signed['wechatpay-timestamp']}\n${signed['wechatpay-nonce']}\n`);
  const message = Buffer.concat([head, body, Buffer.from('\n')]);
  if (!verifyRsa(message, signed['wechatpay-signature'], key)) throw invalid('the signature is wrong');
}

/** A certificate's key, and from when until when it may be used: the end is the first instant at which it may not. */
interface Certificate {
  readonly serial: string;
  readonly key: KeyObject;
  readonly fromAtMs: number;
  readonly untilAtMs: number;
}

/** @throws a plain Error for what is no certificate */
function certificateOf(pem: string | Uint8Array): Certificate {
  const { serialNumber: serial, publicKey: key, validFrom, validTo } = new X509Certificate(pem);
  return { serial, key, fromAtMs: Date.parse(validFrom), untilAtMs: Date.parse(validTo) };
}

/** The certificates of a list, by their serials. */
type Certificates = ReadonlyMap<string, Certificate>;

/** Verifies what WeChat Pay signs. One for the process: it remembers the certificates. */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #publicKeys: ReadonlyMap<string, KeyObject>;
  #certificates: Certificates;
  /** When the list came that we go by, and when one was asked for last. */
  #listedAtMs = Number.NEGATIVE_INFINITY;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<unknown> | null = null;

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#publicKeys = new Map(options.publicKeys.map(({ id, pem }) => [id, createPublicKey(pem)]));
    const configured = options.certificatePems.map(certificateOf);
    this.#certificates = new Map(configured.map((certificate) => [certificate.serial, certificate]));
  }

  /**
   * Verifies headers and raw body: that they are there, that the clock is near ours, that the key is known and may be used
   * now, and that the signature is its. @throws notice.signature_invalid
   */
  async verify(headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<void> {
    const signed = this.#signedIn(headers);
    const serial = signed['wechatpay-serial'];
    if (serial.startsWith('PUB_KEY_ID_')) return confirm(signed, body, this.#publicKeys.get(serial) ?? null);
    if (this.#keyOf(serial, this.#certificates) === null || this.#isListOld()) await this.#refresh();
    confirm(signed, body, this.#keyOf(serial, this.#certificates));
  }

  /** The key of a certificate, when there is one and it may be used now; else null. */
  #keyOf(serial: string, certificates: Certificates): KeyObject | null {
    const certificate = certificates.get(serial);
    const now = this.#options.clock.now();
    const isValid = certificate !== undefined && certificate.fromAtMs <= now && now < certificate.untilAtMs;
    return isValid ? certificate.key : null;
  }

  /** Either way: a clock that was ahead, and was set back, keeps no list for longer. */
  #isListOld(): boolean {
    return Math.abs(this.#options.clock.now() - this.#listedAtMs) >= LIST_AGE_MAX_MS;
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

  /** Asks for the list, at most once a minute. What does not come changes nothing: certificates last to their own end. */
  #refresh(): Promise<unknown> {
    const { fetchCertificates, clock } = this.#options;
    if (this.#asking !== null) return this.#asking;
    const now = clock.now();
    // Either way: a clock that was ahead, and was set back, has nobody wait until it is there again.
    if (Math.abs(now - this.#askedAtMs) < ASKED_EVERY_MS) return Promise.resolve();
    this.#askedAtMs = now;
    this.#asking = fetchCertificates(async (headers, body) => this.#learn(headers, body))
      // An unknown serial stays unknown, and what named it is refused; the next minute asks again.
      .catch(() => undefined)
      .finally(() => {
        this.#asking = null;
      });
    return this.#asking;
  }

  /**
   * Takes a list in the place of the one before: what is not on it is forgotten. Its certificates are sealed under our own
   * key, and it is signed by one of them or by a public key. @throws for a list that is not, or of which nothing can be read
   */
  #learn(headers: Readonly<Record<string, string>>, body: Uint8Array): void {
    const signed = this.#signedIn(headers);
    const serial = signed['wechatpay-serial'];
    const { data } = Listed.parse(JSON.parse(Buffer.from(body).toString('utf8')));
    const found = new Map<string, Certificate>();
    for (const entry of data) {
      // An entry that cannot be read says at least that a certificate we have is still listed.
      const certificate = this.#unsealed(entry) ?? this.#certificates.get(entry.serial_no);
      if (certificate !== undefined) found.set(entry.serial_no, certificate);
    }
    confirm(signed, body, this.#publicKeys.get(serial) ?? this.#keyOf(serial, found));
    if (found.size === 0 && data.length > 0) throw invalid('no certificate can be read');
    this.#certificates = found;
    this.#listedAtMs = this.#options.clock.now();
  }

  /** The certificate in an entry of the list; null when it is of another kind, or not what the entry says. */
  #unsealed(entry: z.output<typeof Listed>['data'][number]): Certificate | null {
    try {
      const sealed = SealedCertificate.parse(entry).encrypt_certificate;
      const certificate = certificateOf(openSealed(sealed, this.#options.apiV3Key));
      return certificate.serial === entry.serial_no.toUpperCase() ? certificate : null;
    } catch {
      return null;
    }
  }
}
