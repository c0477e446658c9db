/** WeChat's messages. Source: developers.weixin.qq.com, "发送订阅消息". */
import * as z from 'zod';
import type { Messages } from '../../ports/messages.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import { refusedBy } from '../http/codes.ts';
import { MESSAGE_CODES } from './codes.ts';
import type { CallWechat } from './token.ts';

const PATH = '/cgi-bin/message/subscribe/send';
const TIMEOUT_MS = 3 * SECOND_MS;

/** The number of a message: not documented, sent since some time, and larger than a number of JSON is exact. */
const Taken = z.object({
  msgid: z.union([z.string(), z.number()]).transform(String).pipe(z.string().max(32)),
});

const BECAUSE: ReadonlyMap<string, 'values' | 'template' | 'person'> = new Map([
  ['47003', 'values'],
  ['40037', 'template'],
  ['41030', 'template'],
  ['40003', 'person'],
]);

/** WeChat's messages as the port. `call` belongs to the mini-program that sends. */
export function wechatMessages(call: CallWechat): Messages {
  return {
    send: async ({ openid, templateId, page, data }) => {
      const values = Object.entries(data).map(([field, value]) => [field, { value }]);
      const words = {
        ...{ touser: openid, template_id: templateId, page, lang: 'zh_CN' },
        data: Object.fromEntries(values),
      };
      const { refusal, json } = await call({
        platform: 'wechat',
        codes: MESSAGE_CODES,
        method: 'POST',
        path: PATH,
        body: JSON.stringify(words),
        timeoutMs: TIMEOUT_MS,
      });
      if (refusal === null) {
        const taken = Taken.safeParse(json);
        return { outcome: 'sent', number: taken.success ? taken.data.msgid : null };
      }
      const { code } = refusal;
      if (code === '43101') return { outcome: 'refused', code };
      const because = BECAUSE.get(code);
      if (because === undefined) throw refusedBy(refusal, 'wechat.unavailable');
      return { outcome: 'failed', because, code, words: refusal.words };
    },
  };
}
