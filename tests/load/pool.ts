/** The instances of one unit: the platform starts another one when all are busy, up to a number. */

/** What a pool has to know of an instance. */
export interface Pooled {
  /** Null when it has ended. */
  readonly pid: number | null;
  kill(): Promise<unknown>;
}

/** The size of a pool. */
export interface PoolSize {
  /** How many calls one instance may have at a time. */
  readonly concurrency: number;
  /** The most instances. What comes when all are busy waits. */
  readonly most: number;
}

/** The instances of one unit. */
export class Pool<I extends Pooled> {
  readonly #start: () => Promise<I>;
  readonly #size: PoolSize;
  /** The instances, each with the number of its calls under way. */
  readonly #running = new Map<I, number>();
  readonly #doomed = new WeakMap<I, number>();
  readonly #waiting: (() => void)[] = [];
  #starting = 0;
  /** How many instances ended that nobody told to. */
  crashes = 0;

  constructor(size: PoolSize, start: () => Promise<I>) {
    this.#size = size;
    this.#start = start;
  }

  /** The processes that have not ended. */
  get pids(): readonly number[] {
    return [...this.#running.keys()].flatMap(({ pid }) => (pid === null ? [] : [pid]));
  }

  /** Whether a call would wait for another one to end. */
  get isBusy(): boolean {
    return this.#free() === null && this.#running.size + this.#starting >= this.#size.most;
  }

  /** Calls an instance that has room, or a new one. Waits where all are busy. */
  async use<T>(call: (instance: I) => Promise<T>): Promise<T> {
    while (this.isBusy) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      const instance = this.#free() ?? (await this.#started());
      return await this.#call(instance, call);
    } finally {
      this.#waiting.shift()?.();
    }
  }

  async #call<T>(instance: I, call: (instance: I) => Promise<T>): Promise<T> {
    const afterMs = this.#doomed.get(instance);
    if (afterMs !== undefined) setTimeout(() => void this.#end(instance), afterMs);
    this.#running.set(instance, (this.#running.get(instance) ?? 0) + 1);
    try {
      return await call(instance);
    } finally {
      // One that was killed is not there any more.
      const left = this.#running.get(instance);
      if (left !== undefined) this.#running.set(instance, left - 1);
      if (instance.pid === null && this.#running.delete(instance)) this.crashes += 1;
    }
  }

  /** Ends some instances without a word, most of them frozen. Answers how many. */
  async kill(isMeant: () => boolean): Promise<number> {
    const meant = [...this.#running.keys()].filter(isMeant);
    await Promise.all(meant.map((instance) => this.#end(instance)));
    return meant.length;
  }

  /** Ends some instances so long after their next call has begun. Answers how many. */
  killInCall(isMeant: () => boolean, afterMs: () => number): number {
    const meant = [...this.#running.keys()].filter(isMeant);
    for (const instance of meant) this.#doomed.set(instance, afterMs());
    return meant.length;
  }

  async #end(instance: I): Promise<void> {
    this.#running.delete(instance);
    await instance.kill();
    this.#waiting.shift()?.();
  }

  #free(): I | null {
    for (const [instance, calls] of this.#running) {
      if (instance.pid !== null && calls < this.#size.concurrency) return instance;
    }
    return null;
  }

  async #started(): Promise<I> {
    this.#starting += 1;
    try {
      const instance = await this.#start();
      this.#running.set(instance, 0);
      return instance;
    } finally {
      this.#starting -= 1;
    }
  }
}
