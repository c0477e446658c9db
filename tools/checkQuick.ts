/**
 * The check for use while working: format, types, generated files, the code rules, the contracts, and the tests near
 * what changed. `npm run check` runs everything.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { basename, posix, relative } from 'node:path';
import { filesBelow, ROOT, readSource } from './sources.ts';

/** Suites that run for minutes or start processes. They are never among the near tests. */
const SLOW = /^tests\/(simulation|security|fuzz|e2e|bars|bench|chaos|load)\//;
/** The most near tests that are run. A basic file has hundreds; the whole check runs them. */
const NEAR_MAX = 24;

/**
 * The tests nearest to some files: tests among them, then tests that import one, then tests that import a file that
 * imports one.
 */
export function nearTests(
  changed: readonly string[],
  imports: ReadonlyMap<string, readonly string[]>,
): string[] {
  const importersOf = (targets: ReadonlySet<string>) =>
    [...imports].filter(([, own]) => own.some((one) => targets.has(one))).map(([path]) => path);
  const first = new Set(changed);
  const second = new Set(importersOf(first));
  const third = new Set(importersOf(new Set([...second].filter((path) => !path.startsWith('tests/')))));
  const near = [...first, ...second, ...third];
  return [...new Set(near)].filter((path) => path.endsWith('.test.ts') && !SLOW.test(path));
}

function changedFiles(): string[] {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  const names = git('diff', '--name-only', 'HEAD') + git('ls-files', '--others', '--exclude-standard');
  return names.split('\n').filter((path) => path.endsWith('.ts'));
}

function importGraph(): Map<string, readonly string[]> {
  const files = ['functions', 'events', 'shared', 'local', 'client', 'tools', 'tests'].flatMap(filesBelow);
  return new Map(
    files.map((path) => [
      path,
      readSource(path)
        .imports.filter(({ from }) => from.startsWith('.'))
        .map(({ from }) => posix.join(posix.dirname(path), from)),
    ]),
  );
}

function main(): void {
  const near = nearTests(changedFiles(), importGraph());
  const chosen = near.slice(0, NEAR_MAX);
  const more = near.length - chosen.length;
  console.log(
    `${chosen.length} test files near the change${more > 0 ? `, ${more} more left to npm run check` : ''}`,
  );
  const steps = [
    ['biome', 'ci', '.'],
    ['tsc', '-p', 'tsconfig.json'],
    ['tsx', 'tools/generate.ts', '--check'],
    ['jest', 'tests/tidy.test.ts', 'tests/contracts', ...chosen],
  ];
  for (const step of steps) {
    const { status } = spawnSync('npx', ['--no-install', ...step], { cwd: ROOT, stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
}

if (relative(ROOT, process.argv[1] ?? '') === posix.join('tools', basename(__filename))) main();
