/** The routes of the committed contract, as requests. */
import fc from 'fast-check';
import { type Input, inputsOf, targetOf } from '../fuzz/arbitrary.ts';
import { type Operation, readContract } from '../fuzz/contract.ts';
import { Judge } from '../fuzz/judge.ts';
import { seed } from '../support/seeded.ts';
import type { Sent, Stack } from './stack.ts';

/** What the API promises. */
export const contract = readContract();

/** Judges inputs and answers by the contract. */
export const judge = new Judge(contract);

/** Operations with these accesses as `[id, operation]`, for `test.each`. */
export function operationsOf(...accesses: readonly Operation['access'][]): [string, Operation][] {
  return contract.operations
    .filter(({ access }) => accesses.includes(access))
    .map((operation) => [`${operation.method} ${operation.path}`, operation]);
}

/** The operation with that id; null when there is none. */
export function findOperation(id: string): Operation | null {
  return contract.operations.find((operation) => operation.id === id) ?? null;
}

/** An input that the document allows; always the same one. */
export function exampleOf(operation: Operation, nowMs = Date.now()): Input {
  const [input] = fc.sample(inputsOf(operation, contract, { nowMs }), { seed, numRuns: 1 });
  if (input === undefined) throw new Error(`no input for ${operation.id}`);
  return input;
}

/** The request for an input. If the operation has a body, an empty object is sent at least. */
export function requestOf(
  operation: Operation,
  input: Input,
  token: string | null,
): Pick<Sent, 'method' | 'target' | 'body' | 'token'> {
  const { method } = operation;
  const hasBody = method !== 'GET' && method !== 'DELETE';
  return {
    method,
    target: targetOf(operation, input),
    token,
    ...(hasBody && { body: input.body === undefined ? {} : input.body }),
  };
}

/** Collections that timers write, independent of calls: what the rail knows, and how far the nightly look is. */
const WRITTEN_BY_TIMERS: readonly string[] = ['railGoods', 'looks'];

/** Fails unless the store is the same before and after `work` and its effects. */
export async function expectUnchanged(stack: Stack, work: () => Promise<void>): Promise<void> {
  await stack.store.settled();
  const version = stack.store.version();
  const before = stack.store.digests();
  await work();
  await stack.store.settled();
  if (stack.store.version() === version) return;
  const after = stack.store.digests();
  const changed = [...after].filter(([name, digest]) => before.get(name) !== digest).map(([name]) => name);
  expect(changed.filter((name) => !WRITTEN_BY_TIMERS.includes(name))).toEqual([]);
}

/** Fails if any answer since the last check was a server error, or showed the inside. */
export function expectSane(stack: Stack): void {
  expect(stack.insane.splice(0)).toEqual([]);
  expect(stack.isAlive()).toBe(true);
}
