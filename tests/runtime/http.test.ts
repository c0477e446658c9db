import fc from 'fast-check';
import * as z from 'zod';
import * as sessions from '../../shared/data/identity/sessions.ts';
import { fail } from '../../shared/errors.ts';
import { type Cost, type HttpFunction, http } from '../../shared/function.ts';
import { endpointsOf } from '../../shared/runtime/endpoints.ts';
import { ADDRESS_LIMIT, USER_LIMIT } from '../../shared/runtime/limit.ts';
import { createRouter } from '../../shared/runtime/router.ts';
import { UserId } from '../../shared/schemas/base.ts';
import { givenBanned } from '../support/given/staff.ts';
import { seed } from '../support/seeded.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const Item = z.strictObject({
  itemId: z.string(),
  name: z.string().max(20).optional(),
  tags: z.array(z.string()).max(3).optional(),
});

let ran = 0;
beforeEach(() => {
  ran = 0;
});

const putItem = http(
  {
    route: 'PUT /api/items/{itemId}',
    auth: 'public',
    input: Item,
    output: z.object({ itemId: z.string() }),
    errors: [],
  },
  async ({ input }) => {
    ran += 1;
    return { itemId: input.itemId };
  },
);

const getItem = http(
  { route: 'GET /api/items/{itemId}', auth: 'public', input: Item, output: z.object({}), errors: [] },
  async () => {
    ran += 1;
    return {};
  },
);

const bytes = (text: string) => Buffer.from(text);

/** Sends exactly these bytes to `putItem`. */
async function send(rawBody: Uint8Array | null, headers: Record<string, string> = {}) {
  const router = createRouter(endpointsOf({ putItem }));
  const request = {
    method: 'PUT',
    path: '/api/items/a',
    query: {},
    headers: { 'content-type': 'application/json', ...headers },
    rawBody,
    address: '203.0.113.1',
  };
  const response = await router.answer(request, world.ports, router.find(request.method, request.path));
  const body = JSON.parse(String(response.body));
  return { status: response.status, code: body.error?.code ?? null, issues: body.error?.params?.issues };
}

