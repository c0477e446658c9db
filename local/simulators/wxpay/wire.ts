/** How simulated WeChat Pay verifies requests, signs answers, and seals what only the merchant may read. */
import { createCipheriv, createPublicKey, type KeyObject } from 'node:crypto';
import type { OutsideResponse } from '../../../shared/adapters/http/request.ts';
import { signedLines, signRsa, verifyRsa } from '../../../shared/adapters/wxpay/crypto.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import { MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import type { SimulatedRequest } from '../exchange.ts';
import type { SimulatorKeys } from '../keys.ts';
import { type Signer, Signers, type Signs } from './signers.ts';

const SKEW_MAX_MS = 5 * MINUTE_MS;
const AUTHORIZATION = /^WECHATPAY2-SHA256-RSA2048 (.+)$/;
const FIELD = /^([a-z_]+)="([^"]*)"$/;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The prefix of the wrong signatures that WeChat Pay sends on purpose. */
export const PROBE = 'WECHATPAY/SIGNTEST/';

/** Parsed keys, and the operations with them. */
export class Wire {
  readonly keys: SimulatorKeys;
  /** The keys that sign. */
  readonly signers: Signers;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #merchantKey: KeyObject;
  readonly #apiV3Key: Buffer;

  constructor(given: {
    readonly keys: SimulatorKeys;
    readonly clock: Clock;
    readonly random: () => number;
    /** The keys that sign, when the caller rotates them. By default they are made from `keys`. */
    readonly signers?: Signers;
  }) {
    this.keys = given.keys;
    this.#clock = given.clock;
    this.#random = given.random;
    this.signers = given.signers ?? new Signers(given.keys);
    this.#merchantKey = createPublicKey(given.keys.merchantPublicKeyPem);
    this.#apiV3Key = Buffer.from(given.keys.apiV3Key);
  }

  /** That many random letters and digits. */
  letters(count: number): string {
    let text = '';
    for (let n = 0; n < count; n += 1) text += ALPHABET[Math.floor(this.#random() * ALPHABET.length)] ?? 'A';
    return text;
  }

  /**
   * What is wrong with the request's `Authorization`; null when it is the merchant's signature over exactly this
   * request.
   */
  refusalOf({ method, path, headers, body }: SimulatedRequest): string | null {
    const fields = new Map<string, string>();
    for (const part of AUTHORIZATION.exec(headers.authorization ?? '')?.[1]?.split(',') ?? []) {
      const [, name, value] = FIELD.exec(part.trim()) ?? [];
      if (name === undefined || value === undefined) return 'Authorization不合法';
      fields.set(name, value);
    }
    const { mchid, serial_no, nonce_str = '', timestamp = '', signature = '' } = Object.fromEntries(fields);
    if (mchid !== this.keys.merchantId) return '商户号不正确';
    if (serial_no !== this.keys.merchantSerial) return '商户证书序列号有误';
    if (nonce_str === '' || !/^[0-9]{10}$/.test(timestamp)) return 'Authorization不合法';
    if (Math.abs(this.#clock.now() - Number(timestamp) * SECOND_MS) >= SKEW_MAX_MS) return 'HTTP头时间戳过期';
    const message = signedLines(method, path, timestamp, nonce_str, Buffer.from(body).toString('utf8'));
    return verifyRsa(message, signature, this.#merchantKey) ? null : '签名错误';
  }

  /** Whether the merchant signed these lines. `paySign` covers four of them. */
  isMerchants(lines: readonly string[], signature: string): boolean {
    return verifyRsa(signedLines(...lines), signature, this.#merchantKey);
  }

  /**
   * The four headers that authenticate a body, signed by that kind of key or by this key. `skewMs` shifts their clock.
   */
  signed(body: string, by: Signs | Signer, skewMs: number): Record<string, string> {
    const { serial, privateKey } = typeof by === 'string' ? this.signers.current(by) : by;
    const timestamp = String(Math.floor((this.#clock.now() + skewMs) / SECOND_MS));
    const nonce = this.letters(32);
    return {
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': nonce,
      'wechatpay-serial': serial,
      'wechatpay-signature': signRsa(signedLines(timestamp, nonce, body), privateKey),
    };
  }

  /** Seals a text under the merchant's APIv3 key, as `resource` and `encrypt_certificate` are. */
  sealed(text: string, associatedData: string): Record<string, string> {
    const nonce = this.letters(12);
    const cipher = createCipheriv('aes-256-gcm', this.#apiV3Key, nonce).setAAD(Buffer.from(associatedData));
    const ciphertext = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    return {
      algorithm: 'AEAD_AES_256_GCM',
      ciphertext: ciphertext.toString('base64'),
      associated_data: associatedData,
      nonce,
    };
  }
}

/** The same headers with a signature of a foreign key. */
export function spoiled(headers: Readonly<Record<string, string>>): Record<string, string> {
  const signature = headers['wechatpay-signature'] ?? '';
  const first = signature.startsWith('A') ? 'B' : 'A';
  return { ...headers, 'wechatpay-signature': first + signature.slice(1) };
}

/** The same headers with a signature with which WeChat Pay tests whether signatures are verified. */
export function probing(headers: Readonly<Record<string, string>>): Record<string, string> {
  return { ...headers, 'wechatpay-signature': PROBE + (headers['wechatpay-signature'] ?? '') };
}

/** An answer of the API before it is signed. Null is an empty body. */
export interface Said {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>> | null;
}

/** A refusal, in WeChat Pay's words. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  get said(): Said {
    return { status: this.status, json: { code: this.code, message: this.message } };
  }
}

/** The answer as it is sent. */
export function answerOf(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>>,
): OutsideResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'request-id': '08SIMULATED', ...headers },
    body: Buffer.from(text),
  };
}
