/**
 * The keys whose signatures are trusted: WeChat Pay's public keys (which every new merchant has), its platform
 * certificates, or both while a merchant changes from one to the other. A certificate is trusted while WeChat Pay
 * lists it and it is within its validity period.
 */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import * as z from 'zod';
import { fail } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../schemas/base.ts';
import { openSealed, verifyRsa } from './crypto.ts';

/** An answer or a notice whose timestamp differs by more is refused, as in WeChat Pay's own SDK. */
const SKEW_MAX_MS = 5 * MINUTE_MS;
/** The greatest age of the certificate list. WeChat Pay asks for at most 12 hours. */
const LIST_AGE_MAX_MS = 12 * HOUR_MS;
/** The shortest time between two fetches of the list, even when unknown serial numbers arrive or a fetch fails. */
const ASKED_EVERY_MS = MINUTE_MS;
/** WeChat Pay sends wrong signatures on purpose, to check that they are refused. */
const PROBE = 'WECHATPAY/SIGNTEST/';

const Signed = z.object({
  'wechatpay-timestamp': z.string().regex(/^[0-9]{10}$/),
  'wechatpay-nonce': z.string().regex(/^[\x21-\x7e]{1,64}$/),
  'wechatpay-serial': z.string().regex(/^[A-Za-z0-9_]{8,80}$/),
  'wechatpay-signature': z.string().regex(/^[A-Za-z0-9+/=]{300,700}$/),
});
type Signed = z.infer<typeof Signed>;

/** `GET /v3/certificates`. Each entry is parsed by itself, so that an unreadable one does not affect the others. */
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

/** A public key of WeChat Pay, by the id that its signatures name. */
export interface PublicKey {
  /** `PUB_KEY_ID_…`. */
  readonly id: string;
  readonly pem: string;
}

/** WeChat Pay's public keys, its certificates, or both. */
export interface VerifierOptions {
  /** For public-key mode. More than one while a key is being replaced; none when the merchant has no such key. */
  readonly publicKeys: readonly PublicKey[];
  /** Certificates that are trusted until the first list has come. After that, the list decides. */
  readonly certificatePems: readonly string[];
  readonly apiV3Keys: () => readonly Uint8Array[];
  readonly clock: Clock;
  /**
   * Fetches `GET /v3/certificates`. The answer is signed with one of the certificates in it, so `check` verifies the
   * answer once they are read.
   */
  readonly fetchCertificates: (check: CheckAnswer) => Promise<unknown>;
}

/** Verifies one answer. @throws notice.signature_invalid */
export type CheckAnswer = (headers: Readonly<Record<string, string>>, body: Uint8Array) => Promise<void>;

const invalid = (detail: string) => fail('notice.signature_invalid', { detail });

/** @throws notice.signature_invalid unless the signature is the key's, over exactly these bytes */
function confirm(signed: Signed, body: Uint8Array, key: KeyObject | null): void {
  if (key === null) throw invalid('the key is unknown');
  const head = Buffer.from(`${signed['wechatpay-timestamp']}\n${signed['wechatpay-nonce']}\n`);
  const message = Buffer.concat([head, body, Buffer.from('\n')]);
  if (!verifyRsa(message, signed['wechatpay-signature'], key)) throw invalid('the signature is wrong');
}

/** A certificate's key and validity period; `untilAtMs` is exclusive. */
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

/** Certificates by serial number. */
type Certificates = ReadonlyMap<string, Certificate>;

