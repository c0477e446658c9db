import { inspect } from 'node:util';
import { sendTo } from '../../../local/simulators/exchange.ts';
import { serveSimulators } from '../../../local/simulators/serve.ts';
import type { WeixinFault } from '../../../local/simulators/wechat/faults.ts';
import { createWeixinSimulator, type WeixinSimulator } from '../../../local/simulators/wechat/simulator.ts';
import { httpSend } from '../../../shared/adapters/http/nodeRequest.ts';
import type { OutsideRequest, Send } from '../../../shared/adapters/http/request.ts';
import { wechatApi } from '../../../shared/adapters/wechat/api.ts';
import { chatOf, openData } from '../../../shared/adapters/wechat/openData.ts';
import { wechatCalls } from '../../../shared/adapters/wechat/token.ts';
import { codeOf } from '../../../shared/errors.ts';
import type { Wechat } from '../../../shared/ports/wechat.ts';
import { MINUTE_MS } from '../../../shared/schemas/base.ts';
import { type VirtualClock, virtualClock } from '../../support/clock.ts';
import { keys } from '../../support/keys.ts';
import { quiet } from '../../support/quiet.ts';
import { seeded } from '../../support/seeded.ts';

interface Opened {
  readonly wechat: Wechat;
  readonly simulator: WeixinSimulator;
  close(): Promise<void>;
}

/** Source: the sample that WeChat publishes with its library for decrypting (WXBizDataCrypt). */
const SAMPLE = {
  appid: 'wx4f4bc4dec97d474b',
  session_key: 'tiihtNczf5v6AKRyjwEUhQ==',
  iv: 'r7BXXKkLb8qrSNn05n0qiA==',
  encryptedData:
    'CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNPdbB+' +
    '3hVbJSRgv+4lGOETKUQz6OYStslQ142dNCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poOFtnEtpyxVLW1zAo6' +
    '/1Xx1COxFvrc2d7UL/lmHInNlxuacJXwu0fjpXfz/YqYzBIBzD6WUfTIF9GRHpOn/Hz7saL8xz+W//FRAUid1OksQaQx4CMs' +
    '8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/r7Z6xNrXd2UIeorGj5Ef7b1pJAYB6Y5anaHqZ9J6nKEBvB4DnNLIVWSgARns' +
    '/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7XjfhQlVsAJdNiKdYmYVoKlaRv85IfVunYzO0IKXsyl7JCUjCpoG' +
    '20f0a04COwfneQAGGwd5oa+T8yO5hzuyDb/XcxxmK01EpqOyuxINew==',
  plaintext_contains: {
    openId: 'oGZUI0egBJY1zhBYw2KhdUfwVJJE',
    watermark: { timestamp: 1477314187, appid: 'wx4f4bc4dec97d474b' },
  },
};

const BASE_URL = 'https://api.weixin.qq.com';

function apiOf(
  send: Send,
  changes: { baseUrl?: string; appid?: string; secret?: string; clock?: VirtualClock } = {},
): Wechat {
  const clock = virtualClock();
  const account = {
    appid: keys.appid,
    secret: keys.appSecret,
    baseUrl: BASE_URL,
    send,
    clock,
    log: quiet,
    ...changes,
  };
  return wechatApi({ ...account, call: wechatCalls(account) });
}

function openVirtual() {
  const clock = virtualClock();
  const simulator = createWeixinSimulator({ keys, clock, random: seeded(1) });
  const send = sendTo((request) => simulator.handle(request));
  return { clock, simulator, send, wechat: apiOf(send), close: async () => undefined };
}

async function openHttp(): Promise<Opened> {
  const served = await serveSimulators({ keys, port: 0, clockFactor: 1 });
  const wechat = apiOf(httpSend(), { baseUrl: served.url });
  return { wechat, simulator: served.weixin, close: () => served.close() };
}

/** A transport with this answer to every call. */
const answering =
  (body: string, status = 200): Send =>
  async () => ({ status, headers: { 'content-type': 'text/plain' }, body: Buffer.from(body) });

async function failure(call: Promise<unknown>): Promise<string | null> {
  return call.then(
    () => null,
    (caught) => codeOf(caught) ?? String(caught),
  );
}

