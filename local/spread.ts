/** A distribution in little memory: values are counted in classes that are five percent wide. */

const WIDTH = Math.log(1.05);

/** The counts of some values, 0 and above. */
export class Spread {
  readonly #counts = new Map<number, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(value: number, times = 1): void {
    const key = Math.round(Math.log(Math.max(value, 0) + 1) / WIDTH);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + times);
    this.#total += times;
  }

  /** All of these together. */
  static of(parts: readonly Spread[]): Spread {
    const whole = new Spread();
    for (const part of parts)
      for (const [key, times] of part.#counts) {
        whole.#counts.set(key, (whole.#counts.get(key) ?? 0) + times);
        whole.#total += times;
      }
    return whole;
  }

  /** The value that this share of all values does not exceed, to within 2.5 %; null when there are none. */
  quantile(share: number): number | null {
    if (this.#total === 0) return null;
    let left = Math.ceil(share * this.#total);
    for (const key of [...this.#counts.keys()].sort((a, b) => a - b)) {
      left -= this.#counts.get(key) ?? 0;
      if (left <= 0) return Math.exp(key * WIDTH) - 1;
    }
    return null;
  }
}
