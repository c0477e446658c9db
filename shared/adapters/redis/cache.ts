/** The cache that processes share, in Redis. Each process keeps what it was answered for a moment. */
import type { ChainableCommander, Redis } from 'ioredis';
import type { Cache } from '../../ports/cache.ts';
import { SECOND_MS, timeMs } from '../../schemas/base.ts';
import { lifeMsMax, lifeMsOf, type MemoryCache } from '../process/cache.ts';
import { serverOf } from './address.ts';
import { Link, type LinkOptions } from './link.ts';

/** How long a process shows a value without asking Redis for it. */
const KEPT_MS = 2 * SECOND_MS;

/** What the shared cache is made of. */
export interface RedisCacheOptions extends Omit<LinkOptions, 'server'> {
  /** `redis://user:password@host:port/number` */
  readonly url: string;
  /** Shops on the same server have stages of different names. */
  readonly stage: string;
  /**
   * The build of the program. A value is only shown to the build that stored it, because the next one may give its
   * values another shape. Counters are shared by all.
   */
  readonly build: string;
  /** What this process remembers by itself. */
  readonly memory: MemoryCache;
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
}

/** A cache with a connection that can be ended. */
export interface RedisCache extends Cache {
  close(): void;
}

/** A value as it is stored. Its end is by the clock of the process that stored it. */
interface Stored {
  readonly endsAtMs: number;
  readonly value: unknown;
}

/** Null for a text that we did not store. */
function storedOf(text: string): Stored | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The results of a chain of commands. @throws the server's error when one of them failed */
async function resultsOf(chain: ChainableCommander): Promise<readonly unknown[]> {
  const results = await chain.exec();
  return (results ?? []).map(([error, result]) => {
    if (error !== null) throw error;
    return result;
  });
}

/**
 * Values are stored as JSON, and every caller in a process gets the same object. While the server is away, memory
 * alone remembers and counts, and nothing is refused. What is forgotten meanwhile is deleted when the server is back.
 */
export function redisCache({ url, stage, build, memory, random, ...rest }: RedisCacheOptions): RedisCache {
  const { clock } = rest;
  const link = new Link({ ...rest, server: serverOf(url) });
  const valueKey = (key: string) => `zk:${stage}:value:${build}:${key}`;
  const counterKey = (key: string) => `zk:${stage}:count:${key}`;
  /** What was forgotten here, and may still be on the server. */
  const owed = new Set<string>();

  async function deleteOwed(redis: Redis): Promise<void> {
    if (owed.size === 0) return;
    const keys = [...owed];
    await redis.del(keys.flatMap((key) => [valueKey(key), counterKey(key)]));
    for (const key of keys) owed.delete(key);
  }

  const ask = <T>(work: (redis: Redis) => Promise<T>) =>
    link.ask(async (redis) => {
      await deleteOwed(redis);
      return work(redis);
    });

  /** Null for a value that is not there, has ended, or lasts longer than it can, as after a clock was set back. */
  function liveOf(text: string | null, ttlMs: number): Stored | null {
    const stored = text === null ? null : storedOf(text);
    if (stored === null) return null;
    const leftMs = stored.endsAtMs - clock.now();
    return leftMs > 0 && leftMs <= lifeMsMax(ttlMs) ? stored : null;
  }

  return {
    // Each key has one loader, so its value has the loader's type.
    remember: <T>(key: string, ttlMs: number, load: () => Promise<T>) =>
      memory.rememberLoaded<T>(key, async (isForgotten) => {
        const asked = await ask((redis) => redis.get(valueKey(key)));
        const live = asked === null ? null : liveOf(asked.answer, ttlMs);
        if (live !== null) {
          return { value: live.value as T, lifeMs: Math.min(KEPT_MS, live.endsAtMs - clock.now()) };
        }
        const value = await load();
        const lifeMs = lifeMsOf(value, ttlMs, random);
        const text = JSON.stringify({ endsAtMs: clock.now() + lifeMs, value } satisfies Stored);
        const stored = isForgotten()
          ? null
          : await ask((redis) => redis.set(valueKey(key), text, 'PX', Math.ceil(lifeMs)));
        return { value, lifeMs: stored === null ? lifeMs : Math.min(KEPT_MS, lifeMs) };
      }),

    async forget(key) {
      await memory.forget(key);
      owed.add(key);
      await ask(async () => undefined);
    },

    async count(key, windowMs) {
      const name = counterKey(key);
      const asked = await ask((redis) =>
        resultsOf(redis.multi().set(name, 0, 'PX', windowMs, 'NX').incr(name).pttl(name)),
      );
      if (asked === null) return memory.count(key, windowMs);
      const [, count, leftMs] = asked.answer;
      return { count: Number(count), endsAtMs: timeMs(clock.now() + Number(leftMs)) };
    },

    close: () => link.close(),
  };
}
