/** Reproducible random numbers: the same seed gives the same numbers. */

/**
 * The seed of this run: `SEED` of the environment, or a fixed one. Print it in the title of every test that uses it.
 */
export const seed = Number(process.env.SEED ?? 20_261_122);

/** How often a rule is compared with its naive model or its law: `MODEL_RUNS` of the environment, or 1,000 times. */
export const MODEL_RUNS = Number(process.env.MODEL_RUNS ?? 1_000);

/** Random numbers 0 ≤ x < 1 (mulberry32). */
export function seeded(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A random item. */
export function oneOf<T>(random: () => number, choices: readonly T[]): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}
