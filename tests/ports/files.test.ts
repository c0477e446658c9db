import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { localFiles } from '../../local/files.local.ts';
import { cosFiles, cosSignature } from '../../shared/adapters/cos/files.ts';
import { beginningOf } from '../../shared/domain/catalogue/upload.ts';
import type { Files, Upload } from '../../shared/ports/files.ts';
import { timeMs } from '../../shared/schemas/base.ts';
import { START_MS, type VirtualClock, virtualClock } from '../support/clock.ts';
import { type FakeAnswer, type FakeRequest, fakeCos } from '../support/fakeCos.ts';

/** The sample credentials of the storage's documentation. */
const DOCUMENTED = {
  secretId: 'AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q',
  secretKey: 'BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz',
  token: null,
};
const HOST = 'media-1250000000.cos.ap-guangzhou.myqcloud.com';
const KEY = Buffer.alloc(32, 3);
const neverAsked = () => Promise.reject(new Error('nothing is sent for a link'));

const later = timeMs(START_MS + 600_000);

/** A port, and a client for its links. */
interface Opened {
  readonly files: Files;
  readonly clock: VirtualClock;
  readonly use: (request: FakeRequest) => Promise<FakeAnswer>;
  readonly close: () => Promise<void>;
}

async function openCos(): Promise<Opened> {
  const clock = virtualClock();
  const bucket = fakeCos(DOCUMENTED.secretKey, clock);
  const files = cosFiles({
    ...{ host: HOST, credentials: () => DOCUMENTED, clock },
    send: async ({ body, ...request }) => bucket.answer({ ...request, body: Buffer.from(body) }),
  });
  return { files, clock, use: async (request) => bucket.answer(request), close: async () => undefined };
}

