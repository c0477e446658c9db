import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { LOCAL_DIST, localBuild } from '../../esbuild.config.ts';

/** Runs a program with these arguments, this input and these environment variables besides the present ones. */
type RunTool = (
  args: readonly string[],
  given?: { readonly input?: string; readonly env?: Readonly<Record<string, string | undefined>> },
) => SpawnSyncReturns<string>;

/** A program of `tools/`, built once for the tests of a file, because tsx compiles the product at each start. */
export function builtTool(name: string): RunTool {
  // In the one folder that a build of the units leaves alone: other tests may build at the same time.
  const outdir = join(LOCAL_DIST, `${name}-${process.pid}`);
  beforeAll(async () => {
    await build({ ...localBuild(outdir), entryPoints: [`tools/${name}.ts`] });
  });
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));
  return (args, { input = '', env = {} } = {}) =>
    spawnSync(process.execPath, [join(outdir, `${name}.mjs`), ...args], {
      input,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
}
