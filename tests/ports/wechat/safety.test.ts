import { serveSimulators } from '../../../local/simulators/serve.ts';
import type { WeixinFault } from '../../../local/simulators/wechat/faults.ts';
import { PLANTED_PEOPLE } from '../../../local/simulators/wechat/safety.ts';
import type { WeixinSimulator } from '../../../local/simulators/wechat/simulator.ts';
import { httpSend } from '../../../shared/adapters/http/nodeRequest.ts';
import type { OutsideRequest, Send } from '../../../shared/adapters/http/request.ts';
import { wechatSafety } from '../../../shared/adapters/wechat/safety.ts';
import { wechatCalls } from '../../../shared/adapters/wechat/token.ts';
import { DEFAULT_PACES } from '../../../shared/domain/payments/pace.ts';
import { codeOf, refusalOf, unaskedOf } from '../../../shared/errors.ts';
import { paced } from '../../../shared/flows/payments/paced.ts';
import type { MediaAsked, Safety, TextAsked } from '../../../shared/ports/safety.ts';
import { CHECKED_CHARACTERS_MAX } from '../../../shared/schemas/review/review.ts';
import { virtualClock } from '../../support/clock.ts';
import { storedIn } from '../../support/given/order.ts';
import { keys } from '../../support/keys.ts';
import { quiet } from '../../support/quiet.ts';
import { createWorld } from '../../support/world.ts';

const TEXT: TextAsked = { openid: 'oAlice', scene: 2, content: '你好' };
const MEDIA: MediaAsked = { openid: 'oAlice', scene: 3, mediaType: 2, url: 'https://api.example.com/p/1' };
const TRACE = '62987eb8-18ca076c-37fc373b';

const bodyOf = (request: OutsideRequest | undefined): unknown => JSON.parse(String(request?.body));

/** The port on a WeChat that gives this answer to every check, and what it was asked. */
function answering(words: unknown, status = 200) {
  const asked: OutsideRequest[] = [];
  const send: Send = async (request) => {
    const isToken = request.url.includes('/cgi-bin/');
    if (!isToken) asked.push(request);
    const said = isToken ? { access_token: 't'.repeat(40), expires_in: 7_200 } : words;
    if (said === undefined) throw new Error('no answer came in time');
    return { status: isToken ? 200 : status, headers: {}, body: Buffer.from(JSON.stringify(said)) };
  };
  return { asked, safety: wechatSafety(wechatCalls(accountAt('https://w', send))) };
}

interface Opened {
  readonly safety: Safety;
  readonly weixin: WeixinSimulator;
  close(): Promise<void>;
}

const accountAt = (baseUrl: string, send: Send) => ({
  ...{ appid: keys.appid, secret: keys.appSecret, baseUrl, send },
  ...{ clock: virtualClock(), log: quiet },
});

async function openVirtual(): Promise<Opened> {
  const world = await createWorld();
  const { weixin, ports } = world;
  return { weixin, safety: ports.safety, close: () => world.close() };
}

async function openHttp(): Promise<Opened> {
  const served = await serveSimulators({ keys, port: 0, clockFactor: 1 });
  const safety = wechatSafety(wechatCalls(accountAt(served.url, httpSend())));
  return { weixin: served.weixin, safety, close: () => served.close() };
}

const verdict = (result: unknown) => ({ errcode: 0, errmsg: 'ok', trace_id: TRACE, detail: [], result });

test('a text is sent as version 2 with its writer and its place, and the verdict is the one of the result', async () => {
  const risky = { ...verdict({ suggest: 'risky', label: 20006 }), detail: [{ errcode: 0, suggest: 'pass' }] };
  const { asked, safety } = answering(risky);
  const own = { ...TEXT, nickname: '知友', title: '标题' };
  expect(await safety.checkText(own)).toEqual({ suggest: 'risky', label: 20006, traceId: TRACE });
  expect(asked[0]?.url).toBe(`https://w/wxa/msg_sec_check?access_token=${'t'.repeat(40)}`);
  expect(bodyOf(asked[0])).toEqual({ version: 2, ...own });
});

test('media is sent by its address, and is known by its trace id from then on', async () => {
  const { asked, safety } = answering({ errcode: 0, errmsg: 'ok', trace_id: TRACE });
  expect(await safety.checkMedia(MEDIA)).toEqual({ traceId: TRACE });
  expect(asked[0]?.url).toContain('/wxa/media_check_async?');
  expect(bodyOf(asked[0])).toEqual({
    ...{ version: 2, openid: 'oAlice', scene: 3 },
    ...{ media_type: 2, media_url: MEDIA.url },
  });
});

test.each([40003, 43104, 61010])(
  'errcode %d: it is never checked, and that is no verdict',
  async (errcode) => {
    const { safety } = answering({ errcode, errmsg: 'no' });
    const unchecked = { suggest: 'unchecked', code: String(errcode), traceId: null };
    expect(await safety.checkText(TEXT)).toEqual(unchecked);
    expect(await safety.checkMedia(MEDIA)).toEqual(unchecked);
  },
);

