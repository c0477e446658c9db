/** Of several runs only the latest counts: an older answer that comes later is dropped. */
export class Latest {
  #run = 0;

  /** Begins a run, and answers whether it is still the latest one when asked. */
  begin(): () => boolean {
    this.#run += 1;
    const own = this.#run;
    return () => own === this.#run;
  }
}

/** The last answers, the oldest out first: what is shown at once while going back, and read again meanwhile. */
export class Answers {
  readonly #kept = new Map<string, unknown>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): unknown {
    return this.#kept.get(key);
  }

  set(key: string, answer: unknown): void {
    this.#kept.delete(key);
    this.#kept.set(key, answer);
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
  }

  clear(): void {
    this.#kept.clear();
  }
}
