import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { httpSend } from '../../../shared/adapters/http/nodeRequest.ts';

let server: Server;
let url: string;
let connections: number;
let answer: RequestListener;

beforeEach(async () => {
  connections = 0;
  server = createServer((request, response) => answer(request, response));
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterEach(
  () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
);

const get = { method: 'GET', headers: {}, body: '', timeoutMs: 5_000 } as const;
const MEGABYTE = 1024 * 1024;

test('sends method, path, headers and the bytes of the body; gives back status, headers and bytes', async () => {
  answer = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url: path, headers } = request;
      const body = Buffer.concat(chunks).toString();
      response.writeHead(404, { 'X-Mixed': 'Case', 'set-cookie': ['a=1', 'b=2'] });
      response.end(
        JSON.stringify({ method, path, body, length: headers['content-length'], own: headers['x-own'] }),
      );
    });
  };
  const sent = { ...get, method: 'POST', headers: { 'x-own': '1' }, body: '{"课":1}' } as const;
  const { status, headers, body } = await httpSend()({ ...sent, url: `${url}/a/b?c=%20d` });
  expect([status, headers['x-mixed'], headers['set-cookie']]).toEqual([404, 'Case', 'a=1, b=2']);
  expect(JSON.parse(Buffer.from(body).toString())).toEqual({
    method: 'POST',
    path: '/a/b?c=%20d',
    body: '{"课":1}',
    length: '9',
    own: '1',
  });
});

test('keeps its connection from one call to the next', async () => {
  answer = (_, response) => response.end('ok');
  const send = httpSend();
  for (let n = 0; n < 5; n += 1) expect((await send({ ...get, url })).status).toBe(200);
  expect(connections).toBe(1);
});

test('follows no redirect', async () => {
  answer = (request, response) => {
    response.writeHead(request.url === '/' ? 302 : 200, { location: `${url}/elsewhere` }).end();
  };
  expect((await httpSend()({ ...get, url: `${url}/` })).status).toBe(302);
});

test.each([
  ['no answer in time', () => undefined],
  [
    'an answer that begins in time and does not end',
    (response: Parameters<RequestListener>[1]) => {
      response.writeHead(200);
      response.write('{');
    },
  ],
])('rejects: %s', async (_, begin) => {
  answer = (_request, response) => begin(response);
  await expect(httpSend()({ ...get, url, timeoutMs: 50 })).rejects.toThrow();
});

test.each([
  [
    'a connection that is cut before the answer',
    (response: Parameters<RequestListener>[1]) => response.destroy(),
  ],
  [
    'an answer that is cut',
    (response: Parameters<RequestListener>[1]) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{', () => response.destroy());
    },
  ],
])('rejects: %s', async (_, cut) => {
  answer = (_request, response) => {
    cut(response);
  };
  await expect(httpSend()({ ...get, url })).rejects.toThrow();
});

test('rejects: nobody listens', async () => {
  await expect(httpSend()({ ...get, url: 'http://127.0.0.1:1' })).rejects.toThrow();
});

test.each([
  [MEGABYTE, true],
  [MEGABYTE + 1, false],
])('an answer of %d bytes is taken: %s', async (bytes, isTaken) => {
  answer = (_, response) => response.end(Buffer.alloc(bytes));
  const call = httpSend()({ ...get, url });
  if (isTaken) expect((await call).body).toHaveLength(bytes);
  else await expect(call).rejects.toThrow('too long');
});

test('who does not make the connection in a second is not waited for longer', async () => {
  // Accepts the connection but never answers the TLS handshake.
  const silent = createTcpServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const asked = { ...get, url: `https://127.0.0.1:${port}/` };
  await expect(httpSend()(asked)).rejects.toThrow('no connection in time');
  silent.close();
});
