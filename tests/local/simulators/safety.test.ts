import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveSimulators } from '../../../local/simulators/serve.ts';
import { MessagePush } from '../../../local/simulators/wechat/push.ts';
import {
  judge,
  PLANTED_LABELS,
  PLANTED_PEOPLE,
  SafetyCheck,
} from '../../../local/simulators/wechat/safety.ts';
import { openMessage } from '../../../local/simulators/wechat/seal.ts';
import { createWeixinSimulator, type WeixinSimulator } from '../../../local/simulators/wechat/simulator.ts';
import { httpSend } from '../../../shared/adapters/http/nodeRequest.ts';
import type { OutsideRequest } from '../../../shared/adapters/http/request.ts';
import { readXml } from '../../../shared/adapters/wechat/xml.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/schemas/base.ts';
import { type VirtualClock, virtualClock } from '../../support/clock.ts';
import { keys } from '../../support/keys.ts';
import { seeded } from '../../support/seeded.ts';

const PUSH_URL = 'https://api.example.com/api/wechat/push';
const FILE_URL = 'https://api.example.com/api/checked-media/t1';

let clock: VirtualClock;
let weixin: WeixinSimulator;
let push: MessagePush;
let safety: SafetyCheck;
/** What the shop's server was asked, and the file that it has; null for none. */
let fetched: OutsideRequest[];
let file: string | Uint8Array | null;
let pushed: Record<string, unknown>[];
let openid: string;

beforeEach(() => {
  clock = virtualClock();
  fetched = [];
  file = 'a picture';
  pushed = [];
  const random = seeded(3);
  weixin = createWeixinSimulator({ keys, clock, random });
  const { schedule } = clock;
  const well = { status: 200, headers: {}, body: Buffer.from('success') };
  push = new MessagePush({
    ...{ keys, clock, random, schedule, url: PUSH_URL, clockFactor: 1 },
    deliver: async ({ body }) => {
      const isXml = body.startsWith('<');
      const { Encrypt } = isXml ? readXml(body) : JSON.parse(body);
      const text = openMessage(Encrypt, { aesKey: keys.pushAesKey, appid: keys.appid }) ?? '';
      pushed.push(isXml ? readXml(text) : JSON.parse(text));
      return well;
    },
  });
  safety = new SafetyCheck({
    ...{ clock, random, schedule, weixin, push },
    fetch: async (request) => {
      fetched.push(request);
      return file === null ? { ...well, status: 404 } : { ...well, body: Buffer.from(file) };
    },
  });
  openid = weixin.openidOf('alice');
});

const text = (changes: object = {}) =>
  safety.checkText({ version: 2, openid, scene: 2, content: '你好', ...changes });
const media = (changes: object = {}) =>
  safety.checkMedia({ version: 2, openid, scene: 2, media_type: 2, media_url: FILE_URL, ...changes });

/** Lets time pass, from one job to the next. */
async function pass(ms: number): Promise<void> {
  const untilAtMs = clock.now() + ms;
  for (;;) {
    await clock.runDue();
    const nextAtMs = clock.nextAtMs();
    if (nextAtMs === null || nextAtMs > untilAtMs) break;
    clock.advance(Math.max(0, nextAtMs - clock.now()));
  }
  clock.advance(untilAtMs - clock.now());
}

describe('a text', () => {
  test.each<[string, string, number]>([
    ['你好', 'pass', 100],
    ['这是违规', 'risky', 20006],
    ['这里存疑，请看', 'review', 20006],
    ['存疑，又违规低俗', 'risky', 20012],
    ['存疑其他', 'review', 21000],
    ...Object.entries(PLANTED_LABELS).map(
      ([kind, label]) => [`违规${kind}`, 'risky', label] as [string, string, number],
    ),
  ])('%s: %s', (content, suggest, label) => {
    expect(text({ content })).toMatchObject({
      errcode: 0,
      trace_id: expect.any(String),
      result: { suggest, label },
    });
    expect(judge(content)).toEqual({ suggest, label });
  });

  test.each(['nickname', 'title', 'signature'])('is judged with its %s', (field) => {
    expect(text({ [field]: '违规' })).toMatchObject({ result: { suggest: 'risky' } });
  });

  test.each([
    ['no version', { version: undefined }, 47001],
    ['the first version', { version: 1 }, 47001],
    ['nobody', { openid: undefined }, 47001],
    ['what is no openid', { openid: 'alice' }, 40003],
    ['no scene', { scene: undefined }, 40129],
    ['a scene that there is not', { scene: 5 }, 40129],
    ['no text', { content: '' }, 47001],
    ['a longer text', { content: '长'.repeat(2_501) }, 47001],
  ])('is not checked with %s', (_, changes, errcode) => {
    expect(text(changes)).toMatchObject({ errcode });
    expect(text({ content: '长'.repeat(2_500) })).toMatchObject({ errcode: 0 });
  });
});

test.each(Object.entries(PLANTED_PEOPLE))('nothing of %s is checked: %d', (name, errcode) => {
  const who = { openid: weixin.openidOf(name) };
  expect([text(who), media(who)]).toMatchObject([{ errcode }, { errcode }]);
});

test('45009: the calls of a minute are counted, each kind for itself', () => {
  Object.assign(safety.perMinuteMax, { text: 2, media: 1 });
  expect([text(), text(), text(), media(), media()].map(({ errcode }) => errcode)).toEqual([
    0, 0, 45009, 0, 45009,
  ]);
  clock.advance(MINUTE_MS);
  weixin.faults.next('quotaReached');
  expect([text(), text()]).toMatchObject([{ errcode: 45009 }, { errcode: 0 }]);
});