test.each([
  [-1, 'later'],
  [45009, 'later'],
  [40001, 'later'],
  [40129, 'ours'],
  [44002, 'ours'],
  [47001, 'ours'],
  [87014, 'unknown'],
])('wechat.unavailable: errcode %d is %s', async (errcode, meaning) => {
  const { safety } = answering({ errcode, errmsg: 'x' });
  for (const asked of [safety.checkText(TEXT), safety.checkMedia(MEDIA)]) {
    const caught: unknown = await asked.catch((thrown: unknown) => thrown);
    expect(codeOf(caught)).toBe('wechat.unavailable');
    expect(refusalOf(caught)?.verdict).toBe(meaning);
    expect(unaskedOf(caught)).toBe(errcode === 45009 ? 'too_many' : null);
  }
});

test.each<[string, unknown]>([
  ['none', undefined],
  ['no verdict', { errcode: 0, errmsg: 'ok', trace_id: TRACE }],
  ['a verdict that nobody knows', verdict({ suggest: 'fine', label: 100 })],
  ['no trace id', { errcode: 0, result: { suggest: 'pass', label: 100 } }],
  [
    'a trace id that cannot be part of an id',
    { ...verdict({ suggest: 'pass', label: 100 }), trace_id: 'a b' },
  ],
])('wechat.unavailable: an answer with %s lets nothing pass', async (_, words) => {
  await expect(answering(words).safety.checkText(TEXT)).rejects.toMatchObject({ code: 'wechat.unavailable' });
});

test.each<[string, unknown, number]>([
  ['no trace id', { errcode: 0 }, 200],
  ['another status', { errcode: 0, trace_id: TRACE }, 502],
])('wechat.unavailable: media, and an answer with %s', async (_, words, status) => {
  const { safety } = answering(words, status);
  await expect(safety.checkMedia(MEDIA)).rejects.toMatchObject({ code: 'wechat.unavailable' });
});

describe.each<[string, () => Promise<Opened>]>([
  ['in this process', openVirtual],
  ['behind a port', openHttp],
])('WeChat, simulated %s', (_, open) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());
  const alice = () => opened.weixin.openidOf('alice');

  test('judges texts by what is in them, whoever wrote them, up to the longest', async () => {
    const { safety } = opened;
    const told = async (content: string) => safety.checkText({ ...TEXT, openid: alice(), content });
    expect(await told('你好')).toEqual({ suggest: 'pass', label: 100, traceId: expect.any(String) });
    expect(await told('违规辱骂')).toMatchObject({ suggest: 'risky', label: 20003 });
    expect(await told(`${'长'.repeat(CHECKED_CHARACTERS_MAX - 2)}存疑`)).toMatchObject({ suggest: 'review' });
    const named = { ...TEXT, openid: alice(), scene: 1, nickname: '违规' } as const;
    expect(await safety.checkText(named)).toMatchObject({ suggest: 'risky' });
  });

  test('takes pictures and sounds, each under a trace id of its own', async () => {
    const { safety } = opened;
    const asked = { ...MEDIA, openid: alice() };
    const taken = [await safety.checkMedia(asked), await safety.checkMedia({ ...asked, mediaType: 1 })];
    expect(new Set(taken.map(({ traceId }) => traceId)).size).toBe(2);
  });

  test.each(Object.entries(PLANTED_PEOPLE))('checks nothing of %s', async (name, code) => {
    const { safety, weixin } = opened;
    const openid = weixin.openidOf(name);
    const unchecked = { suggest: 'unchecked', code: String(code), traceId: null };
    expect(await safety.checkText({ ...TEXT, openid })).toEqual(unchecked);
    expect(await safety.checkMedia({ ...MEDIA, openid })).toEqual(unchecked);
  });

  test.each<WeixinFault>(['busy', 'serverError', 'requestLost', 'answerLost', 'quotaReached'])(
    'wechat.unavailable: %s',
    async (fault) => {
      const { safety, weixin } = opened;
      await safety.checkText({ ...TEXT, openid: alice() });
      weixin.faults.next(fault);
      const caught: unknown = await safety
        .checkText({ ...TEXT, openid: alice() })
        .catch((thrown: unknown) => thrown);
      expect(codeOf(caught)).toBe('wechat.unavailable');
    },
  );
});

test('each kind of check has a pace of its own, and a slower one once WeChat says that it is too much', async () => {
  const world = await createWorld({ settings: { paces: { ...DEFAULT_PACES, 'wechat.checkText': 2 } } });
  const openid = world.weixin.openidOf('alice');
  const startedAtMs = world.clock.now();
  const { safety } = paced(world.ports, { urgency: 'fresh', hasTime: () => true });
  for (let n = 0; n < 3; n += 1) await safety.checkText({ ...TEXT, openid });
  const passedMs = world.clock.now() - startedAtMs;
  expect(passedMs).toBeGreaterThan(500);
  await safety.checkMedia({ ...MEDIA, openid });
  expect(world.clock.now() - startedAtMs - passedMs).toBeLessThan(100);
  world.weixin.faults.next('quotaReached');
  expect(await safety.checkText({ ...TEXT, openid })).toMatchObject({ suggest: 'pass' });
  expect(await storedIn(world, 'paces')).toMatchObject([{ id: 'wechat.checkMedia' }, { slowedTo: 1 }]);
  await world.close();
});
