/** S23, S38, S39: nobody takes more than their share. */
import { connect, type Socket } from 'node:net';
import { rssMb } from '../load/measure.ts';
import { learner } from './people.ts';
import { expectSane, expectUnchanged } from './routes.ts';
import { newId } from './shop.ts';
import { at, freshAddress, type Stack, startStack, textAt } from './stack.ts';

const MB = 1024 * 1024;
/** The calls allowed in a minute for one logged-in user. Below, for one address without a session. */
const USER_CALLS_MAX = 600;
const ADDRESS_CALLS_MAX = 1_200;

let stack: Stack;
let slow: { readonly socket: Socket; got: string }[] = [];

/** Each slow sender sends one more byte of its headers. */
function drip(): void {
  for (const { socket } of slow) if (socket.writable) socket.write('x');
}

beforeAll(async () => {
  stack = await startStack();
  // Started first and checked last, because they take long on purpose.
  slow = Array.from({ length: 50 }, () => {
    const one = { socket: connect(stack.port, '127.0.0.1'), got: '' };
    one.socket.on('error', () => undefined);
    one.socket.on('data', (chunk: Buffer) => {
      one.got += chunk.toString('latin1');
    });
    one.socket.write('POST /api/login HTTP/1.1\r\nhost: x\r\n');
    return one;
  });
});
afterAll(async () => {
  for (const { socket } of slow) socket.destroy();
  await stack.stop();
});
afterEach(() => expectSane(stack));

/** Sends the same call `count` times, a few at a time. Answers how often each status came. */
async function flood(count: number, call: (index: number) => Promise<number>): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  for (let from = 0; from < count; from += 10) {
    drip();
    const batch = Array.from({ length: Math.min(10, count - from) }, (_, index) => call(from + index));
    for (const status of await Promise.all(batch)) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  return statuses;
}

describe('S23: what is too large is refused, and costs little', () => {
  test('bodies of 1 and 10 MB, headers of 64 KB, and an address of 64 KB', async () => {
    const before = rssMb(stack.pid);
    await expectUnchanged(stack, async () => {
      for (const bytes of [MB, 10 * MB]) {
        for (let times = 0; times < 5; times += 1) {
          const body = `{"code":"${'x'.repeat(bytes)}"}`;
          const sent = await stack
            .send({ method: 'POST', target: '/api/login', body })
            .then(({ status }) => status)
            // The server may hang up while we are still sending.
            .catch((caught: NodeJS.ErrnoException) => caught.code);
          expect([413, 'ECONNRESET', 'EPIPE']).toContain(sent);
        }
      }
      const headers = { 'x-large': 'x'.repeat(65_536) };
      expect((await stack.send({ method: 'GET', target: '/api/courses', headers })).status).toBe(431);
      const long = `/api/courses?category=${'x'.repeat(12_000)}`;
      expect((await stack.send({ method: 'GET', target: long })).status).toBe(414);
      const many = Array.from({ length: 60 }, (_, index) => `a${index}=1`).join('&');
      expect((await stack.send({ method: 'GET', target: `/api/courses?${many}` })).status).toBe(414);
    });
    expect(rssMb(stack.pid) - before).toBeLessThan(80);
    expect((await stack.send({ method: 'GET', target: '/api/courses' })).status).toBe(200);
  });
});

describe('S38: who asks too often waits', () => {
  test('a user is stopped, told how long to wait, in all their sessions, and nobody else is', async () => {
    const phone = await learner(stack, 'hasty');
    const tablet = await learner(stack, 'hasty');
    const other = await learner(stack, 'patient');
    const body = { orderId: newId('ord'), lines: [], couponId: null, shownFen: 0 };
    const statuses = await flood(USER_CALLS_MAX + 50, async () => {
      const { status } = await stack.send({
        method: 'POST',
        target: '/api/orders',
        token: phone.token,
        body,
      });
      return status;
    });
    expect(statuses.get(429)).toBeGreaterThanOrEqual(50);
    expect((statuses.get(400) ?? 0) + (statuses.get(429) ?? 0)).toBe(USER_CALLS_MAX + 50);
    const refused = await stack.send({ method: 'GET', target: '/api/me', token: tablet.token });
    expect([refused.status, refused.code]).toEqual([429, 'request.too_many']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await stack.send({ method: 'GET', target: '/api/me', token: other.token })).status).toBe(200);
  });

  test('an address that has not said who it is, too; what it forges in front of our proxy’s word is not read', async () => {
    const address = freshAddress();
    let forged = 0;
    const statuses = await flood(ADDRESS_CALLS_MAX + 50, async (index) => {
      forged = index;
      const claimed = `198.51.100.${index % 250}, ${address}`;
      return (await stack.send({ method: 'GET', target: '/api/courses', address: claimed })).status;
    });
    expect(forged).toBeGreaterThan(ADDRESS_CALLS_MAX);
    expect(statuses.get(429)).toBeGreaterThanOrEqual(50);
    expect((await stack.send({ method: 'GET', target: '/api/courses' })).status).toBe(200);
  });
});

describe('S39: one takes what one may, and no more', () => {
  test('a thousand claims of one user are one coupon for each number they may have', async () => {
    const greedy = await learner(stack, 'greedy');
    const { token } = greedy;
    const offers = await stack.send({ method: 'GET', target: '/api/coupons', token });
    const offer = at(offers.json, 'data', 'items', 0);
    const templateId = textAt(offer, 'id');
    const most = Number(at(offer, 'perUserMax'));
    const statuses = await flood(300, async (index) => {
      const body = { templateId, number: 1 + (index % (most + 2)) };
      return (await stack.send({ method: 'POST', target: '/api/coupons/receive', token, body })).status;
    });
    expect((statuses.get(200) ?? 0) + (statuses.get(409) ?? 0) + (statuses.get(429) ?? 0)).toBe(300);
    expect(statuses.get(429)).toBeGreaterThan(0);
    await stack.store.settled();
    const held = stack.store
      .bodies('coupons')
      .filter((body) => body.includes(greedy.userId) && body.includes(templateId));
    expect(held).toHaveLength(most);
  });

  test('made-up codes from one address are stopped', async () => {
    const address = freshAddress();
    const statuses = await flood(ADDRESS_CALLS_MAX + 20, async (index) => {
      const body = { code: `made-up-${index}!` };
      return (await stack.send({ method: 'POST', target: '/api/login', body, address })).status;
    });
    expect(statuses.get(200)).toBeUndefined();
    expect(statuses.get(429)).toBeGreaterThanOrEqual(20);
  });
});

test('S23: who sends byte after byte and no end is hung up on, and nobody else has noticed', async () => {
  const ended = slow.map(async ({ socket }) => {
    if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
  });
  drip();
  await Promise.all(ended);
  for (const { got } of slow) expect(got).toMatch(/^(HTTP\/1\.1 408|$)/);
});
