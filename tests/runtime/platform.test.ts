import { inspect } from 'node:util';
import * as z from 'zod';
import { orderPaid } from '../../events/orderPaid.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { fact } from '../../shared/event.ts';
import { callback, consumer, http, timer } from '../../shared/function.ts';
import { callerAddress } from '../../shared/runtime/address.ts';
import { platformAnswer, requestOf } from '../../shared/runtime/normalise.ts';
import { unit } from '../../shared/runtime/scf.ts';
import * as samples from '../fixtures/platform.events.json';
import { late } from '../support/late.ts';
import { createWorld, type World } from '../support/world.ts';

const { context } = samples;

function read(event: unknown, trustedProxies = 1, pathPrefix = '') {
  const http = requestOf(event, { trustedProxies, pathPrefix });
  if (http === null) throw new Error('no request');
  const { rawBody, ...request } = http.request;
  return {
    ...request,
    body: rawBody === null ? null : Buffer.from(rawBody).toString(),
    requestId: http.requestId,
  };
}

describe('a request reads the same from every product', () => {
  test('API gateway, as documented: all of the query, not only what was declared', () => {
    expect(read(samples.gatewayDocumented)).toEqual({
      method: 'POST',
      path: '/test/value',
      query: { foo: 'bar', bob: 'alice' },
      headers: {
        'accept-language': 'en-US,en,cn',
        accept: 'text/html,application/xml,application/json',
        host: 'service-3ei3tii4-251000691.ap-guangzhou.apigateway.myqloud.com',
        'user-agent': 'User Agent String',
      },
      body: '{"test":"body"}',
      address: '10.0.2.14',
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    });
  });

  test('API gateway, as captured: many values, no value, no body', () => {
    expect(read(samples.gatewayCaptured)).toMatchObject({
      method: 'GET',
      query: { a: ['b', 'c'], x: 'y', i: '' },
      body: null,
      address: '8.8.8.8',
      requestId: null,
    });
  });

  test('function URL: no context, no base64 flag, the peer in a header that goes no further', () => {
    const request = read(samples.functionUrl);
    expect(request).toMatchObject({
      method: 'POST',
      path: '/',
      query: { a: '1', b: '2' },
      body: '{"test":"hello world"}',
      address: '111.206.96.145',
    });
    expect(Object.keys(request.headers)).not.toContain('x-scf-remote-addr');
  });

  test('CloudBase HTTP access: the query by its other name, headers with many values', () => {
    expect(read(samples.cloudbase)).toMatchObject({
      query: { name: 'value' },
      headers: { host: 'env-id.service.tcloudbase.com', accept: 'a, b' },
      body: null,
      requestId: 'cdbb96328072184d19d3fcd243e8cc4d',
    });
  });

  test('a body in base64 is its bytes, and only when the flag says so', () => {
    const event = { ...samples.cloudbase, httpMethod: 'POST', body: Buffer.from('知课').toString('base64') };
    expect(read({ ...event, isBase64Encoded: true }).body).toBe('知课');
    expect(read({ ...event, isBase64Encoded: false }).body).toBe(event.body);
  });

  test('credentials that the platform puts into headers reach no function', () => {
    const headers = { 'X-Scf-Secret-Key': 'canary', 'x-scf-session-token': 'canary', Accept: 'x' };
    expect(read({ ...samples.functionUrl, headers }).headers).toEqual({ accept: 'x' });
  });

  test('a mini-program, which has no PATCH, says so in a header of a POST', () => {
    const meant = (httpMethod: string, said: string) =>
      read({ ...samples.functionUrl, httpMethod, headers: { 'X-HTTP-Method-Override': said } }).method;
    expect(meant('POST', 'PATCH')).toBe('PATCH');
    expect(meant('POST', 'DELETE')).toBe('POST');
    expect(meant('GET', 'PATCH')).toBe('GET');
  });

  test('a header in two spellings is a header given twice', () => {
    const headers = { Authorization: 'a', authorization: 'b' };
    expect(read({ ...samples.functionUrl, headers }).headers).toEqual({ authorization: 'a, b' });
  });

  test.each<[string, object, object, object]>([
    ['spelled the same', { a: '1' }, { a: ['1'] }, { a: '1' }],
    [
      'spelled differently',
      { 'wechatpay-signature': 'A' },
      { 'Wechatpay-Signature': ['A'] },
      { 'wechatpay-signature': 'A' },
    ],
    ['with other values', { accept: 'b' }, { Accept: ['a', 'b'] }, { accept: 'a, b' }],
    ['only in the first', { a: '1', b: '2' }, { B: ['2'] }, { a: '1', b: '2' }],
    ['only in the second', {}, { A: ['1'] }, { a: '1' }],
    ['twice in the second', { a: '1' }, { a: ['1'], A: ['2'] }, { a: '1, 2' }],
    ['as a text in the second', { a: '1' }, { A: '1' }, { a: '1' }],
    ['that is the platform’s own', {}, { 'X-Scf-Secret-Key': ['canary'] }, {}],
  ])('a header that is told twice, %s, is one header', (_, headers, multiValueHeaders, expected) => {
    expect(read({ ...samples.cloudbase, headers, multiValueHeaders }).headers).toEqual(expected);
  });

  test.each([
    ['', '/notify', '/notify'],
    ['/api/pay', '/notify', '/api/pay/notify'],
    ['/api/pay', '/', '/api/pay'],
    ['/api/pay', '/api/pay/notify', '/api/pay/notify'],
    ['/api/pay', '/api/payments', '/api/pay/api/payments'],
  ])('what the platform took off a path, %j, is put back: %s is %s', (prefix, path, whole) => {
    expect(read({ ...samples.cloudbase, path }, 1, prefix).path).toBe(whole);
  });

  test('__proto__ in a query goes nowhere', () => {
    const event = JSON.parse('{"httpMethod":"GET","path":"/","queryString":{"__proto__":"1"}}');
    const { query } = read(event);
    expect(Object.keys(query)).toEqual([]);
    expect(query.length).toBeUndefined();
  });

  test.each([
    null,
    1,
    'x',
    {},
    { httpMethod: 7, path: '/' },
    { httpMethod: 'GET' },
    samples.timer,
    samples.cmqCaptured,
  ])('what is no request is not taken for one (%#)', (event) => {
    expect(requestOf(event, { trustedProxies: 1, pathPrefix: '' })).toBeNull();
  });

  test('an answer always has a status and a text; bytes go as base64, and HEAD without a body', () => {
    const response = { status: 200, headers: { a: 'b' }, body: 'x' };
    expect(platformAnswer('GET', response)).toEqual({
      isBase64Encoded: false,
      statusCode: 200,
      headers: { a: 'b' },
      body: 'x',
    });
    expect(platformAnswer('HEAD', response).body).toBe('');
    expect(platformAnswer('GET', { ...response, body: Buffer.from('x') })).toMatchObject({
      isBase64Encoded: true,
      body: 'eA==',
    });
  });
});

