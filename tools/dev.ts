/**
 * `npm run dev`: builds the local stack and restarts it whenever a file changes.
 *
 * The data in `DATA_DIR` stays, because the old stack is ended as by Ctrl-C. A failed build leaves the running stack
 * alone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { context } from 'esbuild';
import { LOCAL_DIST, localBuild } from '../esbuild.config.ts';

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

async function main(): Promise<void> {
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
    await build.dispose();
    await restarts;
    await end();
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

void main();
