import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { httpSend } from '../../shared/adapters/http/nodeRequest.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { findingLines, probe } from '../../shared/commands/probe.ts';
import { describeRedis } from '../support/redis.ts';

const given = { send: httpSend(), clock: systemClock, run: 'run', connections: null };

describe('a look at a shop’s surroundings', () => {
  let url: string;
  let close: () => void;
  beforeAll(async () => {
    const server = createServer((_, outgoing) => outgoing.writeHead(403).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => server.close();
  });
  afterAll(() => close());
  const platforms = () => ({ WECHAT_BASE_URL: url, WXPAY_BASE_URL: url, WXPAY_BACKUP_BASE_URL: url });

  test('a host that answers anything is reached; one that nobody answers at stops', async () => {
    expect(await probe({ ...given, environment: platforms() })).toEqual([
      expect.objectContaining({
        stops: false,
        what: expect.objectContaining({ en: expect.stringContaining('in a file') }),
      }),
    ]);
    const gone = { ...platforms(), WXPAY_BASE_URL: 'http://127.0.0.1:1' };
    const found = (await probe({ ...given, environment: gone })).filter(({ stops }) => stops);
    expect(found.map(({ what }) => what.en)).toEqual([
      '127.0.0.1:1 cannot be reached from here (ECONNREFUSED).',
    ]);
    expect(findingLines(found)).toEqual([
      expect.stringMatching(/^✗ 从这里访问不到 127\.0\.0\.1:1（ECONNREFUSED）。 去哪里解决：/),
      expect.stringMatching(/^ {2}127\.0\.0\.1:1 cannot be reached from here \(ECONNREFUSED\)\. Where: /),
    ]);
  });

  test('a cache that does not answer is told, and stops nothing', async () => {
    const environment = { ...platforms(), CACHE_URL: 'redis://:hush@127.0.0.1:1', STAGE: 'test' };
    const found = await probe({ ...given, environment });
    expect(found.map(({ stops }) => stops)).toEqual([false, false]);
    expect(found[1]?.what.en).toMatch(
      /^The cache does not answer \(.*ECONNREFUSED 127\.0\.0\.1:1\): each process/,
    );
    expect(JSON.stringify(found)).not.toContain('hush');
  });

  test('a cache that makes no room by itself is told', async () => {
    const answers = (memory: string) =>
      createTcp((socket) =>
        socket.on('data', (packet) => {
          const isInfo = /info/i.test(String(packet));
          socket.write(isInfo ? `$${memory.length}\r\n${memory}\r\n` : '+OK\r\n');
        }),
      );
    const said = async (memory: string) => {
      const server = answers(memory);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const environment = { ...platforms(), CACHE_URL: `redis://127.0.0.1:${port}`, STAGE: 'test' };
      const found = await probe({ ...given, environment });
      server.close();
      return found.slice(1).map(({ what }) => what.en);
    };
    const noeviction = expect.stringContaining('maxmemory-policy is noeviction');
    expect(await said('maxmemory:1000\r\nmaxmemory_policy:noeviction\r\n')).toEqual([noeviction]);
    expect(await said('maxmemory:0\r\nmaxmemory_policy:noeviction\r\n')).toEqual([]);
    expect(await said('maxmemory:1000\r\nmaxmemory_policy:allkeys-lru\r\n')).toEqual([]);
  });

  describeRedis('with a Redis', (redisUrl) => {
    test('a cache that answers is right', async () => {
      const found = await probe({
        ...given,
        environment: { ...platforms(), CACHE_URL: redisUrl, STAGE: 'test' },
      });
      expect(found).toHaveLength(1);
    });
  });
});
