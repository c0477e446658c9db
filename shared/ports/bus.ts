/** A doorbell: "consumers of `topic` have a task for event `eventId`". The task itself is in the database. */
export interface Ring {
  /** The event's name, `order.paid`. */
  readonly topic: string;
  readonly eventId: string;
}

/** The broker. Best effort: may lose, repeat, delay and reorder; it never throws and promises nothing but trying. */
export interface Bus {
  ring(rings: readonly Ring[]): Promise<void>;
}
