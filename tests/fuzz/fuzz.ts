/**
 * The fuzzer: sequences of calls by several people, generated from the OpenAPI document by fast-check, each in its own
 * world. The same seed gives the same calls. Failures are shrunk before they are reported.
 */
import fc from 'fast-check';
import { arbitraryOf, type Hints, type Input, inputsOf } from './arbitrary.ts';
import { type Contract, type Operation, readContract } from './contract.ts';
import { type AttackKind, attacksOn } from './hostile.ts';
import { Judge } from './judge.ts';
import { idShapes } from './kinds.ts';
import { Scene, type Tally } from './scene.ts';

/** How much is fuzzed. */
export interface FuzzOptions {
  readonly seed: number;
  /** The number of worlds. */
  readonly runs: number;
  /** How often each operation is called normally in one world. */
  readonly meant: number;
  /** How often it is also called wrongly: by other callers, with ids that do not exist, with one thing changed. */
  readonly hostile: number;
  /** The operations to call; null for all. */
  readonly only: readonly string[] | null;
  /** Whether failures are shrunk, which takes a while. */
  readonly isShrinking: boolean;
}

type Step = (scene: Scene) => Promise<void>;

/** The start of virtual time. Instants are chosen around it. */
const NOW_MS = Date.UTC(2026, 10, 23);
const MINUTE_MS = 60_000;
/** The share of steps beside the calls. */
const BESIDE_SHARE = 0.2;
const ATTACKS: readonly AttackKind[] = ['number', 'type', 'operator', 'prototype', 'key', 'text', 'size'];

/** A step with a description for the report of a failure. */
function step(words: string, act: Step): Step {
  return Object.assign(act, { toString: () => words });
}

/** Words that are taken from earlier answers of the world: always, or mostly, as ids are. */
const PICKED: readonly string[] = ['Cursor', 'LoginCode', 'ExceptionId', 'transactionId'];
const MOSTLY_PICKED: readonly string[] = ['Day', 'TypedCode', 'CaseId', 'TaskId', 'UserName', 'Category'];
/** The words with which the document says that the sender makes the id. */
const MADE_BY_CLIENT = /made by the client/;
/** How many existing things a pick can distinguish. */
const PICKS = 40;
const GOOD_PASSWORD = 'three grey herons at dusk';

/** In a body, an id that its sender makes is mostly new. Anywhere else it mostly exists. */
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

/** The caller of an operation without an aim: mostly somebody who may, sometimes anybody. */
function callersOf({ access }: Operation): fc.Arbitrary<number> {
  const anybody = fc.nat({ max: Scene.actors - 1 });
  const right = access === 'staff' ? fc.constantFrom(...Scene.staff) : fc.constantFrom(...Scene.learners);
  return oneIn(5, anybody, right);
}

/** Chooses `seldom` once in `times`, and `mostly` otherwise. */
function oneIn<T>(times: number, seldom: fc.Arbitrary<T>, mostly: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: times - 1, arbitrary: mostly }, { weight: 1, arbitrary: seldom });
}

/** The input with one attack in it. */
function attacked(input: Input, { method }: Operation, which: number): Input {
  const attacks = attacksOn(input, method, ATTACKS);
  return attacks[which % Math.max(1, attacks.length)]?.input ?? input;
}

/** A normal call: by somebody who may, with things that exist. */
function meant(operation: Operation, inputs: fc.Arbitrary<Input>): fc.Arbitrary<Step> {
  return fc
    .record({ input: inputs, aim: fc.nat(), who: callersOf(operation) })
    .map((asked) =>
      step(`${operation.id} aimed by ${asked.aim}`, (scene) =>
        scene.call({ ...asked, operation, isByAnother: false, change: (chosen) => chosen }),
      ),
    );
}

/** A wrong call: by somebody else, with input that only matches the schema, or with one thing changed. */
function hostile(operation: Operation, inputs: fc.Arbitrary<Input>): fc.Arbitrary<Step> {
  return fc
    .record({
      who: callersOf(operation),
      input: inputs,
      aim: oneIn(3, fc.constant(null), fc.nat()),
      isByAnother: oneIn(3, fc.constant(true), fc.constant(false)),
      attack: oneIn(4, fc.constant(null), fc.nat({ max: 100_000 })),
    })
    .map(({ attack, ...asked }) => {
      const { who, aim, isByAnother } = asked;
      const by = aim === null || isByAnother ? `by ${who}` : '';
      return step(`${operation.id} aimed by ${aim} ${by} attacked by ${attack}`, (scene) =>
        scene.call({
          ...asked,
          operation,
          change: (chosen) => (attack === null ? chosen : attacked(chosen, operation, attack)),
        }),
      );
    });
}

