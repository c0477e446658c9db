import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { makeCertificate } from '../../local/simulators/wxpay/certificate.ts';
import type { OutsideResponse, Send } from '../../shared/adapters/http/request.ts';
import type { Finding } from '../../shared/ports/finding.ts';
import { DAY_MS } from '../../shared/schemas/base.ts';
import { assemble } from '../../tools/deploy/assemble.ts';
import { type Cloud, CloudError } from '../../tools/deploy/cloud.ts';
import { insideFindings } from '../../tools/deploy/doctorInside.ts';
import { offlineFindings } from '../../tools/deploy/doctorOffline.ts';
import { type Outside, onlineFindings } from '../../tools/deploy/doctorOnline.ts';
import { tellFindings } from '../../tools/deploy/findings.ts';
import { seededIds } from '../support/ids.ts';
import { keys } from '../support/keys.ts';
import { createMerchant } from '../support/merchant.ts';
import { partsOf, UNITS } from './support/parts.ts';
import { stageOf } from './support/stage.ts';

const HAN = /\p{Script=Han}/u;

/** The only finding, told in both languages. */
function expectOnly(findings: readonly Finding[], stops: boolean, en: string, where: string): void {
  expect(findings.map(({ what }) => what.en)).toEqual([expect.stringContaining(en)]);
  const lines: string[] = [];
  expect(tellFindings(findings, (line) => lines.push(line))).toBe(stops);
  expect(lines[0]).toMatch(HAN);
  expect(lines[1]).toContain(en);
  expect(lines.join('\n')).toContain(where);
}

