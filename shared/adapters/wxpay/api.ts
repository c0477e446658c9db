/**
 * Access to WeChat Pay's API from one process: calls are signed, answers verified, endpoints that are down are left
 * alone, and retries limited.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { codeOf, fail, unaskedOf } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Log } from '../../ports/log.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import { Breakers } from '../http/breaker.ts';
import type { Send } from '../http/request.ts';
import { RetryBudget } from '../http/retryBudget.ts';
import { type Answered, type Asked, type CallOptions, callWechatPay, downloadFromWechatPay } from './call.ts';
import { type CheckAnswer, type PublicKey, Verifier } from './keys.ts';

/**
 * The merchant, the keys of both sides, and how the outside is called. The merchant's private key is read by the first
 * call, and the APIv3 key by the first notice, so who does not call, or takes no notices, needs not have it.
 */
export interface WechatPayAccess {
  readonly merchantId: string;
  /** The serial number of the merchant's API certificate. */
  readonly merchantSerial: string;
  readonly merchantPrivateKeyPem: string;
  /** 32 bytes of text each: one, or two while it is changed. */
  readonly apiV3Keys: readonly string[];
  /** For public-key mode. WeChat Pay is asked to sign with the first. Empty when only certificates are used. */
  readonly publicKeys: readonly PublicKey[];
  /** Platform certificates to start with. When left out, the first list is fetched. */
  readonly certificatePems?: readonly string[];
  /** Without a slash at the end: `https://api.mch.weixin.qq.com`. */
  readonly baseUrl: string;
  /** The address for one retry when opening a payment got no answer; null for none. */
  readonly backupBaseUrl: string | null;
  readonly send: Send;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** A payment page waits for some of these calls. */
const TIMEOUT_MS = 3 * SECOND_MS;
/** Nobody waits for a bill. */
const DOWNLOAD_TIMEOUT_MS = 30 * SECOND_MS;

type Attempt = Pick<CallOptions, 'baseUrl' | 'timeoutMs'>;

/** The name of the breaker: each address has its own for each endpoint. */
function breakerOf({ endpoint }: Asked, { baseUrl }: Attempt): string {
  return `${baseUrl} ${endpoint}`;
}

/** WeChat Pay's API. There is one for each process, because it remembers certificates and circuit breakers. */
export class WechatPayApi {
  /** Verifies what WeChat Pay signs. */
  readonly verifier: Verifier;
  readonly #access: WechatPayAccess;
  #privateKey: KeyObject | null = null;
  #apiV3Keys: readonly Buffer[] | null = null;
  readonly #breakers: Breakers;
  readonly #budget = new RetryBudget();

  constructor(access: WechatPayAccess) {
    const { publicKeys, certificatePems = [], clock } = access;
    this.#access = access;
    this.#breakers = new Breakers(access);
    this.verifier = new Verifier({
      publicKeys,
      certificatePems,
      apiV3Keys: () => this.apiV3Keys,
      clock,
      fetchCertificates: (check) => this.#certificates(check),
    });
  }

  /** The merchant's private key, which signs calls, and for the phone. */
  get privateKey(): KeyObject {
    this.#privateKey ??= createPrivateKey(this.#access.merchantPrivateKeyPem);
    return this.#privateKey;
  }

  /** Opens notices, and the list of certificates. */
  get apiV3Keys(): readonly Buffer[] {
    this.#apiV3Keys ??= this.#access.apiV3Keys.map((key) => Buffer.from(key));
    if (this.#apiV3Keys.some(({ length }) => length !== 32))
      throw new Error('the APIv3 key has to be 32 bytes');
    return this.#apiV3Keys;
  }

  get #options(): Omit<CallOptions, 'verify' | keyof Attempt> {
    const { merchantId, merchantSerial, publicKeys, send, clock, ids } = this.#access;
    const merchant = { merchantId, merchantSerial, privateKey: this.privateKey };
    return { merchant, publicKeyId: publicKeys[0]?.id ?? null, send, clock, ids };
  }

  /** Calls once. @throws pay.unavailable when no clear answer came, and at once while the endpoint is down */
  async call(asked: Asked): Promise<Answered> {
    return this.#insist(asked, { baseUrl: this.#access.baseUrl, timeoutMs: TIMEOUT_MS });
  }

  /**
   * Calls for somebody who waits. When no clear answer came it calls the backup address once, within the same three
   * seconds in total, as long as the retry budget allows. The call must be idempotent.
   * @throws pay.unavailable
   */
  async callTwice(asked: Asked): Promise<Answered> {
    const { baseUrl, backupBaseUrl } = this.#access;
    if (backupBaseUrl === null) return this.call(asked);
    const timeoutMs = TIMEOUT_MS / 2;
    this.#budget.called();
    const first = await this.#attempt(asked, { baseUrl, timeoutMs }).catch((caught: unknown) => {
      const isUnclear = codeOf(caught) === 'pay.unavailable' && unaskedOf(caught) === null;
      if (!isUnclear || !this.#budget.take()) throw caught;
      return null;
    });
    return first ?? this.#insist(asked, { baseUrl: backupBaseUrl, timeoutMs });
  }

  /**
   * Fetches the file under a path from a signed answer. The bytes themselves are not signed.
   * @throws pay.unavailable
   */
  download(path: string): Promise<Uint8Array> {
    const attempt = { baseUrl: this.#access.baseUrl, timeoutMs: DOWNLOAD_TIMEOUT_MS };
    return downloadFromWechatPay({ ...this.#options, ...attempt }, path);
  }

  async #insist(asked: Asked, attempt: Attempt): Promise<Answered> {
    const answer = await this.#attempt(asked, attempt);
    if (answer !== null) return answer;
    const retryAfterSeconds = this.#breakers.retryAfterSeconds(breakerOf(asked, attempt));
    const detail = `${asked.endpoint} is down`;
    throw fail('pay.unavailable', { params: { retryAfterSeconds }, detail, unasked: 'down' });
  }

  /** Null when the breaker is open. */
  #attempt(asked: Asked, attempt: Attempt): Promise<Answered | null> {
    const verify: CheckAnswer = (headers, body) => this.verifier.verify(headers, body);
    const work = () => callWechatPay({ ...this.#options, ...attempt, verify }, asked);
    return this.#breakers.run(breakerOf(asked, attempt), work, ({ refusal }) =>
      refusal?.verdict === 'ours' ? 'ours' : 'well',
    );
  }

  async #certificates(verify: CheckAnswer): Promise<unknown> {
    const attempt = { baseUrl: this.#access.baseUrl, timeoutMs: TIMEOUT_MS };
    const path = '/v3/certificates';
    const asked = { endpoint: 'certificates', method: 'GET', path, body: null, success: 200 } as const;
    return callWechatPay({ ...this.#options, ...attempt, verify }, asked);
  }
}