describe('what comes in', () => {
  test('path parameters and body make one input', async () => {
    const answer = await world.call(putItem, { itemId: 'a', name: 'x' });
    expect(answer.data).toEqual({ itemId: 'a' });
  });

  test('an unknown key is 400 and says which', async () => {
    const answer = await world.call(putItem, { itemId: 'a', price: 1 });
    expect(answer.status).toBe(400);
    expect(answer.error.params).toEqual({ issues: [{ path: 'price', code: 'unrecognized_keys' }] });
    expect(ran).toBe(0);
  });

  test('an unknown key of a query is 400, also __proto__', async () => {
    expect((await world.call(getItem, { itemId: 'a', nope: '1' })).code).toBe('request.invalid');
    const hostile = JSON.parse('{"itemId":"a","__proto__":"1"}');
    expect((await world.call(getItem, hostile)).code).toBe('request.invalid');
    expect(ran).toBe(0);
  });

  test('a parameter that comes twice is refused where one is meant, and a list where a list is meant', async () => {
    expect((await world.call(getItem, { itemId: 'a', name: ['x', 'y'] })).code).toBe('request.invalid');
    expect((await world.call(getItem, { itemId: 'a', tags: ['x', 'y'] })).status).toBe(200);
  });

  test('a body cannot overrule the path', async () => {
    const answer = await send(bytes('{"itemId":"b"}'));
    expect(answer).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  test('a query beside a body, and a body beside a query, are refused', async () => {
    const router = createRouter(endpointsOf({ putItem, getItem }));
    const base = { path: '/api/items/a', headers: {}, address: '203.0.113.1' };
    const put = { ...base, method: 'PUT', query: { name: 'x' }, rawBody: null };
    const get = { ...base, method: 'GET', query: {}, rawBody: bytes('{}') };
    for (const request of [put, get]) {
      const found = router.find(request.method, request.path);
      expect((await router.answer(request, world.ports, found)).status).toBe(400);
    }
    expect(ran).toBe(0);
  });

  test('no body at all is an empty object', async () => {
    expect(await send(null)).toMatchObject({ status: 200 });
    expect(await send(new Uint8Array(0))).toMatchObject({ status: 200 });
  });

  test('issues are at most ten, and carry no values', async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`tags${index}`, 'canary']));
    const { error } = await world.call(putItem, { itemId: 'a', tags: Array(30).fill(7), ...many });
    const { issues } = error.params;
    expect(Array.isArray(issues) && issues.length).toBeLessThanOrEqual(10);
    expect(JSON.stringify(error)).not.toContain('canary');
  });

  test.each([
    ['application/json', 200],
    ['application/json; charset=utf-8', 200],
    ['APPLICATION/JSON;charset="UTF-8"', 200],
    ['application/json; charset=gbk', 415],
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/json, application/json', 415],
    ['', 415],
  ])('a content type of "%s" is %i', async (type, status) => {
    expect((await send(bytes('{}'), { 'content-type': type })).status).toBe(status);
  });

  test.each([
    ['no JSON', '{', 'not_json'],
    ['an array', '[]', 'not_an_object'],
    ['a text', '"x"', 'not_an_object'],
    ['null', 'null', 'not_an_object'],
    ['a byte order mark', '\ufeff{}', 'byte_order_mark'],
    ['NaN', '{"name":NaN}', 'not_json'],
    ['__proto__', '{"__proto__":{"name":"x"}}', 'key_forbidden'],
    ['constructor, written with an escape', '{"tags":[{"\\u0063onstructor":1}]}', 'key_forbidden'],
    ['a key twice', '{"name":"a","name":"b"}', 'key_repeated'],
    ['a key twice with the same value', '{"name":"a","name":"a"}', 'key_repeated'],
    ['a key twice, once written with an escape', '{"name":"a","n\\u0061me":"b"}', 'key_repeated'],
    ['a key twice, deep down', '{"tags":[{"a":[{"b":1,"c":{},"b":2}]}]}', 'key_repeated'],
    ['prototype, deep down', '{"a":{"b":[{"prototype":0}]}}', 'key_forbidden'],
  ])('%s in a body is refused', async (_, body, code) => {
    expect(await send(bytes(body))).toEqual({
      status: 400,
      code: 'request.invalid',
      issues: [{ path: '', code }],
    });
    expect(ran).toBe(0);
  });

  test('the same key in two objects is no repeat, and a colon in a text is no key', async () => {
    const { status, issues } = await send(bytes('{"name":"a:b\\":c","tags":[{"a":":"},{"a":{"a":[]}}]}'));
    expect([status, issues?.[0]?.path]).toEqual([400, 'tags.0']);
    expect((await send(bytes('{"name":"a:b\\":c"}'))).status).toBe(200);
  });

  test(`a key is refused if and only if it comes twice in one object (seed ${seed})`, async () => {
    const key = fc.constantFrom('a', 'b', 'c:', '"', '\\', '');
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom('1', '":"', 'null', '"{\\"a\\":1}"'),
        fc.array(tie('tree'), { maxLength: 3 }).map((items) => `[${items.join()}]`),
        fc
          .array(fc.tuple(key, tie('tree')), { maxLength: 4 })
          .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`),
      ),
    }));
    const isRepeated = (text: string): boolean => {
      // Replaces the first innermost object by a number, until none is left.
      const inner = /\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}/.exec(text)?.[0];
      if (inner === undefined) return false;
      const names = [...inner.matchAll(/("(?:[^"\\]|\\.)*")\s*:/g)].map(([, name]) => name);
      return new Set(names).size < names.length || isRepeated(text.replace(inner, () => '0'));
    };
    await fc.assert(
      fc.asyncProperty(tree, async (value) => {
        const { issues } = await send(bytes(`{"name":${value}}`));
        expect(issues?.[0]?.code === 'key_repeated').toBe(isRepeated(`{"name":${value}}`));
      }),
      { seed, numRuns: 500 },
    );
  });

  test('a body that is no UTF-8 is refused', async () => {
    const answer = await send(Buffer.concat([bytes('{"name":"'), Buffer.from([0xc3, 0x28]), bytes('"}')]));
    expect(answer.issues).toEqual([{ path: '', code: 'not_utf8' }]);
  });

  test('nesting is bounded at 20, a bracket in a text is no nesting, and 100 000 levels do no harm', async () => {
    const nested = (depth: number) => bytes(`{"tags":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`);
    expect((await send(nested(20))).issues?.[0]?.code).not.toBe('too_deep');
    expect((await send(nested(21))).issues?.[0]?.code).toBe('too_deep');
    expect((await send(nested(100_000))).issues?.[0]?.code).toBe('too_deep');
    const text = bytes(`{"name":"${'[\\"'.repeat(60)}"}`);
    expect((await send(text)).issues).toEqual([{ path: 'name', code: 'too_big' }]);
  });

  test.each(['Bearer a, Bearer b', 'Bearer a, ', ', Bearer a'])(
    'two Authorization lines are refused: %j',
    async (authorization) => {
      expect(await send(bytes('{}'), { authorization })).toMatchObject({
        status: 400,
        code: 'request.invalid',
      });
      expect(ran).toBe(0);
    },
  );

  test('a body over the limit is 413, at the limit it is read', async () => {
    const ofLength = (length: number) => bytes(`{}${' '.repeat(length - 2)}`);
    expect(await send(ofLength(256 * 1024))).toMatchObject({ status: 200 });
    expect(await send(ofLength(256 * 1024 + 1))).toMatchObject({ status: 413, code: 'request.too_large' });
  });

  test('too much query is 414, too many headers are 431', async () => {
    expect((await world.call(getItem, { itemId: 'a', name: 'x'.repeat(4100) })).status).toBe(414);
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`p${index}`, '1']));
    expect((await world.call(getItem, { itemId: 'a', ...many })).status).toBe(414);
    const headers = { 'x-long': 'x'.repeat(17_000) };
    expect((await world.call(getItem, { itemId: 'a' }, { headers })).code).toBe('request.headers_too_large');
  });
});

