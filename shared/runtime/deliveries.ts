/** The deliveries of one process: how many consumers run at the same time, and in which order. */

/** An event for a consumer. */
export interface Delivery {
  readonly consumer: string;
  readonly eventId: string;
}

/** How it delivers. */
export interface DeliveriesOptions {
  /** Runs the consumer for the event. Its failure is ignored: it is stored in the task, and the sweep rings again. */
  readonly deliver: (consumer: string, eventId: string) => Promise<unknown>;
  /** How many run at the same time. */
  readonly atOnce: number;
  /** How many of them may belong to one consumer, so that one which waits for a platform does not block the others. */
  readonly atOnceEach: number;
}

/** Deliveries that wait or run. They are in memory and lost when the process ends. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #waiting: Delivery[] = [];
  /** The waiting deliveries of each consumer that has reached its limit, in their order. */
  readonly #held = new Map<string, Delivery[]>();
  readonly #runningOf = new Map<string, number>();
  #running = 0;
  #atRest: (() => void)[] = [];

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /** How many wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Adds one at this place among the waiting; at the end when left out. It starts at the next `pump`. */
  add(delivery: Delivery, place = this.#waiting.length): void {
    this.#waiting.splice(place, 0, delivery);
  }

  /** Starts as many as may run. */
  pump(): void {
    while (this.#running < this.#options.atOnce) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      if ((this.#runningOf.get(next.consumer) ?? 0) < this.#options.atOnceEach) void this.#run(next);
      else this.#hold(next);
    }
    if (this.#running > 0) return;
    for (const resolve of this.#atRest) resolve();
    this.#atRest = [];
  }

  /** Delivers until nothing is waiting, including what is added meanwhile. */
  rest(): Promise<void> {
    return new Promise((resolve) => {
      this.#atRest.push(resolve);
      this.pump();
    });
  }

  #hold(delivery: Delivery): void {
    const own = this.#held.get(delivery.consumer);
    if (own === undefined) this.#held.set(delivery.consumer, [delivery]);
    else own.push(delivery);
  }

  async #run({ consumer, eventId }: Delivery): Promise<void> {
    this.#running += 1;
    this.#runningOf.set(consumer, (this.#runningOf.get(consumer) ?? 0) + 1);
    await this.#options.deliver(consumer, eventId).catch(() => undefined);
    this.#running -= 1;
    this.#runningOf.set(consumer, (this.#runningOf.get(consumer) ?? 1) - 1);
    const next = this.#held.get(consumer)?.shift();
    if (next !== undefined) this.#waiting.unshift(next);
    this.pump();
  }
}
