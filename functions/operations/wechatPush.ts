import { fail } from '../../shared/errors.ts';
import { answerPush } from '../../shared/flows/operations/answerPush.ts';
import { countUnknown } from '../../shared/flows/operations/countUnknown.ts';
import { callback } from '../../shared/function.ts';

/**
 * Takes WeChat's pushes to the mini-program's server: deliveries to make, refunds, complaints, Apple's questions, and
 * verdicts of pictures and sounds.
 *
 * A push is never trusted about money: the rail is asked instead. The push is answered after the commit, and WeChat
 * repeats a push that was not accepted. Repeats change nothing. A push of an unknown kind is logged and accepted.
 */
export const wechatPush = callback(
  {
    route: 'POST /api/wechat/push',
    caller: 'WeChat',
    errors: ['notice.signature_invalid', 'notice.malformed', 'pay.unavailable', 'route.not_found'],
    bodyBytesMax: 64 * 1024,
    reads: { query: ['signature', 'msg_signature', 'timestamp', 'nonce'] },
    takes: ['application/json', 'text/xml'],
    answers: ['text/plain', 'application/json', 'application/xml'],
  },
  async ({ query, rawBody, now, ports, requestId }) => {
    if (ports.push === null) throw fail('route.not_found');
    const message = ports.push.read(query, rawBody);
    const words = await answerPush(ports, message, { now, requestId });
    if (words === null) await countUnknown(ports, 'wechat', message.event);
    const taken = { body: 'success', contentType: 'text/plain; charset=utf-8' };
    return { status: 200, ...(words === null ? taken : message.reply(words)) };
  },
);