const whoAmI = (auth: 'public' | 'optional' | 'member' | { may: 'course.create' }) =>
  http(
    {
      route: 'GET /api/who',
      auth,
      input: z.strictObject({}),
      output: z.object({ userId: UserId.nullable() }),
      errors: [],
    },
    async ({ user }) => ({ userId: user?.id ?? null }),
  ) as HttpFunction<z.ZodObject, z.ZodObject<{ userId: z.ZodNullable<typeof UserId> }>>;

describe('who calls', () => {
  test('auth.required: no token, a token of nobody, a token in another shape', async () => {
    const own = whoAmI('member');
    expect((await world.call(own, {})).code).toBe('auth.required');
    expect((await world.call(own, {}, { token: 'x'.repeat(43) })).code).toBe('auth.required');
    const { token } = await world.login('alice');
    for (const authorization of [token, `Basic ${token}`, `Bearer ${token} `, `Bearer ${token},x`]) {
      expect((await world.call(own, {}, { headers: { authorization } })).status).toBe(401);
    }
  });

  test('auth.required: a session that has ended, by time or by its owner, and one of nobody any more', async () => {
    const own = whoAmI('member');
    const alice = await world.login('alice');
    const bob = await world.login('bob');
    const session = await sessions.find(world.ports.database, sessions.idOf(alice.token));
    if (session === null) throw new Error('no session');
    const ended = { ...session, revokedAtMs: world.clock.now() };
    await world.ports.database.tx((tx) => sessions.save(tx, session, ended));
    expect((await world.call(own, {}, alice)).code).toBe('auth.required');
    expect((await world.call(own, {}, bob)).status).toBe(200);
    world.clock.advance(session.expiresAtMs - world.clock.now() - 1);
    expect((await world.call(own, {}, bob)).status).toBe(200);
    world.clock.advance(1);
    expect((await world.call(own, {}, bob)).code).toBe('auth.required');
  });

  test('auth.user_banned: somebody who was banned, at once and with an open session', async () => {
    const alice = await world.login('alice');
    await givenBanned(world, alice.userId);
    expect((await world.call(whoAmI('member'), {}, alice)).code).toBe('auth.user_banned');
    expect((await world.call(whoAmI('optional'), {}, alice)).code).toBe('auth.user_banned');
    expect((await world.call(whoAmI('public'), {}, alice)).status).toBe(200);
  });

  test('a token stands for the user it was given to, and a 401 names the scheme', async () => {
    const alice = await world.login('alice');
    expect((await world.call(whoAmI('member'), {}, alice)).data.userId).toBe(alice.userId);
    expect((await world.call(whoAmI('member'), {})).headers['www-authenticate']).toBe('Bearer');
  });

  test('an optional route can be called without a token, and refuses a bad one', async () => {
    const alice = await world.login('alice');
    const own = whoAmI('optional');
    expect((await world.call(own, {})).data.userId).toBeNull();
    expect((await world.call(own, {}, alice)).data.userId).toBe(alice.userId);
    expect((await world.call(own, {}, { token: 'x'.repeat(43) })).code).toBe('auth.required');
  });

  test('on a public route a token means nothing', async () => {
    const alice = await world.login('alice');
    expect((await world.call(whoAmI('public'), {}, alice)).data.userId).toBeNull();
    expect((await world.call(whoAmI('public'), {}, { token: '!' })).status).toBe(200);
  });

  test('auth.forbidden: a learner calls a staff route', async () => {
    const alice = await world.login('alice');
    expect((await world.call(whoAmI({ may: 'course.create' }), {}, alice)).code).toBe('auth.forbidden');
    expect((await world.call(whoAmI({ may: 'course.create' }), {})).code).toBe('auth.required');
  });

  test('the caller is checked before the input is parsed', async () => {
    const own = http(
      {
        route: 'POST /api/closed',
        auth: 'member',
        input: z.strictObject({}),
        output: z.object({}),
        errors: [],
      },
      async () => ({}),
    );
    expect((await world.call(own, { nope: 1 })).code).toBe('auth.required');
  });
});

