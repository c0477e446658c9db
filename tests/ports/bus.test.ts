import { randomBytes } from 'node:crypto';
import { createLocalBus, type LocalBusOptions } from '../../local/bus.local.ts';
import { cmqBus, cmqSignature, topicOf } from '../../shared/adapters/cmq/bus.ts';
import type { OutsideRequest, Send } from '../../shared/adapters/http/request.ts';
import { SECRETS } from '../../shared/adapters/process/variables.ts';
import { production } from '../../shared/adapters/production.ts';
import { EVENTS_MAX, invokeBus } from '../../shared/adapters/scf/bus.ts';
import type { Ring } from '../../shared/ports/bus.ts';
import { messagesOf } from '../../shared/runtime/messages.ts';
import { virtualClock } from '../support/clock.ts';
import { DoorbellServer, type Mood } from '../support/doorbellServer.ts';
import { seeded } from '../support/seeded.ts';
import { unitEnvironment } from '../support/unitEnvironment.ts';

const rings = [
  { topic: 'order.paid', eventId: 'order.paid:a' },
  { topic: 'user.registered', eventId: 'user.registered:b' },
];
const functions = { 'order.paid': ['events'], 'user.registered': ['events'] };

const newKey = () => randomBytes(24).toString('hex');
const credentials = { secretId: `AKID${newKey()}`, secretKey: newKey(), token: `${newKey()}/token+` };
const pushKey = newKey();
const shop = unitEnvironment();

let server: DoorbellServer;
beforeEach(async () => {
  server = await new DoorbellServer(credentials).start();
});
afterEach(() => server.stop());

/** The platform's environment and a shop's settings, with that doorbell at that address. */
const environmentOf = (kind: string, url: string) => ({
  ...shop,
  BUS: kind,
  INVOKE_ENDPOINT: url,
  CMQ_ENDPOINT: url,
  BUS_PUSH_KEY: pushKey,
  TENCENTCLOUD_RUNENV: 'SCF',
  TENCENTCLOUD_REGION: 'ap-guangzhou',
  SCF_NAMESPACE: 'production',
  TENCENTCLOUD_SECRETID: credentials.secretId,
  TENCENTCLOUD_SECRETKEY: credentials.secretKey,
  TENCENTCLOUD_SESSIONTOKEN: credentials.token,
});

/** The ports of a deployed unit. */
const portsOf = (environment: Readonly<Record<string, string>>) =>
  production(environment, { name: 'api', folder: __dirname, secrets: SECRETS, functions })();

/** Rings as a deployed unit, and returns what that wrote to the log. */
async function ringAs({ bus, log }: ReturnType<typeof portsOf>, own: readonly Ring[]): Promise<string> {
  let text = '';
  const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    await expect(bus.ring(own)).resolves.toBeUndefined();
    log.write('info', { last: 'line' });
    await Promise.resolve();
  } finally {
    stdout.mockRestore();
  }
  return text.replace(/.*"last":"line".*\n/, '');
}

const CALLING = ['invoke', 'cmq', 'push'];
const eventIds = rings.map(({ eventId }) => eventId);
/** The events that the units with consumers hear of. */
const heard = () =>
  server.taken
    .flatMap(({ message }) => messagesOf(message) ?? [])
    .flatMap((message) => Object.values(message));

