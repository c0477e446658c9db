/** Messages that WeChat pushes to a mini-program's server. Source: developers.weixin.qq.com, "消息推送". */
import * as z from 'zod';
import { fail } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Push, PushMessage } from '../../ports/push.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import { aesKeyOf, isSignature, openPush, pushSignature, sealPush } from './seal.ts';
import { readXml, writeXml } from './xml.ts';

/** The settings agreed with WeChat. */
export interface WechatPushConfig {
  readonly appid: string;
  readonly token: string;
  /**
   * 43 characters for the safe mode, in which unsealed messages are refused. Null for the plain mode, in which the
   * signature does not cover the content.
   */
  readonly encodingAesKey: string | null;
  readonly clock: Clock;
  readonly ids: Ids;
}

type Format = 'json' | 'xml';
type Words = Readonly<Record<string, unknown>>;

const Json = z.record(z.string(), z.unknown());
const Name = z.string().transform((name) => name.slice(0, 64));
/** An event has a name of its own; any other message has only its type. */
const Named = z.union([z.object({ Event: Name }), z.object({ MsgType: Name })]);

const TYPES = { json: 'application/json; charset=utf-8', xml: 'application/xml; charset=utf-8' } as const;

/** @throws notice.malformed */
function wordsOf(text: string): { readonly format: Format; readonly words: Words } {
  try {
    if (text.trimStart().startsWith('<')) return { format: 'xml', words: readXml(text) };
    return { format: 'json', words: Json.parse(JSON.parse(text)) };
  } catch (cause) {
    throw fail('notice.malformed', { cause });
  }
}

/** Makes the push port. */
export function wechatPush({ appid, token, encodingAesKey, clock, ids }: WechatPushConfig): Push {
  const key = encodingAesKey === null ? null : aesKeyOf(encodingAesKey);

  function checkPlain({ signature, timestamp = '', nonce = '' }: Readonly<Record<string, string>>): void {
    if (!isSignature(signature, [token, timestamp, nonce])) throw fail('notice.signature_invalid');
  }

  /** The content of a sealed message. The signature is checked before anything is opened. */
  function unsealed(sealingKey: Buffer, query: Readonly<Record<string, string>>, words: Words): Words {
    const { msg_signature: signature, timestamp = '', nonce = '' } = query;
    const { Encrypt: sealed } = words;
    if (typeof sealed !== 'string' || !isSignature(signature, [token, timestamp, nonce, sealed]))
      throw fail('notice.signature_invalid');
    let opened: ReturnType<typeof openPush>;
    try {
      opened = openPush(sealingKey, sealed);
    } catch (cause) {
      throw fail('notice.malformed', { cause });
    }
    if (opened.appid !== appid) throw fail('notice.signature_invalid', { detail: 'for another app' });
    return wordsOf(opened.text).words;
  }

  function replyTo(format: Format, nonce: string): PushMessage['reply'] {
    const written = (words: Readonly<Record<string, string | number>>) =>
      format === 'json' ? JSON.stringify(words) : writeXml(words);
    return (words) => {
      const contentType = TYPES[format];
      if (key === null) return { body: written(words), contentType };
      const sealed = sealPush(key, { text: written(words), appid, salt: ids.secret(12) });
      const timeStamp = Math.floor(clock.now() / SECOND_MS);
      const signature = pushSignature(token, String(timeStamp), nonce, sealed);
      const body = written({ Encrypt: sealed, MsgSignature: signature, TimeStamp: timeStamp, Nonce: nonce });
      return { body, contentType };
    };
  }

  return {
    check: (query) => {
      checkPlain(query);
      return query.echostr ?? '';
    },
    read: (query, rawBody) => {
      if (key === null) checkPlain(query);
      const { format, words: outer } = wordsOf(Buffer.from(rawBody).toString('utf8'));
      const words = key === null ? outer : unsealed(key, query, outer);
      const named = Named.safeParse(words);
      if (!named.success) throw fail('notice.malformed', { cause: named.error });
      return {
        event: 'Event' in named.data ? named.data.Event : named.data.MsgType,
        words,
        isSealed: key !== null,
        reply: replyTo(format, query.nonce ?? ''),
      };
    },
  };
}
