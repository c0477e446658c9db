import { fail } from '../../shared/errors.ts';
import { callback } from '../../shared/function.ts';

/** Answers WeChat's check of the address that it is to push to: with what it sent, when it was WeChat who sent it. */
export const checkWechatPush = callback(
  {
    route: 'GET /api/wechat/push',
    caller: 'WeChat',
    errors: ['notice.signature_invalid', 'route.not_found'],
    bodyBytesMax: 1024,
    reads: { query: ['signature', 'timestamp', 'nonce', 'echostr'] },
    takes: [],
    answers: ['text/plain'],
  },
  async ({ query, ports }) => {
    if (ports.push === null) throw fail('route.not_found');
    return { status: 200, body: ports.push.check(query), contentType: 'text/plain; charset=utf-8' };
  },
);
