/**
 * One call of WeChat Pay's API. The request is signed, and the answer is trusted only after its signature was
 * verified.
 */
import type { KeyObject } from 'node:crypto';
import * as z from 'zod';
import { fail, type Refusal } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import { cleanCode, cleanWords, refusedBy, tooOften, verdictOf } from '../http/codes.ts';
import type { OutsideResponse, Send } from '../http/request.ts';
import { WXPAY_CODES, type WxpayCall } from './codes.ts';
import { signedLines, signRsa } from './crypto.ts';

/** Our identity at WeChat Pay. */
export interface Merchant {
  readonly merchantId: string;
  /** The serial number of the merchant's API certificate. */
  readonly merchantSerial: string;
  readonly privateKey: KeyObject;
}

/** The keys of both sides, and how WeChat Pay is reached. */
export interface CallOptions {
  readonly merchant: Merchant;
  /** Sent as `Wechatpay-Serial` in public-key mode, so that WeChat Pay signs with that key; otherwise null. */
  readonly publicKeyId: string | null;
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly send: Send;
  readonly clock: Clock;
  readonly ids: Ids;
  /** @throws notice.signature_invalid */
  readonly verify: (headers: Readonly<Record<string, string>>, body: Uint8Array) => Promise<void>;
}

/** One call. */
export interface Asked {
  readonly endpoint: WxpayCall;
  readonly method: 'GET' | 'POST';
  /** With its query, encoded as it is sent, because it is signed. */
  readonly path: string;
  /** Null for GET. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** The only status that is documented as success. */
  readonly success: 200 | 204;
}

/** A verified answer: its JSON (null when it had none), and the refusal when the status was 4xx. */
export interface Answered {
  readonly status: number;
  readonly json: unknown;
  readonly code: string | null;
  /** Null exactly when `code` is null. */
  readonly refusal: Refusal | null;
}

const USER_AGENT = 'zhike/1 (node)';

const SaidWord = z.string().catch('');
/** The fields of a refusal. Unreadable fields are left out. */
const Said = z
  .object({
    code: z.string().max(64).nullable().catch(null),
    message: SaidWord,
    detail: z.object({ field: SaidWord, issue: SaidWord }).catch({ field: '', issue: '' }),
  })
  .catch({ code: null, message: '', detail: { field: '', issue: '' } });

/** The refusal in an answer's body, marked as unsigned when nothing vouches for it. */
function refusalOfBody({ endpoint }: Asked, { status, body }: OutsideResponse, isSigned: boolean): Refusal {
  const { code, message, detail } = Said.parse(jsonOrNull(body));
  const { field, issue } = detail;
  const words = [message, field && `field ${field}`, issue && `issue ${issue}`, !isSigned && '(unsigned)'];
  const clean = cleanCode(code ?? `STATUS_${status}`);
  const said = verdictOf(WXPAY_CODES[endpoint], clean);
  // An unsigned answer is believed only when it says that our own account is wrong, or that WeChat Pay is busy.
  const isBelieved = isSigned || said === 'ours' || said === 'later';
  const verdict = status >= 500 || status === TOO_MANY ? 'later' : isBelieved ? said : 'unknown';
  return {
    platform: 'wxpay',
    call: endpoint,
    code: clean,
    words: cleanWords(words.filter((word) => word !== '' && word !== false).join('; ')),
    verdict,
  };
}

function jsonOrNull(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}

function parsed(body: Uint8Array): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (cause) {
    throw fail('pay.unavailable', { detail: 'the answer is no JSON', cause });
  }
}

/** The `Authorization` header of a request, over its method, path, timestamp, nonce and body. */
export function authorization(
  { merchantId, merchantSerial, privateKey }: Merchant,
  asked: { readonly method: string; readonly path: string; readonly body: string },
  timestamp: string,
  nonce: string,
): string {
  const signature = signRsa(signedLines(asked.method, asked.path, timestamp, nonce, asked.body), privateKey);
  return (
    `WECHATPAY2-SHA256-RSA2048 mchid="${merchantId}",nonce_str="${nonce}",timestamp="${timestamp}",` +
    `serial_no="${merchantSerial}",signature="${signature}"`
  );
}

type SendOptions = Omit<CallOptions, 'verify'>;

async function exchange(
  options: SendOptions,
  { method, path, body }: Omit<Asked, 'endpoint' | 'success'>,
  answerBytesMax?: number,
): Promise<OutsideResponse> {
  const { merchant, clock, ids, publicKeyId } = options;
  const text = body === null ? '' : JSON.stringify(body);
  const timestamp = String(Math.floor(clock.now() / SECOND_MS));
  try {
    return await options.send({
      method,
      url: `${options.baseUrl}${path}`,
      headers: {
        accept: 'application/json',
        'user-agent': USER_AGENT,
        authorization: authorization(merchant, { method, path, body: text }, timestamp, ids.secret(16)),
        ...(body === null ? {} : { 'content-type': 'application/json' }),
        ...(publicKeyId === null ? {} : { 'wechatpay-serial': publicKeyId }),
      },
      body: text,
      timeoutMs: options.timeoutMs,
      ...(answerBytesMax === undefined ? {} : { answerBytesMax }),
    });
  } catch (cause) {
    throw fail('pay.unavailable', { detail: 'no answer', cause });
  }
}

/** Too many calls: the status says so, whatever the body says. */
const TOO_MANY = 429;

/**
 * Calls once. Resolves with a verified answer that has the documented status, or is a refusal.
 * @throws pay.unavailable for everything else; the fate of the request is then unknown
 */
export async function callWechatPay(options: CallOptions, asked: Asked): Promise<Answered> {
  const answer = await exchange(options, asked);
  const { status } = answer;
  if (status >= 500) throw refusedBy(refusalOfBody(asked, answer, false));
  // It is used even when unsigned, because it only makes us slower.
  if (status === TOO_MANY) throw tooOften(refusalOfBody(asked, answer, false));
  try {
    await options.verify(answer.headers, answer.body);
  } catch (cause) {
    const unsigned = refusalOfBody(asked, answer, false);
    // A successful answer that cannot be verified: their key, or our copy of it, is a different one.
    const refusal =
      status < 300 ? { ...unsigned, code: 'UNVERIFIED', verdict: 'unknown' as const } : unsigned;
    throw refusedBy(refusal, 'pay.unavailable', cause);
  }
  const json = parsed(answer.body);
  if (status === asked.success) return { status, json, code: null, refusal: null };
  // For example, a closing is answered with 204; a 202 was accepted, but nothing is closed yet.
  if (status < 400) throw fail('pay.unavailable', { detail: `status ${status} is not ${asked.success}` });
  const refusal = refusalOfBody(asked, answer, true);
  return { status, json, code: refusal.code, refusal };
}

/** About two hundred thousand lines of a bill. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

/** Fetches a file. Its bytes are not signed, so the caller must check them. @throws pay.unavailable */
export async function downloadFromWechatPay(options: SendOptions, path: string): Promise<Uint8Array> {
  const { status, body } = await exchange(options, { method: 'GET', path, body: null }, FILE_BYTES_MAX);
  if (status !== 200) throw fail('pay.unavailable', { detail: `the file: status ${status}` });
  return body;
}
