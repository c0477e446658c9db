/**
 * The CPU time of a unit's cold start, compared with an empty file, in alternation: of its import alone, and of the
 * import with the first event. What is loaded late counts in the second figure.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readManifest } from '../../tools/manifest.ts';
import { quantile } from '../load/measure.ts';
import { firstEventFor } from '../support/firstEvent.ts';
import { unitEnvironment } from '../support/unitEnvironment.ts';

/** CPU milliseconds. */
export interface ColdStart {
  readonly importMs: number;
  /** Import and first event. No database can be reached, so a unit that needs it first loads the driver and fails. */
  readonly answeredMs: number;
}

const PROGRAM = `
  const [file, event] = JSON.parse(process.argv[1]);
  const ms = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
  const fromMs = ms();
  const { main_handler } = require(file);
  const importMs = ms() - fromMs;
  const done = () => {
    require('node:fs').writeSync(2, '\\n' + JSON.stringify({ importMs, answeredMs: ms() - fromMs }));
    process.exit(0);
  };
  main_handler === undefined ? done() : main_handler(event, { request_id: 'platform-request-1' }).then(done, done);
`;

function start(file: string, event: unknown, env: NodeJS.ProcessEnv): ColdStart {
  const asked = JSON.stringify([file, event ?? null]);
  const { stderr } = spawnSync(process.execPath, ['-e', PROGRAM, asked], { encoding: 'utf8', env });
  return JSON.parse(stderr.slice(stderr.lastIndexOf('\n')));
}

/** What each unit needs more than an empty file: the medians of `rounds` fresh processes each. */
export async function benchColdStarts(
  names: readonly string[],
  rounds: number,
): Promise<Readonly<Record<string, ColdStart>>> {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-cold-'));
  const empty = join(folder, 'empty.js');
  writeFileSync(empty, '');
  const env = unitEnvironment();
  const units = (await readManifest()).units.filter(({ name }) => names.includes(name));
  const programs = [
    { name: '', file: empty, event: null },
    ...units.map((unit) => ({
      name: unit.name,
      file: resolve('dist', unit.name, 'index.js'),
      event: firstEventFor(unit),
    })),
  ];
  const started = new Map<string, ColdStart[]>(programs.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, file, event } of programs) started.get(name)?.push(start(file, event, env));
  }
  rmSync(folder, { recursive: true });
  const median = (name: string, figure: keyof ColdStart) => {
    const figures = (started.get(name) ?? []).map((each) => each[figure]);
    return quantile(figures, 0.5);
  };
  const over = (name: string, figure: keyof ColdStart) =>
    Number((median(name, figure) - median('', figure)).toFixed(1));
  return Object.fromEntries(
    units.map(({ name }) => [
      name,
      { importMs: over(name, 'importMs'), answeredMs: over(name, 'answeredMs') },
    ]),
  );
}
