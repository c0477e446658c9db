import type { Cache } from '../../../shared/ports/cache.ts';

/** A cache to test, and its clock. */
export interface Cached {
  readonly cache: Cache;
  readonly advance: (ms: number) => void | Promise<void>;
  readonly now: () => number;
  /** How much time may really pass during a test, for a cache whose counters end by a clock that cannot be moved. */
  readonly slackMs: number;
  readonly dispose?: () => Promise<void>;
}

const MINUTE_MS = 60_000;

/** What every cache promises for `remember` and `forget`. `make` gives an empty one. */
function valuesSuite(at: () => Cached): void {
  /** A loader that counts its calls. It answers with the count, or with the given answer. */
  function counting<T>(answer: (calls: number) => T): { load: () => Promise<T>; calls: () => number } {
    let calls = 0;
    return {
      load: async () => {
        calls += 1;
        return answer(calls);
      },
      calls: () => calls,
    };
  }

  test('a value is loaded once and then remembered, with its shape', async () => {
    const loader = counting((calls) => ({ calls, title: '知课', list: [1, null] }));
    const first = await at().cache.remember('k', MINUTE_MS, loader.load);
    expect(await at().cache.remember('k', MINUTE_MS, loader.load)).toEqual(first);
    expect(loader.calls()).toBe(1);
  });

  test('keys that look alike hold their own values', async () => {
    const keys = ['a', 'A', 'a:', ':a', '__proto__', 'constructor', '课', ''];
    for (const key of keys) await at().cache.remember(key, MINUTE_MS, async () => `of ${key}`);
    for (const key of keys) {
      expect(await at().cache.remember(key, MINUTE_MS, async () => 'another')).toBe(`of ${key}`);
    }
  });

  test('a stampede loads once: 100 who ask at the same time, of a cold and of an ended key', async () => {
    const loader = counting((calls) => calls);
    const ask = () =>
      Promise.all(Array.from({ length: 100 }, () => at().cache.remember('k', MINUTE_MS, loader.load)));
    expect(new Set(await ask())).toEqual(new Set([1]));
    await at().advance(2 * MINUTE_MS);
    expect(new Set(await ask())).toEqual(new Set([2]));
    expect(loader.calls()).toBe(2);
  });

  test('a life lasts its time, ±10 %', async () => {
    const loader = counting((calls) => calls);
    await at().cache.remember('k', MINUTE_MS, loader.load);
    await at().advance(0.9 * MINUTE_MS - 1);
    expect(await at().cache.remember('k', MINUTE_MS, loader.load)).toBe(1);
    await at().advance(0.2 * MINUTE_MS + 2);
    expect(await at().cache.remember('k', MINUTE_MS, loader.load)).toBe(2);
  });

  test('what was stored together does not end together', async () => {
    const keys = Array.from({ length: 1000 }, (_, i) => `k${i}`);
    let loads = 0;
    const load = async () => {
      loads += 1;
      return loads;
    };
    const askAll = async () => {
      loads = 0;
      for (const key of keys) await at().cache.remember(key, MINUTE_MS, load);
      return loads;
    };
    expect(await askAll()).toBe(1000);
    await at().advance(0.9 * MINUTE_MS - 1);
    const storms: number[] = [];
    for (let step = 0; step < 20; step += 1) {
      storms.push(await askAll());
      await at().advance(0.01 * MINUTE_MS);
    }
    expect(storms[0]).toBe(0);
    expect(Math.max(...storms)).toBeLessThan(120);
    expect(storms.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(900);
  });

  test('what is not there is remembered too, for a tenth of the time', async () => {
    const loader = counting(() => null);
    const ask = () => at().cache.remember('k', MINUTE_MS, loader.load);
    for (let i = 0; i < 10; i += 1) expect(await ask()).toBeNull();
    expect(loader.calls()).toBe(1);
    await at().advance(0.089 * MINUTE_MS);
    await ask();
    expect(loader.calls()).toBe(1);
    await at().advance(0.022 * MINUTE_MS);
    await ask();
    expect(loader.calls()).toBe(2);
  });

  test.each([[0], [''], [false]])('%j is a value like any other', async (value) => {
    const loader = counting(() => value);
    await at().cache.remember('k', MINUTE_MS, loader.load);
    await at().advance(0.5 * MINUTE_MS);
    expect(await at().cache.remember('k', MINUTE_MS, loader.load)).toBe(value);
    expect(loader.calls()).toBe(1);
  });

  test('a load that fails reaches all who wait for it, and is not remembered', async () => {
    const error = new Error('database away');
    const ask = (load: () => Promise<number>) => at().cache.remember('k', MINUTE_MS, load);
    const asked = await Promise.allSettled([
      ask(() => Promise.reject(error)),
      ask(async () => 1),
      ask(async () => 2),
    ]);
    for (const outcome of asked) expect(outcome).toEqual({ status: 'rejected', reason: error });
    await expect(
      ask(() => {
        throw error;
      }),
    ).rejects.toBe(error);
    expect(await ask(async () => 3)).toBe(3);
  });

  test('what is forgotten is loaded again, and other keys are not', async () => {
    const loader = counting((calls) => calls);
    await at().cache.remember('k', MINUTE_MS, loader.load);
    await at().cache.remember('other', MINUTE_MS, loader.load);
    await at().cache.forget('k');
    await at().cache.forget('nobody');
    expect(await at().cache.remember('k', MINUTE_MS, loader.load)).toBe(3);
    expect(await at().cache.remember('other', MINUTE_MS, loader.load)).toBe(2);
  });

  test('a clock that steps back makes nothing last longer', async () => {
    const loader = counting((calls) => calls);
    await at().cache.remember('k', MINUTE_MS, loader.load);
    await at().advance(-60 * MINUTE_MS);
    expect(await at().cache.remember('k', MINUTE_MS, loader.load)).toBe(2);
  });

  test('a load that began before the key was forgotten is not remembered', async () => {
    let answer: (value: string) => void = () => undefined;
    const stale = at().cache.remember(
      'k',
      MINUTE_MS,
      () =>
        new Promise<string>((resolve) => {
          answer = resolve;
        }),
    );
    await new Promise(setImmediate);
    await at().cache.forget('k');
    const fresh = at().cache.remember('k', MINUTE_MS, async () => 'fresh');
    expect(await fresh).toBe('fresh');
    answer('stale');
    expect(await stale).toBe('stale');
    expect(await at().cache.remember('k', MINUTE_MS, async () => 'later')).toBe('fresh');
  });
}

/** What every cache promises for its counters. */
function countersSuite(at: () => Cached): void {
  async function expectCount(expected: { readonly count: number; readonly endsAtMs: number }): Promise<void> {
    const { count, endsAtMs } = await at().cache.count('k', MINUTE_MS);
    expect(count).toBe(expected.count);
    expect(endsAtMs).toBeLessThanOrEqual(expected.endsAtMs);
    expect(endsAtMs).toBeGreaterThanOrEqual(expected.endsAtMs - at().slackMs);
  }

  test('a counter counts from one, and ends a window after its first count', async () => {
    const { slackMs } = at();
    const endsAtMs = at().now() + MINUTE_MS;
    await expectCount({ count: 1, endsAtMs });
    await at().advance(MINUTE_MS - 1 - slackMs);
    await expectCount({ count: 2, endsAtMs });
    await at().advance(1 + slackMs);
    await expectCount({ count: 1, endsAtMs: endsAtMs + MINUTE_MS });
  });

  test('a clock that steps back makes no window longer', async () => {
    await at().cache.count('k', MINUTE_MS);
    await at().advance(-60 * MINUTE_MS);
    const { endsAtMs } = await at().cache.count('k', MINUTE_MS);
    expect(endsAtMs).toBeLessThanOrEqual(at().now() + MINUTE_MS);
  });

  test('many at once are all counted, each with a number of its own', async () => {
    const counts = await Promise.all(Array.from({ length: 50 }, () => at().cache.count('k', MINUTE_MS)));
    expect(new Set(counts.map(({ count }) => count)).size).toBe(50);
    expect(Math.max(...counts.map(({ count }) => count))).toBe(50);
  });

  test('each key has its own counter', async () => {
    await at().cache.count('other', MINUTE_MS);
    expect(await at().cache.count('k', MINUTE_MS)).toMatchObject({ count: 1 });
    expect(await at().cache.count('other', MINUTE_MS)).toMatchObject({ count: 2 });
  });

  test('a counter that is forgotten starts again', async () => {
    await at().cache.count('k', MINUTE_MS);
    await at().cache.forget('k');
    expect(await at().cache.count('k', MINUTE_MS)).toMatchObject({ count: 1 });
  });

  test('a value and a counter of the same key do not mix', async () => {
    await at().cache.count('k', MINUTE_MS);
    expect(await at().cache.remember('k', MINUTE_MS, async () => 'value')).toBe('value');
    expect(await at().cache.count('k', MINUTE_MS)).toMatchObject({ count: 2 });
  });
}

/** Runs the suite over the caches that `make` makes, an empty one for each test. */
export function cacheSuite(name: string, make: () => Cached | Promise<Cached>): void {
  describe(`cache: ${name}`, () => {
    let cached: Cached;
    beforeEach(async () => {
      cached = await make();
    });
    afterEach(() => cached.dispose?.());
    describe('values', () => valuesSuite(() => cached));
    describe('counters', () => countersSuite(() => cached));
  });
}
