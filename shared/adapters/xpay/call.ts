/** One call of virtual payment's API, with an access token, and signed with the shop's key. */
import { fail } from '../../errors.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import { refusedBy } from '../http/codes.ts';
import type { CallWechat, WechatAnswer } from '../wechat/token.ts';
import { XPAY_CODES, type XpayPath, xpayCode } from './codes.ts';
import { paySignature } from './signature.ts';

/** Our identity at virtual payment, and how it is called. */
export interface XpayAccount {
  /** All digits. */
  readonly offerId: string;
  /** The key of that environment. */
  readonly appKey: string;
  /** 0 is the live environment, 1 the sandbox. */
  readonly env: 0 | 1;
  readonly call: CallWechat;
}

/** Calls virtual payment. A refusal is in the answer. @throws pay.unavailable when no clear answer came */
export type CallXpay = (path: XpayPath, words: Readonly<Record<string, unknown>>) => Promise<WechatAnswer>;

const WORDS = { platform: 'xpay', codeOf: xpayCode } as const;
/** A buyer waits for some of these calls. */
const TIMEOUT_MS = 3 * SECOND_MS;

/** The codes that the rail itself distinguishes. */
export const XPAY = {
  doneBefore: '268490004',
  generating: '268490011',
  batchRunning: '268490012',
  refundRunning: '268490014',
  leftFeeWrong: '268490016',
} as const;

/** The error for a refusal that the call does not handle, or for an answer that lacks a needed field. */
export function unclear(path: string, { refusal }: WechatAnswer): Error {
  return refusal === null
    ? fail('pay.unavailable', { detail: `${path}: the answer cannot be read` })
    : refusedBy(refusal);
}

/** Makes the calls of one account. `env` is added to each of them. */
export function xpayCalls({ appKey, env, call }: XpayAccount): CallXpay {
  return async (path, words) => {
    const body = JSON.stringify({ ...words, env });
    const query = { pay_sig: paySignature(appKey, path, body) };
    const asked = { ...WORDS, codes: XPAY_CODES[path], method: 'POST', path, query, body } as const;
    return call({ ...asked, timeoutMs: TIMEOUT_MS }).catch((cause: unknown) => {
      throw fail('pay.unavailable', { detail: `${path}: no clear answer`, cause });
    });
  };
}
