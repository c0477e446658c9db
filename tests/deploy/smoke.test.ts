import type { OutsideResponse, Send } from '../../shared/adapters/http/request.ts';
import { smokeTest } from '../../tools/deploy/smoke.ts';

const json = (status: number, body: object): OutsideResponse => ({
  status,
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
});
const refusal = (code: string) => ({ requestId: 'r', error: { code, message: '不行', params: {} } });

/** A shop that answers as it should, by method and path. */
const right: Readonly<Record<string, OutsideResponse>> = {
  'GET /api/me': json(401, refusal('auth.session_missing')),
  'GET /api/products': json(200, { requestId: 'r', data: { items: [], next: null } }),
  'POST /api/login/password': json(401, refusal('auth.password_wrong')),
  'GET /api/admin/orders': json(401, refusal('auth.session_missing')),
  'POST /api/pay/notify': json(401, { code: 'FAIL', message: '' }),
  'POST /': json(404, refusal('route.not_found')),
};

function shopOf(answers: Readonly<Record<string, OutsideResponse | null>>) {
  const asked: string[] = [];
  const send: Send = async ({ method, url, body }) => {
    const path = url.replace('https://shop.test', '');
    asked.push(`${method} ${path} ${body}`);
    const answer = { ...right, ...answers }[`${method} ${path}`];
    if (answer === null || answer === undefined) throw new Error('no connection in time');
    return answer;
  };
  let pausedMs = 0;
  const pause = async (ms: number) => {
    pausedMs += ms;
  };
  return { asked, run: () => smokeTest('https://shop.test', send, pause), pausedMs: () => pausedMs };
}

describe('the smoke test', () => {
  test('passes a shop that answers, and asks each thing once', async () => {
    const shop = shopOf({});
    await expect(shop.run()).resolves.toBeUndefined();
    expect(shop.asked.length).toBe(Object.keys(right).length);
    expect(shop.pausedMs()).toBe(0);
  });

  test.each<[string, Record<string, OutsideResponse | null>, string]>([
    ['a unit that cannot start', { 'GET /api/me': json(500, refusal('internal')) }, 'health'],
    [
      'a catalogue that is down',
      { 'GET /api/products': json(503, refusal('database.unavailable')) },
      'catalogue',
    ],
    [
      'a catalogue that is something else',
      { 'GET /api/products': json(200, { hello: 'nginx' }) },
      'is no list',
    ],
    ['a login that lets anybody in', { 'POST /api/login/password': json(200, { token: 't' }) }, 'login'],
    [
      'a platform that refuses in our place',
      { 'GET /api/admin/orders': json(401, { errorCode: 1 }) },
      'somebody else',
    ],
    ['a callback that is believed', { 'POST /api/pay/notify': json(200, { code: 'SUCCESS' }) }, 'callback'],
    ['a timer’s event that is run', { 'POST /': json(200, { ok: true }) }, 'forged event of a timer'],
    ['a shop that does not answer', { 'GET /api/products': null }, 'does not answer: no connection in time'],
  ])('fails for %s, after some tries', async (_, answers, why) => {
    const shop = shopOf(answers);
    await expect(shop.run()).rejects.toThrow(why);
    expect(shop.pausedMs()).toBe(20_000);
  });

  test('waits for a switch that is not everywhere yet', async () => {
    let times = 0;
    const send: Send = async ({ method, url }) => {
      times += 1;
      const answer = right[`${method} ${url.replace('https://shop.test', '')}`];
      if (times === 1 || answer === undefined) return json(502, {});
      return answer;
    };
    await expect(smokeTest('https://shop.test', send, async () => undefined)).resolves.toBeUndefined();
  });
});
