import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bar } from './bar.ts';

const CHAOS = join(__dirname, '..', 'chaos', 'run.ts');

/** Seen red: when notices are answered before the commit, the chaos run counts lost acknowledged writes. */
export const R02 = bar({
  proves:
    'killed at random moments under load on both rails, the product loses nothing it has acknowledged and does nothing twice',
  flags: { journeys: 80, kills: 12 },
  run: async ({ seed, flags }) => {
    const { journeys, kills } = flags;
    const args = ['--seed', seed, '--journeys', journeys, '--kills', kills, '--rail', 'mixed'].map(String);
    const { status, stdout } = spawnSync(process.execPath, [require.resolve('tsx/cli'), CHAOS, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const last = stdout.trim().split('\n').at(-1) ?? '';
    const measured = last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : { said: last };
    return { pass: status === 0, measured };
  },
});