/** Sends a request exactly as given, even one that a normal client would not send. */
function sendRaw({ method, url, headers, body }: FakeRequest): Promise<FakeAnswer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const { statusCode: status = 0 } = answer;
        const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
        resolve({ status, headers: Object.fromEntries(headers), body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function openLocal(): Promise<Opened & { readonly folder: string }> {
  const clock = virtualClock();
  const folder = await mkdtemp(join(tmpdir(), 'zhike-files-'));
  let files: ReturnType<typeof localFiles> | null = null;
  const server: Server = createServer((incoming, outgoing) => {
    files?.serve(incoming, outgoing).then(
      (isOurs) => isOurs || outgoing.writeHead(404).end(),
      () => outgoing.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  files = localFiles({
    key: KEY,
    baseUrl,
    publicBaseUrl: baseUrl,
    clock,
    folder,
    madeUp: (key, type) => (key.startsWith('made-up/') ? beginningOf(type) : null),
  });
  const close = async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  };
  return { files, clock, folder, use: sendRaw, close };
}

const implementations: [string, () => Promise<Opened>][] = [
  ['cos', openCos],
  ['local', openLocal],
];

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(100, 7)]);
const cover: Upload = { key: 'covers/a.png', contentType: 'image/png', bytes: PNG.length, isPublic: true };
const media: Upload = { ...cover, key: 'media/b.mp4', contentType: 'video/mp4', isPublic: false };

describe.each(implementations)('files: %s', (_, open) => {
  let opened: Opened;
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.close());

  const put = async (upload: Upload, changed: Partial<FakeRequest> = {}) => {
    const { url, headers } = await opened.files.uploadLink(upload, later);
    return opened.use({ method: 'PUT', url, headers, body: PNG, ...changed });
  };
  const get = (url: string) => opened.use({ method: 'GET', url, headers: {}, body: Buffer.alloc(0) });

  test('a link names its file, escaped, and is another for another file or another end', async () => {
    const { files } = opened;
    const link = new URL(await files.signedUrl('lessons/第 1 课?.mp4', later));
    expect(decodeURIComponent(link.pathname)).toContain('/lessons/第 1 课?.mp4');
    expect(link.hash).toBe('');
    expect(await files.signedUrl('lessons/a.mp4', later)).not.toBe(
      await files.signedUrl('lessons/b.mp4', later),
    );
    expect(await files.signedUrl('a', later)).not.toBe(await files.signedUrl('a', timeMs(later + 1000)));
  });

  test('the key it is signed with is not in it', async () => {
    const link = await opened.files.signedUrl('a', later);
    expect(link).not.toContain(DOCUMENTED.secretKey);
    expect(link).not.toContain(KEY.toString('base64url'));
  });

  test('what a learner uploads is read by a signed link alone', async () => {
    const key = 'ugc/usr_01JD0000000000000000000001/upl_01JD0000000000000000000005.png';
    expect((await put({ ...cover, key, isPublic: false })).status).toBe(200);
    expect((await get(opened.files.publicUrl(key))).status).toBe(403);
    expect((await get(await opened.files.signedUrl(key, later))).status).toBe(200);
    expect((await put({ ...cover, key, isPublic: false })).status).toBe(409);
  });

  test('what is stored is found with its size, its type and its first bytes, and nothing else is', async () => {
    expect(await opened.files.find(media.key)).toBeNull();
    expect((await put(media)).status).toBe(200);
    const found = await opened.files.find(media.key);
    expect(found).toMatchObject({ bytes: PNG.length, contentType: 'video/mp4' });
    expect(Buffer.from(found?.start ?? []).equals(PNG.subarray(0, 32))).toBe(true);
    expect(await opened.files.find('media/c.mp4')).toBeNull();
    expect(await opened.files.find(`${media.key}/c.mp4`)).toBeNull();
  });

  test('what is removed is gone, once or twice, and nothing else is; its key can be used again', async () => {
    const other = { ...media, key: 'media/other.mp4' };
    await put(media);
    await put(other);
    const link = await opened.files.signedUrl(media.key, later);
    await opened.files.remove(media.key);
    await opened.files.remove(media.key);
    await opened.files.remove(`${other.key}/c.mp4`);
    expect(await opened.files.find(media.key)).toBeNull();
    expect((await get(link)).status).toBe(404);
    expect(await opened.files.find(other.key)).not.toBeNull();
    expect((await put(media)).status).toBe(200);
  });

  test('no link removes: only the port does', async () => {
    await put(media);
    for (const url of [
      (await opened.files.uploadLink(media, later)).url,
      await opened.files.signedUrl(media.key, later),
    ]) {
      const asked = { method: 'DELETE', url, headers: {}, body: Buffer.alloc(0) };
      expect((await opened.use(asked)).status).toBeGreaterThanOrEqual(400);
    }
    expect(await opened.files.find(media.key)).not.toBeNull();
  });

  test('media is read by a signed link until it ends; a link that was changed opens nothing', async () => {
    await put(media);
    const link = await opened.files.signedUrl(media.key, later);
    const { status, headers, body } = await get(link);
    expect([status, headers['content-type'], Buffer.from(body).equals(PNG)]).toEqual([
      200,
      'video/mp4',
      true,
    ]);
    const [bare = ''] = link.split('?');
    const changed = [bare, opened.files.publicUrl(media.key), link.replace('b.mp4', 'c.mp4'), `${link}0`];
    for (const url of changed) expect((await get(url)).status).toBe(403);
    opened.clock.advance(600_000);
    expect((await get(link)).status).toBe(403);
  });

  test('a cover is read by everybody', async () => {
    await put(cover);
    expect((await get(opened.files.publicUrl(cover.key))).status).toBe(200);
  });

  test('a link stores one file of one type and one size, once, in its time, and reads nothing', async () => {
    const { url, headers } = await opened.files.uploadLink(media, later);
    const longer = Buffer.concat([PNG, PNG]);
    expect((await put(media, { url: url.replace('b.mp4', 'c.mp4') })).status).toBe(403);
    expect((await put(media, { headers: { ...headers, 'content-type': 'text/html' } })).status).toBe(403);
    const sized = { ...headers, 'content-length': String(longer.length) };
    expect((await put(media, { headers: sized, body: longer })).status).toBe(403);
    expect((await get(url)).status).toBe(403);
    expect(await opened.files.find(media.key)).toBeNull();
    expect((await put(media)).status).toBe(200);
    expect((await put(media, { body: Buffer.alloc(PNG.length, 1) })).status).toBe(409);
    expect(Buffer.from((await opened.files.find(media.key))?.start ?? [])).toEqual(PNG.subarray(0, 32));
    opened.clock.advance(600_000);
    expect((await opened.use({ method: 'PUT', url, headers, body: PNG })).status).toBe(403);
  });
});

describe('local', () => {
  let opened: Opened;
  beforeEach(async () => {
    opened = await openLocal();
    const { url, headers } = await opened.files.uploadLink(cover, later);
    await opened.use({ method: 'PUT', url, headers, body: PNG });
  });
  afterEach(() => opened.close());
  const ask = (headers: Record<string, string>, method = 'GET', key = cover.key) =>
    opened.use({ method, url: opened.files.publicUrl(key), headers, body: Buffer.alloc(0) });

  test('a player gets the part of a file that it asks for, and hears that it may ask', async () => {
    const part = await ask({ range: 'bytes=4-11' });
    expect([part.status, Buffer.from(part.body).equals(PNG.subarray(4, 12))]).toEqual([206, true]);
    expect(part.headers).toMatchObject({
      ...{ 'content-range': `bytes 4-11/${PNG.length}`, 'content-length': '8', 'accept-ranges': 'bytes' },
    });
    const end = await ask({ range: 'bytes=-3' });
    expect([end.status, Buffer.from(end.body).equals(PNG.subarray(-3))]).toEqual([206, true]);
    const madeUp = await opened.files.signedUrl('made-up/a.mp4', later);
    const made = await opened.use({
      method: 'GET',
      url: madeUp,
      headers: { range: 'bytes=4-7' },
      body: Buffer.alloc(0),
    });
    expect([made.status, Buffer.from(made.body).toString()]).toEqual([206, 'ftyp']);
  });

  test('416 for what lies behind the end, with its size; the whole file where there is no part to be had', async () => {
    const behind = await ask({ range: `bytes=${PNG.length}-` });
    expect([behind.status, behind.headers['content-range']]).toEqual([416, `bytes */${PNG.length}`]);
    const whole = [{ range: 'bytes=0-1,4-5' }, { range: 'bytes=0-3', 'if-range': '"a"' }, {}];
    for (const headers of whole) {
      const { status, body } = await ask(headers);
      expect([status, Buffer.from(body).equals(PNG)]).toEqual([200, true]);
    }
    const head = await ask({ range: 'bytes=0-3' }, 'HEAD');
    expect([head.status, head.headers['content-length']]).toEqual([200, String(PNG.length)]);
  });
});

describe('cos', () => {
  test('signs as the documentation’s example does', () => {
    const signed = cosSignature(DOCUMENTED, {
      method: 'GET',
      path: '/testfile',
      headers: { host: 'bucket1-1254000000.cos.ap-beijing.myqcloud.com', range: 'bytes=0-3' },
      keyTime: '1417773892;1417853898',
    });
    expect(signed).toBe(
      'q-sign-algorithm=sha1&q-ak=AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q&q-sign-time=1417773892;1417853898' +
        '&q-key-time=1417773892;1417853898&q-header-list=host;range&q-url-param-list=' +
        '&q-signature=4b6cbab14ce01381c29032423481ebffd514e8be',
    );
  });

  test('a link can be computed again from its parts by who knows the key', async () => {
    const files = cosFiles({
      host: HOST,
      credentials: () => DOCUMENTED,
      clock: virtualClock(),
      send: neverAsked,
    });
    const link = new URL(await files.signedUrl('lessons/第 1 课(试).mp4', later));
    const time = link.searchParams.get('q-key-time') ?? '';
    const canonical = `get\n${decodeURIComponent(link.pathname)}\n\nhost=${link.host}\n`;
    const digest = createHash('sha1').update(canonical).digest('hex');
    const signKey = createHmac('sha1', DOCUMENTED.secretKey).update(time).digest('hex');
    const signature = createHmac('sha1', signKey).update(`sha1\n${time}\n${digest}\n`).digest('hex');
    expect(link.searchParams.get('q-signature')).toBe(signature);
    expect(link.searchParams.get('q-header-list')).toBe('host');
    const [start, end] = time.split(';').map(Number);
    expect(end).toBe(later / 1000);
    expect(start).toBeLessThan(START_MS / 1000);
  });

  test('temporary credentials are asked for each time, and their token goes along', async () => {
    let calls = 0;
    const credentials = () => {
      calls += 1;
      return { ...DOCUMENTED, token: `t/${calls}+` };
    };
    const files = cosFiles({ host: HOST, credentials, clock: virtualClock(), send: neverAsked });
    await files.signedUrl('a', later);
    const link = new URL(await files.signedUrl('a', later));
    expect(link.searchParams.get('x-cos-security-token')).toBe('t/2+');
  });
});

describe('cos, when it does not answer as it should', () => {
  test('storage.unavailable: down, or no answer at all; it is never taken for a file that is not there', async () => {
    const clock = virtualClock();
    const bucket = fakeCos(DOCUMENTED.secretKey, clock);
    bucket.state.isDown = true;
    const given = { host: HOST, credentials: () => DOCUMENTED, clock };
    const down = cosFiles({
      ...{
        ...given,
        send: async ({ body, ...request }) => bucket.answer({ ...request, body: Buffer.from(body) }),
      },
    });
    const silent = cosFiles({ ...given, send: neverAsked });
    const refused = cosFiles({
      ...given,
      credentials: () => ({ ...DOCUMENTED, secretKey: 'x' }),
      send: async ({ body, ...request }) =>
        fakeCos(DOCUMENTED.secretKey, clock).answer({ ...request, body: Buffer.from(body) }),
    });
    const bucketless = cosFiles({ ...given, send: async () => ({ status: 404, headers: {}, body: PNG }) });
    await expect(bucketless.remove('media/a.mp4')).rejects.toMatchObject({ code: 'storage.unavailable' });
    for (const files of [down, silent, refused]) {
      for (const asked of [files.find('media/a.mp4'), files.remove('media/a.mp4')])
        await expect(asked).rejects.toMatchObject({ code: 'storage.unavailable' });
    }
  });
});

describe('local', () => {
  let opened: Awaited<ReturnType<typeof openLocal>>;
  beforeEach(async () => {
    opened = await openLocal();
  });
  afterEach(() => opened.close());

  test('a made-up file is the beginning of a file of its type', async () => {
    const url = await opened.files.signedUrl('made-up/a.pdf', later);
    const { status, body } = await sendRaw({ method: 'GET', url, headers: {}, body: Buffer.alloc(0) });
    expect([status, Buffer.from(body).toString('latin1').slice(0, 5)]).toEqual([200, '%PDF-']);
  });

  test('no path leads out of the folder, and no other path is answered', async () => {
    const ask = async (path: string) => {
      const url = opened.files.publicUrl('').replace('/media/', path);
      return (await sendRaw({ method: 'GET', url, headers: {}, body: Buffer.alloc(0) })).status;
    };
    for (const path of [
      '/media/covers/%2e%2e/keys.json',
      '/media/covers%2f..%2fkeys.json',
      '/media/covers/%zz',
    ]) {
      expect(await ask(path)).toBe(403);
    }
    expect(await ask('/elsewhere')).toBe(404);
    expect(await opened.files.find('../keys.json')).toBeNull();
    const beside = `${opened.folder}.json`;
    await writeFile(beside, '{}');
    await opened.files.remove(`../${basename(beside)}`);
    expect(await readFile(beside, 'utf8')).toBe('{}');
    await rm(beside);
  });

  test('a file that did not come whole leaves nothing behind', async () => {
    const { url, headers } = await opened.files.uploadLink(media, later);
    const ended = new Promise<void>((resolve) => {
      const sent = httpRequest(url, { method: 'PUT', headers, agent: false });
      sent.on('error', () => resolve());
      sent.write(PNG.subarray(0, 10), () => sent.destroy(new Error('hung up')));
    });
    await ended;
    expect(await opened.files.find(media.key)).toBeNull();
    expect((await sendRaw({ method: 'PUT', url, headers, body: PNG })).status).toBe(200);
    expect((await readdir(join(opened.folder, 'media'))).filter((name) => !name.endsWith('.coming'))).toEqual(
      ['b.mp4'],
    );
  });
});
