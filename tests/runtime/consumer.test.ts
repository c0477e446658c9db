import * as z from 'zod';
import { orderPaid } from '../../events/orderPaid.ts';
import { refundRequested } from '../../events/refundRequested.ts';
import { userRegistered } from '../../events/userRegistered.ts';
import { chaosDatabase, parseChaos } from '../../local/database.chaos.ts';
import { collection as accounts } from '../../shared/data/orders/carts.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { fail } from '../../shared/errors.ts';
import { fact } from '../../shared/event.ts';
import { consumer, http, outward } from '../../shared/function.ts';
import type { Tx } from '../../shared/ports/database.ts';
import { ATTEMPTS_MAX, type Consumer, FAULTS_MAX } from '../../shared/runtime/consumer.ts';
import { SECOND_MS, UserId } from '../../shared/schemas/base.ts';
import type { Task } from '../../shared/schemas/task.ts';
import { givenFact } from '../support/given/fact.ts';
import { storedIn } from '../support/given/order.ts';
import { createWorld, type World } from '../support/world.ts';

const USER = UserId.parse('usr_01JD0000000000000000000001');
const EVENT_ID = `order.paid:${orderPaid.example.orderId}`;

/** Counts in the database how often an effect was committed: one cart item each. */
async function effect(tx: Tx): Promise<void> {
  const cart = await tx.find(accounts, USER);
  const item = {
    productId: orderPaid.example.lines[0]?.productId as never,
    addedAtMs: orderPaid.example.paidAtMs,
  };
  const items = [...(cart?.items ?? []), item];
  const next = { id: USER, items, updatedAtMs: orderPaid.example.paidAtMs };
  if (cart === null) await tx.insert(accounts, next);
  else await tx.update(accounts, next);
}

const effects = async (world: World) => (await world.ports.database.find(accounts, USER))?.items.length ?? 0;

const ok: Consumer = consumer({ on: orderPaid }, ({ tx }) => effect(tx));
const idle: Consumer = consumer({ on: orderPaid }, async () => undefined);

/** A consumer that throws these failures, one after the other, and then has its effect. */
function failing(failures: unknown[]): Consumer {
  return consumer({ on: orderPaid }, async ({ tx }) => {
    await effect(tx);
    if (failures.length > 0) throw failures.shift();
  });
}

let world: World;
afterEach(() => world.close());

/** A world with a paid order and these two consumers. */
async function paidWorld(
  accruePoints: Consumer,
  grantEntitlement: Consumer = idle,
  seed = 1,
): Promise<World> {
  world = await createWorld({ seed, consumers: { accruePoints, grantEntitlement } });
  await tell();
  return world;
}

const tell = () =>
  world.ports.database.tx((tx) =>
    tasks.append(tx, [fact(orderPaid, orderPaid.example.orderId, orderPaid.example)], {
      now: world.clock.now(),
      requestId: 'req_of_cause',
    }),
  );

async function taskOf(name = 'accruePoints', eventId = EVENT_ID): Promise<Task> {
  const task = await world.ports.database.find(tasks.collection, tasks.taskId(name, eventId));
  if (task === null) throw new Error('no such task');
  return task;
}

const deliver = (name = 'accruePoints') => world.deliver(name, EVENT_ID);

describe('an effect happens once', () => {
  test('however often it is rung for', async () => {
    await paidWorld(ok);
    expect(await deliver()).toBe('done');
    expect(await deliver()).toBe('skipped');
    expect(await deliver()).toBe('skipped');
    expect(await effects(world)).toBe(1);
    expect(await taskOf()).toMatchObject({ state: 'done', attempts: 0, reason: null });
  });

  test('when the same event is delivered to many at the same time', async () => {
    await paidWorld(ok);
    const ends = await Promise.all(Array.from({ length: 8 }, () => deliver()));
    expect(ends.filter((end) => end === 'done')).toHaveLength(1);
    expect(await effects(world)).toBe(1);
  });

  test.each([1, 2, 3, 4, 5])('under conflicts and lost answers to commits (seed %i)', async (seed) => {
    world = await createWorld({
      seed,
      consumers: { accruePoints: ok, grantEntitlement: idle },
      database: (inner, { clock, ids }) =>
        chaosDatabase(inner, {
          ...parseChaos('conflict=0.3,commitLost=0.3'),
          random: () => ids.random(),
          clock,
          pause: async () => undefined,
        }),
    });
    await tell().catch(() => undefined);
    for (let index = 0; index < 10; index += 1) await deliver().catch(() => undefined);
    expect(await effects(world)).toBe(1);
    expect((await taskOf()).state).toBe('done');
  });

  test('and not at all when there is no such task', async () => {
    world = await createWorld({ consumers: { accruePoints: ok } });
    expect(await deliver()).toBe('skipped');
    expect(await effects(world)).toBe(0);
  });

  test('a done task is never due again', async () => {
    await paidWorld(ok);
    await deliver();
    world.clock.advance(10 * 365 * 86_400_000);
    const due = await tasks.due(world.ports.database, world.clock.now(), 10);
    expect([...due.keys()]).toContain('grantEntitlement');
    expect([...due.keys()]).not.toContain('accruePoints');
  });
});

