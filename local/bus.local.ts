/** A broker in this process. It can be told to lose, repeat and reorder deliveries, as real brokers do. */
import { consumers } from '../shared/consumers.ts';
import type { Bus, Ring } from '../shared/ports/bus.ts';
import { Deliveries, type Delivery } from '../shared/runtime/deliveries.ts';

/** The probability of each fault for each delivery, 0 to 1. May be changed while it runs. */
export interface BusFaults {
  loss: number;
  duplicate: number;
  reorder: number;
}

/** How the broker delivers. */
export interface LocalBusOptions {
  /** Runs the consumer for the event. The broker ignores its failure, which the consumer has already logged. */
  readonly deliver: (consumer: string, eventId: string) => Promise<unknown>;
  /** A random number, 0 ≤ x < 1. */
  readonly random: () => number;
  readonly faults?: Partial<BusFaults>;
  /** How many deliveries run at the same time. 1 by default. */
  readonly atOnce?: number;
  /**
   * How many of them may belong to one consumer. All by default. With a limit, a consumer that waits for a platform
   * does not block the others, as in the cloud, where each function has its own instances.
   */
  readonly atOnceEach?: number;
  /** True: a ring is delivered at once. False: it waits for `drain`. */
  readonly isEager: boolean;
}

/** The broker, with what tests read and set. */
export interface LocalBus extends Bus {
  readonly faults: BusFaults;
  /** All rings, in their order; only the first 10,000 are kept. */
  readonly rung: readonly Ring[];
  /** Delivers until nothing is waiting, including rings that come meanwhile. */
  drain(): Promise<void>;
}

/** How many rings `rung` keeps. */
const RUNG_MAX = 10_000;

/** Makes a broker. Its queue lives in memory and is lost when the process ends. */
export function createLocalBus(options: LocalBusOptions): LocalBus {
  const { deliver, random, isEager, atOnce = 1, atOnceEach = atOnce } = options;
  const faults: BusFaults = { loss: 0, duplicate: 0, reorder: 0, ...options.faults };
  const deliveries = new Deliveries({ deliver, atOnce, atOnceEach });
  const rung: Ring[] = [];

  function enqueue(delivery: Delivery): void {
    if (random() < faults.loss) return;
    const { waiting } = deliveries;
    deliveries.add(delivery, random() < faults.reorder ? Math.floor(random() * (waiting + 1)) : waiting);
  }

  return {
    faults,
    rung,
    drain: () => deliveries.rest(),
    ring: async (rings) => {
      for (const ring of rings) {
        if (rung.length < RUNG_MAX) rung.push(ring);
        for (const consumer of consumers[ring.topic] ?? []) {
          enqueue({ consumer, eventId: ring.eventId });
          if (random() < faults.duplicate) enqueue({ consumer, eventId: ring.eventId });
        }
      }
      if (isEager) deliveries.pump();
    },
  };
}