describe('the caller’s address', () => {
  const measured = '1.1.1.1, 140.248.50.98, 11.163.17.81, 10.132.167.112';

  test.each([
    ['without proxies the header is not believed', '198.51.100.9', measured, 0, '198.51.100.9'],
    ['the first from the right that is not internal', '10.0.0.1', measured, 1, '140.248.50.98'],
    ['behind one more proxy of ours, the one before it', '10.0.0.1', measured, 2, '1.1.1.1'],
    ['all internal: the peer', '10.0.0.1', '10.0.0.2, 192.168.1.1', 1, '10.0.0.1'],
    [
      'the last addresses of internal networks',
      '10.0.0.1',
      '1.1.1.1, 172.31.255.255, 100.127.255.255',
      1,
      '1.1.1.1',
    ],
    ['the first address after an internal network', '10.0.0.1', '1.1.1.1, 172.32.0.0', 1, '172.32.0.0'],
    [
      'the last address before an internal network',
      '10.0.0.1',
      '1.1.1.1, 100.63.255.255',
      1,
      '100.63.255.255',
    ],
    ['rubbish at the right: the peer', '198.51.100.9', '1.1.1.1, rubbish', 1, '198.51.100.9'],
    ['no header: the peer', '198.51.100.9', undefined, 1, '198.51.100.9'],
    ['IPv4 in IPv6 clothes', '::ffff:198.51.100.9', undefined, 0, '198.51.100.9'],
    ['IPv6', '::1', '2001:db8::7, fd00::1', 1, '2001:db8::7'],
  ])('%s', (_, peer, forwarded, proxies, address) => {
    expect(callerAddress(peer, forwarded, proxies)).toBe(address);
  });
});

