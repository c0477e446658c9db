/** What a bar is: a claim about the product that can fail, and the figures by which it is judged. */

/** A bar's own numbers, by name: how many, how often, how long. */
export type Flags = Readonly<Record<string, number>>;

/** What a bar is given. */
export interface Asked<F extends Flags> {
  readonly seed: number;
  /** Its own flags, with what the command line says over them. */
  readonly flags: F;
  /** Tells how far it is, on stderr. */
  readonly note: (text: string) => void;
}

/** How it went. `measured` is printed as it is; what is wrong is in it under `violations`. */
export interface Judged {
  readonly pass: boolean;
  readonly measured: Readonly<Record<string, unknown>>;
}

/** One bar. */
export interface Bar<F extends Flags = Flags> {
  /** In one sentence: what holds when it passes. */
  readonly proves: string;
  /** The sizes it runs at when nobody says; `npm run bars` runs it at these. */
  readonly flags: F;
  // A method, so that bars of every kind fit one list.
  run(asked: Asked<F>): Promise<Judged>;
}

/** Declares a bar. */
export function bar<F extends Flags>(declared: Bar<F>): Bar<F> {
  return declared;
}

/** The value below which such a share of the sorted values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Runs work for each item, so many at the same time. */
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

/** The items in another order, by chance. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const all = [...items];
  for (let index = all.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [all[index], all[other]] = [all[other] as T, all[index] as T];
  }
  return all;
}
