/** What of the product's log lines the log service can search and count: see `shared/runtime/watched.ts`. */
import type { IndexField } from './desired.ts';

const TEXTS = [
  ...[
    'level',
    'requestId',
    'traceId',
    'function',
    'kind',
    'outcome',
    'code',
    'by',
    'task',
    'topic',
    'eventId',
  ],
  ...['platformRefused', 'invariant', 'paymentException', 'bus', 'cache', 'reason', 'cold'],
];
const NUMBERS = ['status', 'ms', 'roundTrips', 'reruns', 'ageMs', 'attempt'];

/** The fields that can be searched, each by itself. */
export const LOG_FIELDS: readonly IndexField[] = [
  ...TEXTS.map((name) => ({ name, type: 'text' }) as const),
  ...NUMBERS.map((name) => ({ name, type: 'long' }) as const),
];
