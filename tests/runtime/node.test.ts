import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { callback, http } from '../../shared/function.ts';
import { endpointsOf } from '../../shared/runtime/endpoints.ts';
import { type Served, serve } from '../../shared/runtime/node.ts';
import { createWorld, type World } from '../support/world.ts';

interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let world: World;
let served: Served;
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

const PLATFORM = { caller: 'a platform', errors: [], reads: {}, takes: [], answers: [] } as const;

const wait: { resolve: (() => void) | null } = { resolve: null };

const functions = {
  getLong: http(
    {
      route: 'GET /api/long/{size}',
      auth: 'public',
      input: z.strictObject({ size: z.string(), q: z.string().optional() }),
      output: z.object({ text: z.string(), q: z.string().nullable() }),
      errors: [],
    },
    async ({ input }) => ({ text: '知'.repeat(Number(input.size)), q: input.q ?? null }),
  ),
  putSmall: http(
    {
      route: 'POST /api/small',
      auth: 'public',
      input: z.strictObject({ text: z.string() }),
      output: z.object({ length: z.int(), address: z.string() }),
      errors: [],
      bodyBytesMax: 100,
    },
    async ({ input, address }) => ({ length: input.text.length, address }),
  ),
  updateSmall: http(
    {
      route: 'PATCH /api/small',
      auth: 'public',
      input: z.strictObject({ text: z.string() }),
      output: z.object({ isUpdated: z.literal(true) }),
      errors: [],
    },
    async () => ({ isUpdated: true }) as const,
  ),
  getSlow: http(
    { route: 'GET /api/slow', auth: 'public', input: z.strictObject({}), output: z.object({}), errors: [] },
    async () => {
      await new Promise<void>((resolve) => {
        wait.resolve = resolve;
      });
      return {};
    },
  ),
  putBig: http(
    {
      route: 'POST /api/big',
      auth: 'public',
      input: z.strictObject({ text: z.string() }),
      output: z.object({ length: z.int() }),
      errors: [],
      bodyBytesMax: 1024 * 1024,
    },
    async ({ input }) => ({ length: input.text.length }),
  ),
  unsendable: callback({ route: 'POST /api/unsendable', ...PLATFORM, bodyBytesMax: 1000 }, async () => ({
    status: 200,
    contentType: '\n',
    body: '',
  })),
  echo: callback({ route: 'POST /api/echo', ...PLATFORM, bodyBytesMax: 1000 }, async ({ rawBody }) => ({
    status: 200,
    contentType: 'text/plain',
    body: Buffer.from(rawBody).toString('hex'),
  })),
};

beforeAll(async () => {
  world = await createWorld();
  served = await serve(endpointsOf(functions), world.ports, {
    port: 0,
    pages: async ({ path }) =>
      path === '/' ? { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>知课' } : null,
  });
});
afterAll(async () => {
  agent.destroy();
  await served.close();
  await world.close();
});

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly isChunked?: boolean;
}

function ask(
  path: string,
  { method = 'GET', headers = {}, body, isChunked = false }: Sent = {},
  { url }: Pick<Served, 'url'> = served,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const length =
      body === undefined || isChunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = httpRequest(
      `${url}${path}`,
      { method, agent, headers: { ...length, ...headers } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    if (body !== undefined) outgoing.write(body);
    outgoing.end();
  });
}

