/** Runs a timer function once. */
import type { TimerFunction } from '../function.ts';
import type { Ports } from '../ports/ports.ts';
import { Doorbell } from './doorbell.ts';
import { describeCaught } from './observe.ts';

/**
 * Runs the timer once, with the time that its contract gives it (none any more once the process `isEnding`), and logs
 * what it counted. What it told is rung for, also when it fails. @throws what the timer threw, so that the platform
 * sees the failure
 */
export async function runTimer(
  name: string,
  own: TimerFunction,
  ports: Ports,
  isEnding: () => boolean = () => false,
): Promise<Readonly<Record<string, number>>> {
  const doorbell = new Doorbell(ports.database);
  const now = ports.clock.now();
  const requestId = ports.ids.make('run');
  const hasTime = () => !isEnding() && ports.clock.now() < now + own.contract.budgetMs;
  const line = { requestId, function: name, kind: 'timer' };
  try {
    const counts = await own.run({ now, requestId, hasTime, ports: { ...ports, database: doorbell } });
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
