import { orderPaid } from '../../events/orderPaid.ts';
import * as sessions from '../../shared/data/identity/sessions.ts';
import * as users from '../../shared/data/identity/users.ts';
import * as cases from '../../shared/data/operations/cases.ts';
import * as points from '../../shared/data/points/points.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { newUser } from '../../shared/domain/identity/user.ts';
import { fact } from '../../shared/event.ts';
import { DAY_MS, timeMs, UserId } from '../../shared/schemas/base.ts';
import * as samples from '../fixtures/platform.events.json';
import { describeMysql } from '../support/mysql.ts';
import { seed, seeded } from '../support/seeded.ts';
import type { EventInstance } from './eventInstance.ts';
import { CANARIES, Shop } from './shop.ts';

const PASSWORD = 'three grey herons at dusk';
const json = { 'content-type': 'application/json' };

describeMysql('the built units on a platform like SCF', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open(seeded(seed));
  });
  afterAll(() => shop.close());
  afterEach(() => {
    shop.proxy.fateOf = () => 'pass';
    shop.invoked.length = 0;
    shop.units.platformLog.length = 0;
  });

  let made = 0;
  const next = () => {
    made += 1;
    return String(made).padStart(10, '0');
  };

  /** A paid order that is worth points, whose buyer has not got them yet. */
  async function paid() {
    const orderId = `ord_01JD000000000000${next()}`;
    const told = fact(orderPaid, orderId, { ...orderPaid.example, orderId } as typeof orderPaid.example);
    const eventId = `order.paid:${orderId}`;
    await shop.database.tx(async (tx) => {
      await tasks.append(tx, [told], { now: timeMs(Date.now()), requestId: 'req_12345678' });
      // There is no such order, which these two would look up.
      for (const consumer of ['grantEntitlement', 'tellPaidOrder'])
        await tx.remove(tasks.collection, tasks.taskId(consumer, eventId));
    });
    return { orderId, eventId, task: tasks.taskId('accruePoints', eventId) };
  }
  const stateOf = async (task: string) => (await shop.database.find(tasks.collection, task))?.state;
  const balance = async () => {
    const account = await points.findAccount(shop.database, UserId.parse(orderPaid.example.userId));
    return account?.available ?? 0;
  };

  /** Calls until the packet that commits; answers what lets it through. */
  function stopAtCommit(): {
    readonly reached: Promise<void>;
    readonly let: (fate: 'pass' | 'cutBefore') => void;
  } {
    let reach: () => void = () => undefined;
    let release: (fate: 'pass' | 'cutBefore') => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    const released = new Promise<'pass' | 'cutBefore'>((resolve) => {
      release = resolve;
    });
    shop.proxy.fateOf = (sql) => {
      if (!sql.startsWith('BEGIN')) return 'pass';
      shop.proxy.fateOf = () => 'pass';
      reach();
      return released;
    };
    return { reached, let: release };
  }

  const register = (userName: string) => JSON.stringify({ userName, password: PASSWORD });

  describe('a web function', () => {
    test('answers, and what a call appended reaches its consumer by an asynchronous call', async () => {
      const api = await shop.web('api');
      const asked = { method: 'POST', headers: json, body: register(`reader${next()}`) };
      const answer = await api.ask('/api/register', asked);
      expect(answer).toMatchObject({ status: 200, headers: { 'x-request-id': 'platform-request-1' } });
      const { token, user } = JSON.parse(answer.body).data;
      const eventIds = [`user.registered:${user.id}`];
      expect(shop.invoked).toEqual([{ unit: 'events', event: { eventIds } }]);
      const events = await shop.event('events');
      expect(await shop.deliver(events)).toEqual([{ returned: null }]);
      expect(await stateOf(tasks.taskId('welcomeNewUser', eventIds[0] ?? ''))).toBe('done');
      expect(api.said).toContain('"function":"register"');
      for (const log of [api.said, await events.said(), shop.units.platformLog.join('\n')]) {
        expect(log).not.toContain(token);
        expect(Shop.canariesIn(log)).toEqual([]);
      }
    });

    test('drains on SIGTERM: what is under way is answered, and it ends with exit code 0', async () => {
      const api = await shop.web('api');
      const commit = stopAtCommit();
      const asking = api.ask('/api/register', {
        method: 'POST',
        headers: json,
        body: register(`r${next()}`),
      });
      await commit.reached;
      const ending = api.end();
      commit.let('pass');
      expect(await asking).toMatchObject({ status: 200, headers: { connection: 'close' } });
      expect(await ending).toBe(0);
    });

    test('that is frozen between requests goes on where it was, over the same connection', async () => {
      const api = await shop.web('api');
      expect(await api.ask('/api/categories')).toMatchObject({ status: 200 });
      shop.proxy.cut();
      const answer = await api.ask('/api/categories');
      expect(answer.status).toBe(200);
      // The server would end it by itself otherwise: when it wakes up, with the next request on it.
      expect(answer.headers['keep-alive']).toBeUndefined();
      expect(api.connections).toBe(1);
    });

    test('that is killed in the middle of a call leaves nothing half done, and the repeat does it', async () => {
      const [first, second] = [await shop.web('api'), await shop.web('api')];
      const asked = { method: 'POST', headers: json, body: register(`reader${next()}`) };
      const commit = stopAtCommit();
      const asking = first.ask('/api/register', asked).catch(() => 'no answer');
      await commit.reached;
      expect(await first.kill()).toBe('SIGKILL');
      commit.let('cutBefore');
      expect(await asking).toBe('no answer');
      expect(await second.ask('/api/register', asked)).toMatchObject({ status: 200 });
      expect(await second.ask('/api/register', asked)).toMatchObject({ status: 409 });
    });

    test('counts a caller by the last address on the internet that proxies saw, whatever the caller wrote', async () => {
      const api = await shop.web('api');
      // At most 30 registrations of one address in ten minutes.
      const statuses: number[] = [];
      for (let time = 0; time < 32; time += 1) {
        const headers = {
          ...json,
          'x-forwarded-for': `198.51.100.${time}`,
          'x-scf-remote-addr': `198.51.100.${time}`,
        };
        const body = JSON.stringify({ userName: 'reader.none', password: 'weak' });
        statuses.push((await api.ask('/api/register', { method: 'POST', headers, body })).status);
      }
      expect(statuses.slice(0, 2)).toEqual([400, 400]);
      expect(statuses.slice(-2)).toEqual([429, 429]);
    });

    test('does not take a posted schedule, message or role for anything', async () => {
      const { eventId, task } = await paid();
      for (const unit of ['api', 'admin', 'pay']) {
        const web = await shop.web(unit);
        for (const event of [
          samples.timer,
          { ...samples.timer, TriggerName: 'sweepTasks' },
          { eventIds: [eventId] },
        ]) {
          for (const path of ['/', '/api', `/bus/${CANARIES.BUS_PUSH_KEY}/accruePoints`]) {
            const posted = { method: 'POST', headers: json, body: JSON.stringify(event) };
            expect([unit, path, (await web.ask(path, posted)).status]).toEqual([unit, path, 404]);
          }
        }
        expect(web.said).not.toMatch(/"kind":"(timer|consumer|outward)"/);
        expect(Shop.canariesIn(web.said)).toEqual([]);
      }
      expect(await stateOf(task)).toBe('pending');
    });
  });

  describe('an event function', () => {
    test('that is killed before or after its commit is called again by the platform, and the effect happens once', async () => {
      for (const fate of ['cutBefore', 'pass'] as const) {
        const [{ eventId, task }, before] = [await paid(), await balance()];
        const first = await shop.event('events');
        const commit = stopAtCommit();
        const calling = first.call({ eventIds: [eventId] });
        await commit.reached;
        await first.kill();
        commit.let(fate);
        expect(await calling).toEqual({ ended: 'killed' });
        const second = await shop.event('events');
        expect(await second.call({ eventIds: [eventId] })).toEqual({ returned: null });
        expect([fate, await stateOf(task), (await balance()) - before]).toEqual([fate, 'done', 99]);
      }
    });

    test('that takes too long is ended by the platform, and another one does its work', async () => {
      const [{ eventId, task }, before] = [await paid(), await balance()];
      const hanging = await shop.event('events');
      let asked: () => void = () => undefined;
      const reached = new Promise<void>((resolve) => {
        asked = resolve;
      });
      shop.proxy.fateOf = () => {
        asked();
        return new Promise(() => undefined);
      };
      const calling = hanging.call({ eventIds: [eventId] });
      await reached;
      await hanging.kill('timeout');
      expect(await calling).toEqual({ ended: 'timeout' });
      shop.proxy.fateOf = () => 'pass';
      const other = await shop.event('events');
      expect(await other.call({ eventIds: [eventId] })).toEqual({ returned: null });
      expect([await stateOf(task), (await balance()) - before]).toEqual(['done', 99]);
    });

    test('that is frozen between calls writes its lines before, and does not miss its lost connections', async () => {
      const events = await shop.event('events');
      for (let time = 0; time < 3; time += 1) {
        const { eventId, task } = await paid();
        expect(await events.call({ eventIds: [eventId] })).toEqual({ returned: null });
        // One for each consumer. Nothing comes after the last one but the answer.
        const lines = (await events.said()).split('\n').filter((line) => line.includes(eventId));
        expect(lines).toHaveLength(3);
        expect(await stateOf(task)).toBe('done');
        shop.proxy.cut();
      }
    });

    test('runs timers at the same time in several instances, each the one that its trigger names', async () => {
      const instances = await Promise.all([1, 2, 3].map(() => shop.event('minute')));
      const { task } = await paid();
      const names = ['closeExpiredOrders', 'sweepTasks', 'sweepTasks'];
      const calls = instances.map((instance, at) =>
        instance.call({ ...samples.timer, TriggerName: names[at] }),
      );
      expect(await Promise.all(calls)).toEqual(names.map(() => ({ returned: null })));
      const ran = await Promise.all(
        instances.map(
          async (instance) => /"function":"(\w+)","kind":"timer"/.exec(await instance.said())?.[1],
        ),
      );
      expect(ran).toEqual(names);
      expect(await stateOf(task)).toBe('pending');
    });

    test('knows only what starts it: nothing forged runs anything', async () => {
      const { eventId, task } = await paid();
      const record = { CMQ: { type: 'topic', msgBody: JSON.stringify({ eventId }) } };
      const timer = { ...samples.timer, TriggerName: 'sweepTasks' };
      const request = { httpMethod: 'POST', path: '/', headers: {}, queryString: {} };
      const unknown = { thrown: 'an event that this unit does not know' };
      const noCommand = { thrown: expect.stringMatching(/"command"/) };
      const notFound = { returned: expect.objectContaining({ statusCode: 404 }) };
      const refused = { returned: expect.objectContaining({ statusCode: 400 }) };
      const forged: readonly (readonly [unit: string, event: unknown, outcome: unknown])[] = [
        ['minute', { ...samples.timer, TriggerName: 'reconcile' }, unknown],
        ['minute', { ...samples.timer, TriggerName: 'accruePoints' }, unknown],
        ['minute', { Type: 'Timer' }, unknown],
        ['minute', { Records: [record] }, unknown],
        ['minute', { eventIds: [eventId] }, unknown],
        ['nightly', timer, unknown],
        ['events', timer, unknown],
        ['ops', timer, noCommand],
        ['ops', { Records: [record] }, noCommand],
        ['ops', { ...request, body: JSON.stringify({ command: 'migrate', args: [] }) }, noCommand],
        ['minute', { ...request, body: JSON.stringify(timer) }, notFound],
        ['minute', { ...timer, ...request, body: '' }, notFound],
        ['events', { ...request, body: JSON.stringify({ Records: [record] }) }, notFound],
        ['events', { Records: [record], eventIds: [eventId], ...request, body: '' }, notFound],
        [
          'events',
          { ...request, path: '/bus/wrong/accruePoints', body: JSON.stringify({ eventId }) },
          { returned: expect.objectContaining({ statusCode: 401 }) },
        ],
        ['pay', { Records: [record] }, refused],
        ['api', timer, refused],
        ['api', { eventIds: [eventId] }, refused],
        ['admin', { Records: [record], ...timer }, refused],
        ['api', { ...timer, ...request, body: JSON.stringify(timer) }, notFound],
      ];
      const instances = new Map<string, EventInstance>();
      for (const [unit, event, outcome] of forged) {
        const instance = instances.get(unit) ?? (await shop.event(unit));
        instances.set(unit, instance);
        expect([unit, event, await instance.call(event, 'sync')]).toEqual([unit, event, outcome]);
      }
      for (const instance of instances.values())
        expect(await instance.said()).not.toMatch(/"kind":"(timer|consumer|outward)"/);
      expect(await stateOf(task)).toBe('pending');
    });

    test('is pushed to over HTTP under its key, which no log has', async () => {
      const { eventId, task } = await paid();
      const events = await shop.event('events');
      const path = `/bus/${CANARIES.BUS_PUSH_KEY}/accruePoints`;
      const pushed = { ...samples.functionUrl, path, queryString: {}, body: JSON.stringify({ eventId }) };
      expect(await events.call(pushed, 'sync')).toMatchObject({ returned: { statusCode: 200 } });
      expect(await stateOf(task)).toBe('done');
      expect(Shop.canariesIn(`${await events.said()}${shop.units.platformLog.join('')}`)).toEqual([]);
    });
  });

  describe('the event form of a web function', () => {
    test.each([
      ['API gateway', samples.gatewayDocumented],
      ['a function URL', samples.functionUrl],
      ['CloudBase', samples.cloudbase],
    ])('answers what the web form answers: %s', async (_, sample) => {
      const web = await (await shop.web('api')).ask('/api/categories');
      const form = await shop.event('api');
      const event = {
        ...sample,
        httpMethod: 'GET',
        path: '/api/categories',
        queryString: {},
        queryStringParameters: {},
        body: '',
      };
      const outcome = await form.call(event, 'sync');
      expect(outcome).toMatchObject({ returned: { statusCode: 200, isBase64Encoded: false } });
      const { body, headers } = (outcome as { returned: { body: string; headers: Record<string, string> } })
        .returned;
      expect(JSON.parse(body).data).toEqual(JSON.parse(web.body).data);
      expect(headers.etag).toBe(web.headers.etag);
    });

    test('has its answers in the platform’s log, a token too, which is why it is not what is deployed', async () => {
      const form = await shop.event('api');
      const event = {
        ...samples.functionUrl,
        path: '/api/register',
        queryString: {},
        headers: json,
        body: register(`reader${next()}`),
      };
      const outcome = (await form.call(event, 'sync')) as { returned: { body: string } };
      const { token } = JSON.parse(outcome.returned.body).data;
      expect(shop.units.platformLog.join('\n')).toContain(token);
      expect(await form.said()).not.toContain(token);
    });
  });

  describe('the limits of the platform', () => {
    test('a body below 6 MB is read and refused by our own limit; one above does not reach us', async () => {
      const body = JSON.stringify({ userName: 'a'.repeat(5_900_000), password: PASSWORD });
      const event = { ...samples.functionUrl, path: '/api/register', queryString: {}, headers: json, body };
      const form = await shop.event('api');
      expect(await form.call(event, 'sync')).toMatchObject({ returned: { statusCode: 413 } });
      expect(await form.call({ ...event, body: body.repeat(2) }, 'sync')).toEqual({
        refused: 'request too large',
      });
      const web = await shop.web('api');
      expect(await web.ask('/api/register', { method: 'POST', headers: json, body })).toMatchObject({
        status: 413,
      });
    });

    test('an asynchronous event of up to 128 KB is read, and one record that nobody consumes spoils no other', async () => {
      const { eventId, task } = await paid();
      const events = await shop.event('events');
      const record = (id: string) => ({ CMQ: { type: 'topic', msgBody: JSON.stringify({ eventId: id }) } });
      const Records = Array.from({ length: 999 }, (_, at) => record(`no.event:${at}:${'x'.repeat(40)}`));
      Records.splice(500, 0, record(eventId));
      expect(await events.call({ Records })).toEqual({ thrown: '999 failed' });
      expect(await stateOf(task)).toBe('done');
      expect(await events.call({ Records: [...Records, ...Records] })).toEqual({
        refused: 'request too large',
      });
    });

    test('answer.too_large: a file of more than 6 MB is refused as a whole, in both forms', async () => {
      const token = await staff();
      const path = '/api/admin/exports/cases';
      const query = { fromAtMs: '0', untilAtMs: String(366 * DAY_MS), reason: 'audit' };
      const headers = { authorization: `Bearer ${token}` };
      const web = await shop.web('admin');
      const form = await shop.event('admin');
      const event = {
        ...samples.functionUrl,
        httpMethod: 'GET',
        path,
        queryString: query,
        headers,
        body: '',
      };
      const target = `${path}?${new URLSearchParams(query)}`;
      for (const [count, status] of [
        [100, 200],
        [2_000, 422],
      ] as const) {
        await openCases(count);
        const asked = await web.ask(target, { headers });
        expect([count, asked.status]).toEqual([count, status]);
        expect(await form.call(event, 'sync')).toMatchObject({ returned: { statusCode: status } });
        if (status === 200) expect(asked.body.split('\n').length).toBeGreaterThan(count);
        else expect(JSON.parse(asked.body)).toMatchObject({ error: { code: 'answer.too_large' } });
      }
    });
  });

  /** Opens cases up to this many, each with a long story. */
  async function openCases(count: number): Promise<void> {
    const now = timeMs(Date.now() % DAY_MS);
    for (; opened < count; opened += 50) {
      await shop.database.tx(async (tx) => {
        for (let at = opened; at < opened + 50; at += 1)
          await cases.open(tx, { kind: 'waiting', cause: `long:${at}`, story: '长'.repeat(1000) }, now);
      });
    }
  }
  let opened = 0;

  /** A member of staff, logged in with a second factor; answers the token. */
  async function staff(): Promise<string> {
    const token = 'T'.repeat(43);
    const id = UserId.parse('usr_01JD0000000000000000000099');
    const now = timeMs(Date.now());
    await shop.database.tx(async (tx) => {
      await users.insert(tx, newUser({ id, nickname: null, role: 'admin', openid: null, now }));
      await sessions.insert(tx, {
        id: sessions.idOf(token),
        userId: id,
        generation: 0,
        hasSecondFactor: true,
        factorShownAtMs: now,
        lastSeenAtMs: now,
        device: null,
        createdAtMs: now,
        expiresAtMs: timeMs(now + DAY_MS),
        revokedAtMs: null,
      });
    });
    return token;
  }

  describe('what the platform logs of what a unit returns or throws', () => {
    const timersOf = (unit: string) =>
      shop.units.manifest.units
        .find(({ name }) => name === unit)
        ?.functions.map(({ name }) => ({ ...samples.timer, TriggerName: name })) ?? [];

    test('is nothing but "null" of a timer or a consumer that succeeds, and no line of ours has a secret', async () => {
      for (const unit of ['minute', 'nightly']) {
        const instance = await shop.event(unit);
        for (const event of timersOf(unit))
          expect([event.TriggerName, await instance.call(event)]).toEqual([
            event.TriggerName,
            { returned: null },
          ]);
        expect(Shop.canariesIn(await instance.said())).toEqual([]);
      }
      const events = await shop.event('events');
      const eventIds = shop.units.manifest.events.map(({ name }) => `${name}:x`);
      expect(await events.call({ eventIds })).toEqual({ returned: null });
      expect(new Set(shop.units.platformLog.map((line) => line.replace(/^\S+ /, '')))).toEqual(
        new Set(['RetMsg: null']),
      );
    });

    test('is a code of one that fails, although the reason has a password in it', async () => {
      const env = { DATABASE_URL: `mysql://root:${CANARIES.TENCENTCLOUD_SECRETKEY}@127.0.0.1:1/shop` };
      const calls = (['minute', 'nightly'] as const).map((unit) => [unit, timersOf(unit)[0]] as const);
      const ring = ['events', { eventIds: ['user.registered:x'] }] as const;
      for (const [unit, event] of [...calls, ring]) {
        const instance = await shop.event(unit, env);
        const thrown = unit === 'events' ? '1 failed' : 'database.unavailable';
        expect([unit, await instance.call(event)]).toEqual([unit, { thrown }]);
        expect(await instance.said()).toContain('ECONNREFUSED');
        expect(Shop.canariesIn(await instance.said())).toEqual([]);
      }
      const log = shop.units.platformLog.join('\n');
      expect(log).toContain('database.unavailable');
      expect(log).not.toContain('ECONNREFUSED');
      expect(Shop.canariesIn(log)).toEqual([]);
    });
  });
});
