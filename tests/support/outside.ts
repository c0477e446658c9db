import { fail } from '../../shared/errors.ts';
import type { Clock, Ids, Pay, Wechat } from '../../shared/ports.ts';
import type { VirtualClock } from './clock.ts';

// Temporary, until the simulators are there.
export function outside(_given: {
  clock: VirtualClock & Clock;
  random: () => number;
  ids: Ids;
  notify: unknown;
}) {
  let codes = 0;
  const unavailable = async (): Promise<never> => {
    throw fail('pay.unavailable');
  };
  const wechat: Wechat = {
    codeToSession: async (code) => ({
      openid: `o${Buffer.from(code.replace(/-\d+$/, '')).toString('base64url').padEnd(27, '0').slice(0, 27)}`,
      unionid: null,
      sessionKey: Buffer.alloc(16).toString('base64'),
    }),
  };
  const pay: Pay = {
    abilities: { mayClose: true, mayRefund: true },
    merchant: { appid: 'wx0000000000000001', merchantId: '1900000001' },
    open: unavailable,
    requestPayment: () => {
      throw fail('pay.unavailable');
    },
    query: unavailable,
    close: unavailable,
    refund: unavailable,
    queryRefund: unavailable,
    readNotice: unavailable,
  };
  const codeOf = (name: string): string => {
    codes += 1;
    return `${name}-${codes}`;
  };
  return { wechat, pay, codeOf, weixin: null as never, wechatPay: null as never };
}
