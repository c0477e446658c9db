import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../local/freePort.ts';
import { serveCloudbase } from '../../local/simulators/tencent/cloudbaseServer.ts';
import { httpSend } from '../../shared/adapters/http/nodeRequest.ts';
import { serverOf } from '../../shared/adapters/mysql/address.ts';
import { smokeTest } from '../../tools/deploy/smoke.ts';
import { START, Victim } from '../chaos/victim.ts';
import { askBack, buy, clientOf, nothingPromised, openLesson, type Shop } from '../load/buyer.ts';
import { exchange, type Running, startNode } from '../load/measure.ts';
import { makeCloudbase } from '../support/cloudbase.ts';
import { keptPort } from '../support/keptPort.ts';
import { Administrator, describeMysql, makeDatabase } from '../support/mysql.ts';
import { seeded } from '../support/seeded.ts';

const json = { 'content-type': 'application/json' };

/** A place for the documents of a stack: what its process has to know of it, and the end of it. */
interface Place {
  readonly env: Readonly<Record<string, string>>;
  /**
   * How often the stack prints before a buyer asks again. Each question is a line, too. So whoever asks at every line
   * asks too often where answers take longer.
   */
  readonly lines: number;
  drop(): Promise<void>;
}

const inItsFolder = async (): Promise<Place> => ({ env: {}, lines: 1, drop: async () => undefined });

async function onServer(): Promise<Place> {
  const administrator = await Administrator.connect();
  const { url, drop } = await makeDatabase(administrator);
  return { env: { DATABASE_URL: url }, lines: 2, drop: () => drop().finally(() => administrator.close()) };
}

async function inCloudbase(): Promise<Place> {
  const { simulator, client } = makeCloudbase();
  const served = await serveCloudbase(simulator, 0);
  const { secretId, secretKey, token } = client.credentials();
  const keys = {
    TENCENTCLOUD_SECRETID: secretId,
    TENCENTCLOUD_SECRETKEY: secretKey,
    TENCENTCLOUD_SESSIONTOKEN: token ?? '',
  };
  const env = { DATABASE_URL: `cloudbase:${client.environment}`, CLOUDBASE_URL: served.url, ...keys };
  return { env, lines: 4, drop: () => served.close() };
}

beforeAll(() => {
  execFileSync('npx', ['tsx', 'esbuild.config.ts', '--local'], { stdio: 'ignore' });
});

