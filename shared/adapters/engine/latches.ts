/** Turns at documents, among the transactions of this process that have lost a race for them. */

/** The longest wait for a turn. A turn only spares work, so going on without it is right too. */
const WAIT_MAX_MS = 1_000;

/** Without turns, many writers of one document would all run again for each one that wins. */
export class Latches {
  readonly #last = new Map<string, Promise<void>>();

  /** Waits for a turn at each of the documents, in their order. The answer ends the turns. */
  async take(keys: readonly string[]): Promise<() => void> {
    const held: (() => void)[] = [];
    for (const key of [...keys].sort()) {
      const before = this.#last.get(key);
      let end: () => void = () => undefined;
      const own = new Promise<void>((resolve) => {
        end = resolve;
      });
      this.#last.set(key, own);
      held.push(() => {
        if (this.#last.get(key) === own) this.#last.delete(key);
        end();
      });
      if (before !== undefined) await atMost(before, WAIT_MAX_MS);
    }
    return () => {
      for (const end of held) end();
    };
  }
}

function atMost(done: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void done.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
