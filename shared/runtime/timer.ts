/** Runs a timer function once. */
import { codeOf } from '../errors.ts';
import type { TimerFunction } from '../function.ts';
import type { Ports } from '../ports/ports.ts';
import { describeCaught } from './caught.ts';
import { type ConsumerOf, runConsumer } from './consumer.ts';
import { traceOfRequest } from './trace.ts';
import { Watched } from './watched.ts';

/** What a timer needs besides its ports. */
export interface TimerHost {
  /** Whether the process is about to end. Then no timer has time left. */
  readonly isEnding?: () => boolean;
  /** The consumers that a timer may run, by name. */
  readonly consumerOf?: ConsumerOf;
  /** Whether it may run that consumer; by default every one. */
  readonly runs?: (consumer: string) => boolean;
}

/**
 * Runs the timer once, within the time of its contract, and logs its counts. The broker is rung for its facts, even
 * when it fails.
 * @throws what the timer threw, so that the platform notices
 */
export async function runTimer(
  name: string,
  own: TimerFunction,
  ports: Ports,
  { isEnding, consumerOf, runs = () => true }: TimerHost = {},
): Promise<Readonly<Record<string, number>>> {
  const requestId = ports.ids.make('run');
  const cause = { requestId, traceId: traceOfRequest(requestId) };
  const watched = new Watched(ports, { function: name, kind: 'timer', cause });
  const now = watched.startedAtMs;
  const hasTime = () => isEnding?.() !== true && ports.clock.now() < now + own.contract.budgetMs;
  const consume = async (consumer: string, eventId: string) => {
    const found = await consumerOf?.(consumer);
    if (found === undefined) throw new Error(`${name} has no consumer ${consumer}`);
    return runConsumer(consumer, found, eventId, ports);
  };
  try {
    const counts = await own.run({ now, requestId, hasTime, runs, consume, ports: watched.ports });
    watched.tell('info', { outcome: 'ok', counts });
    return counts;
  } catch (caught) {
    watched.tell('error', {
      outcome: 'failed',
      code: codeOf(caught) ?? 'internal',
      ...describeCaught(caught),
    });
    throw caught;
  } finally {
    await watched.ring();
  }
}