describe('every doorbell', () => {
  test.each(CALLING)('%s brings each event to its consumers, signed, and says nothing', async (kind) => {
    expect(await ringAs(portsOf(environmentOf(kind, server.url)), rings)).toBe('');
    expect([heard(), server.wrong]).toEqual([eventIds, []]);
  });

  test('none calls nobody, and neither does a process that is not on the platform and was told nothing', async () => {
    const { BUS, TENCENTCLOUD_RUNENV, ...elsewhere } = environmentOf('none', server.url);
    for (const environment of [{ ...elsewhere, TENCENTCLOUD_RUNENV, BUS }, elsewhere]) {
      expect(await ringAs(portsOf(environment), rings)).toBe('');
    }
    expect(server.calls).toBe(0);
    expect(await ringAs(portsOf({ ...elsewhere, TENCENTCLOUD_RUNENV }), rings)).toBe('');
    expect(server.taken.map(({ to }) => to)).toEqual(['events']);
  });

  test.each(CALLING)('%s calls nobody when nothing has happened', async (kind) => {
    expect(await ringAs(portsOf(environmentOf(kind, server.url)), [])).toBe('');
    expect(server.calls).toBe(0);
  });

  const moods: readonly Mood[] = ['refuses', 'throttles', 'echoes', 'bad gateway', 'garbage'];
  const cases = CALLING.flatMap((kind) => moods.map((mood) => [kind, mood] as const));
  test.each(cases)(
    '%s never throws when the other side %s, and logs that without a secret',
    async (kind, mood) => {
      server.mood = mood;
      const text = await ringAs(portsOf(environmentOf(kind, server.url)), rings);
      const lines = text.trim().split('\n');
      expect(lines).toHaveLength(kind === 'invoke' ? 1 : 2);
      for (const line of lines) {
        expect(JSON.parse(line)).toMatchObject({
          level: 'warn',
          bus: kind === 'invoke' ? 'invoke' : 'cmq',
          outcome: 'failed',
          reason: expect.stringMatching(/^[A-Za-z0-9 ,.]{5,60}$/),
        });
      }
      for (const secret of [...Object.values(credentials), pushKey]) expect(text).not.toContain(secret);
    },
  );

  test.each(CALLING)('%s never throws when nobody listens at the address', async (kind) => {
    const { url } = server;
    await server.stop();
    const text = await ringAs(portsOf(environmentOf(kind, url)), rings);
    expect(text).toContain('ECONNREFUSED');
    for (const secret of Object.values(credentials)) expect(text).not.toContain(secret);
    await server.start();
  });

  test.each(CALLING)('%s never throws when the function has no role', async (kind) => {
    const { TENCENTCLOUD_SECRETID, ...without } = environmentOf(kind, server.url);
    expect(await ringAs(portsOf(without), rings)).toContain('the function has no role');
    expect(server.calls).toBe(0);
  });

  test.each(CALLING)(
    '%s is signed anew by each call, because the platform changes the credentials',
    async (kind) => {
      const environment: Record<string, string> = environmentOf(kind, server.url);
      const ports = portsOf(environment);
      expect(await ringAs(ports, rings.slice(0, 1))).toBe('');
      Object.assign(environment, { TENCENTCLOUD_SECRETKEY: newKey() });
      expect(await ringAs(ports, rings.slice(0, 1))).toContain('failed');
      expect([server.taken.length, server.wrong.length]).toEqual([1, 1]);
    },
  );
});

test('invoke works on the platform alone, and a process elsewhere that is told to invoke does not start', () => {
  const { SCF_NAMESPACE, ...elsewhere } = environmentOf('invoke', server.url);
  expect(production(elsewhere)).toThrow('BUS is invoke: it works on SCF alone');
});

const answer =
  (status: number, body: unknown): Send =>
  async () => ({
    status,
    headers: {},
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  });

/** A doorbell over the given outside, with a clock that can be moved. */
function open(kind: string, send: Send, own: Readonly<Record<string, readonly string[]>> = functions) {
  const logged: unknown[] = [];
  const sent: OutsideRequest[] = [];
  const clock = virtualClock();
  const given = {
    credentials: () => credentials,
    send: async (request: OutsideRequest) => {
      sent.push(request);
      return send(request);
    },
    clock,
    log: { write: (level: string, record: object) => logged.push({ level, ...record }) },
  };
  const bus =
    kind === 'invoke'
      ? invokeBus({
          ...given,
          endpoint: 'https://scf.tencentcloudapi.com',
          region: 'ap-guangzhou',
          namespace: 'production',
          functions: own,
        })
      : cmqBus({
          ...given,
          endpoint: 'https://cmq-gz.public.tencenttdmq.com',
          region: 'gz',
          ids: { random: () => 0.5 },
        });
  return { bus, logged, sent, clock };
}

