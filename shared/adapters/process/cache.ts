/** The cache of one process. It is bounded; the least recently used entry is evicted first. */
import { LRUCache } from 'lru-cache';
import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import { type TimeMs, timeMs } from '../../schemas/base.ts';

const ENTRIES_MAX = 10_000;
/** Lifetimes vary by ±10 %, so that entries stored together do not expire together. */
const JITTER = 0.1;
/** A missing value is remembered for a tenth of the time. */
const MISSING_SHARE = 0.1;
/** How many old values each new one checks for removal. It is more than one, so expired values do not pile up. */
const SWEPT_AT_ONCE = 8;

/** The clock, the random numbers and the bound of the cache. */
export interface MemoryCacheOptions {
  readonly clock: Clock;
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  /** The largest number of values, and also of counters; 10 000 when left out. */
  readonly entriesMax?: number;
}

/**
 * The time in which an entry is valid, `endsAtMs` exclusive. It is not valid before its start, which means that the
 * clock was set back.
 */
interface Span {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

interface Kept extends Span {
  readonly value: unknown;
}

/** A loaded value, and for how long it may be shown. */
export interface Loaded<T> {
  readonly value: T;
  readonly lifeMs: number;
}

/** A cache whose loader may say for how long its value lasts. */
export interface MemoryCache extends Cache {
  /** As `remember`. The loader can ask whether its key was forgotten meanwhile; its value is then not remembered. */
  rememberLoaded<T>(key: string, load: (isForgotten: () => boolean) => Promise<Loaded<T>>): Promise<T>;
}

interface Counter extends Span {
  count: number;
  readonly endsAtMs: TimeMs;
}

/** How long a value is remembered that was to last `ttlMs`. */
export function lifeMsOf(value: unknown, ttlMs: number, random: () => number): number {
  return ttlMs * (value === null ? MISSING_SHARE : 1) * (1 - JITTER + 2 * JITTER * random());
}

/** The longest life of a value that was to last `ttlMs`. */
export function lifeMsMax(ttlMs: number): number {
  return ttlMs * (1 + JITTER);
}

/**
 * Every caller gets the same object and must not change it. A failed load rejects for all who wait for it, and is
 * not remembered. `forget` also ends the counter of that key. The result of a load under way is then not remembered,
 * because it may be outdated.
 */
export function memoryCache({ clock, random, entriesMax = ENTRIES_MAX }: MemoryCacheOptions): MemoryCache {
  const values = new LRUCache<string, Kept>({ max: entriesMax });
  // Kept apart from the values, so that a flood of keys cannot evict the rate limits.
  const counters = new LRUCache<string, Counter>({ max: entriesMax });
  const loads = new Map<string, Promise<unknown>>();

  function isLive({ startsAtMs, endsAtMs }: Span): boolean {
    const now = clock.now();
    return startsAtMs <= now && now < endsAtMs;
  }

  function liveValue(key: string): Kept | null {
    const kept = values.get(key);
    return kept !== undefined && isLive(kept) ? kept : null;
  }

  /** Removes expired values among the least recently used, because a lesson or a page of a list is large. */
  function sweep(): void {
    const oldest: string[] = [];
    for (const key of values.rkeys()) {
      if (oldest.push(key) === SWEPT_AT_ONCE) break;
    }
    for (const key of oldest) {
      const kept = values.peek(key);
      if (kept !== undefined && !isLive(kept)) values.delete(key);
    }
  }

  async function load<T>(
    key: string,
    loader: (isForgotten: () => boolean) => Promise<Loaded<T>>,
  ): Promise<T> {
    const isForgotten = () => loads.get(key) !== loading;
    const loading = Promise.resolve()
      .then(() => loader(isForgotten))
      .then(({ value, lifeMs }) => {
        if (isForgotten()) return value;
        const startsAtMs = clock.now();
        sweep();
        values.set(key, { value, startsAtMs, endsAtMs: startsAtMs + lifeMs });
        return value;
      });
    loads.set(key, loading);
    try {
      return await loading;
    } finally {
      if (!isForgotten()) loads.delete(key);
    }
  }

  async function rememberLoaded<T>(
    key: string,
    loader: (isForgotten: () => boolean) => Promise<Loaded<T>>,
  ): Promise<T> {
    const kept = liveValue(key);
    // Each key has one loader, so its value has the loader's type.
    if (kept !== null) return kept.value as T;
    return (loads.get(key) as Promise<T> | undefined) ?? load(key, loader);
  }

  return {
    rememberLoaded,

    remember: (key, ttlMs, loader) =>
      rememberLoaded(key, async () => {
        const value = await loader();
        return { value, lifeMs: lifeMsOf(value, ttlMs, random) };
      }),

    async forget(key) {
      values.delete(key);
      counters.delete(key);
      loads.delete(key);
    },

    async count(key, windowMs) {
      const now = clock.now();
      const kept = counters.get(key);
      const counter: Counter =
        kept !== undefined && isLive(kept)
          ? kept
          : { count: 0, startsAtMs: now, endsAtMs: timeMs(now + windowMs) };
      if (counter.count === 0) counters.set(key, counter);
      counter.count += 1;
      return { count: counter.count, endsAtMs: counter.endsAtMs };
    },
  };
}