/** Verifies WeChat Pay's signatures. There is one for each process, because it remembers the certificates. */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #publicKeys: ReadonlyMap<string, KeyObject>;
  #certificates: Certificates;
  /** When the present list came, and when a list was last asked for. */
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
   * Verifies headers and raw body: the headers are there, the timestamp is near our clock, the key is known and
   * valid now, and the signature is correct.
   * @throws notice.signature_invalid
   */
  async verify(headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<void> {
    const signed = this.#signedIn(headers);
    const serial = signed['wechatpay-serial'];
    if (serial.startsWith('PUB_KEY_ID_')) return confirm(signed, body, this.#publicKeys.get(serial) ?? null);
    if (this.#keyOf(serial, this.#certificates) === null || this.#isListOld()) await this.#refresh();
    confirm(signed, body, this.#keyOf(serial, this.#certificates));
  }

  /** The key of a certificate that is known and valid now; otherwise null. */
  #keyOf(serial: string, certificates: Certificates): KeyObject | null {
    const certificate = certificates.get(serial);
    const now = this.#options.clock.now();
    const isValid = certificate !== undefined && certificate.fromAtMs <= now && now < certificate.untilAtMs;
    return isValid ? certificate.key : null;
  }

  /** In both directions, so that setting back a clock that was ahead does not keep a list longer. */
  #isListOld(): boolean {
    return Math.abs(this.#options.clock.now() - this.#listedAtMs) >= LIST_AGE_MAX_MS;
  }

  /** The four headers, if they can contain a signature. @throws notice.signature_invalid */
  #signedIn(headers: Readonly<Record<string, string>>): Signed {
    if (headers['wechatpay-signature']?.startsWith(PROBE) === true) throw invalid('a probe');
    const { data: signed } = Signed.safeParse(headers);
    if (signed === undefined) throw invalid('the headers are not a signature');
    const skewMs = this.#options.clock.now() - Number(signed['wechatpay-timestamp']) * SECOND_MS;
    if (Math.abs(skewMs) >= SKEW_MAX_MS) throw invalid('the clock is too far away');
    return signed;
  }

  /**
   * Fetches the list, at most once a minute. A failure changes nothing: certificates stay valid until their own end.
   */
  #refresh(): Promise<unknown> {
    const { fetchCertificates, clock } = this.#options;
    if (this.#asking !== null) return this.#asking;
    const now = clock.now();
    // In both directions, so that setting back a clock that was ahead does not delay the next fetch.
    if (Math.abs(now - this.#askedAtMs) < ASKED_EVERY_MS) return Promise.resolve();
    this.#askedAtMs = now;
    this.#asking = fetchCertificates(async (headers, body) => this.#learn(headers, body))
      // An unknown serial number stays unknown, and its message is refused. The next minute tries again.
      .catch(() => undefined)
      .finally(() => {
        this.#asking = null;
      });
    return this.#asking;
  }

  /**
   * Replaces the certificates by a list. Certificates that are not on it are forgotten. They are sealed under our
   * own key, and the list must be signed by one of them or by a public key.
   * @throws when it is not, or when no entry can be read
   */
  #learn(headers: Readonly<Record<string, string>>, body: Uint8Array): void {
    const signed = this.#signedIn(headers);
    const serial = signed['wechatpay-serial'];
    const { data } = Listed.parse(JSON.parse(Buffer.from(body).toString('utf8')));
    const found = new Map<string, Certificate>();
    for (const entry of data) {
      // An unreadable entry still shows that a certificate we have is listed.
      const certificate = this.#unsealed(entry) ?? this.#certificates.get(entry.serial_no);
      if (certificate !== undefined) found.set(entry.serial_no, certificate);
    }
    confirm(signed, body, this.#publicKeys.get(serial) ?? this.#keyOf(serial, found));
    if (found.size === 0 && data.length > 0) throw invalid('no certificate can be read');
    this.#certificates = found;
    this.#listedAtMs = this.#options.clock.now();
  }

  /** The certificate in an entry of the list; null when it has another format, or its serial number differs. */
  #unsealed(entry: z.output<typeof Listed>['data'][number]): Certificate | null {
    try {
      const sealed = SealedCertificate.parse(entry).encrypt_certificate;
      const certificate = certificateOf(openSealed(sealed, this.#options.apiV3Keys()));
      return certificate.serial === entry.serial_no.toUpperCase() ? certificate : null;
    } catch {
      return null;
    }
  }
}