describe('what goes out', () => {
  const answering = (output: unknown) =>
    http(
      {
        route: 'GET /api/answer',
        auth: 'public',
        input: z.strictObject({}),
        output: z.object({ name: z.string(), inner: z.array(z.object({ id: z.string() })).optional() }),
        errors: ['order.expired', 'pay.unavailable'],
      },
      async () => output as never,
    );

  test('a field that the contract does not name never leaves, at any depth', async () => {
    const output = { name: 'x', openid: 'canary', inner: [{ id: 'i', secret: 'canary' }] };
    const answer = await world.call(answering(output), {});
    expect(answer.data).toEqual({ name: 'x', inner: [{ id: 'i' }] });
    expect(JSON.stringify(answer.body)).not.toContain('canary');
  });

  test('a newer build’s field inside a strict schema neither leaks nor counts as a bug', async () => {
    const own = http(
      {
        route: 'GET /api/strict',
        auth: 'public',
        input: z.strictObject({}),
        output: z.object({ rules: z.array(z.strictObject({ kind: z.literal('days'), days: z.int() })) }),
        errors: [],
      },
      async () => ({ rules: [{ kind: 'days', days: 1, later: { of: 'canary' } }] }) as never,
    );
    const answer = await world.call(own, {});
    expect([answer.status, answer.data]).toEqual([200, { rules: [{ kind: 'days', days: 1 }] }]);
  });

  test('internal: an output that breaks its contract is our bug, and the caller sees nothing of it', async () => {
    const answer = await world.call(answering({ name: 7, secret: 'canary' }), {}, { mayBreak: true });
    expect(answer.status).toBe(500);
    expect(answer.code).toBe('internal');
    expect(JSON.stringify(answer.body)).not.toContain('canary');
    expect(world.logs.at(-1)?.level).toBe('error');
  });

  const throwing = (caught: unknown) =>
    http(
      {
        route: 'GET /api/throw',
        auth: 'public',
        input: z.strictObject({}),
        output: z.object({}),
        errors: ['order.expired', 'pay.unavailable'],
      },
      async () => {
        throw caught;
      },
    );

  test('a declared error is answered with its code, sentence and params, and no more', async () => {
    const caught = fail('order.expired', {
      params: { orderId: 'o' },
      detail: 'canary',
      cause: new Error('canary'),
    });
    const answer = await world.call(throwing(caught), {});
    expect(answer.status).toBe(409);
    expect(answer.error).toEqual({ code: 'order.expired', message: '订单已超时', params: { orderId: 'o' } });
    expect(JSON.stringify(answer.body)).not.toContain('canary');
    expect(world.logs.at(-1)).toMatchObject({ level: 'info', outcome: 'refused', detail: 'canary' });
  });

  test.each([
    ['an error of another function', fail('cart.full')],
    ['a bug', new TypeError('canary')],
    ['a text', 'canary'],
    ['nothing', undefined],
  ])('internal: %s is answered as internal and is loud in the log', async (_, caught) => {
    const answer = await world.call(throwing(caught), {}, { mayBreak: true });
    expect(answer.status).toBe(500);
    expect(answer.error).toEqual({ code: 'internal', message: '服务繁忙，请稍后再试', params: {} });
    expect(world.logs.at(-1)).toMatchObject({
      level: 'error',
      outcome: 'failed',
      code: 'internal',
      status: 500,
    });
  });

  test('503 says after how many seconds to try again', async () => {
    const answer = await world.call(throwing(fail('pay.unavailable')), {});
    expect(answer.status).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('a private answer is stored nowhere, and nobody guesses types', async () => {
    const alice = await world.login('alice');
    const answer = await world.call(whoAmI('member'), {}, alice);
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers).not.toHaveProperty('etag');
  });

  test('the tag is of the data alone: another request id, the same tag, and 304 without a body', async () => {
    const own = answering({ name: 'x' });
    const first = await world.call(own, {});
    const tag = first.headers.etag ?? '';
    expect(tag).toMatch(/^W\/"[\w-]+"$/);
    const second = await world.call(own, {}, { headers: { 'if-none-match': tag } });
    expect(second.status).toBe(304);
    expect(second.body).toBe('');
    expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    const other = await world.call(answering({ name: 'y' }), {}, { headers: { 'if-none-match': tag } });
    expect(other.status).toBe(200);
  });

  test('an optional route has no tag for who is logged in, and says that it depends on that', async () => {
    const alice = await world.login('alice');
    const own = whoAmI('optional');
    expect((await world.call(own, {}, alice)).headers).not.toHaveProperty('etag');
    const anybody = await world.call(own, {});
    expect(anybody.headers).toHaveProperty('etag');
    expect(anybody.headers.vary).toBe('authorization');
  });

  test('an answer for everybody is made once for all who ask the same, under their own request ids', async () => {
    let made = 0;
    const own = http(
      {
        route: 'GET /api/made',
        auth: 'public',
        input: z.strictObject({ of: z.string() }),
        output: z.object({ made: z.int() }),
        errors: ['course.not_found'],
        cacheMs: 10_000,
      },
      async ({ input }) => {
        made += 1;
        if (input.of === 'none') throw fail('course.not_found');
        return { made };
      },
    );
    const [first, second] = [await world.call(own, { of: 'a' }), await world.call(own, { of: 'a' })];
    expect(second.data).toEqual({ made: 1 });
    expect(second.body).not.toEqual(first.body);
    expect(second.headers['cache-control']).toBe('public, max-age=10');
    expect((await world.call(own, { of: 'b' })).data).toEqual({ made: 2 });
    world.clock.advance(12_000);
    expect((await world.call(own, { of: 'a' })).data).toEqual({ made: 3 });
    expect((await world.call(own, { of: 'none' })).code).toBe('course.not_found');
    expect((await world.call(own, { of: 'none' })).code).toBe('course.not_found');
    expect(made).toBe(5);
  });
});

describe('the request id', () => {
  test('a well-formed id of the caller is kept, any other is replaced', async () => {
    const own = whoAmI('public');
    const asked = async (id: string) => {
      const answer = await world.call(own, {}, { headers: { 'x-request-id': id } });
      return answer.headers['x-request-id'];
    };
    expect(await asked('req_12345678')).toBe('req_12345678');
    for (const bad of [
      'short',
      'x'.repeat(65),
      'with space',
      'a"b\\c-----',
      '\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587',
    ]) {
      expect(await asked(bad)).toMatch(/^req_[0-9A-Z]{26}$/);
    }
  });

  test('is the same in the header, the body and the log', async () => {
    const answer = await world.call(whoAmI('member'), {});
    const id = answer.headers['x-request-id'];
    expect(answer.body).toMatchObject({ requestId: id });
    expect(world.logs.at(-1)?.requestId).toBe(id);
  });
});

describe('how often', () => {
  const own = whoAmI('optional');
  const refusalOf = async (times: number, options: { token?: string; address?: string }) => {
    for (let index = 0; index < times; index += 1) await world.call(own, {}, options);
    return world.call(own, {}, options);
  };

  test('request.too_many: an address has its limit, told when to come again, and then may', async () => {
    const answer = await refusalOf(ADDRESS_LIMIT.max, {});
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBe('60');
    expect(answer.error.params).toEqual({ retryAfterSeconds: 60 });
    expect((await world.call(own, {}, { address: '203.0.113.2' })).status).toBe(200);
    world.clock.advance(60_000);
    expect((await world.call(own, {})).status).toBe(200);
  });

  test('request.too_many: a user’s limit counts all addresses of that user, and nobody else', async () => {
    const alice = await world.login('alice');
    const bob = await world.login('bob');
    expect((await refusalOf(USER_LIMIT.max, { ...alice, address: '203.0.113.7' })).status).toBe(429);
    expect((await world.call(own, {}, { ...alice, address: '203.0.113.8' })).status).toBe(429);
    expect((await world.call(own, {}, bob)).status).toBe(200);
  });

  test('a network of IPv6 counts as one caller', async () => {
    expect((await refusalOf(ADDRESS_LIMIT.max, { address: '2001:db8:1:2::1' })).status).toBe(429);
    expect((await world.call(own, {}, { address: '2001:db8:1:2:ffff::9' })).status).toBe(429);
    expect((await world.call(own, {}, { address: '2001:db8:1:3::1' })).status).toBe(200);
  });

  test('guessing tokens is limited too', async () => {
    const guess = await refusalOf(ADDRESS_LIMIT.max, { token: 'x'.repeat(43) });
    expect(guess.code).toBe('request.too_many');
  });

  test('a contract’s own limit is tighter, and counted by itself', async () => {
    const tight = http(
      {
        route: 'POST /api/tight',
        auth: 'public',
        input: z.strictObject({}),
        output: z.object({}),
        errors: [],
        limit: { max: 2, windowMs: 5_000 },
      },
      async () => ({}),
    );
    const statuses = [];
    for (let index = 0; index < 3; index += 1) statuses.push((await world.call(tight, {})).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await world.call(own, {})).status).toBe(200);
  });

  describe('what is scarce', () => {
    const spending = (path: string, cost: Cost, auth: 'public' | 'member') =>
      http(
        {
          route: `POST /api/${path}`,
          auth,
          input: z.strictObject({ well: z.literal('formed') }),
          output: z.object({}),
          errors: [],
          cost,
        },
        async () => ({}),
      );
    const asked = { well: 'formed' };
    /** How many of `count` calls are let through. */
    const letThrough = async (count: number, call: (n: number) => Promise<{ status: number }>) => {
      let through = 0;
      for (let n = 0; n < count; n += 1) if ((await call(n)).status === 200) through += 1;
      return through;
    };

    test('two functions that spend the same share one limit, and what spends nothing goes on', async () => {
      const alice = await world.login('alice');
      const [one, two] = [spending('one', 'platform', 'member'), spending('two', 'platform', 'member')];
      expect(await letThrough(70, (n) => world.call(n % 2 === 0 ? one : two, asked, alice))).toBe(60);
      expect((await world.call(own, {}, alice)).status).toBe(200);
      const bob = await world.login('bob');
      expect((await world.call(one, asked, bob)).status).toBe(200);
    });

    test('a call that is badly formed spends nothing', async () => {
      const one = spending('one', 'export', 'public');
      for (let n = 0; n < 20; n += 1) expect((await world.call(one, {})).status).toBe(400);
      expect(await letThrough(20, () => world.call(one, asked))).toBe(10);
    });

    test('hashes are counted by user and by address, and a flood of other keys washes no count away', async () => {
      const alice = await world.login('alice');
      const one = spending('one', 'password', 'member');
      const from = (n: number) => ({ ...alice, address: `198.51.100.${n}` });
      expect(await letThrough(25, (n) => world.call(one, asked, from(n)))).toBe(20);
      for (let n = 0; n < 10_400; n += 1) await world.ports.cache.count(`limit:flood ${n}`, 900_000);
      expect(await letThrough(5, (n) => world.call(one, asked, from(n)))).toBe(0);
      const open = spending('open', 'password', 'public');
      expect(await letThrough(120, () => world.call(open, asked))).toBe(100);
      const fresh = { address: '198.51.100.200' };
      expect((await world.call(open, asked, fresh)).status).toBe(200);
    });
  });
});

