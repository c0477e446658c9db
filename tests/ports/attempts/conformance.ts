import { AppError } from '../../../shared/errors.ts';
import type { Attempts } from '../../../shared/ports/attempts.ts';

/** A shared store for counting attempts, and the clock of its windows. */
export interface CountedAttempts {
  /** A new process beside the others. */
  readonly start: () => Promise<Attempts>;
  readonly advance: (ms: number) => void;
  readonly close: () => Promise<void>;
}

const MINUTE_MS = 60_000;
const LIMIT = { max: 3, windowMs: MINUTE_MS };

/** The seconds to wait; 0 when the attempt was let through. */
async function waitOf(counted: Promise<void>): Promise<number> {
  try {
    await counted;
    return 0;
  } catch (caught) {
    if (caught instanceof AppError && caught.code === 'request.too_many') {
      return Number(caught.params.retryAfterSeconds);
    }
    throw caught;
  }
}

/** What every implementation promises. `make` gives an empty store. `others` counts what has to push nothing out. */
export function attemptsSuite(
  name: string,
  make: () => Promise<CountedAttempts>,
  { others = 10_400 } = {},
): void {
  describe(`attempts: ${name}`, () => {
    let place: CountedAttempts;
    let attempts: Attempts;
    beforeEach(async () => {
      place = await make();
      attempts = await place.start();
    });
    afterEach(() => place.close());

    const letThrough = async (own: Attempts, what: string, times: number): Promise<number> => {
      const waits = await Promise.all(Array.from({ length: times }, () => waitOf(own.count(what, LIMIT))));
      return waits.filter((wait) => wait === 0).length;
    };

    test('as many as the limit says in a window, then one is told how long to wait', async () => {
      for (let n = 0; n < LIMIT.max; n += 1) {
        expect(await waitOf(attempts.count('a', LIMIT))).toBe(0);
        place.advance(10_000);
      }
      expect(await waitOf(attempts.count('a', LIMIT))).toBe(30);
      place.advance(29_999);
      expect(await waitOf(attempts.count('a', LIMIT))).toBe(1);
      place.advance(1);
      expect(await waitOf(attempts.count('a', LIMIT))).toBe(0);
    });

    test('what is refused prolongs nothing', async () => {
      await letThrough(attempts, 'a', LIMIT.max);
      for (let n = 0; n < 10; n += 1) {
        place.advance(5_000);
        expect(await waitOf(attempts.count('a', LIMIT))).toBeGreaterThan(0);
      }
      place.advance(10_000);
      expect(await letThrough(attempts, 'a', 10)).toBe(LIMIT.max);
    });

    test('things are counted apart, also those that look alike', async () => {
      const things = ['a', 'A', 'a ', '', '课', '__proto__', 'x'.repeat(5_000)];
      for (const what of things) expect(await letThrough(attempts, what, 5)).toBe(LIMIT.max);
    });

    test('of a hundred at the same moment exactly as many come through, over two processes', async () => {
      const other = await place.start();
      const both = await Promise.all([letThrough(attempts, 'a', 50), letThrough(other, 'a', 50)]);
      expect(both[0] + both[1]).toBe(LIMIT.max);
    });

    test('two processes count together, and a restart forgets nothing', async () => {
      const other = await place.start();
      expect(await letThrough(attempts, 'a', 2)).toBe(2);
      expect(await letThrough(other, 'a', 2)).toBe(1);
      expect(await letThrough(await place.start(), 'a', 2)).toBe(0);
    });

    test(`${others} other things push none out`, async () => {
      await letThrough(attempts, 'guarded', LIMIT.max);
      for (let batch = 0; batch < others / 1040; batch += 1) {
        await Promise.all(
          Array.from({ length: 1040 }, (_, n) => attempts.count(`other ${batch} ${n}`, LIMIT)),
        );
      }
      expect(await letThrough(attempts, 'guarded', 5)).toBe(0);
    });

    test('what is given back may be tried again, once; nothing comes of giving back what was not counted', async () => {
      await attempts.giveBack('a');
      await letThrough(attempts, 'a', LIMIT.max);
      await attempts.giveBack('a');
      expect(await letThrough(attempts, 'a', 5)).toBe(1);
      for (let n = 0; n < 10; n += 1) await attempts.giveBack('a');
      expect(await letThrough(attempts, 'a', 5)).toBe(LIMIT.max);
    });

    test('a clock that steps back a little opens no new window, and one that was far ahead locks nobody out', async () => {
      await letThrough(attempts, 'a', LIMIT.max);
      place.advance(-2_000);
      expect(await waitOf(attempts.count('a', LIMIT))).toBe(62);
      place.advance(2_000 + 60 * MINUTE_MS);
      await letThrough(attempts, 'a', LIMIT.max);
      place.advance(-60 * MINUTE_MS);
      expect(await letThrough(attempts, 'a', 5)).toBe(LIMIT.max);
    });
  });
}
