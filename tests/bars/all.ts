/**
 * Runs every bar, one after the other, each in its own process at the size that it declares. Prints one JSON line for
 * each, and a summary. `--seed N` applies to all. Exit code 0 when all pass.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../support/commandLine.ts';

const { flags, count } = commandLine('npm run bars [-- --seed N]');
const seed = count('seed', flags({ seed: { type: 'string', default: '1' } }).seed, 0);
const ids = readdirSync(__dirname)
  .map((name) => /^(R[0-9]{2})\.ts$/.exec(name)?.[1])
  .filter((id) => id !== undefined)
  .sort();
const began = performance.now();
const failed: string[] = [];
for (const id of ids) {
  const from = performance.now();
  const args = [require.resolve('tsx/cli'), join(__dirname, 'run.ts'), id, '--seed', String(seed)];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(
    stdout === '' ? `{"bar":"${id}","pass":false,"measured":{},"seed":${seed}}\n` : stdout,
  );
  process.stderr.write(`${id} took ${Math.round((performance.now() - from) / 1000)} s\n`);
  if (status !== 0) failed.push(id);
}
const seconds = Math.round((performance.now() - began) / 1000);
console.log(
  `${ids.length - failed.length} of ${ids.length} bars pass, in ${seconds} s${failed.length > 0 ? `; not ${failed.join(', ')}` : ''}`,
);
process.exit(failed.length === 0 ? 0 : 1);