describe('the offline part', () => {
  const now = Date.UTC(2026, 10, 30);
  const find = (changes: Parameters<typeof partsOf>[0]) => offlineFindings(partsOf(changes), now);

  test('finds nothing in a stage that is all right', () => {
    expect(find({})).toEqual([]);
  });

  const damaged = () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const { d, dp, dq, qi } = other;
    return createPrivateKey({ key: { ...pair, d, dp, dq, qi } as never, format: 'jwk' })
      .export({ type: 'pkcs8', format: 'pem' })
      .toString();
  };
  const days = (count: number) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return makeCertificate({
      privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      serial: '5157F09EFDC096DE15EBE81A47057A7232F1B8E2',
      name: 'WeChat Pay',
      fromAtMs: now - 1,
      untilAtMs: now + count * DAY_MS,
    });
  };
  const [ops, bell] = UNITS;
  if (ops === undefined || bell === undefined) throw new Error('no units');
  const timers = Array.from({ length: 11 }, (_, at) => ({
    type: 'timer' as const,
    name: `timer${at}`,
    cron: '0 * * * * * *',
  }));
  const events = Array.from({ length: 11 }, (_, at) => ({
    name: `grant${at}`,
    own: { kind: 'consumer', contract: { on: { name: `order.event${at}` } } },
  }));
  const sameKey = Buffer.alloc(32, 7).toString('base64');

  test.each<[string, Parameters<typeof partsOf>[0], string, string]>([
    ['a variable that is missing', { variables: { MEDIA_HOST: undefined } }, 'MEDIA_HOST is not set', 'cos'],
    [
      'a variable of a wrong form',
      { variables: { WECHAT_SECRET: 'short' } },
      'WECHAT_SECRET is wrong',
      'AppSecret',
    ],
    [
      'two that need each other',
      { variables: { PUSH_TOKEN: undefined } },
      'PUSH_TOKEN is not set, and PUSH_AES_KEY is',
      'Token',
    ],
    [
      'SELLING that is no JSON',
      { variables: { SELLING: '{' } },
      'SELLING is wrong: it is no JSON',
      'stages/test.yml',
    ],
    [
      'no key for the configuration',
      { variables: { CONFIG_KEY: undefined } },
      'CONFIG_KEY is not set',
      'openssl rand',
    ],
    [
      'a damaged private key',
      { variables: { WXPAY_PRIVATE_KEY: damaged() } },
      'WXPAY_PRIVATE_KEY is damaged',
      'API安全',
    ],
    [
      'one key for two things',
      { variables: { CONFIG_KEY: sameKey, SECRETS_KEY: sameKey } },
      'are the same',
      'openssl rand',
    ],
    [
      'an address of a simulator',
      { variables: { WECHAT_BASE_URL: 'http://127.0.0.1:3001' } },
      'WECHAT_BASE_URL leads to this machine',
      'stages/test.yml',
    ],
    [
      'a store on an instance’s disk',
      { variables: { DATABASE_URL: 'sqlite:shop.db' } },
      'is no mysql:// address',
      'cynosdb',
    ],
    [
      'a callback to somewhere else',
      { variables: { WXPAY_NOTIFY_URL: 'https://other.example.com/api/pay/notify' } },
      'WXPAY_NOTIFY_URL is not on https://api.example.com',
      'stages/test.yml',
    ],
    [
      'a certificate that ends soon',
      { variables: { WXPAY_CERTIFICATES: days(10) } },
      'ends in 10 days',
      '平台证书',
    ],
    [
      'the merchant’s own certificate',
      {
        variables: {
          WXPAY_CERTIFICATES: days(400),
          WXPAY_MERCHANT_SERIAL: '5157F09EFDC096DE15EBE81A47057A7232F1B8E2',
        },
      },
      'the merchant’s own certificate',
      '平台证书',
    ],
    [
      'an eleventh timer',
      { units: [...UNITS, { ...ops, name: 'nightly', triggers: timers }] },
      'nightly would have 11 triggers of the kind timer',
      'tools/units.ts',
    ],
    [
      'an eleventh topic of the broker',
      {
        variables: { BUS: 'cmq', CMQ_ENDPOINT: 'https://cmq-gz.public.tencenttdmq.com' },
        units: [{ ...bell, functions: events as never }],
      },
      'events would have 11 triggers of the kind cmq',
      'BUS in stages/test.yml',
    ],
    [
      'templates without a push that tells what people allow',
      {
        variables: {
          SUBSCRIBE_TEMPLATES: '{"reply":{"id":"0123456789","fields":{"thing1":"title"}}}',
          PUSH_AES_KEY: undefined,
        },
      },
      'no sealed push tells what people allow',
      'SUBSCRIBE_ANSWERS=phone',
    ],
    [
      'a field of a template that WeChat would not take',
      {
        variables: {
          SUBSCRIBE_TEMPLATES:
            '{"promotion":{"id":"0123456789","fields":{"thing1":"title","number2":"title"}}}',
        },
      },
      'SUBSCRIBE_TEMPLATES: promotion.number2: WeChat refuses “冬日读书周” of promotion_started',
      'SUBSCRIBE_TEMPLATES',
    ],
  ])('%s', (_, changes, en, where) => {
    expectOnly(find(changes), true, en, where);
  });

  test('alarms that reach nobody are told, and stop nothing', () => {
    expectOnly(
      find({ stage: (text) => text.replace('notices: [notice-1]\n', '') }),
      false,
      'No notices',
      'cls/alarm/notice',
    );
  });

  test('what CloudBase’s quota sells is told, and stops nothing', () => {
    expectOnly(
      find({ variables: { DATABASE_URL: 'cloudbase:shop-1' } }),
      false,
      '204 to 211 calls',
      'console.cloud.tencent.com/tcb',
    );
  });

  test('no value of a secret is told', () => {
    const secret = 'canary-of-a-secret';
    const lines: string[] = [];
    const found = find({
      variables: { WECHAT_SECRET: secret, WXPAY_PRIVATE_KEY: secret, DATABASE_URL: secret },
    });
    tellFindings(found, (line) => lines.push(line));
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.join('\n')).not.toContain(secret);
  });
});

