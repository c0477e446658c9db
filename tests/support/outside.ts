import { sendTo } from '../../local/simulators/exchange.ts';
import { SafetyCheck } from '../../local/simulators/wechat/safety.ts';
import { createWeixinSimulator, type WeixinSimulator } from '../../local/simulators/wechat/simulator.ts';
import { createWechatPaySimulator, type WechatPaySimulator } from '../../local/simulators/wxpay/simulator.ts';
import { createXpaySimulator, type XpaySimulator } from '../../local/simulators/xpay/simulator.ts';
import type { Send } from '../../shared/adapters/http/request.ts';
import { wechatApi } from '../../shared/adapters/wechat/api.ts';
import { wechatMessages } from '../../shared/adapters/wechat/messages.ts';
import { wechatPush } from '../../shared/adapters/wechat/push.ts';
import { wechatSafety } from '../../shared/adapters/wechat/safety.ts';
import { wechatCalls } from '../../shared/adapters/wechat/token.ts';
import { wechatPay as payAdapter } from '../../shared/adapters/wxpay/rail.ts';
import { xpay as xpayAdapter } from '../../shared/adapters/xpay/rail.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Messages } from '../../shared/ports/messages.ts';
import type { Rails } from '../../shared/ports/ports.ts';
import type { Push } from '../../shared/ports/push.ts';
import type { Safety } from '../../shared/ports/safety.ts';
import type { Wechat } from '../../shared/ports/wechat.ts';
import { endlessTurn, type VirtualClock } from './clock.ts';
import { keys } from './keys.ts';

/** The URL to which simulated WeChat Pay sends its notices. */
export const NOTIFY_URL = 'https://api.example.com/api/pay/notify';
/** The URL to which simulated WeChat pushes. */
export const PUSH_URL = 'https://api.example.com/api/wechat/push';

/** The simulated outside of a world, and the real adapters that talk to it. */
export interface Outside {
  /** Simulated WeChat Pay: its faults, its phone, and its books as the oracle. */
  readonly wechatPay: WechatPaySimulator;
  /** Simulated api.weixin.qq.com. */
  readonly weixin: WeixinSimulator;
  /** Simulated virtual payment: its faults, its phone, Apple, its pushes, and its books as the oracle. */
  readonly xpay: XpaySimulator;
  readonly wechat: Wechat;
  readonly safety: Safety;
  readonly messages: Messages;
  readonly rails: Rails;
  readonly push: Push;
}

/**
 * Puts WeChat, WeChat Pay and virtual payment around a world. Notices and pushes are sent when the clock's jobs run,
 * and arrive through `deliver`.
 */
export function outside(given: {
  readonly clock: VirtualClock;
  readonly random: () => number;
  readonly ids: Ids;
  readonly deliver: Send;
  readonly log: Log;
}): Outside {
  const { clock, random, ids, deliver, log } = given;
  const weixin = createWeixinSimulator({ keys, clock, random });
  const schedule = clock.schedule;
  const wechatPay = createWechatPaySimulator({ keys, clock, random, schedule, deliver });
  const xpay = createXpaySimulator({ keys, clock, random, schedule, deliver, weixin, pushUrl: PUSH_URL });
  weixin.safety = new SafetyCheck({ clock, random, schedule, weixin, push: xpay.push, fetch: deliver });
  const account = {
    appid: keys.appid,
    secret: keys.appSecret,
    baseUrl: 'https://api.weixin.qq.com',
    send: sendTo((request) => (request.path.startsWith('/xpay/') ? xpay : weixin).handle(request)),
    clock,
    log,
  };
  const pause = async (ms: number) => clock.advance(ms);
  const call = wechatCalls(account);
  const wechat = wechatApi({ ...account, call });
  const wxpay = payAdapter({
    appid: keys.appid,
    merchantId: keys.merchantId,
    merchantSerial: keys.merchantSerial,
    merchantPrivateKeyPem: keys.merchantPrivateKeyPem,
    apiV3Keys: [keys.apiV3Key],
    publicKeys: [{ id: keys.publicKeyId, pem: keys.publicKeyPem }],
    baseUrl: 'https://api.mch.weixin.qq.com',
    backupBaseUrl: null,
    notifyUrl: NOTIFY_URL,
    send: sendTo((request) => wechatPay.handle(request)),
    clock,
    log,
    ids,
    loop: endlessTurn,
  });
  const shop = { appid: keys.appid, offerId: keys.xpayOfferId, appKey: keys.xpayAppKey, env: 0 } as const;
  const push = wechatPush({
    appid: keys.appid,
    tokens: [keys.pushToken],
    encodingAesKeys: [keys.pushAesKey],
    clock,
    ids,
  });
  return {
    weixin,
    wechatPay,
    xpay,
    wechat,
    safety: wechatSafety(call),
    messages: wechatMessages(call),
    rails: {
      wxpay,
      xpay: xpayAdapter({
        ...shop,
        call,
        send: account.send,
        listOrigins: [account.baseUrl],
        pause,
        loop: endlessTurn,
      }),
    },
    push,
  };
}
