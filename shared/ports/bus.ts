/** A message that consumers of `topic` have a task for the event `eventId`. The task itself is in the database. */
export interface Ring {
  /** The event's name: `order.paid`. */
  readonly topic: string;
  readonly eventId: string;
}

/** The broker, best effort. It may lose, repeat, delay and reorder messages. It never throws. */
export interface Bus {
  ring(rings: readonly Ring[]): Promise<void>;
}
