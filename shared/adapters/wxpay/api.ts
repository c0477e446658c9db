/** How WeChat Pay's API is reached by one process: signed, verified, not asked while it is down, and rarely asked twice. */
import { createPrivateKey } from 'node:crypto';
import { codeOf, fail, unaskedOf } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import { Breakers } from '../http/breaker.ts';
import type { Send } from '../http/request.ts';
import { RetryBudget } from '../http/retryBudget.ts';
import { type Answered, type Asked, type CallOptions, callWechatPay, downloadFromWechatPay } from './call.ts';
import { type CheckAnswer, type PublicKey, Verifier } from './keys.ts';

/** The merchant, the keys of both sides, and how the outside is reached. */
export interface WechatPayAccess {
  readonly merchantId: string;
  /** Serial number of the merchant's API certificate. */
  readonly merchantSerial: string;
  readonly merchantPrivateKeyPem: string;
  /** 32 bytes of text. */
  readonly apiV3Key: string;
  /** Public-key mode: the first is the one that WeChat Pay is asked to sign with. Empty for certificates only. */
  readonly publicKeys: readonly PublicKey[];
  /** Platform certificates to begin with; not given where the first list is waited for. */
  readonly certificatePems?: readonly string[];
  /** `https://api.mch.weixin.qq.com`, without a slash at the end. */
  readonly baseUrl: string;
  /** Asked once more when opening a payment got no answer; null for none. */
  readonly backupBaseUrl: string | null;
  readonly send: Send;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** A payment page waits for some of these calls. */
const TIMEOUT_MS = 3 * SECOND_MS;
/** Nobody waits for a bill. */
const DOWNLOAD_TIMEOUT_MS = 30 * SECOND_MS;

type Attempt = Pick<CallOptions, 'baseUrl' | 'timeoutMs'>;

/** WeChat Pay's API. One for the process: it remembers certificates, and who is down. */
export class WechatPayApi {
  /** Verifies what WeChat Pay signs. */
  readonly verifier: Verifier;
  readonly apiV3Key: Buffer;
  readonly #access: WechatPayAccess;
  readonly #options: Omit<CallOptions, 'verify' | keyof Attempt>;
  readonly #breakers: Breakers;
  readonly #budget = new RetryBudget();

  constructor(access: WechatPayAccess) {
    const { publicKeys, certificatePems = [], clock, ids, send, merchantId, merchantSerial } = access;
    const privateKey = createPrivateKey(access.merchantPrivateKeyPem);
    this.apiV3Key = Buffer.from(access.apiV3Key);
    if (this.apiV3Key.length !== 32) throw new Error('the APIv3 key has to be 32 bytes');
    this.#access = access;
    this.#breakers = new Breakers(clock);
    this.#options = {
      merchant: { merchantId, merchantSerial, privateKey },
      publicKeyId: publicKeys[0]?.id ?? null,
      send,
      clock,
      ids,
    };
    this.verifier = new Verifier({
      publicKeys,
      certificatePems,
      apiV3Key: this.apiV3Key,
      clock,
      fetchCertificates: (check) => this.#certificates(check),
    });
  }

  /** Asks once. @throws pay.unavailable when no clear answer came, and at once while the endpoint is down */
  async call(asked: Asked): Promise<Answered> {
    return this.#insist(asked, { baseUrl: this.#access.baseUrl, timeoutMs: TIMEOUT_MS });
  }

  /**
   * Asks for somebody who waits: once more at the other address when no clear answer came, in the same three seconds
   * altogether, as long as not too much of what we ask is asked twice. What is asked must do the same twice as once.
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

  /** Fetches the file under a path that a signed answer named. Nothing vouches for the bytes. @throws pay.unavailable */
  download(path: string): Promise<Uint8Array> {
    const attempt = { baseUrl: this.#access.baseUrl, timeoutMs: DOWNLOAD_TIMEOUT_MS };
    return downloadFromWechatPay({ ...this.#options, ...attempt }, path);
  }

  async #insist(asked: Asked, attempt: Attempt): Promise<Answered> {
    const answer = await this.#attempt(asked, attempt);
    if (answer !== null) return answer;
    const retryAfterSeconds = this.#breakers.retryAfterSeconds(attempt.baseUrl + asked.endpoint);
    const detail = `${asked.endpoint} is down`;
    throw fail('pay.unavailable', { params: { retryAfterSeconds }, detail, unasked: 'down' });
  }

  /** Null when the breaker let nothing out. */
  #attempt(asked: Asked, attempt: Attempt): Promise<Answered | null> {
    const verify: CheckAnswer = (headers, body) => this.verifier.verify(headers, body);
    const work = () => callWechatPay({ ...this.#options, ...attempt, verify }, asked);
    return this.#breakers.run(attempt.baseUrl + asked.endpoint, work, ({ refusal }) =>
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