describe('a failure', () => {
  test('leaves nothing behind, is thrown for the platform to see, and the next ring runs it again', async () => {
    await paidWorld(failing([new TypeError('first')]));
    await expect(deliver()).rejects.toThrow('first');
    expect(await effects(world)).toBe(0);
    expect(await taskOf()).toMatchObject({
      state: 'pending',
      attempts: 1,
      faults: 1,
      reason: 'TypeError: first',
    });
    expect(await deliver()).toBe('done');
    expect(await effects(world)).toBe(1);
  });

  test('of one consumer does not touch another of the same event', async () => {
    await paidWorld(failing([new Error('no')]), ok);
    await expect(deliver()).rejects.toThrow();
    expect(await deliver('grantEntitlement')).toBe('done');
    expect((await taskOf('grantEntitlement')).state).toBe('done');
    expect((await taskOf()).state).toBe('pending');
  });

  test('pauses grow from 5 seconds to 30 minutes, anywhere between 0 and that', async () => {
    await paidWorld(failing(Array.from({ length: 40 }, () => fail('pay.unavailable'))));
    const pauses: number[] = [];
    for (let index = 0; index < 40; index += 1) {
      await expect(deliver()).rejects.toThrow();
      pauses.push((await taskOf()).nextAtMs - world.clock.now());
    }
    pauses.forEach((pause, index) => {
      expect(pause).toBeGreaterThanOrEqual(0);
      expect(pause).toBeLessThan(Math.min(1_800_000, 5_000 * 2 ** index));
    });
    expect(Math.max(...pauses)).toBeGreaterThan(900_000);
    expect(new Set(pauses).size).toBeGreaterThan(30);
  });

  test('that can never succeed is dead at once, with its reason, and rings do nothing more', async () => {
    await paidWorld(failing([fail('order.not_found', { detail: 'never was' })]));
    await expect(deliver()).rejects.toThrow();
    expect(await taskOf()).toMatchObject({
      state: 'dead',
      attempts: 1,
      reason: 'order.not_found: never was',
    });
    expect(await deliver()).toBe('skipped');
    expect(world.logs.filter((line) => line.level === 'error')).toMatchObject([
      { task: 'dead', death: 'hopeless' },
    ]);
  });

  test('of a payload that its schema does not accept any more is dead at once', async () => {
    await paidWorld(ok);
    const task = await taskOf();
    const broken = { ...task, event: { ...task.event, data: { orderId: 7 } } };
    await world.ports.database.tx((tx) => tasks.save(tx, task, broken));
    await expect(deliver()).rejects.toThrow();
    expect(await taskOf()).toMatchObject({ state: 'dead', reason: expect.stringContaining('schema') });
    expect(world.logs.at(-1)).toMatchObject({ task: 'dead', death: 'unreadable', attempt: 1 });
    expect(await effects(world)).toBe(0);
  });

  test(`that waiting does not explain is given up after ${FAULTS_MAX} times`, async () => {
    await paidWorld(failing(Array.from({ length: 20 }, () => new Error('bug'))));
    for (let index = 1; index < FAULTS_MAX; index += 1) {
      await expect(deliver()).rejects.toThrow();
      expect((await taskOf()).state).toBe('pending');
    }
    expect(await storedIn(world, 'cases')).toEqual([]);
    await expect(deliver()).rejects.toThrow();
    expect(await taskOf()).toMatchObject({ state: 'dead', attempts: FAULTS_MAX, reason: 'Error: bug' });
    expect(world.logs.at(-1)).toMatchObject({ task: 'dead', death: 'faults', attempt: FAULTS_MAX });
    expect(world.logs.at(-2)).not.toHaveProperty('death');
    expect(await storedIn(world, 'cases')).toMatchObject([
      {
        kind: 'task_dead',
        state: 'open',
        orderId: orderPaid.example.orderId,
        story: expect.stringContaining('Error: bug'),
      },
    ]);
  });

  test(`of what is not there is tried ${ATTEMPTS_MAX} times, and does not count as a fault`, async () => {
    await paidWorld(failing(Array.from({ length: 22 }, () => fail('wechat.unavailable'))));
    for (let index = 0; index < 20; index += 1) await expect(deliver()).rejects.toThrow();
    expect(await taskOf()).toMatchObject({ state: 'pending', attempts: 20, faults: 0 });
    // The tries in between are all alike.
    await world.ports.database.tx(async (tx) => {
      const task = await tasks.find(tx, tasks.taskId('accruePoints', EVENT_ID));
      if (task !== null) await tasks.save(tx, task, { ...task, attempts: ATTEMPTS_MAX - 2 });
    });
    await expect(deliver()).rejects.toThrow();
    expect(await taskOf()).toMatchObject({ state: 'pending', attempts: ATTEMPTS_MAX - 1, faults: 0 });
    await expect(deliver()).rejects.toThrow();
    expect((await taskOf()).state).toBe('dead');
    expect(world.logs.at(-1)).toMatchObject({ death: 'attempts', attempt: ATTEMPTS_MAX });
  });

  test('that only a newer build can avoid is no try, and does not lengthen the pause', async () => {
    await paidWorld(failing(Array.from({ length: 12 }, () => fail('database.newer_version'))));
    for (let index = 0; index < 12; index += 1) {
      await expect(deliver()).rejects.toThrow('database.newer_version');
      const { state, attempts, nextAtMs } = await taskOf();
      expect({ state, attempts }).toEqual({ state: 'pending', attempts: 0 });
      expect(nextAtMs - world.clock.now()).toBeLessThanOrEqual(31 * SECOND_MS);
    }
    expect(await deliver()).toBe('done');
  });

  test('that cannot even be recorded leaves the task as it was', async () => {
    await paidWorld(failing([new Error('first')]));
    const { database } = world.ports;
    const real = database.tx.bind(database);
    let calls = 0;
    database.tx = (work) => {
      calls += 1;
      return calls === 2 ? Promise.reject(fail('database.unavailable')) : real(work);
    };
    await expect(deliver()).rejects.toThrow('first');
    expect(await taskOf()).toMatchObject({ state: 'pending', attempts: 0 });
    expect(await deliver()).toBe('done');
  });

  test('of a refund, when it is the last, opens a case that names the refund', async () => {
    const submitRefund = outward({ on: refundRequested }, async () => {
      throw fail('order.not_found');
    });
    world = await createWorld({ consumers: { submitRefund } });
    const told = fact(refundRequested, 'late-1', { refundId: 'late-1' });
    const eventId = await givenFact(world, told);
    await expect(world.deliver('submitRefund', eventId)).rejects.toThrow();
    expect(await storedIn(world, 'cases')).toMatchObject([{ kind: 'refund_dead', refundId: 'late-1' }]);
  });
});