describe('a deployed unit', () => {
  let world: World;
  let effects: string[];
  beforeEach(async () => {
    world = await createWorld({ settings: { busPushKeys: ['n'.repeat(32), 'k'.repeat(32)] } });
    effects = [];
  });
  afterEach(() => world.close());

  const eventId = (key: string) => `order.paid:${key}`;
  const record = (key: string) => ({
    CMQ: { msgBody: JSON.stringify({ eventId: eventId(key) }), msgTag: ['a'] },
  });
  const strayRecord = (id: string) => ({ CMQ: { msgBody: JSON.stringify({ eventId: id }) } });
  const tell = (...keys: string[]) =>
    world.ports.database.tx((tx) =>
      tasks.append(
        tx,
        keys.map((key) => fact(orderPaid, key, orderPaid.example)),
        { now: world.clock.now(), requestId: 'req_12345678' },
      ),
    );

  const accruePoints = consumer({ on: orderPaid }, async ({ event }) => {
    if (event.id.endsWith('bad')) throw new Error('canary');
    effects.push(event.id);
  });
  const consuming = () => unit(late({ accruePoints }), () => world.ports);

  const getThing = http(
    {
      route: 'GET /api/things/{id}',
      auth: 'public',
      input: z.strictObject({ id: z.string() }),
      output: z.object({ id: z.string() }),
      errors: [],
    },
    async ({ input }) => input,
  );

  test('answers HTTP, under the platform’s request id when the caller sent none', async () => {
    const answer = await unit(late({ getThing }), () => world.ports)(
      { ...samples.functionUrl, httpMethod: 'GET', path: '/api/things/a', queryString: {}, body: '' },
      context,
    );
    expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    expect(JSON.parse(z.object({ body: z.string() }).parse(answer).body)).toEqual({
      requestId: 'abcdefgh-1234',
      data: { id: 'a' },
    });
  });

  test('opens nothing before it is called, and without its configuration says so by a catalogued error', async () => {
    const missing = () => {
      throw new Error('DATABASE_URL is missing');
    };
    const errors = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const answer = await unit(late({ getThing }), missing)(samples.functionUrl, context);
    expect(answer).toMatchObject({ statusCode: 500, body: expect.stringContaining('"internal"') });
    expect(errors.mock.calls.join()).toContain('DATABASE_URL is missing');
    errors.mockRestore();
    await expect(unit(late({ accruePoints }), missing)(samples.cmqCaptured, context)).rejects.toThrow(
      'DATABASE_URL is missing',
    );
  });

  test('a function that does not load fails that call alone: the reason is logged, and the next call tries again', async () => {
    let tries = 0;
    const load = <F>(own: F) => {
      return async () => {
        tries += 1;
        if (tries % 2 === 1) throw new Error('it does not load');
        return own;
      };
    };
    const reasons = () =>
      world.logs.filter((line) => JSON.stringify(line).includes('it does not load')).length;

    const route = getThing.contract.route;
    const api = unit(
      { getThing: { kind: 'http', route, bodyBytesMax: 0, load: load(getThing) } },
      () => world.ports,
    );
    const asked = {
      ...samples.functionUrl,
      httpMethod: 'GET',
      path: '/api/things/a',
      queryString: {},
      body: '',
    };
    expect(await api(asked, context)).toMatchObject({
      statusCode: 500,
      body: expect.stringContaining('"internal"'),
    });
    expect([reasons(), world.logs.at(-1)]).toMatchObject([1, { function: 'getThing', level: 'error' }]);
    expect(await api(asked, context)).toMatchObject({ statusCode: 200 });

    await tell('one');
    const ring = { Records: [record('one')] };
    const consumes = unit(
      { accruePoints: { kind: 'consumer', load: load(accruePoints) } },
      () => world.ports,
    );
    await expect(consumes(ring, context)).rejects.toThrow('1 failed');
    expect([reasons(), effects]).toEqual([2, []]);
    await consumes(ring, context);
    expect(effects).toEqual([eventId('one')]);

    const own = timer({ cron: '0 * * * * * *', budgetMs: 1000 }, async () => ({}));
    const ticks = unit({ EveryDay: { kind: 'timer', load: load(own) } }, () => world.ports);
    await expect(ticks(samples.timer, context)).rejects.toThrow(/^Error$/);
    expect(reasons()).toBe(3);
    await ticks(samples.timer, context);
  });

  test('runs its consumer for each record of a CMQ event', async () => {
    await tell('one', 'two');
    await consuming()({ Records: [record('one'), record('two'), record('one')] }, context);
    expect(effects).toEqual([eventId('one'), eventId('two')]);
  });

  test('a batch with bad records does the others, then throws all that failed, without our words for it', async () => {
    await tell('one', 'bad', 'two');
    const event = {
      Records: [record('bad'), record('one'), { other: 1 }, samples.cmqDocumented.Records[0], record('two')],
    };
    const failure: unknown = await consuming()(event, context).catch((caught: unknown) => caught);
    expect(failure).toBeInstanceOf(AggregateError);
    const codes = failure instanceof AggregateError ? failure.errors.map(({ message }) => message) : [];
    expect(codes).toEqual(['Error', 'notice.malformed', 'notice.malformed']);
    expect(inspect(failure)).not.toContain('canary');
    expect(effects).toEqual([eventId('one'), eventId('two')]);
  });

  test('takes all events of an asynchronous call', async () => {
    await tell('one', 'two');
    await consuming()({ eventIds: [eventId('one'), eventId('two'), eventId('one')] }, context);
    expect(effects).toEqual([eventId('one'), eventId('two')]);
    for (const eventIds of [[], [''], [1], 'order.paid:one', ['x'.repeat(201)]]) {
      await expect(consuming()({ eventIds }, context)).rejects.toThrow();
    }
  });

  test('takes a plain ring too', async () => {
    await tell('one');
    await consuming()({ eventId: eventId('one') }, context);
    expect(effects).toEqual([eventId('one')]);
  });

  test('runs its timer, whichever way the kind is written, and throws when it fails', async () => {
    let runs = 0;
    const everyMinute = timer({ cron: '0 * * * * * *', budgetMs: 1000 }, async () => {
      runs += 1;
      if (runs === 3) throw new TypeError('canary');
      return { runs };
    });
    const handler = unit(late({ EveryDay: everyMinute, t: everyMinute }), () => world.ports);
    await handler(samples.timer, context);
    await handler(samples.timerLowerCase, context);
    expect(runs).toBe(2);
    await expect(handler(samples.timer, context)).rejects.toThrow(/^TypeError$/);
    expect(world.logs.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'failed']);
  });

  test('a schedule runs the timer that it names, and no other; of an unknown name it throws', async () => {
    const runs: string[] = [];
    const named = (name: string) =>
      timer({ cron: '0 * * * * * *', budgetMs: 1000 }, async () => {
        runs.push(name);
        return {};
      });
    const handler = unit(late({ one: named('one'), two: named('two'), accruePoints }), () => world.ports);
    const scheduled = (TriggerName?: unknown) => handler({ ...samples.timer, TriggerName }, context);
    await scheduled('two');
    expect(runs).toEqual(['two']);
    await Promise.all([scheduled('one'), scheduled('two'), scheduled('one')]);
    expect(runs).toEqual(['two', 'one', 'two', 'one']);
    for (const unknown of ['three', 'accruePoints', 'constructor', '__proto__', '', undefined, 1, ['one']]) {
      await expect(scheduled(unknown)).rejects.toThrow('an event that this unit does not know');
    }
    expect(runs).toHaveLength(4);
  });

  test('a ring runs the consumers of its event alone; one for no consumer of the unit is refused', async () => {
    const others: string[] = [];
    const grantEntitlement = consumer({ on: orderPaid }, async ({ event }) => {
      others.push(event.id);
    });
    const welcomeNewUser = consumer({ on: orderPaid }, async () => {
      throw new Error('it is not for this event');
    });
    await tell('one');
    const handler = unit(late({ accruePoints, grantEntitlement, welcomeNewUser }), () => world.ports);
    await handler({ eventId: eventId('one') }, context);
    expect([effects, others]).toEqual([[eventId('one')], [eventId('one')]]);
    expect(world.logs.map((line) => line.function)).toEqual(['accruePoints', 'grantEntitlement']);
    for (const stray of [
      'user.registered:x',
      'order.paid',
      'no.event:x',
      'constructor:x',
      '__proto__:x',
      ':x',
    ]) {
      const failure: unknown = await consuming()(
        { Records: [strayRecord(stray), record('one')] },
        context,
      ).catch((caught: unknown) => caught);
      expect(failure).toMatchObject({ message: '1 failed', errors: [{ message: 'notice.malformed' }] });
    }
  });

  test('to a unit of the API everything is a request, whatever keys it has', async () => {
    const handler = unit(late({ getThing }), () => world.ports);
    const request = { httpMethod: 'GET', path: '/api/things/a', queryString: {}, body: '' };
    for (const keys of [samples.timer, samples.cmqCaptured, { eventId: eventId('one') }]) {
      expect(await handler({ ...keys, ...request }, context)).toMatchObject({ statusCode: 200 });
      const { statusCode, body } = (await handler(keys, context)) as { statusCode: number; body: string };
      expect([statusCode, JSON.parse(body)]).toMatchObject([400, { error: { code: 'request.invalid' } }]);
    }
    expect(await handler({ ...request, httpMethod: 'G'.repeat(30) }, context)).toMatchObject({
      statusCode: 400,
    });
  });

  test('a request to any other unit is no message and no schedule, whatever keys it has', async () => {
    await tell('one');
    let runs = 0;
    const everyMinute = timer({ cron: '0 * * * * * *', budgetMs: 1000 }, async () => ({ runs: ++runs }));
    const request = { httpMethod: 'POST', path: '/', queryString: {}, body: '' };
    const events = [{ Records: [record('one')] }, { eventId: eventId('one') }, samples.timer];
    for (const keys of events) {
      for (const handler of [consuming(), unit(late({ everyMinute }), () => world.ports)]) {
        expect(await handler({ ...keys, ...request }, context)).toMatchObject({ statusCode: 404 });
      }
    }
    expect([effects, runs]).toEqual([[], 0]);
    await expect(
      unit(late({ everyMinute }), () => world.ports)({ eventId: eventId('one') }, context),
    ).rejects.toThrow();
    await expect(consuming()(samples.timer, context)).rejects.toThrow();
  });

  test('gives its timer the consumers that it runs, and no others', async () => {
    await tell('one');
    const own = timer(
      { cron: '0 * * * * * *', budgetMs: 1000, runsConsumers: true },
      async ({ consume, runs }) => {
        await consume('accruePoints', eventId('one'));
        await expect(consume('grantEntitlement', eventId('one'))).rejects.toThrow('no consumer');
        expect(['accruePoints', 'grantEntitlement', 'isNoMore'].map(runs)).toEqual([true, false, true]);
        for (const gone of ['isNoMore', 'constructor']) {
          await expect(consume(gone, eventId('one'))).rejects.toThrow(`no consumer ${gone}`);
        }
        return {};
      },
    );
    await unit(late({ EveryDay: own }), () => world.ports, late({ accruePoints }))(samples.timer, context);
    expect(effects).toEqual([eventId('one')]);
  });

  test('throws at an event of no known kind', async () => {
    await expect(consuming()({ what: 'is this' }, context)).rejects.toThrow();
    await expect(consuming()(null, context)).rejects.toThrow();
  });

  describe('the broker’s HTTP push', () => {
    const push = (path: string, body: unknown) =>
      consuming()(
        { httpMethod: 'POST', path, headers: { 'Content-Type': 'text/plain' }, body: JSON.stringify(body) },
        context,
      );
    const right = `/bus/${'k'.repeat(32)}/accruePoints`;

    test('is understood in both formats, and done once', async () => {
      await tell('ord_01JD0000000000000000000000', 'two');
      expect(await push(right, samples.cmqPush)).toMatchObject({ statusCode: 200 });
      expect(await push(right, samples.cmqPush)).toMatchObject({ statusCode: 200 });
      expect(await push(right, { eventId: eventId('two') })).toMatchObject({ statusCode: 200 });
      expect(effects).toEqual([eventId('ord_01JD0000000000000000000000'), eventId('two')]);
    });

    test('bus.key_invalid: with another key nothing happens', async () => {
      await tell('two');
      for (const key of ['k'.repeat(31), `${'k'.repeat(31)}x`, 'x']) {
        const answer = await push(`/bus/${key}/accruePoints`, { eventId: eventId('two') });
        expect(answer).toMatchObject({ statusCode: 401, body: expect.stringContaining('"FAIL"') });
      }
      expect(effects).toEqual([]);
    });

    test('is not there at all when it is not configured, and knows no other consumer', async () => {
      expect(await push(right.replace('accruePoints', 'other'), { eventId: 'x' })).toMatchObject({
        statusCode: 404,
      });
      await world.close();
      world = await createWorld();
      expect(await push(right, { eventId: 'x' })).toMatchObject({ statusCode: 404 });
    });

    test('notice.malformed: a message that names no event', async () => {
      expect(await push(right, { msgBody: 'Hello' })).toMatchObject({ statusCode: 400 });
    });

    test('is answered with 5xx when the consumer failed, so that it comes again', async () => {
      await tell('bad');
      expect(await push(right, { eventId: eventId('bad') })).toMatchObject({ statusCode: 500 });
    });

    test('the key is in no log', async () => {
      await push(right, { eventId: 'x' });
      expect(JSON.stringify(world.logs)).not.toContain('kkkk');
    });
  });
});

