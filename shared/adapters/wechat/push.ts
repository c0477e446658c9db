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
  /** One, or two while it is changed. */
  readonly tokens: readonly string[];
  /**
   * 43 characters for the safe mode, in which unsealed messages are refused: one, or two while it is changed. None for
   * the plain mode, in which the signature does not cover the content.
   */
  readonly encodingAesKeys: readonly string[];
  readonly clock: Clock;
  readonly ids: Ids;
}

type Format = 'json' | 'xml';
type Words = Readonly<Record<string, unknown>>;

/** The token and the key of a sealed message. */
interface Seal {
  readonly token: string;
  readonly key: Buffer;
}

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
export function wechatPush({ appid, tokens, encodingAesKeys, clock, ids }: WechatPushConfig): Push {
  const keys = encodingAesKeys.map(aesKeyOf);

  /** The token that signed these texts. @throws notice.signature_invalid */
  function tokenOf(signature: string | undefined, texts: readonly string[]): string {
    const token = tokens.find((each) => isSignature(signature, [each, ...texts]));
    if (token === undefined) throw fail('notice.signature_invalid');
    return token;
  }

  function checkPlain({ signature, timestamp = '', nonce = '' }: Readonly<Record<string, string>>): void {
    tokenOf(signature, [timestamp, nonce]);
  }

  /** The sealed content, and the key that opens it. @throws notice.malformed, notice.signature_invalid */
  function openedBy(sealed: string): { readonly key: Buffer; readonly text: string } {
    let failure: unknown = null;
    for (const key of keys) {
      try {
        const { appid: own, text } = openPush(key, sealed);
        if (own === appid) return { key, text };
        failure ??= fail('notice.signature_invalid', { detail: 'for another app' });
      } catch (cause) {
        failure ??= fail('notice.malformed', { cause });
      }
    }
    throw failure;
  }

  /** The content of a sealed message. The signature is checked before anything is opened. */
  function unsealed(
    query: Readonly<Record<string, string>>,
    words: Words,
  ): { readonly words: Words; readonly seal: Seal } {
    const { msg_signature: signature, timestamp = '', nonce = '' } = query;
    const { Encrypt: sealed } = words;
    if (typeof sealed !== 'string') throw fail('notice.signature_invalid');
    const token = tokenOf(signature, [timestamp, nonce, sealed]);
    const { key, text } = openedBy(sealed);
    return { words: wordsOf(text).words, seal: { token, key } };
  }

  /** An answer is sealed and signed as its question was. */
  function replyTo(format: Format, nonce: string, seal: Seal | null): PushMessage['reply'] {
    const written = (words: Readonly<Record<string, string | number>>) =>
      format === 'json' ? JSON.stringify(words) : writeXml(words);
    return (words) => {
      const contentType = TYPES[format];
      if (seal === null) return { body: written(words), contentType };
      const { token, key } = seal;
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
      const isSealed = keys.length > 0;
      if (!isSealed) checkPlain(query);
      const { format, words: outer } = wordsOf(Buffer.from(rawBody).toString('utf8'));
      const { words, seal } = isSealed ? unsealed(query, outer) : { words: outer, seal: null };
      const named = Named.safeParse(words);
      if (!named.success) throw fail('notice.malformed', { cause: named.error });
      return {
        event: 'Event' in named.data ? named.data.Event : named.data.MsgType,
        words,
        isSealed,
        reply: replyTo(format, query.nonce ?? '', seal),
      };
    },
  };
}
