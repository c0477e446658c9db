/**
 * What WeChat seals for a mini-program with a user's session key: JSON under AES-128-CBC, with a watermark in it.
 * Source: developers.weixin.qq.com, "服务端获取开放数据", "wx.getGroupEnterInfo".
 */
import { createDecipheriv } from 'node:crypto';
import * as z from 'zod';
import type { WechatChat } from '../../ports/wechat.ts';
import { OpenGid, SECOND_MS, timeMs } from '../../schemas/base.ts';

/** Sealed data, and the key of the user's login. All three are base64. */
interface SealedData {
  readonly encryptedData: string;
  readonly iv: string;
  readonly sessionKey: string;
}

const Watermarked = z.looseObject({
  watermark: z.object({ appid: z.string(), timestamp: z.int().min(0).max(9_999_999_999) }),
});

/** WeChat's documents write the field in both ways. */
const Chat = z.object({ opengid: OpenGid.optional(), openGId: OpenGid.optional() });

/** What was sealed with this session key for this mini-program; null for anything else. */
export function openData(
  appid: string,
  { encryptedData, iv, sessionKey }: SealedData,
): z.infer<typeof Watermarked> | null {
  try {
    const decipher = createDecipheriv(
      'aes-128-cbc',
      Buffer.from(sessionKey, 'base64'),
      Buffer.from(iv, 'base64'),
    );
    const text = decipher.update(encryptedData, 'base64', 'utf8') + decipher.final('utf8');
    const data = Watermarked.parse(JSON.parse(text));
    return data.watermark.appid === appid ? data : null;
  } catch {
    return null;
  }
}

/** The chat in sealed data; null when it has none, or was not sealed with this key for this mini-program. */
export function chatOf(appid: string, sealed: SealedData): WechatChat | null {
  const data = openData(appid, sealed);
  const { opengid, openGId } = Chat.safeParse(data).data ?? {};
  const openGid = opengid ?? openGId;
  if (data === null || openGid === undefined) return null;
  return { openGid, atMs: timeMs(data.watermark.timestamp * SECOND_MS) };
}