describe('media', () => {
  const verdict = async (ms = 10 * MINUTE_MS) => {
    const { trace_id } = media();
    await pass(ms);
    return pushed.filter((each) => each.trace_id === trace_id);
  };

  test('is fetched, and its verdict is pushed later, with labels that are texts', async () => {
    file = Buffer.concat([
      Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
      Buffer.from('违规色情'),
      Buffer.from([0xff]),
    ]);
    const told = await verdict(0);
    expect([told, fetched]).toEqual([[], []]);
    await pass(10 * MINUTE_MS);
    expect(fetched).toMatchObject([{ method: 'GET', url: FILE_URL }]);
    const part = { strategy: 'content_model', errcode: 0, suggest: 'risky', label: '20002', prob: 90 };
    expect(pushed).toMatchObject([
      {
        ...{ Event: 'wxa_media_check', FromUserName: openid, version: 2 },
        ...{ result: { suggest: 'risky', label: '20002' }, detail: [part] },
      },
    ]);
    expect(safety.media).toMatchObject([{ openid, found: { suggest: 'risky', label: 20002 } }]);
  });

  test('LK20 that cannot be fetched passes, and only a part of the verdict says so', async () => {
    const passed = { result: { suggest: 'pass', label: '100' }, detail: [{ errcode: -1008 }] };
    weixin.faults.next('fetchFailed');
    expect(await verdict()).toMatchObject([passed]);
    expect(fetched).toEqual([]);
    file = null;
    expect(await verdict()).toMatchObject([passed]);
  });

  test('elsewhere than at the shop’s own server is not fetched', async () => {
    for (const url of [
      'https://evil.example/x',
      'http://api.example.com/x',
      'https://api.example.com:8443/x',
    ]) {
      media({ media_url: url });
      await pass(10 * MINUTE_MS);
    }
    expect(fetched).toEqual([]);
    expect(pushed).toMatchObject(Array(3).fill({ detail: [{ errcode: -1008 }] }));
  });

  test('can pass whole without having been fetched', async () => {
    file = '违规';
    weixin.faults.next('verdictUnfetched');
    expect(await verdict()).toMatchObject([{ result: { suggest: 'pass' }, detail: [{ errcode: 0 }] }]);
    expect(fetched).toEqual([]);
  });

  test('can be judged never, hours late, twice, and in the other shape', async () => {
    weixin.faults.next('verdictSilent');
    expect(await verdict(24 * HOUR_MS)).toEqual([]);
    weixin.faults.next('verdictLate');
    const late = media();
    await pass(2 * MINUTE_MS);
    expect(pushed).toEqual([]);
    await pass(4 * HOUR_MS);
    expect(pushed).toMatchObject([{ trace_id: late.trace_id }]);
    weixin.faults.next('verdictTwice');
    expect(await verdict()).toHaveLength(2);
    weixin.faults.next('verdictOtherShape');
    expect(await verdict()).toMatchObject([{ result: { label: 100 }, detail: { errcode: 0, label: 100 } }]);
    push.format = 'xml';
    expect(await verdict()).toMatchObject([{ result: { label: '100' }, detail: { errcode: '0' } }]);
  });

  test.each([
    ['no address', { media_url: undefined }, 47001],
    ['a file', { media_url: 'file:///etc/passwd' }, 47001],
    ['another type', { media_type: 3 }, 47001],
    ['no scene', { scene: 0 }, 40129],
    ['the first version', { version: 1 }, 47001],
  ])('is not checked with %s', async (_, changes, errcode) => {
    expect(media(changes)).toMatchObject({ errcode });
    await pass(HOUR_MS);
    expect([fetched, pushed]).toEqual([[], []]);
  });
});

test('behind a port: a file of the server that is pushed to is fetched over HTTP, and judged by what is in it', async () => {
  const simulators = await serveSimulators({ keys, port: 0, clockFactor: 1_000 });
  const bodies: string[] = [];
  let heard: () => void = () => undefined;
  const isHeard = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const shop = createServer(async (request, response) => {
    const echo = new URL(request.url ?? '', 'http://shop').searchParams.get('echostr');
    if (request.method === 'GET') response.end(echo ?? '存疑');
    else {
      for await (const chunk of request) bodies.push(String(chunk));
      response.end('success');
      heard();
    }
  });
  try {
    await once(shop.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
    const send = httpSend();
    const post = (path: string, json: unknown) =>
      send({
        ...{ method: 'POST', url: simulators.url + path, headers: { 'content-type': 'application/json' } },
        ...{ body: JSON.stringify(json), timeoutMs: 5_000 },
      });
    await post('/control/push', { url: `${url}/push` });
    const { body } = await post('/cgi-bin/stable_token', {
      ...{ grant_type: 'client_credential', appid: keys.appid, secret: keys.appSecret },
    });
    const { access_token: token } = JSON.parse(Buffer.from(body).toString('utf8'));
    const asked = { version: 2, openid, scene: 2, media_type: 2, media_url: `${url}/file` };
    await post(`/wxa/media_check_async?access_token=${token}`, asked);
    await isHeard;
    const { Encrypt } = JSON.parse(bodies.join(''));
    const seal = { aesKey: keys.pushAesKey, appid: keys.appid };
    expect(JSON.parse(openMessage(Encrypt, seal) ?? '')).toMatchObject({ result: { suggest: 'review' } });
  } finally {
    shop.close();
    await simulators.close();
  }
});
