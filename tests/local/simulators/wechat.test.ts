import { createHmac } from 'node:crypto';
import { createWeixinSimulator, type WeixinSimulator } from '../../../local/simulators/wechat/simulator.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { type VirtualClock, virtualClock } from '../../support/clock.ts';
import { keys } from '../../support/keys.ts';
import { seeded } from '../../support/seeded.ts';

const NUMBER = '13800138000';

let clock: VirtualClock;
let weixin: WeixinSimulator;
beforeEach(() => {
  clock = virtualClock();
  weixin = createWeixinSimulator({ keys, clock, random: seeded(1) });
});

function ask(method: 'GET' | 'POST', path: string, json: unknown = null) {
  const body = Buffer.from(json === null ? '' : JSON.stringify(json));
  const answer = weixin.handle({ method, path, headers: {}, body });
  if (answer === null) return null;
  const text = Buffer.from(answer.body).toString('utf8');
  return { ...answer, json: text.startsWith('{') ? JSON.parse(text) : null };
}

const asked = {
  appid: keys.appid,
  secret: keys.appSecret,
  js_code: '',
  grant_type: 'authorization_code',
};

function login(code: string, changes: Readonly<Record<string, string>> = {}) {
  const query = new URLSearchParams({ ...asked, js_code: code, ...changes });
  return ask('GET', `/sns/jscode2session?${query}`);
}

describe('jscode2session', () => {
  test('says who a code is of, in text that is JSON', () => {
    const { code, openid } = weixin.phone.login('alice');
    const answer = login(code);
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain' },
      json: { openid },
    });
    expect(openid).toMatch(/^o[\w-]{27}$/);
    expect(Buffer.from(answer?.json.session_key, 'base64')).toHaveLength(16);
  });

  test('the same name is the same person, another name another, in every run', () => {
    const other = createWeixinSimulator({ keys, clock, random: seeded(2) });
    expect(other.phone.login('alice').openid).toBe(weixin.phone.login('alice').openid);
    expect(weixin.phone.login('bob').openid).not.toBe(weixin.phone.login('alice').openid);
    expect(weixin.phone.login('alice').code).not.toBe(weixin.phone.login('alice').code);
  });

  test('a code works once', () => {
    const { code } = weixin.phone.login('alice');
    expect([login(code), login(code)].map((answer) => answer?.json.errcode)).toEqual([undefined, 40029]);
    expect([login('alice-7'), login('alice-7')].map((answer) => answer?.json.errcode)).toEqual([
      undefined,
      40029,
    ]);
    expect(login('alice-8')?.json.openid).toBe(weixin.openidOf('alice'));
  });

  test('a code works for five minutes', () => {
    const early = weixin.phone.login('alice').code;
    const late = weixin.phone.login('alice').code;
    clock.advance(5 * MINUTE_MS - 1);
    expect(login(early)?.json.openid).toBe(weixin.openidOf('alice'));
    clock.advance(1);
    expect(login(late)?.json.errcode).toBe(40029);
  });

  test.each([
    [40013, { appid: 'wx0' }],
    [40125, { secret: 'x' }],
    [41008, { js_code: '' }],
    [40029, { js_code: 'nobody’s' }],
    [40002, { grant_type: 'x' }],
  ])('%d for %j, which uses no code up', (errcode, changes) => {
    const { code, openid } = weixin.phone.login('alice');
    expect(login(code, changes)?.json.errcode).toBe(errcode);
    expect(login(code)?.json.openid).toBe(openid);
  });

  test('41002 and 41004 for what is missing', () => {
    expect(ask('GET', '/sns/jscode2session?js_code=1')?.json.errcode).toBe(41002);
    expect(ask('GET', `/sns/jscode2session?appid=${keys.appid}`)?.json.errcode).toBe(41004);
  });
});

