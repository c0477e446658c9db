import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../tools/sources.ts';
import { bar } from './bar.ts';

/** Where the suite of the database port is run over stores of every engine. */
const SUITES = join(ROOT, 'tests', 'ports', 'database');
/** A store in memory ends with its process, so it has none of these. */
const OF_KEPT_STORES = ['reopening', 'shapes', 'two builds', 'migration'];
/** The least number of cases; fewer would mean that the suite is not what it was. */
const CASES_MIN = 60;

interface Case {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly status: string;
}

/** The result of each case by its name, for each store. */
type Results = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** The test files that run the suite. */
function files(): string[] {
  const all = readdirSync(SUITES).filter((name) => name.endsWith('.test.ts'));
  return all
    .map((name) => join(SUITES, name))
    .filter((path) => readFileSync(path, 'utf8').includes('databaseSuite('));
}

/** Runs the suite over every store. */
function run(): Results {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-bar-'));
  try {
    const output = join(folder, 'results.json');
    const flags = ['--silent', '--testNamePattern', '^(\\S+ )?database: ', '--json', '--outputFile', output];
    const jest = [require.resolve('jest/bin/jest'), ...flags, ...files()];
    spawnSync(process.execPath, jest, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as {
      readonly testResults: readonly { readonly assertionResults: readonly Case[] }[];
    };
    const results = new Map<string, Map<string, string>>();
    for (const { ancestorTitles, title, status } of testResults.flatMap((file) => file.assertionResults)) {
      const at = ancestorTitles.findIndex((each) => each.startsWith('database: '));
      if (at < 0) continue;
      const store = (ancestorTitles[at] ?? '').replace('database: ', '').replace(/, seed .*/, '');
      const own = results.get(store) ?? new Map<string, string>();
      // An engine shows one moment, or says that it cannot.
      const either = title.replace('it cannot show', 'it shows');
      own.set([...ancestorTitles.slice(at + 1), either].join(' › '), status);
      results.set(store, own);
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What one store does not do like all others. */
function differing(store: string, own: ReadonlyMap<string, string>, all: ReadonlySet<string>): string[] {
  const isKept = store !== 'sqlite in memory';
  return [...all].flatMap((name) => {
    if (!isKept && OF_KEPT_STORES.some((group) => name.startsWith(`${group} › `))) return [];
    const status = own.get(name) ?? 'not run';
    return status === 'passed' ? [] : [`${store}: ${name}: ${status}`];
  });
}

/** Seen red: with an engine that lists texts in the order of UTF-16, a case of the lists differs. */
export const R26 = bar({
  proves:
    'the suite of the database port says the same of every engine: of SQLite, of chaos over it, of MySQL, and of CloudBase',
  flags: {},
  brief: {},
  run: async ({ note }) => {
    const results = run();
    const all = new Set([...results.values()].flatMap((own) => [...own.keys()]));
    const skipped = [...results]
      .filter(([, own]) => [...own.values()].every((status) => status === 'pending'))
      .map(([store]) => store);
    for (const store of skipped) note(`no server answers for ${store}, so it is left out`);
    const judged = [...results].filter(([store]) => !skipped.includes(store));
    const violations = judged.flatMap(([store, own]) => differing(store, own, all));
    const cases = Object.fromEntries(judged.map(([store, own]) => [store, own.size]));
    const measured = { cases, skipped, violations: violations.slice(0, 20) };
    const isWhole = judged.length >= 3 && all.size >= CASES_MIN;
    return { pass: violations.length === 0 && isWhole, measured };
  },
});
