import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { memoryCache } from '../../../shared/adapters/process/cache.ts';
import { timeMs } from '../../../shared/schemas/base.ts';
import { seed, seeded } from '../../support/seeded.ts';
import { type Cached, cacheSuite } from './conformance.ts';

function cached(entriesMax?: number): Cached {
  let now = 1_795_000_000_000;
  const clock = { now: () => timeMs(now) };
  const random = seeded(seed);
  return {
    cache: memoryCache({ clock, random, ...(entriesMax === undefined ? {} : { entriesMax }) }),
    advance: (ms) => {
      now += ms;
    },
    now: () => now,
    slackMs: 0,
  };
}

cacheSuite(`memory, seed ${seed}`, cached);

test('memory is bounded: the least recently read entry goes first, and values never push out counters', async () => {
  const { cache } = cached(100);
  await cache.count('limit', 60_000);
  for (let i = 0; i < 1000; i += 1) {
    await cache.remember(`k${i}`, 60_000, async () => i);
    await cache.remember('hot', 60_000, async () => `since ${i}`);
  }
  expect(await cache.remember('hot', 60_000, async () => 'new')).toBe('since 0');
  expect(await cache.remember('k950', 60_000, async () => 'new')).toBe(950);
  expect(await cache.remember('k0', 60_000, async () => 'new')).toBe('new');
  expect(await cache.count('limit', 60_000)).toMatchObject({ count: 2 });
});

test('expired entries do not stay in memory until as many new ones have come', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const { cache, advance } = cached();
  const page = () => ({ text: '知'.repeat(10) });
  const first = new WeakRef(await cache.remember('first', 2_000, async () => page()));
  advance(60_000);
  await cache.remember('second', 2_000, async () => page());
  await new Promise(setImmediate);
  collectGarbage();
  expect(first.deref()).toBeUndefined();
  expect(await cache.remember('second', 2_000, async () => 'new')).toEqual(page());
});
