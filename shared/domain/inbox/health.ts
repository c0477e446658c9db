/** How messages fare, in numbers. */
import type { Message, MessageHealth } from '../../schemas/inbox/message.ts';

type Row = MessageHealth['rows'][number];

/** How many messages there are of each kind, state and code, the most first. */
export function countByOutcome(messages: readonly Message[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const { subject, state, code: mark } of messages) {
    const { kind } = subject;
    // While it is being sent it bears the mark of a run.
    const code = state === 'sending' ? null : mark;
    const key = JSON.stringify([kind, state, code]);
    rows.set(key, { kind, state, code, count: (rows.get(key)?.count ?? 0) + 1 });
  }
  return [...rows.values()].sort((one, other) => other.count - one.count);
}
