import { createClient } from '../../client/client.ts';
import { couponGrantRequested } from '../../events/couponGrantRequested.ts';
import { refundRequested } from '../../events/refundRequested.ts';
import { userRegistered } from '../../events/userRegistered.ts';
import { login } from '../../functions/identity/login.ts';
import { chaosDatabase } from '../../local/database.chaos.ts';
import { functions } from '../../local/functions.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { fact } from '../../shared/event.ts';
import { consumer, timer } from '../../shared/function.ts';
import { endpointsOf } from '../../shared/runtime/endpoints.ts';
import { createRouter, splitTarget } from '../../shared/runtime/router.ts';
import { traceNamedBy, traceOfRequest } from '../../shared/runtime/trace.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { createWorld, type World } from '../support/world.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

/** The lines of whole calls, which say how the call ended. */
const lines = () => world.logs.filter(({ kind, outcome }) => kind !== undefined && outcome !== undefined);

describe('the name of a trace', () => {
  test('is taken as the standard says', () => {
    expect(traceNamedBy(`00-${TRACE}-${SPAN}-01`)).toBe(TRACE);
    expect(traceNamedBy(`cc-${TRACE}-${SPAN}-01-what-comes-later`)).toBe(TRACE);
    for (const wrong of [
      undefined,
      '',
      TRACE,
      `00-${TRACE}-${SPAN}`,
      `00-${TRACE}-${SPAN}-01-more`,
      `ff-${TRACE}-${SPAN}-01`,
      `00-${'0'.repeat(32)}-${SPAN}-01`,
      `00-${TRACE}-${'0'.repeat(16)}-01`,
      `00-${TRACE.toUpperCase()}-${SPAN}-01`,
      `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    ])
      expect([wrong, traceNamedBy(wrong)]).toEqual([wrong, null]);
  });

  test('without one, a request and its repeat have the same', async () => {
    for (const id of ['req_one_one', 'req_one_one', 'req_two_two'])
      await world.call(login, { code: 'none' }, { headers: { 'x-request-id': id, traceparent: 'nonsense' } });
    const [first, again, other] = lines().map(({ traceId }) => traceId);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect([again, other === first]).toEqual([first, false]);
  });
});

test('a trace goes from the phone to the last task, and to what that task causes', async () => {
  await world.close();
  const welcomeNewUser = consumer({ on: userRegistered }, ({ emit }) =>
    emit(fact(couponGrantRequested, 'k', couponGrantRequested.example)),
  );
  const grantCoupon = consumer({ on: couponGrantRequested }, async () => undefined);
  world = await createWorld({ consumers: { welcomeNewUser, grantCoupon } });
  const router = createRouter(endpointsOf(functions));
  const sent: (string | undefined)[] = [];
  const client = createClient({
    baseUrl: '',
    request: async ({ method, url, headers, body }) => {
      sent.push(headers.traceparent);
      const request = {
        method,
        path: splitTarget(url).path,
        query: {},
        headers,
        rawBody: body === null ? null : Buffer.from(body),
        address: '203.0.113.1',
      };
      const answer = await router.answer(request, world.ports, router.find(method, request.path));
      return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.body).toString() };
    },
  });
  const { code } = world.weixin.phone.login('alice');
  await client.login({ code });
  await world.drain();
  const traceId = traceNamedBy(sent[0]);
  const told = lines().map(({ function: name, kind, traceId: own }) => ({ name, kind, own }));
  expect(told).toEqual([
    { name: 'login', kind: 'http', own: traceId },
    ...told
      .slice(1)
      .map(({ name }) => ({ name, kind: expect.stringMatching(/consumer|outward/), own: traceId })),
  ]);
  // The second is the effect of an event that the first has told.
  expect(told.map(({ name }) => name)).toEqual(expect.arrayContaining(['welcomeNewUser', 'grantCoupon']));
  expect(new Set(lines().map(({ requestId }) => requestId)).size).toBe(1);
});

test('a line says what the call cost, and a task its topic, age and attempt', async () => {
  await world.login('alice');
  world.clock.advance(MINUTE_MS);
  await world.drain();
  const [called, ...effects] = lines();
  expect(called).toMatchObject({ kind: 'http', reruns: 0, roundTrips: expect.any(Number), cold: true });
  expect(Number(called?.roundTrips)).toBeGreaterThan(0);
  const welcomed = effects.find(({ function: name }) => name === 'welcomeNewUser');
  expect(welcomed).toMatchObject({
    ...{ topic: userRegistered.name, ageMs: MINUTE_MS, attempt: 1, outcome: 'done' },
    ...{ requestId: called?.requestId, reruns: 0, cold: false },
  });
  expect(Number(welcomed?.roundTrips)).toBeGreaterThan(0);
});

test('only the first call of a process is cold, whatever it is', async () => {
  const idle = timer({ cron: '0 * * * * * *', budgetMs: 1000 }, async () => ({}));
  for (const _ of [1, 2]) await world.run(idle);
  await world.call(login, { code: 'none' });
  expect(lines().map(({ cold }) => cold)).toEqual([true, false, false]);
});

test('a conflict that was got over is told as a rerun', async () => {
  await world.close();
  let left = 0;
  world = await createWorld({
    database: (inner, { clock }) =>
      chaosDatabase(inner, {
        clock,
        pause: async () => undefined,
        conflict: 0.5,
        random: () => {
          left -= 1;
          return left >= 0 ? 0 : 1;
        },
      }),
  });
  const own = timer({ cron: '0 * * * * * *', budgetMs: 1000 }, async ({ ports }) => {
    await ports.database.tx((tx) => tx.find(tasks.collection, 'none'));
    return {};
  });
  left = 1;
  await world.run(own);
  expect(lines().at(-1)).toMatchObject({ outcome: 'ok', reruns: 1 });
});

test('whatever a call logs carries its ids, and says which call it was', async () => {
  const own = timer({ cron: '0 * * * * * *', budgetMs: 1000 }, async ({ ports }) => {
    ports.log.write('warn', { odd: true });
    return {};
  });
  await world.run(own);
  const line = lines().at(-1);
  const ids = { requestId: line?.requestId, traceId: line?.traceId };
  expect(ids.traceId).toMatch(/^[0-9a-f]{32}$/);
  const by = { by: own.contract.cron, byKind: 'timer' };
  expect(world.logs).toContainEqual({ level: 'warn', odd: true, ...ids, ...by });
});

test('an event from before traces is read, and its trace follows from its request', async () => {
  await world.close();
  const told = consumer({ on: refundRequested }, async () => undefined);
  world = await createWorld({ consumers: { submitRefund: told } });
  await world.ports.database.tx((tx) =>
    tasks.append(tx, [fact(refundRequested, 'k', refundRequested.example)], {
      now: world.clock.now(),
      requestId: 'req_of_cause',
    }),
  );
  await world.deliver('submitRefund', 'refund.requested:k');
  expect(lines().at(-1)).toMatchObject({
    requestId: 'req_of_cause',
    traceId: traceOfRequest('req_of_cause'),
  });
});