describe('a phone number', () => {
  test('of a code is had once; a login code is none', async () => {
    const { wechat, simulator } = openVirtual();
    const { code } = simulator.phone.shareNumber('13800138000');
    const asked = { code, openid: simulator.openidOf('alice') };
    expect(await wechat.phoneNumber(asked)).toEqual({ number: '13800138000', countryCode: '86' });
    expect(await failure(wechat.phoneNumber(asked))).toBe('phone.code_invalid');
    const other = { ...asked, code: simulator.phone.login('alice').code };
    expect(await failure(wechat.phoneNumber(other))).toBe('phone.code_invalid');
  });

  const info = (changes: object) => ({
    errcode: 0,
    phone_info: {
      ...{ phoneNumber: '+8613800138000', purePhoneNumber: '13800138000', countryCode: '86' },
      ...{ watermark: { timestamp: 1, appid: keys.appid }, ...changes },
    },
  });
  const answered = async (json: object) => {
    const token = JSON.stringify({ access_token: 't'.repeat(40), expires_in: 7_200 });
    const send: Send = (request) =>
      answering(request.url.includes('/cgi-bin/') ? token : JSON.stringify(json))(request);
    return apiOf(send).phoneNumber({ code: 'c', openid: 'o' }).catch(codeOf);
  };

  test('the country comes as a text or as a number, and what is no number of ours is none', async () => {
    const told = { number: '13800138000', countryCode: '86' };
    expect([await answered(info({})), await answered(info({ countryCode: 86 }))]).toEqual([told, told]);
    for (const json of [
      info({ watermark: { timestamp: 1, appid: 'wx-other' } }),
      info({ purePhoneNumber: '' }),
      info({ purePhoneNumber: '138x' }),
      { errcode: 0 },
      { errcode: 40013, errmsg: 'invalid appid' },
    ]) {
      expect(await answered(json)).toBe('wechat.unavailable');
    }
  });
});

test('WeChat’s own sample of sealed data is read, and for another mini-program it is not', () => {
  const { appid, session_key: sessionKey, iv, encryptedData, plaintext_contains: inside } = SAMPLE;
  expect(openData(appid, { sessionKey, iv, encryptedData })).toMatchObject(inside);
  expect(openData('wx-other', { sessionKey, iv, encryptedData })).toBeNull();
  expect(chatOf(appid, { sessionKey, iv, encryptedData })).toBeNull();
});

function wechatSuite(name: string, open: () => Promise<Opened>): void {
  describe(name, () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    test('a code says who it is, with a session key of 16 bytes', async () => {
      const { code, openid } = opened.simulator.phone.login('alice');
      const session = await opened.wechat.codeToSession(code);
      expect(session).toEqual({ openid, unionid: null, sessionKey: expect.any(String) });
      expect(Buffer.from(session.sessionKey, 'base64')).toHaveLength(16);
      const bob = await opened.wechat.codeToSession(opened.simulator.phone.login('bob').code);
      expect(bob.openid).not.toBe(openid);
      expect(bob.sessionKey).not.toBe(session.sessionKey);
    });

    test('auth.code_invalid: a code that was used, that nobody made, or that is another query', async () => {
      const { code } = opened.simulator.phone.login('alice');
      await opened.wechat.codeToSession(code);
      for (const each of [code, 'nobody', '&js_code=alice-9#', '../x?', '登录'])
        expect(await failure(opened.wechat.codeToSession(each))).toBe('auth.code_invalid');
    });

    test('a session key is good until the same person logs in again', async () => {
      const first = await opened.wechat.codeToSession(opened.simulator.phone.login('carol').code);
      expect(await opened.wechat.checkSession(first)).toBe(true);
      const second = await opened.wechat.codeToSession(opened.simulator.phone.login('carol').code);
      expect(await opened.wechat.checkSession(first)).toBe(false);
      expect(await opened.wechat.checkSession(second)).toBe(true);
      opened.simulator.faults.next('busy');
      expect(await failure(opened.wechat.checkSession(second))).toBe('wechat.unavailable');
    });

    test('a chat is read with the key of its owner’s last login only, and says when it was sealed', async () => {
      const { simulator, wechat } = opened;
      expect(simulator.phone.enterFrom('dora', 'GtzQYAB-zvZ1')).toBeNull();
      const first = await wechat.codeToSession(simulator.phone.login('dora').code);
      const sealed = simulator.phone.enterFrom('dora', 'GtzQYAB-zvZ1');
      if (sealed === null) throw new Error('nothing was sealed');
      const read = wechat.openChat({ ...sealed, sessionKey: first.sessionKey });
      expect(read).toEqual({ openGid: 'GtzQYAB-zvZ1', atMs: expect.any(Number) });
      const second = await wechat.codeToSession(simulator.phone.login('dora').code);
      expect(wechat.openChat({ ...sealed, sessionKey: second.sessionKey })).toBeNull();
      for (const wrong of [{ iv: '' }, { encryptedData: 'AAAA' }, { sessionKey: 'short' }])
        expect(wechat.openChat({ ...sealed, sessionKey: first.sessionKey, ...wrong })).toBeNull();
    });

    const faults: readonly (readonly [string, WeixinFault])[] = [
      ['auth.login_blocked', 'blocked'],
      ['request.too_many', 'rateLimited'],
      ['wechat.unavailable', 'busy'],
      ['wechat.unavailable', 'serverError'],
      ['wechat.unavailable', 'requestLost'],
      ['wechat.unavailable', 'answerLost'],
    ];
    test.each(faults)('%s: %s', async (code, fault) => {
      opened.simulator.faults.next(fault);
      const login = opened.simulator.phone.login('alice');
      expect(await failure(opened.wechat.codeToSession(login.code))).toBe(code);
      const isUsedUp = fault === 'answerLost';
      expect(await failure(opened.wechat.codeToSession(login.code))).toBe(
        isUsedUp ? 'auth.code_invalid' : null,
      );
    });
  });
}