/** Sends exactly these bytes on a connection of its own, and answers everything received until it closes. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(served.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

const json = { 'content-type': 'application/json' };

test('a function is served, with its length, its tag and its request id', async () => {
  const { status, headers, body } = await ask('/api/long/2?q=a%20b+c');
  expect(status).toBe(200);
  expect(JSON.parse(body.toString())).toEqual({
    requestId: headers['x-request-id'],
    data: { text: '知知', q: 'a b c' },
  });
  expect(headers['content-length']).toBe(String(body.length));
});

test('a mini-program, which has no PATCH, says so in a header of a POST', async () => {
  const sent = { method: 'POST', body: '{"text":"a"}' };
  const patched = await ask('/api/small', {
    ...sent,
    headers: { ...json, 'x-http-method-override': 'PATCH' },
  });
  expect(JSON.parse(patched.body.toString()).data).toEqual({ isUpdated: true });
  const posted = await ask('/api/small', { ...sent, headers: json });
  expect(JSON.parse(posted.body.toString()).data).toMatchObject({ length: 1 });
});

test('HEAD is GET without the body', async () => {
  const got = await ask('/api/long/2');
  const head = await ask('/api/long/2', { method: 'HEAD' });
  expect(head).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  expect(head.headers['content-length']).toBe(got.headers['content-length']);
});

test('304 has no body, and the connection goes on', async () => {
  const { headers } = await ask('/api/long/2');
  const again = await ask('/api/long/2', { headers: { 'if-none-match': headers.etag ?? '' } });
  expect(again).toMatchObject({ status: 304, body: Buffer.alloc(0) });
  expect((await ask('/api/long/2')).status).toBe(200);
});

test.each([
  ['br', 'br', brotliDecompressSync],
  ['gzip, deflate', 'gzip', gunzipSync],
  ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
])('a long answer to "%s" comes as %s', async (accepted, encoding, decompress) => {
  const { headers, body } = await ask('/api/long/5000', { headers: { 'accept-encoding': accepted } });
  expect(headers['content-encoding']).toBe(encoding);
  expect(headers.vary).toContain('accept-encoding');
  expect(JSON.parse(decompress(body).toString()).data.text).toHaveLength(5000);
  expect(body.length).toBeLessThan(1000);
});

test('nothing is compressed that is short, or for who did not ask', async () => {
  const short = await ask('/api/long/2', { headers: { 'accept-encoding': 'br' } });
  expect(short.headers).not.toHaveProperty('content-encoding');
  for (const accepted of ['identity', 'gzip;q=0', 'brick']) {
    const long = await ask('/api/long/5000', { headers: { 'accept-encoding': accepted } });
    expect(long.headers).not.toHaveProperty('content-encoding');
    expect(long.headers.vary).toContain('accept-encoding');
  }
});

test('a callback gets the bytes as they came', async () => {
  const body = Buffer.from([0xff, 0x00, 0xef, 0xbb, 0xbf]);
  expect((await ask('/api/echo', { method: 'POST', body })).body.toString()).toBe('ff00efbbbf');
});

test.each([
  [413, '/api/echo', 'x'.repeat(70_000)],
  [414, `/api/echo?q=${'x'.repeat(9_000)}`, ''],
  [400, '/api/echo?q=%', ''],
])('what a host refuses of a callback is told in the platform’s shape: %i', async (status, path, body) => {
  const answer = await ask(path, { method: 'POST', body });
  expect([answer.status, JSON.parse(answer.body.toString()).code]).toEqual([status, 'FAIL']);
});

test('a page of the host is served, and the API does not go through it', async () => {
  expect((await ask('/')).body.toString()).toBe('<p>知课');
  expect((await ask('/nothing')).status).toBe(404);
});

test.each([false, true])(
  'a body over its limit is 413, and the connection goes on (chunked: %s)',
  async (isChunked) => {
    const body = JSON.stringify({ text: 'x'.repeat(200_000) });
    const answer = await ask('/api/small', { method: 'POST', headers: json, body, isChunked });
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body.toString()).error.code).toBe('request.too_large');
    const small = await ask('/api/small', { method: 'POST', headers: json, body: '{"text":"x"}', isChunked });
    expect(small.status).toBe(200);
  },
);

describe('what connections may hold', () => {
  const held = { bodyBytes: 100_000, answerBytes: 1_000_000 };
  const text = (length: number) => JSON.stringify({ text: 'x'.repeat(length) });
  let own: Served;
  let sockets: Socket[] = [];
  beforeEach(async () => {
    Object.assign(wait, { resolve: null });
    own = await serve(endpointsOf(functions), world.ports, { port: 0, held });
  });
  afterEach(async () => {
    Object.assign(wait, { resolve: null });
    for (const socket of sockets) socket.destroy();
    sockets = [];
    await own.close();
  });

  /** A connection that has sent these bytes. `got` is what it has received. */
  function open(...sent: readonly (string | Buffer)[]): { readonly socket: Socket; got: string } {
    const socket = connect(own.port, '127.0.0.1');
    const one = { socket, got: '' };
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      one.got += chunk.toString('latin1');
    });
    for (const bytes of sent) socket.write(bytes);
    return one;
  }

  async function until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
  }

  const post = (body: string | Uint8Array, isChunked = false) =>
    ask('/api/big', { method: 'POST', headers: json, body, isChunked }, own);
  const head = (rest: string) =>
    `POST /api/big HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${rest}\r\n\r\n`;

  test('bytes that are promised, and pieces that come slowly, keep nobody’s place', async () => {
    for (let n = 0; n < 50; n += 1) {
      open(head('content-length: 1000000'), 'x');
      open(head('transfer-encoding: chunked'), '1\r\nx\r\n');
    }
    expect((await post(text(90_000), true)).status).toBe(200);
    expect((await post(text(90_000))).status).toBe(200);
  });

  test('request.too_many: when too many bytes are here, who has been sending for longest has to go', async () => {
    const first = open(head('content-length: 80000'), 'x'.repeat(60_000));
    await until(() => first.socket.bytesWritten > 60_000);
    // When a later request is answered, the earlier one has arrived too.
    expect((await post(text(10))).status).toBe(200);
    expect((await post(text(90_000))).status).toBe(200);
    await until(() => first.socket.destroyed);
    expect(first.got).toMatch(/^HTTP\/1\.1 429 /);
    expect(first.got).toContain('connection: close');
  });

  test('a body alone that is more than all may hold is refused, and the next is taken', async () => {
    expect((await post(text(150_000))).status).toBe(429);
    expect((await post(text(90_000))).status).toBe(200);
  });

  test('a body in single bytes costs what its bytes cost, and arrives whole', async () => {
    const pieces = [...text(3_000)].map((one) => `1\r\n${one}\r\n`).join('');
    const one = open(head('transfer-encoding: chunked\r\nconnection: close'), pieces, '0\r\n\r\n');
    await until(() => one.socket.destroyed);
    expect(one.got).toContain('"length":3000');
  });

  test('one request at a time: what is sent before the answer waits, and is answered in its order', async () => {
    const slow = 'GET /api/slow HTTP/1.1\r\nhost: x\r\n\r\n';
    const long = (size: number) => `GET /api/long/${size} HTTP/1.1\r\nhost: x\r\n\r\n`;
    const before = world.logs.length;
    const one = open(slow, long(1), long(2), long(3));
    await until(() => wait.resolve !== null);
    expect((await ask('/api/long/4', {}, own)).status).toBe(200);
    // Only the other connection's request was answered, and none behind the slow one was started.
    expect(world.logs.slice(before).filter(({ function: name }) => name === 'getLong')).toHaveLength(1);
    wait.resolve?.();
    await until(() => one.got.includes(Buffer.from('知知知').toString('latin1')));
    const texts = [
      ...Buffer.from(one.got, 'latin1')
        .toString()
        .matchAll(/"text":"(知+)"/g),
    ];
    expect(texts.map(([, found]) => found?.length)).toEqual([1, 2, 3]);
  });

  test('who sends far too many at once is hung up on, and the others are served', async () => {
    const one = open('GET /api/slow HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(100));
    await until(() => one.socket.destroyed);
    expect((await ask('/api/long/1', {}, own)).status).toBe(200);
  });

  test('when too many answers wait for their clients, who takes theirs for longest is hung up on', async () => {
    const unread = () => {
      const one = open('GET /api/long/2000000 HTTP/1.1\r\nhost: x\r\n\r\n');
      one.socket.pause();
      return one;
    };
    let hungUp = 0;
    for (let n = 0; n < 4; n += 1) {
      unread().socket.on('close', () => {
        hungUp += 1;
      });
    }
    for (const socket of sockets) await until(() => socket.bytesWritten > 0);
    // A paused socket notices its end only when it reads.
    expect((await ask('/api/long/100', {}, own)).status).toBe(200);
    for (const socket of sockets.slice(0, 2)) socket.resume();
    await until(() => hungUp >= 2);
    expect((await ask('/api/long/100000', {}, own)).status).toBe(200);
  });
});