const FINE = { invoke: { Response: { RequestId: 'r' } }, cmq: { code: 0 } } as const;

describe.each(['invoke', 'cmq'] as const)('%s', (kind) => {
  const [ring = { topic: '', eventId: '' }] = rings;

  test('waits two seconds for each call, and makes it once', async () => {
    for (const send of [
      answer(200, FINE[kind]),
      answer(502, ''),
      () => Promise.reject(new Error('no answer in time')),
    ]) {
      const { bus, sent } = open(kind, send);
      await bus.ring([ring]);
      expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([2000]);
    }
  });

  test('after a call without an answer leaves rings to the sweep for five seconds', async () => {
    let isUp = false;
    const { bus, sent, logged, clock } = open(kind, async (request) => {
      if (!isUp) throw new Error('no answer in time');
      return answer(200, FINE[kind])(request);
    });
    await bus.ring([ring]);
    await bus.ring([ring]);
    clock.advance(4_999);
    await bus.ring([ring]);
    expect([sent.length, logged.length]).toEqual([1, 1]);
    clock.advance(1);
    await bus.ring([ring]);
    expect(sent).toHaveLength(2);
    isUp = true;
    clock.advance(5_000);
    await bus.ring([ring]);
    await bus.ring([ring]);
    expect([sent.length, logged.length]).toEqual([4, 2]);
  });

  test('then one caller tries, and the others do not wait for it', async () => {
    let answerNow = () => {};
    let isUp = false;
    const { bus, sent, clock } = open(kind, async (request) => {
      if (!isUp) throw new Error('no answer in time');
      await new Promise<void>((resolve) => {
        answerNow = resolve;
      });
      return answer(200, FINE[kind])(request);
    });
    await bus.ring([ring]);
    isUp = true;
    clock.advance(5_000);
    const first = bus.ring([ring]);
    await bus.ring([ring]);
    await bus.ring([ring]);
    expect(sent).toHaveLength(2);
    answerNow();
    await first;
  });

  test('a clock that was set back does not prolong that', async () => {
    const { bus, sent, clock } = open(kind, () => Promise.reject(new Error('no answer in time')));
    await bus.ring([ring]);
    clock.advance(-3_600_000);
    await bus.ring([ring]);
    expect(sent).toHaveLength(2);
  });

  test('goes on ringing after a refusal, which may be about one topic', async () => {
    const refusal = { invoke: { Response: { Error: { Code: 'ResourceNotFound' } } }, cmq: { code: 4440 } };
    const { bus, sent } = open(kind, answer(200, refusal[kind]));
    await bus.ring([ring]);
    await bus.ring([ring]);
    expect(sent).toHaveLength(2);
  });
});

