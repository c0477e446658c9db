import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createCovers } from '../../local/coverPages.ts';
import { createFrontEnds } from '../../local/frontEnds.ts';
import { withOwnMedia } from '../../local/mediaDomain.ts';
import { phoneForward } from '../../local/phoneForward.ts';
import { seedCatalogue, seedCourseId } from '../../local/seed/seedCatalogue.ts';
import type { Endpoint, Exchange, HttpResponse } from '../../shared/runtime/exchange.ts';
import { createWorld } from '../support/world.ts';

const URL_HERE = 'http://127.0.0.1:3000';
const asked = (path: string, headers: Record<string, string> = {}, method = 'GET') => ({
  ...{ method, path, query: {}, headers, rawBody: null, address: '127.0.0.1' },
});
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const textOf = (response: HttpResponse | null) => Buffer.from(response?.body ?? '').toString('utf8');

describe('the built front ends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-built-'));
  const files = {
    'console/index.html': '<!doctype html><title>console</title>',
    'console/assets/main-ABCDEF12.js': 'start()',
    'console/assets/notes.key': 'secret',
    'app/index.html': '<!doctype html><title>app</title>',
    'app/phone.js': 'boot()',
    'miniprogram/pages/home/home.js': 'Page({})',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  writeFileSync(join(folder, 'start.mjs'), 'the program');
  const get = createFrontEnds(URL_HERE, folder);
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(['/console', '/console/', '/console/orders/ord_1', '/console/none.js'])(
    '%s answers the page of the console, which is asked for anew each time',
    async (path) => {
      const response = await get(asked(path));
      expect(textOf(response)).toBe(files['console/index.html']);
      expect(response).toMatchObject({ status: 200, headers: { 'cache-control': 'no-cache' } });
    },
  );

  test('a file with a hash in its name is kept for ever, and is compressed for who takes it', async () => {
    const response = await get(asked('/console/assets/main-ABCDEF12.js', { 'accept-encoding': 'gzip' }));
    expect(response?.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'gzip',
      vary: 'accept-encoding',
    });
    expect(gunzipSync(response?.body ?? '').toString()).toBe('start()');
  });

  test('pages are strict: their own scripts and styles, nobody’s frame, no type guessed, no referrer', async () => {
    for (const path of ['/console', '/app']) {
      const headers = (await get(asked(path)))?.headers ?? {};
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      const policy = headers['content-security-policy'] ?? '';
      expect(policy.split('; ')).toEqual(
        expect.arrayContaining([
          ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"],
          ...["form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"],
        ]),
      );
      expect(policy).not.toMatch(/unsafe|\*/);
    }
  });

  test('the phone is a page with its script', async () => {
    expect(textOf(await get(asked('/app/phone.js')))).toBe('boot()');
    expect(textOf(await get(asked('/app/')))).toBe(files['app/index.html']);
  });

  test.each([
    ...[
      '/app/none.js',
      '/miniprogram',
      '/app/../start.mjs',
      '/app/..%2fstart.mjs',
      '/miniprogram/pages/home/home.js',
    ],
    ...['/consoles', '/start.mjs', '/'],
  ])('%s is none of them', async (path) => {
    expect(await get(asked(path))).toBeNull();
  });

  test('files that no page needs and paths out of the folder answer the page only', async () => {
    for (const path of ['/console/assets/notes.key', '/console/../start.mjs'])
      expect(textOf(await get(asked(path)))).toBe(files['console/index.html']);
    expect(await get(asked('/console', {}, 'POST'))).toBeNull();
  });

  test('what is not built says so in one line', async () => {
    const none = createFrontEnds(URL_HERE, join(folder, 'none'));
    for (const path of ['/console', '/console/orders', '/app']) {
      const response = await none(asked(path));
      expect(response?.status).toBe(503);
      expect(textOf(response)).toMatch(/^.*还没有构建.*\n$/);
    }
  });
});

