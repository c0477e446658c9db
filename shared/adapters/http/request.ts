/**
 * An HTTP call to the outside. Adapters get it as a function, so that a simulator in the same process can replace
 * it.
 */

export interface OutsideRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for all but POST. */
  readonly body: string;
  readonly timeoutMs: number;
  /** The longest accepted answer; 1 MiB when left out. */
  readonly answerBytesMax?: number;
}

/** The answer, whatever its status. */
export interface OutsideResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Resolves with any status. Rejects when no answer came in time; then the fate of the request is unknown. */
export type Send = (request: OutsideRequest) => Promise<OutsideResponse>;
