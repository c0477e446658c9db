import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bar } from './bar.ts';

const ROOT = join(__dirname, '..', '..');
const SUITES = [
  'tests/domain/points/points.test.ts',
  'tests/domain/access/membership.test.ts',
  'tests/domain/access/access.test.ts',
  'tests/domain/pricing',
];

interface Result {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/**
 * The models are deliberately naive: points one by one, and memberships by walking a calendar. Seen red: spending from
 * the last lot first fails within a few runs.
 */
export const R12 = bar({
  proves:
    'points in lots with holds, expiry, returns and debt, access, and memberships laid end to end, are what naive models say, and prices keep their laws',
  flags: { runs: 10_000 },
  brief: { runs: 300 },
  run: async ({ seed, flags }) => {
    const { stdout } = spawnSync(
      process.execPath,
      [join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), '--json', ...SUITES],
      {
        cwd: ROOT,
        encoding: 'utf8',
        env: { ...process.env, SEED: String(seed), MODEL_RUNS: String(flags.runs) },
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    const result = JSON.parse(stdout) as Result;
    const failed = result.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => fullName);
    const measured = { runs: flags.runs, tests: result.numPassedTests, violations: failed };
    return { pass: result.numPassedTests > 0 && result.numFailedTests === 0, measured };
  },
});
