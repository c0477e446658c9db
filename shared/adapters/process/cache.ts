/** The cache of one process: bounded, least recently used goes first. */
import { LRUCache } from 'lru-cache';
import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import { type TimeMs, timeMs } from '../../schemas/base.ts';

const ENTRIES_MAX = 10_000;
/** Lifetimes vary by ±10 %, so that what was stored together does not end together. */
const JITTER = 0.1;
/** What is not there is remembered for a tenth of the time. */
const MISSING_SHARE = 0.1;
/** How many values each new one looks at for what may go: more than come with it, so that it is never behind. */
const SWEPT_AT_ONCE = 8;

/** The time and chance it needs from outside, and its bound. */
export interface MemoryCacheOptions {
  readonly clock: Clock;
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  /** How many values are kept, and as many counters: 10 000 when not given. */
  readonly entriesMax?: number;
}

/** From when until when (exclusive) something counts. Before it began it does not: then the clock has stepped back. */
interface Span {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

interface Kept extends Span {
  readonly value: unknown;
}

interface Counter extends Span {
  count: number;
  readonly endsAtMs: TimeMs;
}

/**
 * A value is handed to everybody as the same object: whoever gets it does not change it. A load that fails reaches all
 * who wait for it and is not remembered. `forget` also ends the counter of that key, and a load under way is not
 * remembered, since it may have read what is now to be forgotten.
 */
export function memoryCache({ clock, random, entriesMax = ENTRIES_MAX }: MemoryCacheOptions): Cache {
  const values = new LRUCache<string, Kept>({ max: entriesMax });
  // Apart from the values, so that a flood of keys to read cannot wash the rate limits away.
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

  /** Lets go of what has ended among those who were not asked for longest: a lesson or a page of a list is big. */
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

  async function load<T>(key: string, ttlMs: number, loader: () => Promise<T>): Promise<T> {
    const loading = Promise.resolve().then(loader);
    loads.set(key, loading);
    try {
      const value = await loading;
      if (loads.get(key) === loading) {
        const lifeMs = ttlMs * (value === null ? MISSING_SHARE : 1) * (1 - JITTER + 2 * JITTER * random());
        const startsAtMs = clock.now();
        sweep();
        values.set(key, { value, startsAtMs, endsAtMs: startsAtMs + lifeMs });
      }
      return value;
    } finally {
      if (loads.get(key) === loading) loads.delete(key);
    }
  }

  return {
    async remember<T>(key: string, ttlMs: number, loader: () => Promise<T>): Promise<T> {
      const kept = liveValue(key);
      // What a key holds is what its own loader made: one key, one type.
      if (kept !== null) return kept.value as T;
      return (loads.get(key) as Promise<T> | undefined) ?? load(key, ttlMs, loader);
    },

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
