/** Attempts counted in the database, which every process shares: one document for each guarded thing. */
import { fail } from '../../errors.ts';
import type { AttemptLimit, Attempts } from '../../ports/attempts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Collection, Database } from '../../ports/database.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { SECOND_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { AttemptCount } from '../../schemas/identity/attempt.ts';

/** What it needs: where the counts are, and the key of their digests. */
export interface DatabaseAttemptsOptions {
  readonly database: Pick<Database, 'tx'>;
  readonly collection: Collection<AttemptCount>;
  readonly secrets: Pick<Secrets, 'digest'>;
  readonly clock: Clock;
}

/**
 * Whether the window is still open. Clocks of several processes differ a little, so one that begins in the future is
 * open too; one that ends later than two windows from now was written by a clock that was wrong, and is not.
 */
function isOpen({ endsAtMs }: AttemptCount, now: TimeMs, windowMs: number): boolean {
  return now < endsAtMs && endsAtMs <= now + 2 * windowMs;
}

function tooMany(endsAtMs: TimeMs, now: TimeMs): never {
  const retryAfterSeconds = Math.max(1, Math.ceil((endsAtMs - now) / SECOND_MS));
  throw fail('request.too_many', { params: { retryAfterSeconds }, detail: 'attempts' });
}

/** Jobs of the same key one after the other, so that this process is never in conflict with itself. */
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
 * Counts in transactions, so the count is exact however many processes count at once. An attempt that is refused
 * writes nothing: who goes on trying costs a read.
 */
export function databaseAttempts({
  database,
  collection,
  secrets,
  clock,
}: DatabaseAttemptsOptions): Attempts {
  const take = inTurn();
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
  };
}
