import { Latches, TURN_MAX_MS } from '../../../shared/adapters/engine/latches.ts';

/** Runs that take turns at documents, in the order in which they ask. */
function line() {
  const latches = new Latches();
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const ask = (name: string, ...keys: readonly string[]) => {
    void latches.take(keys).then((end) => {
      running.push(name);
      ends.set(name, end);
    });
  };
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const end = async (name: string) => {
    ends.get(name)?.();
    await pass(0);
  };
  return { ask, end, pass, running };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('who waits in a long line keeps its place, however long the line takes', async () => {
  const { ask, end, pass, running } = line();
  const names = Array.from({ length: 32 }, (_, n) => `run ${n}`);
  for (const name of names) ask(name, 'a');
  for (const [n, name] of names.entries()) {
    await pass(TURN_MAX_MS - 1);
    expect(running).toEqual(names.slice(0, n + 1));
    await end(name);
  }
});

test('a turn that does not end holds up one run for a second, and nobody behind it', async () => {
  const { ask, end, pass, running } = line();
  for (const name of ['stuck', 'second', 'third']) ask(name, 'a');
  await pass(TURN_MAX_MS - 1);
  expect(running).toEqual(['stuck']);
  await pass(1);
  expect(running).toEqual(['stuck', 'second']);
  await end('second');
  expect(running).toEqual(['stuck', 'second', 'third']);
});

test('documents are taken in one order, so runs that want the same ones never wait for each other', async () => {
  const { ask, end, running, pass } = line();
  ask('first', 'b', 'a');
  ask('second', 'a', 'b');
  ask('elsewhere', 'c');
  await pass(0);
  expect(running).toEqual(['elsewhere', 'first']);
  await end('first');
  expect(running).toEqual(['elsewhere', 'first', 'second']);
});