describe('the online part', () => {
  const right = partsOf();
  const desired = assemble(right);

  /** A world that is all right. Simulated WeChat Pay knows the merchant of `merchantVariables`. */
  async function worldOf(changes: { send?: Send; outside?: Partial<Outside> } = {}) {
    const merchant = createMerchant();
    const stage = stageOf();
    const { clock } = merchant;
    const send: Send = async (asked): Promise<OutsideResponse> => {
      const { host, pathname, search } = new URL(asked.url);
      const json = (body: object) => ({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) });
      if (host === 'scf.test') return { ...json({}), headers: { date: new Date(clock.now()).toUTCString() } };
      if (host === 'api.weixin.qq.com') return json({ access_token: 'token', expires_in: 7200 });
      const answer = merchant.rail.handle({
        method: asked.method,
        path: `${pathname}${search}`,
        headers: asked.headers,
        body: Buffer.from(asked.body),
      });
      if (answer === null) throw new Error('no answer');
      return answer;
    };
    const outside: Outside = {
      cloud: stage.cloud,
      pace: stage.pace,
      send: async (asked) =>
        changes.send === undefined ? send(asked) : changes.send(asked).catch(() => send(asked)),
      clock,
      ids: seededIds(clock, () => 0.5),
      endpoint: 'https://scf.test',
      resolve: async () => ['203.0.113.1'],
      certificateEndsAtMs: async () => clock.now() + 90 * DAY_MS,
      ...changes.outside,
    };
    return { outside, stage, clock };
  }
  const variables = {
    ...right.variables,
    WXPAY_MERCHANT_ID: keys.merchantId,
    WXPAY_MERCHANT_SERIAL: keys.merchantSerial,
    WXPAY_PRIVATE_KEY: keys.merchantPrivateKeyPem,
    WXPAY_API_V3_KEY: keys.apiV3Key,
    WXPAY_PUBLIC_KEY_ID: keys.publicKeyId,
    WXPAY_PUBLIC_KEY: keys.publicKeyPem,
  };
  const find = (outside: Outside, given: Readonly<Record<string, string>> = variables) =>
    onlineFindings(outside, right.stage, desired, given);
  const unheard: Send = async () => {
    throw new Error('for somebody else');
  };
  const answering =
    (host: string, answer: object, headers: Readonly<Record<string, string>> = {}): Send =>
    async (asked) =>
      new URL(asked.url).host === host
        ? { status: 200, headers, body: Buffer.from(JSON.stringify(answer)) }
        : unheard(asked);

  test('finds nothing where all is well, before and after a deployment', async () => {
    const { outside, stage } = await worldOf();
    expect(await find(outside)).toEqual([]);
    await stage.deploy(desired);
    expect(await find(outside)).toEqual([]);
    expect(stage.fake.calls.length).toBeGreaterThan(0);
  });

  test('a clock that is two minutes wrong', async () => {
    const { clock } = await worldOf();
    const date = new Date(clock.now() + 120_000).toUTCString();
    const { outside } = await worldOf({ send: answering('scf.test', {}, { date }) });
    expectOnly(await find(outside), true, '120 seconds away', 'the clock of this machine');
  });

  test('a platform that does not answer', async () => {
    const { outside } = await worldOf();
    const send: Send = (asked) => (asked.url === 'https://scf.test' ? unheard(asked) : outside.send(asked));
    expectOnly(await find({ ...outside, send }), true, 'The platform does not answer', 'https://scf.test');
  });

  test('a key without a right', async () => {
    const { outside } = await worldOf();
    const cloud: Cloud = {
      ask: async (service, action, asked) => {
        if (action === 'DescribeAlarms')
          throw new CloudError({ code: 'UnauthorizedOperation', message: 'no', isUnknown: false });
        return outside.cloud.ask(service, action, asked);
      },
    };
    expectOnly(await find({ ...outside, cloud }), true, 'may not call cls:DescribeAlarms', 'cam');
  });

  test('a function of somebody else, another runtime, and too small a quota', async () => {
    const { outside, stage } = await worldOf();
    await stage.deploy(desired);
    const own = stage.fake.state.functions['zhike-test/pay'];
    if (own !== undefined) own.tags = {};
    expectOnly(
      await find(outside),
      true,
      'there is a function pay in zhike-test without our tag',
      'scf/list',
    );
    Object.assign(own ?? {}, { tags: { zhike: 'test' }, runtime: 'Nodejs18.15' });
    expectOnly(await find(outside), true, 'pay runs on Nodejs18.15', 'scf/list');
    const small = stageOf({ totalMemoryMb: 13_000 });
    expectOnly(await find({ ...outside, cloud: small.cloud }), true, '2560 MB would be reserved', 'scf/list');
  });

  test('a subnet that is not there, and one of another network', async () => {
    const { outside, stage } = await worldOf();
    stage.fake.state.subnets = { 'subnet-1': 'vpc-other' };
    expectOnly(await find(outside), true, 'subnet-1 is in vpc-other, not in vpc-1', 'stages/test.yml › vpc');
    stage.fake.state.subnets = {};
    expectOnly(await find(outside), true, 'There is no subnet subnet-1', 'vpc/subnet');
  });

  test('a region without room for another namespace', async () => {
    const { outside, stage } = await worldOf();
    for (const name of ['one', 'two', 'three', 'four']) stage.fake.state.namespaces[name] = '';
    expectOnly(await find(outside), true, 'The region has 5 namespaces', 'stages/test.yml');
  });

  test('a domain without an address, and a certificate that ends soon', async () => {
    const { outside, clock } = await worldOf();
    expectOnly(
      await find({ ...outside, resolve: async () => [] }),
      true,
      'api.example.com has no address',
      'CNAME',
    );
    const certificateEndsAtMs = async () => clock.now() + 5 * DAY_MS;
    expectOnly(
      await find({ ...outside, certificateEndsAtMs }),
      true,
      'api.example.com ends in 5 days',
      'ssl',
    );
    expect(await find({ ...outside, certificateEndsAtMs: async () => null })).toEqual([]);
  });

  test('a wrong secret of the mini-program, and an address that is not on WeChat’s list', async () => {
    const wrong = await worldOf({
      send: answering('api.weixin.qq.com', { errcode: 40125, errmsg: 'invalid' }),
    });
    expectOnly(await find(wrong.outside), true, 'WeChat gives no access token: 40125', 'AppSecret');
    const listed = await worldOf({
      send: answering('api.weixin.qq.com', { errcode: 40164, errmsg: 'not in whitelist' }),
    });
    expectOnly(await find(listed.outside), false, '40164', 'IP白名单');
    const { outside } = await worldOf();
    const send: Send = (asked) =>
      new URL(asked.url).host === 'api.weixin.qq.com' ? unheard(asked) : outside.send(asked);
    expectOnly(await find({ ...outside, send }), true, 'WeChat does not answer', 'api.weixin.qq.com');
  });

  test('a WeChat Pay that does not answer', async () => {
    const { outside } = await worldOf();
    const send: Send = (asked) =>
      new URL(asked.url).host === 'api.mch.weixin.qq.com' ? unheard(asked) : outside.send(asked);
    expectOnly(await find({ ...outside, send }), true, 'WeChat Pay does not answer', 'api.mch.weixin.qq.com');
  });

  test('a merchant’s key that WeChat Pay does not know, and a public key that is not theirs', async () => {
    const { outside } = await worldOf();
    const other = { ...variables, WXPAY_PRIVATE_KEY: right.variables.WXPAY_PRIVATE_KEY ?? '' };
    expectOnly(await find(outside, other), true, 'refuses a signed question: SIGN_ERROR', 'API安全');
    const theirs = { ...variables, WXPAY_PUBLIC_KEY: right.variables.WXPAY_PUBLIC_KEY ?? '' };
    expectOnly(await find(outside, theirs), true, 'signature does not fit WXPAY_PUBLIC_KEY', 'API安全');
  });
});

