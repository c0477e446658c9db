import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { memoryCache } from '../../../shared/adapters/process/cache.ts';
import { serverOf } from '../../../shared/adapters/redis/address.ts';
import { type RedisCache, redisCache } from '../../../shared/adapters/redis/cache.ts';
import { timeMs } from '../../../shared/schemas/base.ts';
import { describeRedis, OwnRedis } from '../../support/redis.ts';
import { seed, seeded } from '../../support/seeded.ts';
import { cacheSuite } from './conformance.ts';

const MINUTE_MS = 60_000;
const START_MS = 1_795_000_000_000;
/** A busy machine may take long for what a server is to answer. */
const PATIENT = { connectMs: 60_000, commandMs: 60_000 };
const AWAY_MS = 2_000;

interface Line {
  readonly level: string;
  readonly outcome: unknown;
  readonly reason?: unknown;
}

/** One process: its memory, its log, and its cache on a server. */
interface Process {
  readonly cache: RedisCache;
  readonly logs: Line[];
  /** The timeouts of the next connection. */
  readonly timeouts: { connectMs: number; commandMs: number };
}

const clock = { now: () => timeMs(nowMs) };
let nowMs = START_MS;
const processes: Process[] = [];

function startProcess(
  url: string,
  { stage = 'test', build = 'b1' }: { stage?: string; build?: string } = {},
): Process {
  const random = seeded(seed);
  const logs: Line[] = [];
  const timeouts = { ...PATIENT };
  const cache = redisCache({
    ...{ url, stage, build, clock, random, timeouts },
    memory: memoryCache({ clock, random }),
    log: {
      write: (level, { outcome, reason }) => {
        logs.push({ level, outcome, ...(reason === undefined ? {} : { reason }) });
      },
    },
  });
  const process = { cache, logs, timeouts };
  processes.push(process);
  return process;
}

beforeEach(() => {
  nowMs = START_MS;
});
afterEach(() => {
  for (const { cache } of processes.splice(0)) cache.close();
});

cacheSuite(`Redis, one of the tests' own, seed ${seed}`, async () => {
  const server = await OwnRedis.start();
  return {
    cache: startProcess(server.url).cache,
    advance: (ms) => {
      nowMs += ms;
      // The server has a clock of its own, which nobody sets back.
      server.nowMs += Math.max(0, ms);
    },
    now: () => nowMs,
    slackMs: 0,
    dispose: () => server.stop(),
  };
});

describeRedis('a real server', (url) => {
  const stage = `test-${randomBytes(8).toString('hex')}`;
  let redis: Redis;
  beforeAll(() => {
    redis = new Redis(url);
  });
  afterAll(() => redis.disconnect());

  async function keys(): Promise<string[]> {
    const found: string[] = [];
    for await (const page of redis.scanStream({ match: `zk:${stage}:*`, count: 1000 })) found.push(...page);
    return found;
  }

  /** Makes the counters as much older. The end of a value is in it, and by the test's clock. */
  async function age(ms: number): Promise<void> {
    const counters = (await keys()).filter((key) => key.startsWith(`zk:${stage}:count:`));
    for (const key of counters) await redis.pexpire(key, Math.max(0, (await redis.pttl(key)) - ms));
  }

  cacheSuite(`Redis at ${serverOf(url).host}, seed ${seed}`, () => ({
    cache: startProcess(url, { stage }).cache,
    advance: async (ms) => {
      nowMs += ms;
      if (ms > 0) await age(ms);
    },
    now: () => nowMs,
    slackMs: MINUTE_MS / 2,
    dispose: async () => {
      const own = await keys();
      if (own.length > 0) await redis.del(own);
    },
  }));

  test('values end on the server by themselves, and counters do', async () => {
    const { cache } = startProcess(url, { stage });
    await cache.remember('v', MINUTE_MS, async () => 'value');
    await cache.count('c', MINUTE_MS);
    const own = await keys();
    expect(own.sort()).toEqual([`zk:${stage}:count:c`, `zk:${stage}:value:b1:v`]);
    for (const key of own) {
      const leftMs = await redis.pttl(key);
      expect([key, leftMs > 0, leftMs <= 1.1 * MINUTE_MS]).toEqual([key, true, true]);
    }
    await redis.del(own);
  });
});

