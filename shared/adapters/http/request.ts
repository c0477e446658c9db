/** An HTTP call to the outside, as adapters make it: a function, so that a simulator in the same process can stand in. */

export interface OutsideRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for GET. */
  readonly body: string;
  readonly timeoutMs: number;
  /** A longer answer is none; 1 MiB when not given. */
  readonly answerBytesMax?: number;
}

/** What the outside answered, whatever its status. */
export interface OutsideResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Resolves with any status; rejects when no answer came in time. Then what became of the request is unknown. */
export type Send = (request: OutsideRequest) => Promise<OutsideResponse>;
