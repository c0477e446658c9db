/**
 * Runs one bar: `npm run bar -- R03 --seed 1 --callbacks 10000 [--engine mysql]`. Prints exactly one JSON line on
 * stdout, `{"bar","pass","measured","seed"}`, with `engine` when it is not the embedded one. Its progress is on stderr.
 * Exit code 0 when it passes, 1 when it does not.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../support/commandLine.ts';
import type { EngineName } from '../support/keptStore.ts';
import type { Bar } from './bar.ts';
import { dropStores } from './engineStore.ts';

const { oneOf, refuse } = commandLine(
  'npm run bar -- R03 [--seed N] [--<flag> N] [--engine mysql]; docs/BARS.md lists bars and flags',
);

/** Parses `--name value` pairs; `--ack-kill` becomes `ackKill`. */
function flagsOf(words: readonly string[]): Record<string, number> {
  const flags: Record<string, number> = {};
  for (let index = 0; index < words.length; index += 2) {
    const name = /^--([a-z][A-Za-z-]*)$/
      .exec(words[index] ?? '')?.[1]
      ?.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const value = Number(words[index + 1] ?? 'none');
    if (name === undefined || !Number.isFinite(value)) return refuse(`cannot read ${words[index]}`);
    flags[name] = value;
  }
  return flags;
}

/** The words without `--engine` and its value, and that engine. Without one it is the first that the bar names. */
function engineOf(
  words: readonly string[],
  { engines = ['sqlite'] }: Bar,
): { readonly engine: EngineName; readonly rest: readonly string[] } {
  const at = words.indexOf('--engine');
  if (at < 0) return { engine: engines[0] ?? 'sqlite', rest: words };
  return { engine: oneOf(engines, words[at + 1] ?? ''), rest: words.toSpliced(at, 2) };
}

/** The bar of that name. */
async function barOf(id: string): Promise<Bar> {
  if (!/^[RL][0-9]{2}$/.test(id) || !existsSync(join(__dirname, `${id}.ts`))) refuse(`there is no bar ${id}`);
  const file: Record<string, Bar | undefined> = await import(`./${id}.ts`);
  const own = file[id];
  if (own === undefined) throw new Error(`tests/bars/${id}.ts exports no ${id}`);
  return own;
}

async function main(): Promise<void> {
  const [id = '', ...words] = process.argv.slice(2);
  const own = await barOf(id);
  const { engine, rest } = engineOf(words, own);
  const { seed = 1, ...given } = flagsOf(rest);
  for (const name of Object.keys(given)) {
    if (!(name in own.flags)) refuse(`${id} has no --${name}, only ${Object.keys(own.flags).join(', ')}`);
  }
  const note = (text: string) => void process.stderr.write(`${id} ${text}\n`);
  const asked = { seed, flags: { ...own.flags, ...given }, engine, note };
  const { pass, measured } = await own.run(asked).finally(dropStores);
  process.stdout.write(
    `${JSON.stringify({ bar: id, pass, measured, seed, ...(engine === 'sqlite' ? {} : { engine }) })}\n`,
  );
  process.exit(pass ? 0 : 1);
}

main().catch((caught: unknown) => {
  process.stderr.write(`${caught instanceof Error ? (caught.stack ?? caught.message) : String(caught)}\n`);
  process.exit(2);
});
