/** A deployment and its way back, from what shall be to what is. Nothing is kept anywhere but in the cloud. */
import { type Actual, Reader, readActual } from './actual.ts';
import { type Cloud, CloudError, type Pace, paced } from './cloud.ts';
import { type Desired, nameOf } from './desired.ts';
import { execute, NoBrokerTriggers, SmokeFailed, Stopped, type Working } from './execute.ts';
import { adoptRelease, type Manner, type Plan, planOf, type Step } from './plan.ts';
import { rollbackPlan } from './rollback.ts';

/** What a deployment works with. */
export interface Deployment {
  readonly cloud: Cloud;
  readonly pace: Pace;
  readonly desired: Desired;
  /** The same without the broker's triggers, for a platform that makes none; null where none are wanted. */
  readonly withoutTriggers: Desired | null;
  readonly tell: (line: string) => void;
  /** Tries the shop by its public address. @throws Error that says what is wrong */
  readonly smoke: () => Promise<void>;
}

/** How a command ends: 0 nothing was to do, or all is done; 1 it stopped; 2 a plan has changes. */
export type ExitCode = 0 | 1 | 2;

const stands = (actual: Actual, unit: string) => {
  const own = actual.functions[unit] ?? null;
  if (own === null) return `${unit}: not there`;
  return `${unit}: ${own.alias.mark?.release ?? own.alias.version}, ${own.status}`;
};

function workingOf(given: Deployment, desired: Desired, actual: Actual): Working {
  const { cloud, pace, tell } = given;
  const reader = new Reader(cloud, pace, desired);
  const smoke = async () => {
    try {
      await given.smoke();
    } catch (caught) {
      throw new SmokeFailed(caught instanceof Error ? caught.message : String(caught));
    }
  };
  return { cloud, reader, pace, tell, desired, smoke, functions: actual.functions };
}

/** Does the steps. @throws Stopped */
async function doAll(working: Working, steps: readonly Step[]): Promise<void> {
  for (const step of steps) await execute(working, step);
}

/** Tells where each unit stands, if that can be read. */
async function tellStanding(given: Deployment, desired: Desired): Promise<void> {
  try {
    const actual = await readActual(new Reader(given.cloud, given.pace, desired), desired);
    for (const { name } of desired.units) given.tell(`  ${stands(actual, name)}`);
  } catch (caught) {
    given.tell(`  where it stands cannot be read: ${caught instanceof CloudError ? caught.message : ''}`);
  }
}

/** Back to the release before, after the smoke test has failed. */
async function goBack(given: Deployment, desired: Desired, why: string): Promise<void> {
  given.tell(`the smoke test failed: ${why}`);
  const actual = await readActual(new Reader(given.cloud, given.pace, desired), desired);
  const plan = rollbackPlan(
    desired.units.map(({ name }) => name),
    actual,
    null,
  );
  for (const refusal of plan.refusals) given.tell(refusal);
  const steps = plan.steps.filter((step) => step.do !== 'smoke');
  await doAll(workingOf(given, desired, actual), steps);
  if (steps.length > 0) given.tell('the release before is on again');
}

/** Whether what stands is the release without the broker's triggers. Then nothing else is tried until code changes. */
const standsWithout = (actual: Actual, without: Desired) =>
  Object.values(actual.functions).some((own) =>
    own?.alias.mark?.release.endsWith(`.${without.release.hash}`),
  );

/** Tells a plan, and what it comes to. */
function tellPlan({ steps, refusals }: Plan, tell: Deployment['tell']): ExitCode {
  for (const refusal of refusals) tell(`refused: ${refusal}`);
  for (const { line } of steps) tell(line);
  if (refusals.length > 0) return 1;
  tell(steps.length === 0 ? 'nothing is to change' : `${steps.length} steps`);
  return steps.length === 0 ? 0 : 2;
}

async function carryThrough(
  given: Deployment,
  desired: Desired,
  manner: Manner,
  actual: Actual,
): Promise<ExitCode> {
  const { tell } = given;
  const plan = planOf(desired, actual, manner);
  if (plan.refusals.length > 0 || plan.steps.length === 0) return tellPlan(plan, tell);
  try {
    await doAll(workingOf(given, adoptRelease(desired, actual), actual), plan.steps);
    tell(`${nameOf(adoptRelease(desired, actual).release)} is deployed`);
    return 0;
  } catch (caught) {
    if (caught instanceof SmokeFailed) await goBack(given, desired, caught.message);
    else if (caught instanceof NoBrokerTriggers || !(caught instanceof Stopped)) throw caught;
    else tell(`stopped. ${caught.message}`);
    await tellStanding(given, desired);
    return 1;
  }
}

/** Brings a stage to what shall be; with `isPlanOnly` it only tells what that would take. @throws CloudError */
export async function deploy(options: Deployment, manner: Manner, isPlanOnly: boolean): Promise<ExitCode> {
  const given = { ...options, cloud: paced(options.cloud, options.pace) };
  const { desired, withoutTriggers: without, tell } = given;
  const actual = await readActual(new Reader(given.cloud, given.pace, desired), desired);
  const isWithout = without !== null && standsWithout(actual, without);
  if (isWithout)
    tell('the platform made no triggers of the broker for this release: BUS=invoke, until the code changes');
  const wanted = isWithout ? without : desired;
  if (isPlanOnly) return tellPlan(planOf(wanted, actual, manner), tell);
  try {
    return await carryThrough(given, wanted, manner, actual);
  } catch (caught) {
    if (!(caught instanceof NoBrokerTriggers) || without === null) throw caught;
    tell(`the platform makes no triggers of the broker (${caught.message}): going on with BUS=invoke`);
    const now = await readActual(new Reader(given.cloud, given.pace, without), without);
    return carryThrough(given, without, manner, now);
  }
}

/** Brings a stage back to a release, or to the one before. @throws CloudError */
export async function rollback(options: Deployment, to: string | null): Promise<ExitCode> {
  const given = { ...options, cloud: paced(options.cloud, options.pace) };
  const { desired, tell } = given;
  const actual = await readActual(new Reader(given.cloud, given.pace, desired), desired);
  const plan = rollbackPlan(
    desired.units.map(({ name }) => name),
    actual,
    to,
  );
  if (plan.refusals.length > 0) return tellPlan(plan, tell);
  if (plan.steps.every((step) => step.do === 'smoke')) tell('it already stands there');
  try {
    await doAll(workingOf(given, desired, actual), plan.steps);
    return 0;
  } catch (caught) {
    if (!(caught instanceof Stopped)) throw caught;
    tell(`stopped. ${caught.message}`);
    await tellStanding(given, desired);
    return 1;
  }
}