describe('stable_token', () => {
  const credential = { grant_type: 'client_credential', appid: keys.appid, secret: keys.appSecret };
  const token = (changes: Readonly<Record<string, unknown>> = {}) =>
    ask('POST', '/cgi-bin/stable_token', { ...credential, ...changes })?.json;

  test('is the same while it is valid, and never has less than five minutes left', () => {
    const first = token();
    expect(first.expires_in).toBe(7_200);
    clock.advance(2 * HOUR_MS - 5 * MINUTE_MS - SECOND_MS);
    expect(token()).toEqual({ access_token: first.access_token, expires_in: 301 });
    clock.advance(SECOND_MS);
    expect(token().access_token).not.toBe(first.access_token);
  });

  test('is made anew by force, thirty seconds apart, twenty times a day', () => {
    const force = () => token({ force_refresh: true });
    const first = force();
    expect(force().errcode).toBe(45009);
    const made = Array.from({ length: 20 }, () => {
      clock.advance(30 * SECOND_MS);
      return force();
    });
    expect(made[0].access_token).not.toBe(first.access_token);
    expect(made.map(({ errcode }) => errcode)).toEqual([...Array.from({ length: 19 }), 45009]);
    clock.advance(DAY_MS);
    expect(force().access_token).toEqual(expect.any(String));
  });

  test.each([
    [40002, { grant_type: 'x' }],
    [40013, { appid: 'wx0' }],
    [40125, { secret: 'x' }],
  ])('%d for %j', (errcode, changes) => {
    expect(token(changes).errcode).toBe(errcode);
  });

  test('lets ask for a phone number once, with the old one for five minutes after a new one', () => {
    const old = token().access_token;
    const number = (accessToken: string, code: string) =>
      ask('POST', `/wxa/business/getuserphonenumber?access_token=${accessToken}`, { code })?.json;
    const { code } = weixin.phone.shareNumber(NUMBER);
    expect(number('x', code).errcode).toBe(40001);
    expect(number(old, code)).toMatchObject({ errcode: 0, phone_info: { purePhoneNumber: NUMBER } });
    expect(number(old, code).errcode).toBe(40029);
    clock.advance(2 * HOUR_MS - 5 * MINUTE_MS);
    expect(token().access_token).not.toBe(old);
    expect(number(old, weixin.phone.shareNumber(NUMBER).code).errcode).toBe(0);
    clock.advance(5 * MINUTE_MS);
    expect(number(old, weixin.phone.shareNumber(NUMBER).code).errcode).toBe(42001);
  });
});

describe('session keys', () => {
  const credential = { grant_type: 'client_credential', appid: keys.appid, secret: keys.appSecret };
  const checked = (openid: string, sessionKey: string, changes: Readonly<Record<string, string>> = {}) => {
    const query = {
      access_token: ask('POST', '/cgi-bin/stable_token', credential)?.json.access_token,
      openid,
      signature: createHmac('sha256', sessionKey).update('').digest('hex'),
      sig_method: 'hmac_sha256',
      ...changes,
    };
    return ask('GET', `/wxa/checksession?${new URLSearchParams(query)}`)?.json.errcode;
  };
  const session = () => login(weixin.phone.login('alice').code)?.json;

  test('the newest login’s key is valid, and ends the one before it', () => {
    const { openid, session_key: older } = session();
    expect(checked(openid, older)).toBe(0);
    const { session_key: newer } = session();
    expect([checked(openid, older), checked(openid, newer)]).toEqual([87009, 0]);
    weixin.endSession(openid);
    expect(checked(openid, newer)).toBe(87009);
  });

  test.each([
    [40001, { access_token: 'x' }],
    [87008, { sig_method: 'md5' }],
    [87009, { openid: 'obob' }],
  ])('%d for %j', (errcode, changes) => {
    const { openid, session_key: sessionKey } = session();
    expect(checked(openid, sessionKey, changes)).toBe(errcode);
  });

  test('41001: no access token', () => {
    expect(ask('GET', '/wxa/checksession')?.json.errcode).toBe(41001);
  });
});

describe('faults', () => {
  test.each([
    ['busy', -1],
    ['rateLimited', 45011],
    ['blocked', 40226],
  ] as const)('%s: %d, and the code is not used up', (fault, errcode) => {
    const { code, openid } = weixin.phone.login('alice');
    weixin.faults.next(fault);
    expect(login(code)?.json.errcode).toBe(errcode);
    expect(login(code)?.json.openid).toBe(openid);
  });

  test('serverError: no JSON', () => {
    weixin.faults.next('serverError');
    expect(login('alice-1')).toMatchObject({ status: 502, json: null });
  });

  test.each([
    ['requestLost', undefined],
    ['answerLost', 40029],
  ] as const)('%s: no answer, and the code then answers %s', (fault, errcode) => {
    const { code } = weixin.phone.login('alice');
    weixin.faults.next(fault);
    expect(login(code)).toBeNull();
    expect(login(code)?.json.errcode).toBe(errcode);
  });
});

test('knows no other paths', () => {
  expect(ask('GET', '/sns/else')?.status).toBe(404);
  expect(ask('POST', '/sns/jscode2session')?.status).toBe(404);
});
