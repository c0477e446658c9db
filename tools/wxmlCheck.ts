/**
 * Checks each template of the mini-program against its page: writes it as TypeScript below `dist/wxml-check/` and has
 * it compiled. Prints `<file>:<line>: <what>` for each mistake, and then ends with 1.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, posix, relative } from 'node:path';
import { checkSource } from '../local/phone/check.ts';
import { Outside } from '../local/phone/outside.ts';
import { readTemplate } from '../local/phone/template.ts';
import { ROOT } from './sources.ts';

const slashed = (path: string) => path.replaceAll('\\', '/');

/** The pages and components of a folder, by path without an ending. */
async function templatesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((path) => path.endsWith('.wxml'))
    .map((path) => slashed(path).slice(0, -'.wxml'.length))
    .sort();
}

async function usedBy(
  folder: string,
  path: string,
): Promise<{ isComponent: boolean; used: Map<string, string> }> {
  const file = join(folder, `${path}.json`);
  const json = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>) : {};
  const named = Object.entries((json.usingComponents ?? {}) as Record<string, string>);
  const used = named.map(([tag, from]): [string, string] => [
    tag,
    from.startsWith('/') ? from.slice(1) : posix.join(posix.dirname(path), from),
  ]);
  return { isComponent: json.component === true, used: new Map(used) };
}

const exportsType = (source: string, name: string) =>
  new RegExp(`^export (type|interface) ${name}\\b`, 'm').test(source);

/** The TypeScript of one template. @throws Outside */
async function checkOf(folder: string, path: string, written: string) {
  const { isComponent, used } = await usedBy(folder, path);
  const from = (target: string) => slashed(relative(dirname(written), target));
  const components = new Map<string, { from: string; hasProps: boolean; hasEvents: boolean }>();
  for (const [tag, component] of used) {
    const source = await readFile(join(folder, `${component}.ts`), 'utf8');
    components.set(tag, {
      from: from(join(folder, `${component}.ts`)),
      hasProps: exportsType(source, 'Props'),
      hasEvents: exportsType(source, 'Events'),
    });
  }
  const file = slashed(relative(ROOT, join(folder, `${path}.wxml`)));
  const place = { file, components: new Set(used.keys()), isComponent };
  const pieces = readTemplate(place, await readFile(join(folder, `${path}.wxml`), 'utf8'));
  const checked = {
    own: from(join(folder, `${path}.ts`)),
    platform: from(join(ROOT, 'local/phone/platform.ts')),
    components,
  };
  return { file, ...checkSource(checked, pieces) };
}

/**
 * What is wrong with the templates of `folder`, as `<file>:<line>: <what>`. The TypeScript is written to `outdir`. Its
 * compiler's options are those of the mini-program, with the declarations of `globals`.
 */
export async function wxmlMistakes(folder: string, outdir: string): Promise<string[]> {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const mistakes: string[] = [];
  const sources = new Map<string, { file: string; lines: readonly number[] }>();
  for (const path of await templatesIn(folder)) {
    const name = `${path.replaceAll('/', '.')}.ts`;
    try {
      const { file, source, lines } = await checkOf(folder, path, join(outdir, name));
      sources.set(name, { file, lines });
      await writeFile(join(outdir, name), source);
    } catch (caught) {
      if (!(caught instanceof Outside)) throw caught;
      mistakes.push(caught.message);
    }
  }
  const declarations = slashed(relative(outdir, join(ROOT, 'miniprogram')));
  const config = {
    extends: `${declarations}/tsconfig.json`,
    compilerOptions: { noUnusedLocals: false },
    include: ['.', `${declarations}/**/*.d.ts`],
  };
  await writeFile(join(outdir, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  const { stdout, stderr } = spawnSync(tsc, ['-p', outdir, '--pretty', 'false'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (stderr !== '') throw new Error(stderr);
  for (const said of stdout.split('\n')) {
    const [, written = '', line = '', what = ''] = /^(\S+)\((\d+),\d+\): error TS\d+: (.*)$/.exec(said) ?? [];
    const own = sources.get(basename(written));
    if (own !== undefined) mistakes.push(`${own.file}:${own.lines[Number(line) - 1]}: ${what}`);
    else if (what !== '') mistakes.push(said);
  }
  return mistakes;
}

async function main(): Promise<void> {
  const mistakes = await wxmlMistakes(join(ROOT, 'miniprogram'), join(ROOT, 'dist/wxml-check'));
  for (const mistake of mistakes) console.log(mistake);
  if (mistakes.length > 0) process.exitCode = 1;
}

if (basename(process.argv[1] ?? '') === 'wxmlCheck.ts') void main();
