import { type ChaosOptions, chaosDatabase, parseChaos } from '../../../local/database.chaos.ts';
import { RUNS_MAX } from '../../../shared/adapters/engine/rerun.ts';
import { sqliteDatabase } from '../../../shared/adapters/sqlite/database.ts';
import { type Database, DuplicateId } from '../../../shared/ports/database.ts';
import { endlessTurn } from '../../support/clock.ts';
import { accounts, add, collections, marks, put } from '../../support/collections.ts';
import { seed, seeded } from '../../support/seeded.ts';
import { virtualTime } from '../../support/virtualTime.ts';

describe('chaos', () => {
  let inner: Database;
  const { clock, pause } = virtualTime();
  const chaotic = (chaos: Partial<ChaosOptions>) =>
    chaosDatabase(inner, { random: seeded(seed), clock, pause, ...chaos });
  beforeEach(() => {
    inner = sqliteDatabase({ path: ':memory:', collections, random: seeded(seed), pause, loop: endlessTurn });
  });
  afterEach(() => inner.close());

  test('a fault that is not given does not happen', async () => {
    let runs = 0;
    const database = chaotic({});
    for (let i = 0; i < 200; i += 1) {
      await database.tx(async (tx) => {
        runs += 1;
        await tx.insert(marks, { id: `m${i}` });
      });
    }
    expect(runs).toBe(200);
  });

  test('database.conflict: nothing but conflicts commits nothing, and gives up', async () => {
    let runs = 0;
    const hopeless = chaotic({ conflict: 1 }).tx(async (tx) => {
      runs += 1;
      await tx.insert(marks, { id: 'm' });
    });
    await expect(hopeless).rejects.toMatchObject({ code: 'database.conflict' });
    expect(runs).toBe(RUNS_MAX);
    expect(await inner.find(marks, 'm')).toBeNull();
  });

  test('a commit whose answer is lost has happened, and the work finds what it wrote', async () => {
    const database = chaotic({ commitLost: 1 });
    const careless = database.tx((tx) => tx.insert(marks, { id: 'm' }));
    await expect(careless).rejects.toThrow(DuplicateId);
    expect(await inner.find(marks, 'm')).not.toBeNull();
    await put(inner, accounts, { id: 'a', balance: 0 });
    await expect(add(database, 'cause', 'a', 1)).rejects.toMatchObject({ code: 'database.conflict' });
    expect((await inner.find(accounts, 'a'))?.balance).toBe(1);
  });

  test('bad luck comes as often as was asked for', async () => {
    let runs = 0;
    const database = chaotic({ conflict: 0.3, commitLost: 0.1 });
    for (let i = 0; i < 1000; i += 1) {
      await database.tx(async (tx) => {
        runs += 1;
        await tx.find(marks, `m${i}`);
      });
    }
    // A run succeeds with probability 0.7 · 0.9.
    expect(runs / 1000).toBeGreaterThan(1.5);
    expect(runs / 1000).toBeLessThan(1.68);
  });

  test('every call takes its time', async () => {
    const waits: number[] = [];
    const wait = async (ms: number) => {
      waits.push(ms);
    };
    const database = chaotic({ latencyMs: { from: 5, to: 50 }, pause: wait });
    await database.tx(async (tx) => {
      await tx.find(accounts, 'a');
      await tx.peek(accounts, 'b');
      await tx.insert(accounts, { id: 'a', balance: 1 });
      await tx.update(accounts, { id: 'a', balance: 2 });
      await tx.remove(accounts, 'a');
    });
    await database.find(accounts, 'a');
    await database.findMany(accounts, ['a']);
    expect(waits).toHaveLength(8);
    expect(waits.every((ms) => ms >= 5 && ms < 50)).toBe(true);
    expect(new Set(waits).size).toBeGreaterThan(4);
  });

  test('a run that takes too long commits nothing and runs again', async () => {
    let runs = 0;
    await chaotic({ txMaxMs: 1_000 }).tx(async (tx) => {
      runs += 1;
      await tx.insert(marks, { id: `run ${runs}` });
      await pause(runs === 1 ? 1_001 : 999);
    });
    expect(runs).toBe(2);
    expect(await inner.findMany(marks, ['run 1', 'run 2'])).toEqual([{ id: 'run 2' }]);
  });

  test('an error of the work reaches the caller unchanged', async () => {
    const error = new Error('no');
    const failing = chaotic({ conflict: 0.5, commitLost: 0.5 }).tx(() => Promise.reject(error));
    await expect(failing).rejects.toBe(error);
  });

  test('its words are read in any order', () => {
    const nothing = { conflict: 0, commitLost: 0, latencyMs: null, txMaxMs: null };
    expect(parseChaos('')).toEqual(nothing);
    expect(parseChaos('conflict=0.3,commitLost=0.1,latency=5-50,txMax=30000')).toEqual({
      conflict: 0.3,
      commitLost: 0.1,
      latencyMs: { from: 5, to: 50 },
      txMaxMs: 30_000,
    });
    expect(parseChaos(' latency = 0.5-1 , conflict=1')).toEqual({
      ...nothing,
      conflict: 1,
      latencyMs: { from: 0.5, to: 1 },
    });
  });

  test.each([
    'conflict',
    'conflict=',
    'conflict=2',
    'conflict=-0.1',
    'conflict=0.1=2',
    'conflict=0.1,conflict=0.2',
    'commitlost=0.1',
    'latency=5',
    'latency=50-5',
    'latency=a-b',
    'txMax=soon',
    '__proto__=1',
  ])('"%s" is refused', (text) => {
    expect(() => parseChaos(text)).toThrow('chaos: ');
  });
});