test('what is not there is 404 however long its body is', async () => {
  expect((await ask('/api/other', { method: 'POST', headers: json, body: 'x'.repeat(5000) })).status).toBe(
    404,
  );
});

test('a query that is badly encoded is 400', async () => {
  for (const query of ['q=%', 'q=%zz', 'q=%c3%28']) {
    expect((await ask(`/api/long/2?${query}`)).status).toBe(400);
  }
});

test('a parameter given twice is refused', async () => {
  expect((await ask('/api/long/2?q=a&q=b')).status).toBe(400);
});

test('a target that is too long is 414, headers that are too long are 431', async () => {
  expect((await ask(`/api/long/2?q=${'x'.repeat(9000)}`)).status).toBe(414);
  expect((await ask(`/api/long/2?q=${'x'.repeat(5000)}`)).status).toBe(414);
  const answer = await raw(`GET /api/long/2 HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(answer).toContain('request.headers_too_large');
});

test('no header is lost behind many others', async () => {
  const many = Array.from({ length: 200 }, (_, index) => `x-${index}: 1\r\n`).join('');
  const body = '{"text":"x"}';
  const answer = await raw(
    `POST /api/small HTTP/1.1\r\nhost: x\r\n${many}content-type: application/json\r\nconnection: close\r\n` +
      `content-length: ${body.length}\r\n\r\n${body}`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

test('two Authorization lines are 400, also where nobody has to log in, and one is read', async () => {
  const get = (lines: string) =>
    raw(`GET /api/long/2 HTTP/1.1\r\nhost: x\r\n${lines}connection: close\r\n\r\n`);
  const line = 'Authorization: Bearer one\r\n';
  expect(await get(line)).toMatch(/^HTTP\/1\.1 200 /);
  for (const twice of [line + line, `${line}authorization: Bearer two\r\n`, `Authorization: \r\n${line}`]) {
    expect(await get(twice)).toMatch(/^HTTP\/1\.1 400 [\s\S]*request\.invalid/);
  }
});

test('an answer that cannot be sent is cut off, logged, and ends nothing else', async () => {
  await expect(ask('/api/unsendable', { method: 'POST', body: 'x' })).rejects.toThrow('socket hang up');
  expect(world.logs.at(-1)).toMatchObject({ level: 'error', function: 'host' });
  expect((await ask('/api/long/2')).status).toBe(200);
});

test('bytes that are not HTTP are refused, and the server goes on', async () => {
  expect(await raw('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect(
    await raw(
      'GET /api/long/2 HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
    ),
  ).toMatch(/^HTTP\/1\.1 400 /);
  expect((await ask('/api/long/2')).status).toBe(200);
});

test('a client that hangs up half-way harms nobody', async () => {
  await new Promise<void>((resolve) => {
    const socket = connect(served.port, '127.0.0.1', () => {
      socket.write('POST /api/small HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{"te');
      socket.destroy();
    });
    socket.on('close', () => resolve());
  });
  expect((await ask('/api/long/2')).status).toBe(200);
});

test('the peer’s address counts, and not what it says of itself', async () => {
  const headers = { ...json, 'x-forwarded-for': '8.8.8.8' };
  const { body } = await ask('/api/small', { method: 'POST', headers, body: '{"text":"x"}' });
  expect(JSON.parse(body.toString()).data.address).toBe('127.0.0.1');
});

test('closing takes nothing new, and lets what is being answered end', async () => {
  const own = await serve(endpointsOf(functions), world.ports, { port: 0 });
  const slow = fetch(`${own.url}/api/slow`);
  while (wait.resolve === null) await new Promise((resolve) => setImmediate(resolve));
  const closed = own.close();
  await expect(fetch(`${own.url}/api/long/2`)).rejects.toThrow();
  wait.resolve();
  const answer = await slow;
  expect(answer.status).toBe(200);
  expect(answer.headers.get('connection')).toBe('close');
  await answer.arrayBuffer();
  await closed;
});

test('a port that is taken is said at once', async () => {
  await expect(serve(endpointsOf(functions), world.ports, { port: served.port })).rejects.toThrow(
    'EADDRINUSE',
  );
});