describe('a callback', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  const echo = callback(
    {
      route: 'POST /api/echo',
      caller: 'a platform',
      errors: ['notice.malformed'],
      bodyBytesMax: 10,
      reads: { query: ['q'], headers: ['X-A'] },
      takes: ['application/octet-stream'],
      answers: ['text/plain'],
    },
    async ({ rawBody, headers, query }) => ({
      status: 202,
      contentType: 'text/plain',
      body: `${Buffer.from(rawBody).toString('hex')} ${headers['x-a']} ${query.q}`,
    }),
  );

  test('gets the very bytes, and its answer leaves as it is', async () => {
    const rawBody = Buffer.from([0xff, 0x00, 0x0a]);
    const answer = await world.call(echo, { rawBody, headers: { 'x-a': 'A' }, query: { q: '1' } });
    expect(answer).toMatchObject({ status: 202, body: 'ff000a A 1' });
    expect(answer.headers['content-type']).toBe('text/plain');
  });

  test('what goes wrong is told in the platform’s shape, without our words for it', async () => {
    const answer = await world.call(echo, { rawBody: 'x'.repeat(11) });
    expect(answer).toMatchObject({ status: 413, code: 'request.too_large' });
    expect(answer.body).toEqual({ code: 'FAIL', message: '请求内容过大' });
    expect((await world.call(echo, { rawBody: '', query: { q: ['1', '2'] } })).status).toBe(400);
  });

  test.each([
    [414, '请求地址过长', { query: { q: 'x'.repeat(4_100) } }],
    [431, '请求头过大', { headers: { 'x-a': 'x'.repeat(17_000) } }],
  ])('so is what is refused before it is read: %i', async (status, message, asked) => {
    const answer = await world.call(echo, { rawBody: '', ...asked });
    expect(answer).toMatchObject({ status, body: { code: 'FAIL', message } });
  });

  test('so is that its unit has no configuration', async () => {
    const handler = unit(late({ echo }), () => {
      throw new Error('DATABASE_URL is missing');
    });
    const errors = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const answer = await handler({ ...samples.functionUrl, path: '/api/echo' }, context);
    errors.mockRestore();
    expect(answer).toMatchObject({ statusCode: 500, body: expect.stringContaining('"FAIL"') });
  });
});
