/** The chaos run, as a process of its own. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { EngineName } from '../support/keptStore.ts';

const PROGRAM = join(__dirname, '..', 'chaos', 'run.ts');

/** What a chaos run found. */
export interface ChaosFound {
  readonly isWell: boolean;
  /** Its last line. */
  readonly measured: Readonly<Record<string, unknown>>;
}

/** Runs it on both rails. With `isGentle` the product is ended by SIGTERM in place of being killed. */
export function chaos(asked: {
  readonly seed: number;
  readonly journeys: number;
  readonly kills: number;
  readonly engine: EngineName;
  readonly isGentle?: boolean;
}): ChaosFound {
  const { seed, journeys, kills, engine, isGentle = false } = asked;
  const numbers = ['--seed', seed, '--journeys', journeys, '--kills', kills].map(String);
  const words = ['--rail', 'mixed', '--engine', engine, ...(isGentle ? ['--gently'] : [])];
  const { status, stdout } = spawnSync(
    process.execPath,
    [require.resolve('tsx/cli'), PROGRAM, ...numbers, ...words],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const measured = last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : { said: last };
  return { isWell: status === 0, measured };
}
