/** Turns at documents, among the transactions of this process that have lost a race for them. */

/** The longest turn that the next one waits for. A turn only spares work, so going on beside it is right too. */
export const TURN_MAX_MS = 1_000;

/** Without turns, many writers of one document would all run again for each one that wins. */
export class Latches {
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Waits for a turn at each of the documents, in their order. The answer ends the turns. However many wait, each lets
   * the next one go when its own turn ends, or has lasted too long: so those who wait never go all at once.
   */
  async take(keys: readonly string[]): Promise<() => void> {
    const ends: (() => void)[] = [];
    for (const key of [...keys].sort()) ends.push(await this.#takeAt(key));
    return () => {
      for (const end of ends) end();
    };
  }

  async #takeAt(key: string): Promise<() => void> {
    const before = this.#last.get(key);
    let letNext: () => void = () => undefined;
    const own = new Promise<void>((resolve) => {
      letNext = resolve;
    });
    this.#last.set(key, own);
    await before;
    const timer = setTimeout(letNext, TURN_MAX_MS);
    return () => {
      clearTimeout(timer);
      if (this.#last.get(key) === own) this.#last.delete(key);
      letNext();
    };
  }
}
