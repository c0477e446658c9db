/** One call of virtual payment's API: with an access token, and signed with the shop's key. */
import { fail } from '../../errors.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import type { CallWechat, WechatAnswer } from '../wechat/token.ts';
import { paySignature } from './signature.ts';

/** Who we are to virtual payment, and how it is called. */
export interface XpayAccount {
  /** All digits. */
  readonly offerId: string;
  /** The key of that environment. */
  readonly appKey: string;
  /** 0 is the live environment, 1 the sandbox. */
  readonly env: 0 | 1;
  readonly call: CallWechat;
}

/** Asks virtual payment. What it refuses is in the answer's `errcode`. @throws pay.unavailable when no clear answer came */
export type CallXpay = (path: string, words: Readonly<Record<string, unknown>>) => Promise<WechatAnswer>;

/** A buyer waits for some of these calls. */
const TIMEOUT_MS = 3 * SECOND_MS;

/** The system is busy, the call is not understood to be ours, or there were too many: nothing about what was asked. */
const UNCLEAR: readonly number[] = [-1, 45009, 45011, 48001, 268490003, 268490015];

/** Virtual payment's words for what became of a call. */
export const XPAY = {
  done: 0,
  /** Also what is said of an order that it does not know. */
  wordsWrong: 268490002,
  doneBefore: 268490004,
  generating: 268490011,
  batchRunning: 268490012,
  notRefundable: 268490013,
  refundRunning: 268490014,
  leftFeeWrong: 268490016,
} as const;

/** What was not expected. */
export function unclear(path: string, { errcode, json }: WechatAnswer): Error {
  const said = typeof json.errmsg === 'string' ? json.errmsg.slice(0, 200) : '';
  return fail('pay.unavailable', { detail: `${path} ${errcode} ${said}` });
}

/** Makes the calls of one account. `env` is added to every one of them. */
export function xpayCalls({ appKey, env, call }: XpayAccount): CallXpay {
  return async (path, words) => {
    const body = JSON.stringify({ ...words, env });
    const query = { pay_sig: paySignature(appKey, path, body) };
    const answer = await call({ method: 'POST', path, query, body, timeoutMs: TIMEOUT_MS }).catch(
      (cause: unknown) => {
        throw fail('pay.unavailable', { detail: `${path}: no clear answer`, cause });
      },
    );
    if (UNCLEAR.includes(answer.errcode)) throw unclear(path, answer);
    return answer;
  };
}