describe('the laptop’s media domain', () => {
  let seen: string | undefined;
  const endpoint: Endpoint = {
    name: 'echo',
    kind: 'http',
    bodyBytesMax: 1_000,
    handle: async (exchange) => {
      seen = exchange.request.rawBody?.toString();
      const body = JSON.stringify({
        coverUrl: 'https://static.zhike.example/covers/a.svg',
        other: 'https://a.example/',
      });
      exchange.response = { status: 200, headers: {}, body };
    },
  };
  const [wrapped] = withOwnMedia([{ route: 'GET /api/echo', endpoint }], URL_HERE);
  async function call(host: string, body = ''): Promise<string> {
    const exchange = {
      request: { ...asked('/api/echo', { host }), rawBody: Buffer.from(body) },
      response: null,
    };
    await wrapped?.endpoint.handle(exchange as unknown as Exchange);
    return textOf(exchange.response);
  }

  test('is answered as the origin that the browser asked, when that is this machine', async () => {
    expect(await call('localhost:3000')).toContain('"http://localhost:3000/covers/a.svg"');
    expect(await call('127.0.0.1:3000')).toContain('"https://a.example/"');
    expect(await call('evil.example"')).toContain(`"${URL_HERE}/covers/a.svg"`);
  });

  test('is stored, whatever address a browser sends back', async () => {
    await call('localhost:3000', '{"coverUrl":"http://localhost:3000/media/covers/fil_1.jpg"}');
    expect(seen).toBe('{"coverUrl":"https://static.zhike.example/media/covers/fil_1.jpg"}');
    await call('localhost:3000', '{"words":"http://localhost:3000/console"}');
    expect(seen).toBe('{"words":"http://localhost:3000/console"}');
  });

  test('has a picture for each product that is there', async () => {
    const world = await createWorld();
    await seedCatalogue(world.ports);
    const covers = createCovers(world.ports.database);
    const cover = await covers(`/covers/${seedCourseId(1)}.svg`);
    expect(cover?.headers['content-type']).toBe('image/svg+xml');
    expect(textOf(cover)).toContain('Python 零基础入门');
    for (const path of [
      `/covers/${seedCourseId(999)}.svg`,
      '/covers/prd_1.svg',
      '/covers/../a.svg',
      '/covers/',
    ])
      expect(await covers(path)).toBeNull();
  });
});

describe('what is forwarded to the simulators', () => {
  const got: { line: string; headers: object; body: string }[] = [];
  const simulators = createServer(async (incoming, outgoing) => {
    const chunks = await incoming.toArray();
    const { method, url, headers } = incoming;
    got.push({ line: `${method} ${url}`, headers, body: Buffer.concat(chunks).toString() });
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{"code":"1"}');
  });
  let front: Server;
  let address = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => simulators.listen(0, '127.0.0.1', resolve));
    const forward = phoneForward(urlOf(simulators));
    front = createServer(async (incoming, outgoing) => {
      if (!(await forward(incoming, outgoing))) outgoing.writeHead(404).end('not mine');
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    address = urlOf(front);
  });
  afterAll(() => {
    for (const server of [simulators, front]) server.close();
  });
  afterEach(() => got.splice(0));

  const send = (path: string, headers: Record<string, string>, body = '{"name":"xiaoming"}') =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const sent = request(address + path, { method: 'POST', headers }, async (answer) =>
        resolve({ status: answer.statusCode, text: Buffer.concat(await answer.toArray()).toString() }),
      );
      sent.once('error', reject);
      sent.end(body);
    });

  test('is the request with its body, and none of its headers', async () => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer secret', cookie: 'a=b' };
    expect(await send('/phone/login', { ...headers, origin: address })).toEqual({
      status: 200,
      text: '{"code":"1"}',
    });
    expect(got[0]).toMatchObject({ line: 'POST /phone/login', body: '{"name":"xiaoming"}' });
    expect(Object.keys(got[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['authorization']));
    expect(JSON.stringify(got[0])).not.toContain('secret');
  });

  test('comes from no page of another origin', async () => {
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { host: 'rebound.example' },
    ];
    for (const headers of foreign) expect((await send('/control/clock', headers)).status).toBe(403);
    expect(got).toEqual([]);
  });

  test('is the phone and the controls alone: no rail’s API, nothing else', async () => {
    for (const path of ['/v3/pay/transactions/jsapi', '/sns/jscode2session', '/phones/x', '/console'])
      expect(await send(path, {})).toEqual({ status: 404, text: 'not mine' });
    expect(got).toEqual([]);
  });

  test('fails as a whole when the simulators are gone', async () => {
    const gone = phoneForward('http://127.0.0.1:9');
    const server = createServer(async (incoming, outgoing) => {
      await gone(incoming, outgoing);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const before = address;
    address = urlOf(server);
    expect(await send('/phone/login', {})).toMatchObject({ status: 502 });
    address = before;
    server.close();
  });
});
