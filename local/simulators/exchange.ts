/** A request to a simulator and its answer, and a transport for adapters in the same process. */
import type { OutsideResponse, Send } from '../../shared/adapters/http/request.ts';

/** A request as it arrived. */
export interface SimulatedRequest {
  readonly method: string;
  /** The path with its query, as it was sent. */
  readonly path: string;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Answers a request at once. Null when no answer ever comes, whether or not the request was acted upon. */
export type Handle = (request: SimulatedRequest) => OutsideResponse | null;

/** A `Send` that reaches a simulator in the same process, whatever the host of the URL. */
export function sendTo(handle: Handle): Send {
  return async ({ method, url, headers, body }) => {
    const path = url.replace(/^https?:\/\/[^/]+/, '');
    const answer = handle({ method, path, headers, body: Buffer.from(body) });
    if (answer === null) throw new Error('no answer came in time');
    return answer;
  };
}
