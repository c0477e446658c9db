/** WeChat's check of texts and media. Source: developers.weixin.qq.com, "文本内容安全识别", "多媒体内容安全识别". */
import * as z from 'zod';
import { fail, type Refusal } from '../../errors.ts';
import type { Safety, Unchecked } from '../../ports/safety.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import { refusedBy } from '../http/codes.ts';
import { SAFETY_CODES } from './codes.ts';
import type { CallWechat } from './token.ts';

const TIMEOUT_MS = 3 * SECOND_MS;
const VERSION = 2;
const PATHS = { text: '/wxa/msg_sec_check', media: '/wxa/media_check_async' } as const;

const TraceId = z.string().regex(/^[\x21-\x7e]{1,64}$/);
const CheckedText = z.object({
  trace_id: TraceId,
  result: z.object({ suggest: z.enum(['pass', 'review', 'risky']), label: z.int().min(0) }),
});
const TakenMedia = z.object({ trace_id: TraceId });

/** @throws wechat.unavailable when it has to be asked again */
function uncheckedBy(refusal: Refusal): Unchecked {
  if (refusal.verdict !== 'refused') throw refusedBy(refusal, 'wechat.unavailable');
  return { suggest: 'unchecked', code: refusal.code, traceId: null };
}

/** WeChat's check as the port. `call` belongs to the mini-program whose users write. */
export function wechatSafety(call: CallWechat): Safety {
  const ask = (path: string, words: object) =>
    call({
      platform: 'wechat',
      codes: SAFETY_CODES,
      method: 'POST',
      path,
      body: JSON.stringify({ version: VERSION, ...words }),
      timeoutMs: TIMEOUT_MS,
    });

  return {
    checkText: async ({ openid, scene, content, nickname, title }) => {
      const { refusal, json } = await ask(PATHS.text, { openid, scene, content, nickname, title });
      if (refusal !== null) return uncheckedBy(refusal);
      const read = CheckedText.safeParse(json);
      if (!read.success) throw fail('wechat.unavailable', { detail: `${PATHS.text}: no verdict` });
      const { trace_id: traceId, result } = read.data;
      return { ...result, traceId };
    },
    checkMedia: async ({ openid, scene, mediaType, url }) => {
      const words = { openid, scene, media_type: mediaType, media_url: url };
      const { refusal, json } = await ask(PATHS.media, words);
      if (refusal !== null) return uncheckedBy(refusal);
      const read = TakenMedia.safeParse(json);
      if (!read.success) throw fail('wechat.unavailable', { detail: `${PATHS.media}: no trace id` });
      return { traceId: read.data.trace_id };
    },
  };
}