describe('invoke', () => {
  test('carries all events for a function in one asynchronous call of its released version, each once', async () => {
    await ringAs(portsOf(environmentOf('invoke', server.url)), [...rings, ...rings]);
    expect(server.taken.map(({ body }) => body)).toEqual([
      {
        FunctionName: 'events',
        Namespace: 'production',
        Qualifier: '$DEFAULT',
        InvocationType: 'Event',
        ClientContext: JSON.stringify({ eventIds }),
      },
    ]);
  });

  test('calls each function that holds a consumer of the event, and no other', async () => {
    const split = {
      'order.paid': ['money', 'events'],
      'user.registered': ['events'],
      'friend.bought': ['other'],
    };
    const { bus, sent } = open('invoke', answer(200, FINE.invoke), split);
    await bus.ring([...rings, { topic: 'nobody.listens', eventId: 'nobody.listens:c' }]);
    const called = sent
      .map(({ body }) => JSON.parse(body))
      .map((body) => [body.FunctionName, JSON.parse(body.ClientContext)]);
    expect(called).toEqual([
      ['money', { eventIds: ['order.paid:a'] }],
      ['events', { eventIds }],
    ]);
  });

  test('splits many events into calls within the platform’s 128 KB, which a unit reads back', async () => {
    const longest = (at: number) => `order.paid:${'课'.repeat(200 - 15)}${1000 + at}`;
    const many = Array.from({ length: 2 * EVENTS_MAX + 1 }, (_, at) => ({
      topic: 'order.paid',
      eventId: longest(at),
    }));
    const { bus, sent } = open('invoke', answer(200, FINE.invoke));
    await bus.ring(many);
    const payloads = sent.map(({ body }) => JSON.parse(body).ClientContext as string);
    expect(payloads).toHaveLength(3);
    for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(128 * 1024);
    const read = payloads.flatMap((payload) => messagesOf(JSON.parse(payload)) ?? []);
    expect(read).toEqual(many.map(({ eventId }) => ({ eventId })));
  });

  test('a call that fails does not stop the others', async () => {
    const split = { 'order.paid': ['money'], 'user.registered': ['events'] };
    const { bus, sent, logged } = open(
      'invoke',
      async (request) => {
        if (request.body.includes('money')) throw new Error('no answer in time');
        return answer(200, FINE.invoke)(request);
      },
      split,
    );
    await bus.ring(rings);
    expect(sent).toHaveLength(2);
    expect(logged).toEqual([
      {
        level: 'warn',
        bus: 'invoke',
        unit: 'money',
        eventId: 'order.paid:a',
        events: 1,
        outcome: 'failed',
        reason: 'no answer in time',
      },
    ]);
  });
});

describe('cmq', () => {
  test('signs as the vector says', () => {
    expect(
      cmqSignature('SKtest', 'cmq-gz.public.tencenttdmq.com', {
        topicName: 'order-events',
        Action: 'PublishMessage',
        Nonce: '1234',
        Region: 'gz',
        SecretId: 'AKIDtest',
        SignatureMethod: 'HmacSHA256',
        Timestamp: '1700000000',
        msgBody: '{"orderId":"o1","note":"你好 world"}',
        'msgTag.0': 'paid',
      }),
    ).toBe('qW5jyvKE1hU1+J+VNZEM2BdbuxjdmQQR9USJ1Zih/FQ=');
  });

  test('publishes the event’s id to the event’s topic, as a form', async () => {
    await ringAs(portsOf(environmentOf('cmq', server.url)), rings);
    expect(server.taken).toMatchObject([
      { to: 'order-paid', message: { eventId: 'order.paid:a' } },
      { to: 'user-registered', message: { eventId: 'user.registered:b' } },
    ]);
  });

  test('what was not delivered is in the log, each on its own', async () => {
    let calls = 0;
    const { bus, logged } = open('cmq', async (request) => {
      calls += 1;
      if (calls === 1) throw new Error('timeout');
      return answer(200, { code: 0 })(request);
    });
    await bus.ring(rings);
    expect(logged).toEqual([
      expect.objectContaining({ level: 'warn', eventId: 'order.paid:a', reason: 'timeout' }),
    ]);
  });

  test('a topic is of letters, digits and dashes', () => {
    expect(topicOf('coupon.grant_requested')).toBe('coupon-grant-requested');
  });
});

