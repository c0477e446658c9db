/**
 * Runs every bar, one after the other, each in its own process at the size that it declares, on each engine that it
 * names. Without a MySQL server it says so in one line, and leaves that engine out. Prints one JSON line for each, and
 * a summary.
 *
 * - `--seed N`: applies to all.
 * - `--brief`: only bars that have a brief size, at that size. It shows that they still run.
 *
 * Exit code 0 when all pass.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../support/commandLine.ts';
import { ENGINES, type EngineName } from '../support/keptStore.ts';
import { findMysql } from '../support/mysql.ts';
import type { Bar, Flags } from './bar.ts';

const { flags, count } = commandLine('npm run bars [-- --seed N --brief]');
const values = flags({ seed: { type: 'string', default: '1' }, brief: { type: 'boolean', default: false } });
const seed = count('seed', values.seed, 0);

/** The flags as on a command line: `ackKill` is `--ack-kill`. */
function wordsOf(sizes: Partial<Flags>): string[] {
  return Object.entries(sizes).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    String(value),
  ]);
}

/** One run of a bar. */
interface Run {
  readonly id: string;
  /** The bar's id, and the engine where it is another than the embedded one. */
  readonly name: string;
  readonly words: readonly string[];
}

/** The bars to run, with the flags for each. */
async function chosen(engines: readonly EngineName[]): Promise<readonly Run[]> {
  const ids = readdirSync(__dirname)
    .map((name) => /^([LR][0-9]{2})\.ts$/.exec(name)?.[1])
    .filter((id) => id !== undefined)
    .sort();
  const runs: Run[] = [];
  for (const id of ids) {
    const file: Record<string, Bar | undefined> = await import(`./${id}.ts`);
    const { brief, engines: own = ['sqlite'] } = file[id] ?? {};
    const sizes = values.brief ? brief : {};
    if (sizes === undefined) continue;
    for (const engine of engines.filter((each) => own.includes(each))) {
      const isUsual = engine === 'sqlite';
      const words = [...wordsOf(sizes), ...(isUsual ? [] : ['--engine', engine])];
      runs.push({ id, name: isUsual ? id : `${id} on ${engine}`, words });
    }
  }
  return runs;
}

/** The engines that can be had here. */
async function enginesHere(): Promise<readonly EngineName[]> {
  if ((await findMysql()) !== null) return ENGINES;
  process.stderr.write('No MySQL server answers, so no bar runs on one.\n');
  return ENGINES.filter((engine) => engine !== 'mysql');
}

async function main(): Promise<void> {
  const began = performance.now();
  const failed: string[] = [];
  const bars = await chosen(await enginesHere());
  for (const { id, name, words } of bars) {
    const from = performance.now();
    const own = [require.resolve('tsx/cli'), join(__dirname, 'run.ts'), id, '--seed', String(seed), ...words];
    const { status, stdout } = spawnSync(process.execPath, own, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    process.stdout.write(
      stdout === '' ? `{"bar":"${id}","pass":false,"measured":{},"seed":${seed}}\n` : stdout,
    );
    process.stderr.write(`${name} took ${Math.round((performance.now() - from) / 1000)} s\n`);
    if (status !== 0) failed.push(name);
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(
    `${bars.length - failed.length} of ${bars.length} bars pass, in ${seconds} s${failed.length > 0 ? `; not ${failed.join(', ')}` : ''}`,
  );
  process.exit(failed.length === 0 ? 0 : 1);
}

main().catch((caught: unknown) => {
  process.stderr.write(`${caught instanceof Error ? (caught.stack ?? caught.message) : String(caught)}\n`);
  process.exit(2);
});
