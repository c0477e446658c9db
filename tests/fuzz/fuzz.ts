/**
 * The fuzzer: sequences of calls by several people, made from the OpenAPI document by fast-check, each in a world of
 * its own. The same seed makes the same calls; what fails is made smaller before it is told.
 */
import fc from 'fast-check';
import { arbitraryOf, type Hints, inputsOf } from './arbitrary.ts';
import { type Contract, type Operation, readContract } from './contract.ts';
import { type AttackKind, attacksOn } from './hostile.ts';
import { Judge } from './judge.ts';
import { idShapes } from './kinds.ts';
import { Scene, type Tally } from './scene.ts';

/** How much is done. */
export interface FuzzOptions {
  readonly seed: number;
  /** Worlds. */
  readonly runs: number;
  /** Steps in a world, at most. */
  readonly steps: number;
  /** The operations to call; null for all. */
  readonly only: readonly string[] | null;
  /** Whether what fails is made smaller, which takes a while. */
  readonly isShrinking: boolean;
}

type Step = (scene: Scene) => Promise<void>;

/** When virtual time begins: instants are chosen around it. */
const NOW_MS = Date.UTC(2026, 10, 23);
const MINUTE_MS = 60_000;
const ATTACKS: readonly AttackKind[] = ['number', 'type', 'operator', 'prototype', 'key', 'text', 'size'];

/** Says what it does, for the report of a failure. */
function step(words: string, act: Step): Step {
  return Object.assign(act, { toString: () => words, [fc.toStringMethod]: () => words });
}

/** Words that are picked from what the world has shown: always, or mostly, as ids are. */
const PICKED: readonly string[] = ['Cursor', 'LoginCode', 'exceptionId', 'transactionId'];
const MOSTLY_PICKED: readonly string[] = ['Day', 'TypedCode', 'CaseId', 'TaskId', 'UserName', 'Category'];
/** How the document says that whoever sends an id for the first time makes it. */
const MADE_BY_CLIENT = /made by the client/;
/** How many of what is there a pick can tell apart. */
const PICKS = 40;
const GOOD_PASSWORD = 'three grey herons at dusk';

/** In a body an id that its sender makes is mostly new; anywhere else it is mostly one that is there. */
function hintsOf(contract: Contract, isBody: boolean): Hints {
  const shapes = idShapes(contract);
  const pick = (component: string) => fc.nat({ max: PICKS }).map((which) => `?${component}:${which}`);
  return {
    nowMs: NOW_MS,
    insteadOf: (component) => {
      if (component === 'Password') return fc.constant(GOOD_PASSWORD);
      if (PICKED.includes(component)) return pick(component);
      if (!shapes.has(component) && !MOSTLY_PICKED.includes(component)) return null;
      const schema = contract.resolve(contract.components[component] ?? {});
      const fresh = arbitraryOf(schema, contract, { nowMs: NOW_MS });
      const isMade = isBody && MADE_BY_CLIENT.test(schema.description ?? '');
      return fc.oneof(
        { weight: isMade ? 1 : 6, arbitrary: pick(component) },
        { weight: isMade ? 3 : 1, arbitrary: fresh },
      );
    },
  };
}

/** Who calls an operation: mostly somebody who may, now and then anybody. */
function callersOf({ access }: Operation): fc.Arbitrary<number> {
  const anybody = fc.nat({ max: Scene.actors - 1 });
  const right = access === 'staff' ? fc.constantFrom(...Scene.staff) : fc.constantFrom(...Scene.learners);
  return fc.oneof({ weight: 4, arbitrary: right }, { weight: 1, arbitrary: anybody });
}

/** Runs it. @throws with the seed, the steps and what was wrong, when something was */
export async function fuzz(options: FuzzOptions): Promise<Tally> {
  const contract = readContract();
  const judge = new Judge(contract);
  const [hints, inBody] = [hintsOf(contract, false), hintsOf(contract, true)];
  const tally: Tally = new Map(contract.operations.map(({ id }) => [id, new Map<string, number>()]));

  const callOf = (operation: Operation): fc.Arbitrary<Step> =>
    fc
      .record({
        who: callersOf(operation),
        input: inputsOf(operation, contract, hints, inBody),
        attack: fc.oneof(
          { weight: 3, arbitrary: fc.constant(null) },
          { weight: 1, arbitrary: fc.nat({ max: 100_000 }) },
        ),
      })
      .map(({ who, input, attack }) =>
        step(`${operation.id} by ${who} ${attack ?? ''}`, (scene) =>
          scene.call(operation, who, input, (chosen) => {
            if (attack === null) return chosen;
            const attacks = attacksOn(chosen, operation.method, ATTACKS);
            return attacks[attack % Math.max(1, attacks.length)]?.input ?? chosen;
          }),
        ),
      );
  // What changes something leads further than what looks.
  const called = contract.operations.filter(({ id }) => options.only?.includes(id) ?? true);
  const calls = fc.oneof(
    ...called.map((one) => ({ weight: one.method === 'GET' ? 1 : 3, arbitrary: callOf(one) })),
  );
  const pays = fc.nat({ max: 5 }).map((which) => step(`pay ${which}`, (scene) => scene.pay(which)));
  const waits = fc
    .integer({ min: 0, max: 20 })
    .map((minutes) => step(`${minutes} minutes pass`, (scene) => scene.pass(minutes * MINUTE_MS)));
  const steps = fc.array(
    fc.oneof(
      { weight: 12, arbitrary: calls },
      { weight: 1, arbitrary: pays },
      { weight: 1, arbitrary: waits },
    ),
    { minLength: 1, maxLength: options.steps, size: 'max' },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const scene = await Scene.open(contract, judge, tally, options.seed);
      try {
        for (const act of sequence) await act(scene);
        await scene.replay();
        await scene.audit();
      } finally {
        await scene.close();
      }
    }),
    { seed: options.seed, numRuns: options.runs, endOnFailure: !options.isShrinking },
  );
  return tally;
}
