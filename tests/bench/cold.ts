/** The time to load a unit at a cold start, compared with an empty file, in alternation. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { quantile } from '../load/measure.ts';

function requireMs(file: string): number {
  const program = `const from = process.hrtime.bigint(); require(${JSON.stringify(file)}); console.log(Number(process.hrtime.bigint() - from) / 1e6); process.exit(0)`;
  return Number(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
}

/** Milliseconds more than an empty file, by unit: the medians of `rounds` fresh processes each. */
export function benchColdStarts(units: readonly string[], rounds: number): Record<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-cold-'));
  const empty = join(folder, 'empty.js');
  writeFileSync(empty, '');
  const times = new Map<string, number[]>([
    ['', []],
    ...units.map((unit) => [unit, []] as [string, number[]]),
  ]);
  for (let round = 0; round < rounds; round++) {
    for (const [unit, own] of times)
      own.push(requireMs(unit === '' ? empty : resolve('dist', unit, 'index.js')));
  }
  rmSync(folder, { recursive: true });
  const median = (unit: string) => quantile(times.get(unit) ?? [], 0.5);
  return Object.fromEntries(units.map((unit) => [unit, Number((median(unit) - median('')).toFixed(1))]));
}
