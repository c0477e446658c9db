/**
 * Looks, from where it is run, whether the servers keep the promises that the shop relies on:
 *
 *   npm run probe -- [--stage <name>] [--connections <number>]
 *
 * `DATABASE_URL` is tried out in a table of its own, `_probe`, also while the product runs on it, and the way it is set
 * is read. `CACHE_URL` and the platforms' hosts are asked. `--connections` is how many connections all instances
 * together may open: instances times `DATABASE_CONNECTIONS`.
 *
 * `--stage <name>` looks from inside a stage in the cloud. Each finding says what is wrong and where to put it right,
 * in Chinese and English. The exit code is 1 when one stops.
 */
import { parseArgs } from 'node:util';
import { httpSend } from '../shared/adapters/http/nodeRequest.ts';
import { systemClock } from '../shared/adapters/process/clock.ts';
import { systemIds } from '../shared/adapters/process/ids.ts';
import { findingLines, probe } from '../shared/commands/probe.ts';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { connections: { type: 'string' }, stage: { type: 'string' }, help: { type: 'boolean' } },
  });
  const connections = values.connections === undefined ? null : Number(values.connections);
  if (values.help || (connections !== null && !(Number.isInteger(connections) && connections > 0))) {
    console.error('usage: npm run probe -- [--stage <name>] [--connections <number>]');
    return 2;
  }
  if (values.stage !== undefined) {
    const { runInside } = await import('./deploy/inside.ts');
    const args = connections === null ? [] : ['--connections', String(connections)];
    return runInside(values.stage, process.cwd(), { command: 'probe', args });
  }
  const findings = await probe({
    ...{ environment: process.env, send: httpSend(), clock: systemClock, connections },
    run: systemIds(systemClock).make('prb'),
  });
  for (const line of findingLines(findings)) console.log(line);
  const stopping = findings.filter(({ stops }) => stops).length;
  console.log(`${findings.length} findings, ${stopping} of them stop`);
  return stopping > 0 ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (caught: unknown) => {
    console.error(caught instanceof Error ? caught.message : String(caught));
    process.exit(2);
  },
);
