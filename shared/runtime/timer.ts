/** Runs a timer function once. */
import type { TimerFunction } from '../function.ts';
import type { Ports } from '../ports/ports.ts';
import { type ConsumerOf, runConsumer } from './consumer.ts';
import { Doorbell } from './doorbell.ts';
import { heeding } from './heed.ts';
import { describeCaught } from './observe.ts';

/** What a timer needs besides its ports. */
export interface TimerHost {
  /** Whether the process is about to end. Then no timer has time left. */
  readonly isEnding?: () => boolean;
  /** The consumers that a timer may run, by name. */
  readonly consumerOf?: ConsumerOf;
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
  { isEnding, consumerOf }: TimerHost = {},
): Promise<Readonly<Record<string, number>>> {
  const doorbell = new Doorbell(ports.database);
  const now = ports.clock.now();
  const requestId = ports.ids.make('run');
  const hasTime = () => isEnding?.() !== true && ports.clock.now() < now + own.contract.budgetMs;
  const consume = async (consumer: string, eventId: string) => {
    const found = await consumerOf?.(consumer);
    if (found === undefined) throw new Error(`${name} has no consumer ${consumer}`);
    return runConsumer(consumer, found, eventId, ports);
  };
  const line = { requestId, function: name, kind: 'timer' };
  try {
    const call = { now, requestId, hasTime, consume, ports: { ...heeding(ports), database: doorbell } };
    const counts = await own.run(call);
    ports.log.write('info', { ...line, ms: ports.clock.now() - now, outcome: 'ok', counts });
    return counts;
  } catch (caught) {
    const ms = ports.clock.now() - now;
    ports.log.write('error', { ...line, ms, outcome: 'failed', ...describeCaught(caught) });
    throw caught;
  } finally {
    if (doorbell.rings.length > 0) await ports.bus.ring(doorbell.rings);
  }
}
