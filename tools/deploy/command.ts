/** What the commands of a deployment share: their arguments, their stage, and who they are at the platform. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildUnits } from '../../esbuild.config.ts';
import { httpSend } from '../../shared/adapters/http/nodeRequest.ts';
import { readManifest } from '../manifest.ts';
import { ROOT } from '../sources.ts';
import { assemble, builtFiles, type Parts } from './assemble.ts';
import { type Pace, tencentCloud } from './cloud.ts';
import type { Deployment } from './deploy.ts';
import { accessOf, type Known, Misused } from './known.ts';
import { alarmsOf, LOG_FIELDS } from './logs.ts';
import { smokeTest } from './smoke.ts';

/** Where `npm run build` puts the units, and where a deployment does, which leaves everything else in `dist/` alone. */
const DIST = join(ROOT, 'dist');
const OWN_DIST = join(DIST, 'deploy');

/** The commit that is checked out, short, with a + when something has been changed since. */
export function commitOf(root = ROOT): string {
  const git = (...words: readonly string[]) =>
    execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const isChanged = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short=8', 'HEAD')}${isChanged ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}

/** The options that each of these commands has. */
export const COMMON_OPTIONS = {
  stage: { type: 'string' },
  /** The folder that has `stages/` and the secret files. */
  in: { type: 'string', default: ROOT },
} as const;

/** Time as it is. */
export const realPace: Pace = {
  now: () => Date.now(),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
};

/** Builds the units, unless what is built shall be taken as it is, and puts everything together. */
export async function partsOf(known: Known, isBuilt: boolean): Promise<Parts> {
  const { units } = await readManifest();
  const dist = isBuilt ? DIST : OWN_DIST;
  if (!isBuilt) await buildUnits(units, dist);
  const { stage, variables } = known;
  return {
    ...{ stage, variables, units },
    filesOf: builtFiles(dist),
    commit: commitOf(),
    fields: LOG_FIELDS,
    alarms: alarmsOf(stage.name),
  };
}

/** A deployment of these parts with the real cloud, the real shop and a console. */
export function deploymentOf(known: Known, parts: Parts): Deployment {
  const send = httpSend();
  return {
    cloud: tencentCloud(accessOf(known.stage, known.secrets)),
    pace: realPace,
    desired: assemble(parts),
    withoutTriggers: known.variables.BUS === 'cmq' ? assemble(parts, 'invoke') : null,
    tell: (line) => console.log(line),
    smoke: () => smokeTest(known.stage.url, send, realPace.pause),
  };
}

/** Runs a command, and exits with its code. What was misused or went wrong is told in one line, without a trace. */
export function run(usage: string, main: () => Promise<number>): void {
  main().then(
    (code) => process.exit(code),
    (caught: unknown) => {
      console.error(caught instanceof Error ? caught.message : String(caught));
      if (caught instanceof Misused) console.error(usage);
      process.exit(1);
    },
  );
}