describe('browsers', () => {
  const own = whoAmI('public');
  const ask = async (method: string, origin: string) => {
    const router = createRouter(endpointsOf({ own }));
    const request = {
      method,
      path: '/api/who',
      query: {},
      headers: { origin },
      rawBody: null,
      address: '203.0.113.1',
    };
    return router.answer(request, world.ports, router.find(method, request.path));
  };

  beforeEach(async () => {
    await world.close();
    world = await createWorld({ settings: { corsOrigins: ['https://admin.example'] } });
  });

  test('an origin of ours may read the answer, without credentials', async () => {
    const { headers } = await ask('GET', 'https://admin.example');
    expect(headers['access-control-allow-origin']).toBe('https://admin.example');
    expect(headers.vary).toBe('origin');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('a preflight of ours is answered with what may be sent', async () => {
    const { status, headers } = await ask('OPTIONS', 'https://admin.example');
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-headers': expect.stringContaining('authorization'),
    });
  });

  test.each(['https://admin.example.evil.net', 'http://admin.example', 'null', 'https://ADMIN.example', '*'])(
    'the origin %s is told nothing, and what it is told is kept for nobody else',
    async (origin) => {
      for (const method of ['GET', 'OPTIONS']) {
        const { headers } = await ask(method, origin);
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
        expect(headers.vary).toBe('origin');
      }
    },
  );
});
