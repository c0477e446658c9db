import { codeOf } from '../errors.ts';
import type { Log } from '../ports/log.ts';

/**
 * How many items are worked on concurrently by default: enough to hide a rail's response time, few enough for a
 * small machine.
 */
const LANES = 8;

/**
 * Works through the items, a few at a time, until none or no time is left. A failing item is logged and counted as
 * `failed`, and does not stop the others. Returns the count of each outcome, as `<noun>.<outcome>`.
 * @throws what reading `due` throws, after the work under way has ended
 */
export async function eachDue<T>(
  due: AsyncIterable<T> | Iterable<T>,
  work: (item: T) => Promise<string>,
  given: {
    readonly noun: string;
    readonly hasTime: () => boolean;
    readonly log: Log;
    readonly lanes?: number;
  },
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const items = iterate(due);
  const lane = async () => {
    while (given.hasTime()) {
      const item = await items.next();
      if (item.done === true) return;
      const outcome = await work(item.value).catch((caught: unknown) => {
        given.log.write('error', { code: codeOf(caught) ?? 'internal', failed: String(caught) });
        return 'failed';
      });
      const key = `${given.noun}.${outcome}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: given.lanes ?? LANES }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  return counts;
}

/** The counts of several runs, added up. */
export function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [key, count] of counts.flatMap((each) => Object.entries(each))) {
    sums[key] = (sums[key] ?? 0) + count;
  }
  return sums;
}

async function* iterate<T>(due: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T, undefined> {
  yield* due;
}
