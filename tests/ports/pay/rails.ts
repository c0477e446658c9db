import { createServer } from 'node:http';
import { sendTo } from '../../../local/simulators/exchange.ts';
import { serveSimulators } from '../../../local/simulators/serve.ts';
import {
  createWechatPaySimulator,
  type WechatPaySimulator,
} from '../../../local/simulators/wxpay/simulator.ts';
import { httpSend } from '../../../shared/adapters/http/nodeRequest.ts';
import type { OutsideResponse } from '../../../shared/adapters/http/request.ts';
import { systemClock } from '../../../shared/adapters/process/clock.ts';
import { systemIds } from '../../../shared/adapters/process/ids.ts';
import { type WechatPayConfig, wechatPay } from '../../../shared/adapters/wxpay/rail.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { PayNotice, WxpayRail } from '../../../shared/ports/wxpay.ts';
import { endlessTurn, type VirtualClock, virtualClock } from '../../support/clock.ts';
import { seededIds } from '../../support/ids.ts';
import { keys } from '../../support/keys.ts';
import { quiet } from '../../support/quiet.ts';
import { seeded } from '../../support/seeded.ts';

/** A rail that a suite can pay by. */
export interface Rail {
  readonly pay: WxpayRail;
  readonly simulator: WechatPaySimulator;
  readonly clock: Clock;
  /** The next notice that the port accepted, in the order of arrival. */
  nextNotice(): Promise<PayNotice>;
  close(): Promise<void>;
}

/** A rail in this process, in virtual time. */
export interface VirtualRail extends Rail {
  readonly clock: VirtualClock;
  /** Every call that reached the outside, with its URL and its timeout. */
  readonly calls: { readonly url: string; readonly timeoutMs: number }[];
  /** Stands between the simulator and the adapter: the adapter gets what this returns. */
  tamper: (answer: OutsideResponse) => OutsideResponse;
}

export const NOTIFY_URL = 'https://api.example.com/api/pay/notify';
export const BASE_URL = 'https://api.mch.weixin.qq.com';

/** The keys that the merchant has. */
export const merchantConfig = {
  appid: keys.appid,
  merchantId: keys.merchantId,
  merchantSerial: keys.merchantSerial,
  merchantPrivateKeyPem: keys.merchantPrivateKeyPem,
  apiV3Keys: [keys.apiV3Key],
  publicKeys: [{ id: keys.publicKeyId, pem: keys.publicKeyPem }],
  baseUrl: BASE_URL,
  backupBaseUrl: null,
  notifyUrl: NOTIFY_URL,
  loop: endlessTurn,
} as const satisfies Partial<WechatPayConfig>;

/** Opens a rail in this process, with its adapter configured as given. */
export function openVirtualRail(changes: Partial<WechatPayConfig> = {}): VirtualRail {
  const clock = virtualClock();
  const random = seeded(1);
  const notices: PayNotice[] = [];
  const calls: { url: string; timeoutMs: number }[] = [];
  const simulator = createWechatPaySimulator({
    keys,
    clock,
    random,
    schedule: clock.schedule,
    deliver: async ({ headers, body }) => {
      const notice = await pay.readNotice(headers, Buffer.from(body)).catch(() => null);
      if (notice !== null) notices.push(notice);
      return { status: notice === null ? 401 : 200, headers: {}, body: Buffer.alloc(0) };
    },
  });
  const reach = sendTo((request) => simulator.handle(request));
  const pay = wechatPay({
    ...merchantConfig,
    clock,
    log: quiet,
    ids: seededIds(clock, random),
    send: async (request) => {
      calls.push({ url: request.url, timeoutMs: request.timeoutMs });
      return rail.tamper(await reach(request));
    },
    ...changes,
  });
  const rail: VirtualRail = {
    pay,
    simulator,
    clock,
    calls,
    tamper: (answer) => answer,
    nextNotice: async () => {
      for (;;) {
        const notice = notices.shift();
        if (notice !== undefined) return notice;
        const nextAtMs = clock.nextAtMs();
        if (nextAtMs === null) throw new Error('no notice is on its way');
        clock.advance(Math.max(0, nextAtMs - clock.now()));
        await clock.runDue();
      }
    },
    close: async () => undefined,
  };
  return rail;
}

/** Opens a rail behind a real port, with another real port for its notices. */
export async function openHttpRail(): Promise<Rail> {
  const waiting: ((notice: PayNotice) => void)[] = [];
  const arrived: PayNotice[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
      pay.readNotice(headers, Buffer.concat(chunks)).then(
        (notice) => {
          response.writeHead(200).end();
          const next = waiting.shift();
          if (next === undefined) arrived.push(notice);
          else next(notice);
        },
        () => response.writeHead(401).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const served = await serveSimulators({ keys, port: 0, clockFactor: 10_000 });
  const pay = wechatPay({
    ...merchantConfig,
    baseUrl: served.url,
    notifyUrl: `http://127.0.0.1:${port}/api/pay/notify`,
    send: httpSend(),
    clock: systemClock,
    log: quiet,
    ids: systemIds(systemClock),
  });
  return {
    pay,
    simulator: served.wechatPay,
    clock: systemClock,
    nextNotice: () =>
      new Promise((resolve) => {
        const notice = arrived.shift();
        if (notice === undefined) waiting.push(resolve);
        else resolve(notice);
      }),
    close: async () => {
      await served.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}
