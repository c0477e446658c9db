/** A bar: a claim about the product that can fail, and the figures by which it is judged. */

import type { EngineName } from '../support/keptStore.ts';

/** A bar's own numbers by name: how many, how often, how long. */
export type Flags = Readonly<Record<string, number>>;

/** The input of a bar. */
export interface Asked<F extends Flags> {
  readonly seed: number;
  /** The bar's flags, overridden by the command line. */
  readonly flags: F;
  /** Where the documents are kept. */
  readonly engine: EngineName;
  /** Reports progress on stderr. */
  readonly note: (text: string) => void;
}

/** The result. `measured` is printed as it is; its `violations` say what is wrong. */
export interface Judged {
  readonly pass: boolean;
  readonly measured: Readonly<Record<string, unknown>>;
}

/** One bar. */
export interface Bar<F extends Flags = Flags> {
  /** The claim in one sentence: what holds when the bar passes. */
  readonly proves: string;
  /** The default sizes, which `npm run bars` uses. */
  readonly flags: F;
  /** The flags of `npm run bars -- --brief`, which shows that bars still run. Left out when that would take long. */
  readonly brief?: Partial<F>;
  /** The engines on which it can be judged; the embedded one alone when left out. */
  readonly engines?: readonly EngineName[];
  // A method, so that bars with different flags fit into one list.
  run(asked: Asked<F>): Promise<Judged>;
}

/** Declares a bar. */
export function bar<F extends Flags>(declared: Bar<F>): Bar<F> {
  return declared;
}

/** The quantile: the value below which this share of the sorted values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Runs work for each item, `atOnce` of them concurrently. */
export async function lanes<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  return results;
}

/** The items in a random order. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const all = [...items];
  for (let index = all.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [all[index], all[other]] = [all[other] as T, all[index] as T];
  }
  return all;
}
