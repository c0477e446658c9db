import { fail } from '../../shared/errors.ts';
import { callback } from '../../shared/function.ts';

/** Answers WeChat's check of the push URL: it echoes what WeChat sent, if the signature is WeChat's. */
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
