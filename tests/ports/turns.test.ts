import { fairTurns } from '../../shared/adapters/process/turns.ts';
import { codeOf } from '../../shared/errors.ts';
import type { HashWork } from '../../shared/ports/passwords.ts';

/** Turns, and jobs that run until they are told to end. */
function bench(waitingMax: number) {
  const turns = fairTurns({ runningMax: 2, waitingMax });
  const running: { readonly name: string; readonly end: () => void }[] = [];
  const started: string[] = [];
  const refused: string[] = [];
  const rest = () => new Promise<void>((resolve) => setImmediate(resolve));
  const ask = (lane: HashWork['lane'], source: string) => {
    const name = `${lane} ${source}`;
    turns({ lane, source }, () => {
      started.push(name);
      return new Promise<void>((end) => running.push({ name, end }));
    }).catch((caught: unknown) => refused.push(`${name} ${codeOf(caught)}`));
  };
  const endOne = async (name?: string) => {
    const at = name === undefined ? 0 : running.findIndex((job) => job.name === name);
    running.splice(at, 1)[0]?.end();
    await rest();
  };
  return { ask, endOne, rest, running, started, refused };
}

test('other work never takes the last turn: a login begins at once, however much waits', async () => {
  const { ask, rest, running } = bench(8);
  for (let n = 0; n < 8; n += 1) ask('account', `user ${n}`);
  ask('login', 'staff');
  await rest();
  expect(running.map(({ name }) => name)).toEqual(['account user 0', 'login staff']);
});

test('a line of logins does not stop other work: each lane has a turn while both wait', async () => {
  const { ask, endOne, rest, running, started } = bench(8);
  for (let n = 0; n < 6; n += 1) ask('login', 'flood');
  ask('account', 'ann');
  await rest();
  expect(running.map(({ name }) => name)).toEqual(['login flood', 'login flood']);
  await endOne();
  expect(running.map(({ name }) => name)).toEqual(['login flood', 'account ann']);
  await endOne('account ann');
  expect(started.slice(3)).toEqual(['login flood']);
});

test('sources take turns: who asks fifty times is served no sooner than who asks once', async () => {
  const { ask, endOne, rest, started } = bench(60);
  for (let n = 0; n < 50; n += 1) ask('login', 'flood');
  ask('login', 'ann');
  ask('login', 'bob');
  await rest();
  for (let n = 0; n < 3; n += 1) await endOne();
  expect(started.slice(2)).toEqual(['login flood', 'login ann', 'login bob']);
});

test('request.too_many: a full line refuses the last of whoever fills it, and takes in who comes once', async () => {
  const { ask, endOne, rest, started, refused } = bench(4);
  for (let n = 0; n < 6; n += 1) ask('login', 'flood');
  ask('login', 'ann');
  ask('login', 'flood');
  await rest();
  expect(refused).toEqual(['login flood request.too_many', 'login flood request.too_many']);
  await endOne();
  await endOne();
  expect(started).toContain('login ann');
});

test('a queue that is full of sources with one job each refuses the next source', async () => {
  const { ask, rest, refused } = bench(4);
  for (let n = 0; n < 7; n += 1) ask('login', `stranger ${n}`);
  await rest();
  expect(refused).toHaveLength(1);
});

test('a job that fails gives its turn on, and none is lost', async () => {
  const turns = fairTurns({ runningMax: 2, waitingMax: 50 });
  const asked = await Promise.allSettled(
    Array.from({ length: 40 }, (_, n) =>
      turns({ lane: n % 2 === 0 ? 'login' : 'account', source: `${n % 5}` }, async () => {
        if (n % 3 === 0) throw new Error('broken');
        return n;
      }),
    ),
  );
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(26);
  expect(asked.filter(({ status }) => status === 'rejected')).toHaveLength(14);
});
