/** A request to a simulated server, and its answer, free of any host. */

export interface SimulatedRequest {
  readonly method: string;
  /** With its query, as it was sent: it is signed. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SimulatedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers a request; rejects when there is to be no answer at all. */
export type Handle = (request: SimulatedRequest) => Promise<SimulatedAnswer>;