wechatSuite('WeChat, simulated in this process', async () => openVirtual());
wechatSuite('WeChat, simulated behind a port', openHttp);

test('auth.code_invalid: a code is good for five minutes', async () => {
  const { clock, simulator, wechat } = openVirtual();
  const early = simulator.phone.login('alice');
  const late = simulator.phone.login('alice');
  clock.advance(5 * MINUTE_MS - 1);
  expect(await failure(wechat.codeToSession(early.code))).toBeNull();
  clock.advance(1);
  expect(await failure(wechat.codeToSession(late.code))).toBe('auth.code_invalid');
});

test('wechat.unavailable: who is down is left alone for ten seconds; wrong codes are no sign of that', async () => {
  const { clock, simulator, send } = openVirtual();
  let sent = 0;
  let isDown = false;
  const counted: Send = async (request) => {
    sent += 1;
    if (isDown) throw new Error('no answer');
    return send(request);
  };
  const wechat = apiOf(counted, { clock });
  for (let n = 0; n < 40; n += 1)
    expect(await failure(wechat.codeToSession('nobody'))).toBe('auth.code_invalid');
  clock.advance(10_000);
  isDown = true;
  for (let n = 0; n < 20; n += 1) await failure(wechat.codeToSession('nobody'));
  const before = sent;
  expect(await failure(wechat.codeToSession('nobody'))).toBe('wechat.unavailable');
  expect(sent).toBe(before);
  isDown = false;
  clock.advance(10_000);
  expect(await failure(wechat.codeToSession(simulator.phone.login('alice').code))).toBeNull();
});

test('who is known to more than one app has a unionid', async () => {
  const session = {
    openid: 'o1',
    session_key: Buffer.alloc(16).toString('base64'),
    unionid: 'u1',
    errcode: 0,
  };
  await expect(apiOf(answering(JSON.stringify(session))).codeToSession('c')).resolves.toMatchObject({
    openid: 'o1',
    unionid: 'u1',
  });
});

test.each([
  [40029, 'auth.code_invalid'],
  [40163, 'auth.code_invalid'],
  [40226, 'auth.login_blocked'],
  [45011, 'request.too_many'],
  [-1, 'wechat.unavailable'],
  [40013, 'wechat.unavailable'],
  [40125, 'wechat.unavailable'],
  [41004, 'wechat.unavailable'],
  [99999, 'wechat.unavailable'],
])('errcode %d is %s', async (errcode, code) => {
  const body = JSON.stringify({ errcode, errmsg: 'x', openid: 'o1', session_key: 'k'.repeat(24) });
  expect(await failure(apiOf(answering(body)).codeToSession('c'))).toBe(code);
});

test.each([
  ['no JSON', answering('<html>')],
  ['nothing', answering('')],
  ['null', answering('null')],
  ['no openid', answering(JSON.stringify({ session_key: 'k'.repeat(24) }))],
  ['no session key', answering(JSON.stringify({ openid: 'o1' }))],
  ['a status that is not 200', answering(JSON.stringify({ openid: 'o1', session_key: 'k'.repeat(24) }), 302)],
])('wechat.unavailable: %s', async (_, send) => {
  expect(await failure(apiOf(send).codeToSession('c'))).toBe('wechat.unavailable');
});

test.each([['appid'], ['secret']])(
  'wechat.unavailable: a wrong %s is ours, not the learner’s fault',
  async (field) => {
    const { send, simulator } = openVirtual();
    const wrong = apiOf(send, { [field]: 'wrong' });
    expect(await failure(wrong.codeToSession(simulator.phone.login('alice').code))).toBe(
      'wechat.unavailable',
    );
  },
);

test('a login waits two seconds at most, and asks once', async () => {
  const asked: OutsideRequest[] = [];
  const send: Send = async (request) => {
    asked.push(request);
    throw new Error(`no answer from ${request.url}`);
  };
  const caught: unknown = await apiOf(send)
    .codeToSession('a b&c')
    .catch((error: unknown) => error);
  expect(codeOf(caught)).toBe('wechat.unavailable');
  expect(asked.map(({ method, timeoutMs }) => [method, timeoutMs])).toEqual([['GET', 2_000]]);
  expect(asked[0]?.url).toContain('js_code=a+b%26c&grant_type=authorization_code');
  // The URL contains our secret, which must not get out with the error.
  expect(inspect(caught, { depth: null })).not.toContain(keys.appSecret);
});
