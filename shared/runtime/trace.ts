/**
 * Traces: what belongs together from a tap on the phone to the last task. The header is `traceparent` of
 * https://www.w3.org/TR/trace-context/: version, trace, span and flags, in hexadecimal.
 */
import { createHash } from 'node:crypto';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);

/** The trace that a request names; null when it names none, or none that is valid. */
export function traceNamedBy(traceparent: string | undefined): string | null {
  const [, version, trace, span, more] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (trace === undefined || trace === NO_TRACE || span === NO_SPAN || version === 'ff') return null;
  // Later versions may add fields. The first one has none.
  return version === '00' && more !== undefined ? null : trace;
}

/** A trace for what nobody gave one to. It follows from the request's id, so that repeats of a request share it. */
export function traceOfRequest(requestId: string): string {
  return createHash('sha256').update(requestId).digest('hex').slice(0, 32);
}
