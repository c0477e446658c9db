import { createLocalBus, type LocalBusOptions } from '../../local/bus.local.ts';
import { cmqBus, cmqSignature, topicOf } from '../../shared/adapters/cmq/bus.ts';
import type { OutsideRequest, Send } from '../../shared/adapters/http/request.ts';
import type { Bus } from '../../shared/ports/bus.ts';
import { virtualClock } from '../support/clock.ts';
import { seeded } from '../support/seeded.ts';

const rings = [
  { topic: 'order.paid', eventId: 'order.paid:a' },
  { topic: 'user.registered', eventId: 'user.registered:b' },
];

const answer =
  (status: number, body: unknown): Send =>
  async () => ({
    status,
    headers: {},
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  });

function openCmq(send: Send, token: string | null = null) {
  const logged: unknown[] = [];
  const bus = cmqBus({
    endpoint: 'https://cmq-gz.public.tencenttdmq.com',
    region: 'gz',
    credentials: () => ({ secretId: 'AKIDtest', secretKey: 'SKtest', token }),
    send,
    clock: virtualClock(),
    ids: { random: () => 0.5 },
    log: { write: (level, record) => logged.push({ level, ...record }) },
  });
  return { bus, logged };
}

const broken: [string, Bus][] = [
  ['cmq, no answer', openCmq(() => Promise.reject(new Error('timeout'))).bus],
  ['cmq, an error', openCmq(answer(200, { code: 4000, message: 'no' })).bus],
  ['cmq, a bad gateway', openCmq(answer(502, '<html>')).bus],
  ['cmq, nothing wrong', openCmq(answer(200, { code: 0 })).bus],
  [
    'local, a consumer that fails',
    createLocalBus({ isEager: true, random: () => 0.5, deliver: () => Promise.reject(new Error('no')) }),
  ],
];

test.each(broken)('ringing never throws: %s', async (_, bus) => {
  await expect(bus.ring(rings)).resolves.toBeUndefined();
  await expect(bus.ring([])).resolves.toBeUndefined();
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

  test('publishes the event’s id to the event’s topic, signed, as a form', async () => {
    const sent: OutsideRequest[] = [];
    const { bus } = openCmq(async (request) => {
      sent.push(request);
      return answer(200, { code: 0 })(request);
    }, 'temporary/token+');
    await bus.ring(rings);
    expect(sent).toHaveLength(2);
    const [first] = sent;
    expect(first).toMatchObject({
      method: 'POST',
      url: 'https://cmq-gz.public.tencenttdmq.com/v2/index.php',
    });
    const { Signature, ...parameters } = Object.fromEntries(new URLSearchParams(first?.body));
    expect(parameters).toMatchObject({
      Action: 'PublishMessage',
      topicName: 'order-paid',
      msgBody: '{"eventId":"order.paid:a"}',
      Token: 'temporary/token+',
    });
    expect(Signature).toBe(cmqSignature('SKtest', 'cmq-gz.public.tencenttdmq.com', parameters));
  });

  test('what was not delivered is in the log, each on its own', async () => {
    let calls = 0;
    const { bus, logged } = openCmq(async (request) => {
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

  test('delivers once to each consumer of the event, in order, when drained', async () => {
    const { bus, delivered } = openLocal();
    await bus.ring(rings);
    expect(delivered).toEqual([]);
    await bus.drain();
    const told = ['accruePoints', 'grantEntitlement'].map((name) => `${name} order.paid:a`);
    expect(delivered).toEqual([...told, 'welcomeNewUser user.registered:b']);
    await bus.drain();
    expect(delivered).toHaveLength(3);
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
    expect(done).toHaveLength(3);
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