describe('what a consumer tells', () => {
  const data = { userId: USER, via: 'wechat', registeredAtMs: orderPaid.example.paidAtMs } as const;
  const telling = (failures: unknown[]): Consumer =>
    consumer({ on: orderPaid }, async ({ emit }) => {
      await emit(fact(userRegistered, USER, data));
      if (failures.length > 0) throw failures.shift();
    });

  test('leaves with its effect, rung for once committed, under the request id of the cause', async () => {
    await paidWorld(telling([]));
    await deliver();
    const task = await taskOf('welcomeNewUser', `user.registered:${USER}`);
    expect(task.event).toMatchObject({ requestId: 'req_of_cause', name: 'user.registered' });
    expect(world.bus.rung).toEqual([{ topic: 'user.registered', eventId: `user.registered:${USER}` }]);
  });

  test('does not leave when it fails, and nobody is rung for', async () => {
    await paidWorld(telling([new Error('no')]));
    await expect(deliver()).rejects.toThrow();
    expect(world.bus.rung).toEqual([]);
    await expect(taskOf('welcomeNewUser', `user.registered:${USER}`)).rejects.toThrow('no such task');
  });
});

describe('an effect outside', () => {
  const eventId = 'refund.requested:r1';
  async function refundWorld(own: Consumer): Promise<void> {
    world = await createWorld({ consumers: { submitRefund: own } });
    await world.ports.database.tx((tx) =>
      tasks.append(tx, [fact(refundRequested, 'r1', { refundId: 'r1' })], {
        now: world.clock.now(),
        requestId: 'req_of_cause',
      }),
    );
  }

  test('is called outside of any transaction; its record and the end of the task commit together', async () => {
    let asked = 0;
    let open = 0;
    const own = outward({ on: refundRequested }, async () => {
      asked += 1;
      expect(open).toBe(0);
      return effect;
    });
    await refundWorld(own);
    const { database } = world.ports;
    const real = database.tx.bind(database);
    database.tx = async (work) => {
      open += 1;
      return real(work).finally(() => {
        open -= 1;
      });
    };
    expect(await world.deliver('submitRefund', eventId)).toBe('done');
    expect(await world.deliver('submitRefund', eventId)).toBe('skipped');
    expect(asked).toBe(1);
    expect(await effects(world)).toBe(1);
  });

  test('may repeat when two run at once, and is recorded once', async () => {
    let asked = 0;
    const own = outward({ on: refundRequested }, async () => {
      asked += 1;
      await Promise.resolve();
      return effect;
    });
    await refundWorld(own);
    const twice = [world.deliver('submitRefund', eventId), world.deliver('submitRefund', eventId)];
    expect((await Promise.all(twice)).sort()).toEqual(['done', 'skipped']);
    expect(asked).toBe(2);
    expect(await effects(world)).toBe(1);
  });

  test('is asked for again when its record failed', async () => {
    let records = 0;
    const own = outward({ on: refundRequested }, async () => async (tx) => {
      records += 1;
      await effect(tx);
      if (records === 1) throw new Error('lost');
    });
    await refundWorld(own);
    await expect(world.deliver('submitRefund', eventId)).rejects.toThrow('lost');
    expect(await effects(world)).toBe(0);
    expect(await world.deliver('submitRefund', eventId)).toBe('done');
    expect(await effects(world)).toBe(1);
  });
});

