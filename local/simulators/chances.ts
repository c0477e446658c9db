/** Decides which faults happen, by shares that can be set at any time and by single shots. */

/** Faults by name, each with the share of chances at which it happens: 0 never, 1 always. */
export class Chances<N extends string> {
  readonly shares: Record<N, number>;
  readonly #random: () => number;
  readonly #shots = new Map<N, number>();

  constructor(shares: Record<N, number>, random: () => number) {
    this.shares = shares;
    this.#random = random;
  }

  /** Makes the fault happen at its next chances, whatever its share. */
  next(name: N, times = 1): void {
    this.#shots.set(name, (this.#shots.get(name) ?? 0) + times);
  }

  /** Whether the fault happens now. Draws no random number for a fault with share 0. */
  happens(name: N): boolean {
    const shots = this.#shots.get(name) ?? 0;
    if (shots > 0) {
      this.#shots.set(name, shots - 1);
      return true;
    }
    const share = this.shares[name];
    return share > 0 && this.#random() < share;
  }
}