describe('the inside part', () => {
  const both = (text: string) => ({ en: text, zh: `中文 ${text}` });
  const desired = assemble(partsOf());

  test('tells what ops finds, as it finds it', async () => {
    const finding = { stops: true, what: both('max_connections is 20'), where: both('the console') };
    const stage = stageOf({
      runs: ({ event }) => (JSON.stringify(event).includes('probe') ? { lines: [], data: [finding] } : {}),
    });
    await stage.deploy(desired);
    expectOnly(await insideFindings(stage.cloud, desired), true, 'max_connections is 20', 'the console');
  });

  test('before the first deployment it only says so', async () => {
    expectOnly(
      await insideFindings(stageOf().cloud, desired),
      false,
      'Nothing is deployed yet',
      'npm run deploy',
    );
  });

  test('a probe that fails, and an answer that cannot be read', async () => {
    let isFailing = false;
    const stage = stageOf({
      runs: () => {
        if (isFailing) throw new Error('database.unavailable');
        return { odd: true };
      },
    });
    await stage.deploy(desired);
    expectOnly(await insideFindings(stage.cloud, desired), true, 'its answer cannot be read', 'ops');
    isFailing = true;
    expectOnly(
      await insideFindings(stage.cloud, desired),
      true,
      'ops probe failed: database.unavailable',
      'ops',
    );
  });
});