describe('the doorbell', () => {
  const act = (facts: number, isFailing: boolean) =>
    http(
      {
        route: 'POST /api/act',
        auth: 'public',
        input: z.strictObject({}),
        output: z.object({}),
        errors: ['order.expired'],
      },
      async ({ ports, now, requestId }) => {
        for (let index = 0; index < facts; index += 1) {
          const key = `${orderPaid.example.orderId}${index}`;
          await ports.database.tx((tx) =>
            tasks.append(tx, [fact(orderPaid, key, orderPaid.example)], { now, requestId }),
          );
        }
        if (isFailing) throw fail('order.expired');
        return {};
      },
    );

  test('rings once for each event, after the commit, however many consumers it has', async () => {
    world = await createWorld({ consumers: { accruePoints: ok, grantEntitlement: idle } });
    await world.call(act(2, false), {});
    expect(world.bus.rung).toEqual([
      { topic: 'order.paid', eventId: `${EVENT_ID}0` },
      { topic: 'order.paid', eventId: `${EVENT_ID}1` },
    ]);
    await world.drain();
    expect(await effects(world)).toBe(2);
  });

  test('rings for what has committed also when the call fails after that', async () => {
    world = await createWorld({ consumers: { accruePoints: ok, grantEntitlement: idle } });
    expect((await world.call(act(1, true), {})).code).toBe('order.expired');
    expect(world.bus.rung).toHaveLength(1);
  });

  test('does not ring for a transaction that failed', async () => {
    world = await createWorld();
    const failingAct = http(
      { route: 'POST /api/act', auth: 'public', input: z.strictObject({}), output: z.object({}), errors: [] },
      async ({ ports, now, requestId }) => {
        await ports.database.tx(async (tx) => {
          await tasks.append(tx, [fact(orderPaid, 'k', orderPaid.example)], { now, requestId });
          throw new Error('no');
        });
        return {};
      },
    );
    expect((await world.call(failingAct, {}, { mayBreak: true })).status).toBe(500);
    expect(world.bus.rung).toEqual([]);
  });

  test.each([1, 2, 3])(
    'lost, repeated and reordered, with a sweep after it, gives each effect once (seed %i)',
    async (seed) => {
      const { sweepTasks } = await import('../../functions/operations/sweepTasks.ts');
      world = await createWorld({ seed, consumers: { accruePoints: ok, grantEntitlement: idle } });
      Object.assign(world.bus.faults, { loss: 0.5, duplicate: 0.5, reorder: 0.5 });
      await world.call(act(15, false), {});
      await world.drain();
      expect(await effects(world)).toBeLessThan(15);
      for (let round = 0; round < 40; round += 1) {
        world.clock.advance(60_000);
        await world.run(sweepTasks);
        await world.drain();
      }
      expect(await effects(world)).toBe(15);
    },
  );
});