describe('the stack over HTTP', () => overHttp(inItsFolder));
describe('the stack over HTTP, in CloudBase', () => overHttp(inCloudbase, { isWhole: false }));
describeMysql('the stack over HTTP, on MySQL', () => {
  overHttp(onServer);

  test('a server that does not answer is waited for, and that is said once', async () => {
    const place = await onServer();
    const folder = mkdtempSync(join(tmpdir(), 'zhike-e2e-waiting-'));
    const url = new URL(place.env.DATABASE_URL ?? '');
    const target = serverOf(url.href);
    const gate = createServer((client) => {
      const server = connect(target.port, target.host);
      for (const socket of [client, server]) socket.on('error', () => socket.destroy());
      client.pipe(server).pipe(client);
    });
    const port = await freePort();
    url.host = `127.0.0.1:${port}`;
    const env = { ...process.env, DATABASE_URL: url.href, DATA_DIR: folder, PORT: '0', LOG: 'off' };
    const child = spawn(process.execPath, [START], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    let answer = '';
    const ended = once(child, 'exit');
    const begun = new Promise<void>((resolve) =>
      child.stdout.on('data', (chunk) => {
        answer += String(chunk);
        if (answer.includes('Data ')) resolve();
      }),
    );
    child.stderr.on('data', (chunk) => {
      errors += String(chunk);
      if (!gate.listening) gate.listen(port, '127.0.0.1');
    });
    await begun;
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    const says = `The database ${target.database} at 127.0.0.1:${port} does not answer (ECONNREFUSED).`;
    expect(errors).toBe(`${says} It is asked again until it does.\n`);
    await new Promise((resolve) => gate.close(resolve));
    await place.drop();
    rmSync(folder, { recursive: true, force: true });
  });
});

/** HTTP only, against the whole stack in a process of its own: everything, or only what people buy. */
function overHttp(makePlace: () => Promise<Place>, { isWhole } = { isWhole: true }): void {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-e2e-'));
  let place: Place;
  let stack: Running;
  let shop: Shop;

  const start = async () => {
    stack = await startNode(START, { ...place.env, DATA_DIR: folder, PORT: '0' }, ['API', 'Phone']);
    // The stack logs everything it does, including each of our calls. Virtual time stands still, so nothing is ever too
    // late.
    const pause = async () => {
      for (let line = 0; line < place.lines; line += 1) await stack.printed();
    };
    const { API: api = '', Phone: phone = '' } = stack.lines;
    shop = { api, phone, words: '数据分析', random: seeded(1), pause, nowMs: () => 0, patienceMs: 0 };
  };
  const codeOf = async (name: string): Promise<string> => {
    const answer = await exchange('POST', `${shop.phone}/phone/login`, json, JSON.stringify({ name }));
    return (JSON.parse(answer.body) as { code: string }).code;
  };

  beforeAll(async () => {
    place = await makePlace();
    await start();
  });

  afterAll(async () => {
    await stack.stop();
    await place.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the smoke test of a deployment finds that all is well', async () => {
    const asked = smokeTest(shop.api, httpSend(), async () => undefined);
    await expect(asked).resolves.toBeUndefined();
  });

  test('a learner logs in, searches, takes a coupon, pays, and learns', async () => {
    const promised = nothingPromised('e2e');
    await buy(shop, promised);
    expect(promised).toMatchObject({ isPaidAtPhone: true, isPaid: true, isOpen: true });
    expect(promised.couponId).not.toBeNull();
  });

  test.each(['web', 'android'] as const)(
    'a learner on %s pays with points, and gets everything back by the policy',
    async (platform) => {
      const promised = nothingPromised(`regrets-${platform}`);
      const patient = { ...shop, paying: { platform, withPoints: true } };
      const bought = await buy(patient, promised);
      const { client, orderId, lessonId, payableFen, pointsSpent, couponId } = bought;
      expect(pointsSpent).toBeGreaterThan(0);
      await askBack(patient, promised, bought);
      expect((await client.getOrder({ orderId })).order).toMatchObject({
        rail: platform === 'web' ? 'wxpay' : 'xpay',
        state: 'paid',
        refundedFen: payableFen,
        refundingFen: 0,
      });
      expect(await openLesson(client, lessonId)).toBe(false);
      expect(await client.getPoints({})).toMatchObject({ balance: pointsSpent, held: 0, debt: 0 });
      const coupon = (await client.listMyCoupons({})).items.find(({ id }) => id === couponId);
      expect(coupon?.state).toBe('available');
    },
  );

  if (!isWhole) return;

  test('one login code logs in once', async () => {
    const client = clientOf(shop, () => null);
    const code = await codeOf('twice');
    await client.login({ code });
    await expect(client.login({ code })).rejects.toMatchObject({ code: 'auth.code_invalid', status: 401 });
  });

  test('a payment that is dismissed on the phone leaves the order pending, and cancelling closes it', async () => {
    let token: string | null = null;
    const client = clientOf(shop, () => token);
    token = (await client.login({ code: await codeOf('dismisser') })).token;
    const { items } = await client.listCourses({});
    const course = items.find(({ listFen }) => listFen > 0);
    if (course === undefined) throw new Error('no course costs anything');
    const orderId = 'ord_01JD0000000000000000000042';
    const lines = [{ productId: course.id }];
    await client.createOrder({ orderId, lines, couponId: null, shownFen: course.listFen });
    const { payment } = await client.payOrder({ orderId });
    const said = await exchange(
      'POST',
      `${shop.phone}/phone/pay`,
      json,
      JSON.stringify({ ...payment, name: 'dismisser', decision: 'dismiss' }),
    );
    expect(JSON.parse(said.body)).toEqual({ errMsg: 'requestPayment:fail cancel' });
    expect((await client.getOrder({ orderId })).order.state).toBe('pending');
    expect((await client.cancelOrder({ orderId })).order.state).toBe('closed');
    const late = await exchange(
      'POST',
      `${shop.phone}/phone/pay`,
      json,
      JSON.stringify({ ...payment, name: 'dismisser', decision: 'confirm' }),
    );
    expect((JSON.parse(late.body) as { errMsg: string }).errMsg).toMatch(/^requestPayment:fail/);
  });

  test('the HTML pages are served, and load nothing from other hosts', async () => {
    for (const path of ['/', '/docs', '/docs/', '/docs/start.js', '/docs/viewer.js', '/docs/viewer.css']) {
      const { status, body } = await exchange('GET', `${shop.api}${path}`);
      expect([path, status]).toEqual([path, 200]);
      if (!path.endsWith('viewer.js') && !path.endsWith('viewer.css'))
        expect(body).not.toMatch(/(src|href)="https?:/);
    }
    expect((await exchange('GET', shop.api)).body).toContain(`${shop.phone}/phone/login`);
    const document = JSON.parse((await exchange('GET', `${shop.api}/docs/openapi.json`)).body) as {
      openapi: string;
    };
    expect(document.openapi).toMatch(/^3\.1/);
  });

  test('what is not there is a catalogued 404', async () => {
    for (const path of ['/nothing', '/api/nothing', '/docs/../package.json', '/media/x']) {
      const { status } = await exchange('GET', `${shop.api}${path}`);
      expect([path, status === 404 || status === 403]).toEqual([path, true]);
    }
  });

  test.each(['web', 'android'] as const)(
    'killed while a learner on %s pays, it gives access once it is back',
    async (platform) => {
      const own = mkdtempSync(join(tmpdir(), 'zhike-e2e-killed-'));
      const ownPlace = await makePlace();
      const base = { ...ownPlace.env, DATA_DIR: own };
      const outside = await startNode(START, { ...base, ROLE: 'simulators', PORT: '0' }, ['Phone']);
      const { Phone: phone = '' } = outside.lines;
      const port = String(await keptPort(Math.random));
      const env = { ...base, ROLE: 'product', PORT: port, SIMULATORS: phone };
      const victim = new Victim(env);
      try {
        const api = await victim.start();
        let restarted: Promise<unknown> | null = null;
        // Between the two nobody answers, so asking again is useless.
        const pause = async () => {
          await restarted;
          await victim.printed();
        };
        const promised = nothingPromised(`survivor-${platform}`);
        const handed = new Promise<void>((resolve) => {
          Object.defineProperty(promised, 'isHanded', { get: () => true, set: () => resolve() });
        });
        const paying = { platform, withPoints: false };
        const journey = buy({ ...shop, api, phone, pause, paying, patienceMs: 1 }, promised);
        await handed;
        restarted = victim.kill().then(() => victim.start());
        await restarted;
        await journey;
        expect(victim.kills).toBe(1);
        expect(promised).toMatchObject({ isPaidAtPhone: true, isPaid: true, isOpen: true });
      } finally {
        await victim.stop();
        await outside.stop();
        await ownPlace.drop();
        rmSync(own, { recursive: true, force: true });
      }
    },
  );

  test('SIGTERM ends it cleanly, and the next start finds everything as it was', async () => {
    const before = nothingPromised('keeper');
    await buy(shop, before);
    const client = clientOf(shop, () => null);
    // Covers are at the address of the server, which is another one after each start.
    const withoutPort = (told: unknown) => JSON.stringify(told).replaceAll(shop.api, '');
    const courses = withoutPort(await client.listCourses({}));
    await stack.stop();
    expect(stack.child.exitCode).toBe(0);
    await start();
    let token: string | null = null;
    const again = clientOf(shop, () => token);
    const login = await again.login({ code: await codeOf('keeper') });
    token = login.token;
    expect(login.isNew).toBe(false);
    expect(login.user.id).toBe(before.userId);
    expect((await again.listOrders({})).items).toHaveLength(1);
    expect(withoutPort(await again.listCourses({}))).toBe(courses);
    // The rails forgot their books, but their new numbers are still new to the shop.
    for (const platform of ['web', 'android', 'web', 'android'] as const) {
      const later = nothingPromised(`later-${platform}-${shop.random()}`);
      await buy({ ...shop, paying: { platform, withPoints: false } }, later);
      expect(later).toMatchObject({ isPaidAtPhone: true, isPaid: true, isOpen: true });
    }
  });
}
