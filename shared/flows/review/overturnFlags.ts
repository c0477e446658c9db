import * as flags from '../../data/review/flags.ts';
import * as writers from '../../data/review/writers.ts';
import { countOverturned } from '../../domain/review/trust.ts';
import type { Database } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { ReviewTarget } from '../../schemas/review/review.ts';

/** The most flags that are overturned together. Few are needed to hide something, and hidden things get no more. */
const FLAGS_MAX = 20;

/**
 * Counts the flags of a version against the people who made them, because staff kept it. Only flags that weighed
 * something count; each does once, also when this is repeated.
 */
export async function overturnFlags(
  database: Database,
  of: { readonly target: ReviewTarget; readonly version: number; readonly now: TimeMs },
): Promise<void> {
  const { now } = of;
  const weighty = await flags.weightyOf(database, of, FLAGS_MAX);
  for (const seen of weighty) {
    await database.tx(async (tx) => {
      const [flag, writer] = await Promise.all([flags.find(tx, seen), writers.find(tx, seen.userId)]);
      if (flag === null || writer === null || flag.overturnedAtMs !== null) return;
      await flags.save(tx, flag, { ...flag, overturnedAtMs: now });
      await writers.save(tx, writer, countOverturned(writer, now));
    });
  }
}
