/**
 * `npm run dev`: the local stack, built and started again whenever a file changes. What is stored in `DATA_DIR` stays, since
 * the stack before is ended as Ctrl-C ends it. A build that fails leaves the running one alone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { context } from 'esbuild';
import { LOCAL_DIST, localBuild } from '../esbuild.config.ts';

let running: ChildProcess | null = null;
/** Restarts wait for each other: two stacks at once would want the same port. */
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
  const program = join(LOCAL_DIST, 'start.js');
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
