/**
 * `npm run dev`: builds the local stack with both front ends, and restarts it whenever a file changes.
 *
 * The data in `DATA_DIR` stays, because the old stack is ended as by Ctrl-C. A failed build leaves the running stack
 * alone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { context } from 'esbuild';
import { buildFrontEnds, LOCAL_DIST, localBuild } from '../esbuild.config.ts';
import { ROOT } from './sources.ts';

let running: ChildProcess | null = null;
/** The queue of restarts. They run one after the other, because two stacks would want the same port. */
let restarts: Promise<void> = Promise.resolve();

async function end(): Promise<void> {
  const child = running;
  running = null;
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function restart(): Promise<void> {
  await end();
  const program = join(LOCAL_DIST, 'start.mjs');
  running = spawn(process.execPath, ['--enable-source-maps', program], { stdio: 'inherit' });
}

/** Builds the front ends whenever one of their files changes, and then restarts, because the stack lists them once. */
function watchFrontEnds(): { close(): void } {
  let hasChanged = false;
  const rebuild = async () => {
    if (!hasChanged) return;
    hasChanged = false;
    try {
      await buildFrontEnds();
      await restart();
    } catch (caught) {
      console.error(caught instanceof Error ? caught.message : caught);
    }
  };
  const folders = ['console', 'miniprogram', 'client', 'local/phone'].map((folder) =>
    watch(join(ROOT, folder), { recursive: true }, () => {
      hasChanged = true;
      restarts = restarts.then(rebuild);
    }),
  );
  return {
    close: () => {
      for (const folder of folders) folder.close();
    },
  };
}

async function main(): Promise<void> {
  await buildFrontEnds();
  const frontEnds = watchFrontEnds();
  const build = await context({
    ...localBuild(LOCAL_DIST),
    plugins: [
      {
        name: 'restart',
        setup: ({ onEnd }) =>
          onEnd(({ errors }) => {
            if (errors.length === 0) restarts = restarts.then(restart);
          }),
      },
    ],
  });
  await build.watch();
  const stop = async () => {
    frontEnds.close();
    await build.dispose();
    await restarts;
    await end();
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

void main();
