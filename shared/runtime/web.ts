/** The entry of a deployed web function: a server that answers until the platform ends it. */
import type { Ports } from '../ports/ports.ts';
import { describeCaught } from './caught.ts';
import { type LateFunction, lateEndpointsOf } from './late.ts';
import { type Served, serve } from './node.ts';

/**
 * Starts the server of a unit, over its functions by name, which their first calls load. On SIGTERM it accepts nothing
 * new, lets running requests end within five seconds, and closes the database. A unit that lacks a setting ends at
 * once with exit code 1, and says which on standard error.
 */
export async function listen(
  functions: Readonly<Record<string, LateFunction>>,
  ports: () => Ports,
  port: number,
): Promise<Served> {
  let own: Ports;
  try {
    own = ports();
  } catch (caught) {
    const reason = caught instanceof Error ? caught.message : String(caught);
    console.error(JSON.stringify({ level: 'error', cannotStart: reason }));
    process.exit(1);
  }
  const served = await serve(lateEndpointsOf(functions), own, {
    port,
    host: '0.0.0.0',
    isBehindPlatform: true,
  });
  process.once('SIGTERM', () => {
    served
      .close()
      .then(() => own.database.close())
      .catch((caught: unknown) => own.log.write('error', { function: 'host', ...describeCaught(caught) }))
      .finally(() => process.exit(0));
  });
  return served;
}
