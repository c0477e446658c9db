import type { OutsideRequest, Send } from '../../../shared/adapters/http/request.ts';
import { wechatSafety } from '../../../shared/adapters/wechat/safety.ts';
import { wechatCalls } from '../../../shared/adapters/wechat/token.ts';
import { codeOf, refusalOf, unaskedOf } from '../../../shared/errors.ts';
import type { MediaAsked, TextAsked } from '../../../shared/ports/safety.ts';
import { virtualClock } from '../../support/clock.ts';
import { keys } from '../../support/keys.ts';
import { quiet } from '../../support/quiet.ts';

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
  const account = { appid: keys.appid, secret: keys.appSecret, baseUrl: 'https://w', send };
  const safety = wechatSafety(wechatCalls({ ...account, clock: virtualClock(), log: quiet }));
  return { asked, safety };
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