/** What happens beside the calls: a phone pays, time passes, money is refunded by hand. */
const BESIDE: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.nat({ max: 5 }).map((which) => step(`pay ${which}`, (scene) => scene.pay(which))),
  },
  {
    weight: 2,
    arbitrary: fc
      .nat({ max: 20 })
      .map((minutes) => step(`${minutes} minutes pass`, (scene) => scene.pass(minutes * MINUTE_MS))),
  },
  {
    weight: 1,
    arbitrary: fc
      .nat({ max: 20 })
      .map((which) => step(`given back by hand ${which}`, (scene) => scene.giveBackByHand(which))),
  },
);

/** All of these in a random order. */
function shuffled(steps: readonly fc.Arbitrary<Step>[]): fc.Arbitrary<Step[]> {
  return fc
    .tuple(...steps.map((one) => fc.tuple(fc.nat(), one)))
    .map((placed) => placed.sort(([one], [other]) => one - other).map(([, act]) => act));
}

/** A small set of these steps that still fails, found by leaving steps out. */
async function fewest(
  sequence: readonly Step[],
  fails: (sequence: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[]> {
  let left = sequence;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < left.length; ) {
      const without = [...left.slice(0, from), ...left.slice(from + size)];
      if (without.length < left.length && (await fails(without))) left = without;
      else from += size;
    }
  }
  return left;
}

/**
 * Runs the fuzzer. In each world, every operation is called `meant` times normally and `hostile` times wrongly, in a
 * random order.
 * @throws Error with the seed, the steps and what was wrong
 */
export async function fuzz(options: FuzzOptions): Promise<Tally> {
  const contract = readContract();
  const judge = new Judge(contract);
  const [hints, inBody] = [hintsOf(contract, false), hintsOf(contract, true)];
  const called = contract.operations.filter(({ id }) => options.only?.includes(id) ?? true);
  const tally: Tally = new Map(called.map(({ id }) => [id, new Map<string, number>()]));
  const inputs = new Map(
    contract.operations.map((operation) => [operation.id, inputsOf(operation, contract, hints, inBody)]),
  );
  const inputsFor = ({ id }: Operation): fc.Arbitrary<Input> => {
    const arbitrary = inputs.get(id);
    if (arbitrary === undefined) throw new Error(`there is no ${id}`);
    return arbitrary;
  };
  const inputOf = (operation: Operation, chance: () => number): Input => {
    const seed = Math.floor(chance() * 2 ** 31);
    const [input] = fc.sample(inputsFor(operation), { seed, numRuns: 1 });
    return input ?? { path: {}, query: {}, body: undefined };
  };
  const calls = called.flatMap((operation) => [
    ...Array.from({ length: options.meant }, () => meant(operation, inputsFor(operation))),
    ...Array.from({ length: options.hostile }, () => hostile(operation, inputsFor(operation))),
  ]);
  const beside = Array.from({ length: Math.ceil(calls.length * BESIDE_SHARE) }, () => BESIDE);
  const sequences = fc.noShrink(shuffled([...calls, ...beside]));

  const runIn = async (sequence: readonly Step[], counted: Tally): Promise<void> => {
    const scene = await Scene.open({ contract, judge, tally: counted, seed: options.seed, inputOf });
    try {
      for (const act of sequence) await act(scene);
      await scene.replay();
      await scene.audit();
    } finally {
      await scene.close();
    }
  };
  const errorOf = (sequence: readonly Step[], counted: Tally): Promise<unknown> =>
    runIn(sequence, counted).then(
      () => null,
      (caught: unknown) => caught,
    );
  let world = 0;
  for (const sequence of fc.sample(sequences, { seed: options.seed, numRuns: options.runs })) {
    world += 1;
    const caught = await errorOf(sequence, tally);
    if (caught === null) continue;
    const fails = async (fewer: readonly Step[]) => (await errorOf(fewer, new Map())) !== null;
    const steps = options.isShrinking ? await fewest(sequence, fails) : sequence;
    const why = options.isShrinking ? await errorOf(steps, new Map()) : caught;
    const words = `world ${world} of seed ${options.seed} failed after these steps: ${steps.map(String).join('; ')}`;
    throw new Error(words, { cause: why });
  }
  return tally;
}

/** The operations that were called but never succeeded. */
export function neverDone(tally: Tally): string[] {
  return [...tally].filter(([, outcomes]) => !outcomes.has('done')).map(([id]) => id);
}

/** The share of an operation's calls that succeeded, from 0 to 1; 0 when there were none. */
export function shareDone(tally: Tally, id: string): number {
  const outcomes = tally.get(id) ?? new Map<string, number>();
  const calls = [...outcomes.values()].reduce((sum, times) => sum + times, 0);
  return calls === 0 ? 0 : (outcomes.get('done') ?? 0) / calls;
}
