import { createHash, createHmac } from 'node:crypto';
import { localFiles } from '../../local/files.local.ts';
import { cosFiles, cosSignature } from '../../shared/adapters/cos/files.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Files } from '../../shared/ports/files.ts';
import { timeMs } from '../../shared/schemas/base.ts';
import { START_MS, type VirtualClock, virtualClock } from '../support/clock.ts';

/** The sample credentials of the storage's own documentation. */
const DOCUMENTED = {
  secretId: 'AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q',
  secretKey: 'BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz',
  token: null,
};
const HOST = 'media-1250000000.cos.ap-guangzhou.myqcloud.com';
const KEY = Buffer.alloc(32, 3);

const implementations: [string, (clock: Clock) => Files][] = [
  ['cos', (clock) => cosFiles({ host: HOST, credentials: () => DOCUMENTED, clock })],
  ['local', (clock) => localFiles({ key: KEY, baseUrl: 'http://127.0.0.1:3000', clock })],
];

const later = timeMs(START_MS + 600_000);

describe.each(implementations)('files: %s', (_, open) => {
  test('a link names its file, escaped, and is another for another file or another end', async () => {
    const files = open(virtualClock());
    const link = new URL(await files.signedUrl('lessons/第 1 课?.mp4', later));
    expect(decodeURIComponent(link.pathname)).toContain('/lessons/第 1 课?.mp4');
    expect(link.hash).toBe('');
    expect(await files.signedUrl('lessons/a.mp4', later)).not.toBe(
      await files.signedUrl('lessons/b.mp4', later),
    );
    expect(await files.signedUrl('a', later)).not.toBe(await files.signedUrl('a', timeMs(later + 1000)));
  });

  test('the key it is signed with is not in it', async () => {
    const link = await open(virtualClock()).signedUrl('a', later);
    expect(link).not.toContain(DOCUMENTED.secretKey);
    expect(link).not.toContain(KEY.toString('base64url'));
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
    const files = cosFiles({ host: HOST, credentials: () => DOCUMENTED, clock: virtualClock() });
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
    const files = cosFiles({ host: HOST, credentials, clock: virtualClock() });
    await files.signedUrl('a', later);
    const link = new URL(await files.signedUrl('a', later));
    expect(link.searchParams.get('x-cos-security-token')).toBe('t/2+');
  });
});

describe('local', () => {
  let clock: VirtualClock;
  beforeEach(() => {
    clock = virtualClock();
  });
  const open = () => localFiles({ key: KEY, baseUrl: 'http://127.0.0.1:3000', clock });

  const serve = (link: string) => {
    const { pathname, searchParams } = new URL(link);
    return open().serve({
      method: 'GET',
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: {},
      rawBody: null,
      address: '127.0.0.1',
    });
  };

  test('a link opens its file until it ends', async () => {
    const link = await open().signedUrl('lessons/第 1 课.mp4', later);
    expect(serve(link)?.status).toBe(200);
    clock.advance(600_000);
    expect(serve(link)?.status).toBe(403);
  });

  test('a link that was changed opens nothing', async () => {
    const link = await open().signedUrl('lessons/a.mp4', later);
    const longer = link.replace(String(later), String(later + 1000));
    for (const changed of [
      longer,
      link.replace('a.mp4', 'b.mp4'),
      `${link}x`,
      link.replace(/&signature=.*/, ''),
    ]) {
      expect(serve(changed)?.status).toBe(403);
    }
    expect(serve('http://127.0.0.1:3000/elsewhere')).toBeNull();
  });
});
