/** The keys that simulated WeChat Pay signs with, by name. They can be added and withdrawn at any time. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { SimulatorKeys } from '../keys.ts';
import { CERTIFICATE_FROM_MS, CERTIFICATE_UNTIL_MS } from '../keys.ts';
import { makeCertificate } from './certificate.ts';

/** The kind of key that WeChat Pay signs with. */
export type Signs = 'public_key' | 'certificate';

/** A key, and the name that stands in its signatures. */
export interface Signer {
  /** `PUB_KEY_ID_…`, or the serial number of a certificate. */
  readonly serial: string;
  readonly privateKey: KeyObject;
}

/** A platform certificate. */
export interface CertificateSigner extends Signer {
  readonly pem: string;
  readonly fromAtMs: number;
  readonly untilAtMs: number;
}

/** All keys, the newest last. The newest of a kind signs. */
export class Signers {
  /** Entries of unknown kinds that the list of certificates has before the certificates. */
  oddities: readonly unknown[] = [];
  #publicKeys: readonly Signer[];
  #certificates: readonly CertificateSigner[];

  constructor(keys: SimulatorKeys) {
    const privateKey = createPrivateKey(keys.platformPrivateKeyPem);
    this.#publicKeys = [{ serial: keys.publicKeyId, privateKey }];
    this.#certificates = [
      {
        serial: keys.certificateSerial,
        privateKey,
        pem: keys.certificatePem,
        fromAtMs: CERTIFICATE_FROM_MS,
        untilAtMs: CERTIFICATE_UNTIL_MS,
      },
    ];
  }

  /** The certificates that are listed. */
  get certificates(): readonly CertificateSigner[] {
    return this.#certificates;
  }

  /** Adds a public key, which signs from now on. The earlier ones stay valid. */
  addPublicKey(id: string, privateKeyPem: string): void {
    this.#publicKeys = [...this.#publicKeys, { serial: id, privateKey: createPrivateKey(privateKeyPem) }];
  }

  /** Adds a certificate, which is listed and signs from now on. Answers its PEM. */
  addCertificate(given: {
    readonly serial: string;
    readonly privateKeyPem: string;
    readonly fromAtMs: number;
    readonly untilAtMs: number;
  }): string {
    const pem = makeCertificate({ ...given, name: 'Tenpay.com (simulated)' });
    const privateKey = createPrivateKey(given.privateKeyPem);
    this.#certificates = [...this.#certificates, { ...given, privateKey, pem }];
    return pem;
  }

  /** Withdraws a key: it is no longer listed and signs no more. */
  withdraw(serial: string): void {
    this.#publicKeys = this.#publicKeys.filter((signer) => signer.serial !== serial);
    this.#certificates = this.#certificates.filter((signer) => signer.serial !== serial);
  }

  /** The key with that name; undefined when there is none. */
  named(serial: string | undefined): Signer | undefined {
    return [...this.#publicKeys, ...this.#certificates].find((signer) => signer.serial === serial);
  }

  /** The key of that kind that signs now. */
  current(signs: Signs): Signer {
    const signer = (signs === 'public_key' ? this.#publicKeys : this.#certificates).at(-1);
    if (signer === undefined) throw new Error(`simulated WeChat Pay has no ${signs} left`);
    return signer;
  }
}
