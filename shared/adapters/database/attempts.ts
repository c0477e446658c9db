/** Attempt counts in the database, shared by all processes: one document for each guarded thing. */
import { fail } from '../../errors.ts';
import type { AttemptLimit, Attempts } from '../../ports/attempts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Collection, Database } from '../../ports/database.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { SECOND_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { AttemptCount } from '../../schemas/identity/attempt.ts';

/** The database and collection of the counts, and the key for their digests. */
export interface DatabaseAttemptsOptions {
  readonly database: Pick<Database, 'tx' | 'metered'>;
  readonly collection: Collection<AttemptCount>;
  readonly secrets: Pick<Secrets, 'digest'>;
  readonly clock: Clock;
}

/**
 * Whether the window is still open. The clocks of processes differ slightly, so a window that begins in the future
 * is open too. One that ends more than two windows from now was written by a wrong clock, and is not open.
 */
function isOpen({ endsAtMs }: AttemptCount, now: TimeMs, windowMs: number): boolean {
  return now < endsAtMs && endsAtMs <= now + 2 * windowMs;
}

function tooMany(endsAtMs: TimeMs, now: TimeMs): never {
  const retryAfterSeconds = Math.max(1, Math.ceil((endsAtMs - now) / SECOND_MS));
  throw fail('request.too_many', { params: { retryAfterSeconds }, detail: 'attempts' });
}

/** Runs jobs of the same key one after another, so that this process never conflicts with itself. */
function inTurn(): <T>(key: string, job: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, job) => {
    const before = last.get(key);
    const own = before === undefined ? job() : before.then(job, job);
    last.set(key, own);
    try {
      return await own;
    } finally {
      if (last.get(key) === own) last.delete(key);
    }
  };
}

/**
 * Counts in transactions, so the count is exact however many processes count at once. A refused attempt writes
 * nothing; it costs one read.
 */
export function databaseAttempts(options: DatabaseAttemptsOptions): Attempts {
  return attemptsIn(options, inTurn());
}

function attemptsIn(options: DatabaseAttemptsOptions, take: ReturnType<typeof inTurn>): Attempts {
  const { database, collection, secrets, clock } = options;
  const idOf = (what: string) => secrets.digest('attempts', what);

  function count(id: string, { max, windowMs }: AttemptLimit): Promise<void> {
    return database.tx(async (tx) => {
      const now = clock.now();
      const found = await tx.find(collection, id);
      const before = found !== null && isOpen(found, now, windowMs) ? found : null;
      const { count: counted, endsAtMs } = before ?? { count: 0, endsAtMs: timeMs(now + windowMs) };
      if (counted >= max) tooMany(endsAtMs, now);
      const after = { id, count: counted + 1, endsAtMs };
      await (found === null ? tx.insert(collection, after) : tx.update(collection, after));
    });
  }

  function giveBack(id: string): Promise<void> {
    return database.tx(async (tx) => {
      const before = await tx.find(collection, id);
      if (before === null || before.count === 0) return;
      await tx.update(collection, { ...before, count: before.count - 1 });
    });
  }

  return {
    count: (what, limit) => {
      const id = idOf(what);
      return take(id, () => count(id, limit));
    },
    giveBack: (what) => {
      const id = idOf(what);
      return take(id, () => giveBack(id));
    },
    metered: (meter) => attemptsIn({ ...options, database: database.metered(meter) }, take),
  };
}