describe('local', () => {
  function openLocal(options: Partial<LocalBusOptions> = {}) {
    const delivered: string[] = [];
    const bus = createLocalBus({
      isEager: false,
      random: seeded(1),
      deliver: async (consumer, eventId) => delivered.push(`${consumer} ${eventId}`),
      ...options,
    });
    return { bus, delivered };
  }

  test('never throws, even when a consumer does', async () => {
    const { bus } = openLocal({ isEager: true, deliver: () => Promise.reject(new Error('no')) });
    await expect(bus.ring(rings)).resolves.toBeUndefined();
    await expect(bus.ring([])).resolves.toBeUndefined();
    await bus.drain();
  });

  test('delivers once to each consumer of the event, in order, when drained', async () => {
    const { bus, delivered } = openLocal();
    await bus.ring(rings);
    expect(delivered).toEqual([]);
    await bus.drain();
    const told = ['accruePoints', 'grantEntitlement', 'tellPaidOrder'].map((name) => `${name} order.paid:a`);
    expect(delivered).toEqual([...told, 'welcomeNewUser user.registered:b']);
    await bus.drain();
    expect(delivered).toHaveLength(4);
  });

  test('delivers by itself when it is eager, and drain waits for what is under way', async () => {
    const done: string[] = [];
    const { bus } = openLocal({
      isEager: true,
      deliver: async (consumer) => {
        await new Promise((resolve) => setImmediate(resolve));
        done.push(consumer);
      },
    });
    await bus.ring(rings);
    expect(done).toEqual([]);
    await bus.drain();
    expect(done).toHaveLength(4);
  });

  test('rings during a delivery are delivered too', async () => {
    const delivered: string[] = [];
    const { bus } = openLocal({
      deliver: async (consumer) => {
        delivered.push(consumer);
        if (consumer === 'welcomeNewUser')
          await bus.ring([{ topic: 'coupon.grant_requested', eventId: 'c' }]);
      },
    });
    await bus.ring(rings.slice(1));
    await bus.drain();
    expect(delivered).toEqual(['welcomeNewUser', 'grantCoupon']);
  });

  test('runs no more at once than it may', async () => {
    let running = 0;
    let most = 0;
    const { bus } = openLocal({
      atOnce: 2,
      deliver: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      },
    });
    await bus.ring([...rings, ...rings, ...rings]);
    await bus.drain();
    expect(most).toBe(2);
  });

  test('a consumer that waits keeps no other from running, and loses nothing', async () => {
    const delivered: string[] = [];
    let isOver = () => {};
    const over = new Promise<void>((resolve) => {
      isOver = resolve;
    });
    const { bus } = openLocal({
      atOnce: 3,
      atOnceEach: 2,
      isEager: true,
      deliver: async (consumer, eventId) => {
        if (consumer === 'welcomeNewUser') await over;
        delivered.push(`${consumer} ${eventId}`);
      },
    });
    await bus.ring(['1', '2', '3', '4'].map((eventId) => ({ topic: 'user.registered', eventId })));
    await bus.ring([{ topic: 'coupon.grant_requested', eventId: 'c' }]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(delivered).toEqual(['grantCoupon c']);
    isOver();
    await bus.drain();
    const welcomed = ['1', '2', '3', '4'].map((eventId) => `welcomeNewUser ${eventId}`);
    expect(delivered).toEqual(['grantCoupon c', ...welcomed]);
  });

  test('loses, repeats and reorders as it is told', async () => {
    const many = Array.from({ length: 200 }, (_, index) => ({
      topic: 'user.registered',
      eventId: `${index}`,
    }));
    const lossy = openLocal({ faults: { loss: 0.5 } });
    await lossy.bus.ring(many);
    await lossy.bus.drain();
    expect(lossy.delivered.length).toBeGreaterThan(60);
    expect(lossy.delivered.length).toBeLessThan(140);

    const doubling = openLocal({ faults: { duplicate: 1 } });
    await doubling.bus.ring(many);
    await doubling.bus.drain();
    expect(doubling.delivered).toHaveLength(400);

    const mixed = openLocal();
    mixed.bus.faults.reorder = 1;
    await mixed.bus.ring(many);
    await mixed.bus.drain();
    const inOrder = many.map(({ eventId }) => `welcomeNewUser ${eventId}`);
    expect(mixed.delivered).not.toEqual(inOrder);
    expect([...mixed.delivered].sort()).toEqual([...inOrder].sort());
  });
});