describe('a server of the tests’ own', () => {
  let server: OwnRedis;
  beforeEach(async () => {
    server = await OwnRedis.start();
  });
  afterEach(() => server.stop());

  const asked = () => server.packets.flat().map(([name]) => name?.toUpperCase());
  const counted = async ({ cache }: Process) => (await cache.count('k', MINUTE_MS)).count;
  const shown = ({ cache }: Process, value: unknown) => cache.remember('k', MINUTE_MS, async () => value);

  describe('what processes share', () => {
    test('a value that one has loaded is shown by another, and their counts are one', async () => {
      const [first, second] = [startProcess(server.url), startProcess(server.url)];
      expect(await shown(first, 'first')).toBe('first');
      expect(await shown(second, 'second')).toBe('first');
      expect([await counted(first), await counted(second), await counted(first)]).toEqual([1, 2, 3]);
    });

    test('what one forgets another shows for two more seconds, as at most after its end', async () => {
      const [first, second] = [startProcess(server.url), startProcess(server.url)];
      await shown(first, 'old');
      await shown(second, 'old');
      await first.cache.forget('k');
      expect(await shown(first, 'new')).toBe('new');
      nowMs += 1_999;
      expect(await shown(second, 'newer')).toBe('old');
      nowMs += 1;
      expect(await shown(second, 'newer')).toBe('new');
      // It was read shortly before its end, and is not kept beyond that.
      nowMs = START_MS + 1.1 * MINUTE_MS;
      expect(await shown(second, 'newest')).toBe('newest');
    });

    test('a process asks once every two seconds for a value, and once for all who wait', async () => {
      const process = startProcess(server.url);
      await Promise.all(Array.from({ length: 100 }, () => shown(process, 'value')));
      nowMs += 1_999;
      await shown(process, 'other');
      expect(asked()).toEqual(['GET', 'SET']);
      nowMs += 1;
      await shown(process, 'other');
      expect(asked()).toEqual(['GET', 'SET', 'GET']);
    });

    test('a count is one round trip', async () => {
      await startProcess(server.url).cache.count('k', MINUTE_MS);
      const key = 'zk:test:count:k';
      expect(server.packets).toEqual([
        [['multi'], ['set', key, '0', 'PX', '60000', 'NX'], ['incr', key], ['pttl', key], ['exec']],
      ]);
    });

    test('stages share nothing, and builds share their counts only', async () => {
      const [own, other, newer] = [
        startProcess(server.url),
        startProcess(server.url, { stage: 'other' }),
        startProcess(server.url, { build: 'b2' }),
      ];
      expect([await shown(own, 'own'), await shown(other, 'other'), await shown(newer, 'newer')]).toEqual([
        'own',
        'other',
        'newer',
      ]);
      expect([await counted(own), await counted(other), await counted(newer)]).toEqual([1, 1, 2]);
    });

    test('what nobody of ours has stored is not shown, and not counted on', async () => {
      for (const text of ['', '{', 'null', '7', '{"value":1}']) {
        const entry = { text, endsAtMs: Number.MAX_SAFE_INTEGER };
        server.entries
          .set('zk:test:value:b1:k', { ...entry })
          .set('zk:test:count:k', { ...entry, text: 'x' });
        const process = startProcess(server.url);
        expect(await shown(process, 'own')).toBe('own');
        expect([await counted(process), await counted(process)]).toEqual([1, 2]);
      }
    });

    test('a load that began before its key was forgotten is not stored', async () => {
      const [first, second] = [startProcess(server.url), startProcess(server.url)];
      let answer: (value: string) => void = () => undefined;
      const loading = new Promise<void>((begun) => {
        void first.cache.remember('k', MINUTE_MS, () => {
          begun();
          return new Promise<string>((resolve) => {
            answer = resolve;
          });
        });
      });
      await loading;
      await first.cache.forget('k');
      answer('stale');
      await new Promise(setImmediate);
      expect(await shown(second, 'fresh')).toBe('fresh');
    });
  });

  /** The server's fault, how it begins and ends, and with which timeout it shows. */
  const faults: Readonly<
    Record<string, { begin: () => unknown; end: () => unknown; commandMs?: number; reason: RegExp }>
  > = {
    stopped: { begin: () => server.stop(), end: () => server.listen(), reason: /ECONNREFUSED/ },
    'dead: it takes connections and never answers': {
      begin: () => {
        server.mood = 'dead';
      },
      end: () => {
        server.mood = 'well';
      },
      commandMs: 50,
      reason: /timed out/,
    },
    'slow: it answers after the time for it': {
      begin: () => {
        server.mood = 'slow';
      },
      end: () => {
        server.release();
        server.mood = 'well';
      },
      commandMs: 50,
      reason: /timed out/,
    },
    full: {
      begin: () => {
        server.mood = 'full';
      },
      end: () => {
        server.mood = 'well';
      },
      reason: /OOM|EXECABORT/,
    },
  };

  describe.each(Object.entries(faults))('%s', (_, { begin, end, commandMs = PATIENT.commandMs, reason }) => {
    let process: Process;
    beforeEach(() => {
      process = startProcess(server.url);
      process.timeouts.commandMs = commandMs;
    });
    async function endFault(): Promise<void> {
      await end();
      process.timeouts.commandMs = PATIENT.commandMs;
      nowMs += AWAY_MS;
    }

    test('memory alone counts and remembers, for as long as it was asked to', async () => {
      await begin();
      expect([await counted(process), await counted(process)]).toEqual([1, 2]);
      expect(await shown(process, 'own')).toBe('own');
      nowMs += 0.9 * MINUTE_MS - 1;
      expect(await shown(process, 'other')).toBe('own');
      expect(await counted(process)).toBe(3);
    });

    test('it comes back, and is told of once when it goes and once when it is back', async () => {
      await begin();
      await counted(process);
      nowMs += AWAY_MS;
      await counted(process);
      await endFault();
      const other = startProcess(server.url);
      // A slow server may have counted what it was not waited for.
      const count = await counted(process);
      expect([await counted(other), await counted(process)]).toEqual([count + 1, count + 2]);
      expect(process.logs).toEqual([
        { level: 'warn', outcome: 'away', reason: expect.stringMatching(reason) },
        { level: 'info', outcome: 'back' },
      ]);
    });

    test('nobody asks it for two seconds, and then one does while the others go on', async () => {
      await begin();
      await counted(process);
      const before = server.packets.length;
      nowMs += AWAY_MS - 1;
      await counted(process);
      expect(server.packets).toHaveLength(before);
      await endFault();
      const counts = await Promise.all(Array.from({ length: 10 }, () => counted(process)));
      // Memory has counted two before, and now the nine others.
      expect(Math.max(...counts)).toBe(11);
      expect(server.packets).toHaveLength(before + 1);
    });

    test('a failed load fails, and the next one is remembered', async () => {
      await begin();
      const failing = process.cache.remember('k', MINUTE_MS, async () => Promise.reject(new Error('own')));
      await expect(failing).rejects.toThrow('own');
      expect([await shown(process, 'own'), await shown(process, 'other')]).toEqual(['own', 'own']);
    });
  });

  test('what is forgotten while it is away is deleted when it is back', async () => {
    const process = startProcess(server.url);
    await shown(process, 'old');
    await counted(process);
    await server.stop();
    await process.cache.forget('k');
    expect(await shown(process, 'new')).toBe('new');
    await server.listen();
    nowMs += AWAY_MS;
    expect(await counted(process)).toBe(1);
    expect(await shown(startProcess(server.url), 'newest')).toBe('newest');
  });

  test('a restart between two calls costs neither of them anything', async () => {
    const process = startProcess(server.url);
    expect(await counted(process)).toBe(1);
    await server.end();
    expect([await counted(process), await counted(process)]).toEqual([2, 3]);
    expect([server.connections, process.logs]).toEqual([2, []]);
  });

  test('a restart during a call leaves it to memory', async () => {
    const process = startProcess(server.url);
    expect([await counted(process), await counted(process)]).toEqual([1, 2]);
    server.mood = 'slow';
    const during = counted(process);
    while (server.packets.length < 3) await new Promise(setImmediate);
    server.cut();
    expect(await during).toBe(1);
    server.mood = 'well';
    nowMs += AWAY_MS;
    expect(await counted(process)).toBe(3);
  });

  test('a restart during the first call after it was away is one more fault, and no end', async () => {
    const process = startProcess(server.url);
    await server.stop();
    await counted(process);
    server.mood = 'slow';
    await server.listen();
    nowMs += AWAY_MS;
    const trying = counted(process);
    while (server.packets.length === 0) await new Promise(setImmediate);
    server.cut();
    expect(await trying).toBe(2);
    server.mood = 'well';
    nowMs += AWAY_MS;
    expect(await counted(process)).toBe(1);
  });

  test('a connection that nobody has used for half a minute is replaced', async () => {
    const process = startProcess(server.url);
    await counted(process);
    nowMs += 29_999;
    await counted(process);
    expect(server.connections).toBe(1);
    nowMs += 30_000;
    expect(await counted(process)).toBe(3);
    expect([server.connections, process.logs]).toEqual([2, []]);
  });

  test('a clock that is set back leaves nobody away for longer', async () => {
    const process = startProcess(server.url);
    await server.stop();
    await counted(process);
    await server.listen();
    nowMs -= 60 * MINUTE_MS;
    await counted(process);
    expect(process.logs.map(({ outcome }) => outcome)).toEqual(['away', 'back']);
  });

  test('nothing is connected before the first call', async () => {
    const process = startProcess(server.url);
    await new Promise(setImmediate);
    expect(server.connections).toBe(0);
    await counted(process);
    expect(server.connections).toBe(1);
  });
});

test('a server that asks for a password gets it, and with a wrong one memory counts', async () => {
  const server = await OwnRedis.start('p@ss');
  const withPassword = (password: string) => server.url.replace('//', `//default:${password}@`);
  const [right, wrong] = [startProcess(withPassword('p%40ss')), startProcess(withPassword('canary'))];
  expect([(await right.cache.count('k', MINUTE_MS)).count, right.logs]).toEqual([1, []]);
  expect((await wrong.cache.count('k', MINUTE_MS)).count).toBe(1);
  expect(wrong.logs).toMatchObject([{ outcome: 'away', reason: expect.stringMatching(/WRONGPASS|NOAUTH/) }]);
  expect(JSON.stringify(wrong.logs)).not.toContain('canary');
  await server.stop();
});

test.each([
  ['redis://localhost', { host: 'localhost', port: 6379, username: undefined, password: undefined, db: 0 }],
  ['redis://:p%40ss@10.0.0.1:6380/3', { host: '10.0.0.1', port: 6380, password: 'p@ss', db: 3 }],
  ['redis://user:word@[::1]/', { host: '::1', port: 6379, username: 'user', password: 'word', db: 0 }],
])('%s is read', (url, expected) => {
  expect(serverOf(url)).toMatchObject(expected);
});
