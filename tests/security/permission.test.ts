/** S06, S08, S11, S12: permissions hold, however the route is written. */
import { mayDo } from '../../shared/domain/identity/permission.ts';
import { StaffAction } from '../../shared/schemas/identity/permission.ts';
import { Role } from '../../shared/schemas/identity/user.ts';
import type { Input } from '../fuzz/arbitrary.ts';
import { type Operation, refName, type Schema } from '../fuzz/contract.ts';
import { Crowd, learner, type Person } from './people.ts';
import { contract, exampleOf, expectSane, expectUnchanged, operationsOf, requestOf } from './routes.ts';
import { at, type Received, type Stack, startStack, textAt } from './stack.ts';

let stack: Stack;
let crowd: Crowd;

beforeAll(async () => {
  stack = await startStack();
  crowd = new Crowd(stack);
});
afterAll(() => stack.stop());
afterEach(() => expectSane(stack));

/** An answer without the parts that differ from call to call. */
function sameOf({ status, json }: Received): unknown {
  return { status, error: at(json, 'error'), data: at(json, 'data') };
}

describe('S11: each role may call exactly the staff routes that the table gives it', () => {
  test.each(operationsOf('staff'))('%s', async (_route, operation) => {
    const action = StaffAction.parse(operation.action);
    const people: Person[] = [];
    for (const role of Role.options) people.push(await crowd.one(role, 1));
    await expectUnchanged(stack, async () => {
      for (const { role, token } of people) {
        // The query has an unknown key. Whoever gets as far as this error may call, but changes nothing.
        const input = { ...exampleOf(operation), query: { unknown: '1' } };
        const received = await stack.send(requestOf(operation, input, token));
        const isForbidden = received.code === 'auth.forbidden';
        expect([role, isForbidden]).toEqual([role, !mayDo(role, action)]);
        if (isForbidden) expect(received.status).toBe(403);
        else expect([role, received.status < 500 && received.status >= 400]).toEqual([role, true]);
      }
    });
  });

  test('S06 a learner may call none of them', () => {
    expect(StaffAction.options.filter((action) => mayDo('learner', action))).toEqual([]);
  });

  test('every route below /api/admin is for staff', () => {
    const open = contract.operations.filter(
      ({ path, access }) => /\/admin(\/|$)/.test(path) && access !== 'staff',
    );
    expect(open.map(({ id }) => id)).toEqual([]);
  });
});

describe('S12: a route is a route only as it is written', () => {
  const spellings: readonly (readonly [string, (path: string) => string])[] = [
    ['two slashes', (path) => `/${path}`],
    ['two slashes inside', (path) => path.replace('/api/', '/api//')],
    ['another case', (path) => path.replace('/api/', '/API/')],
    [
      'a capital',
      (path) =>
        path.replace(
          /\/([a-z])([a-z]+)$/,
          (_, first: string, rest: string) => `/${first.toUpperCase()}${rest}`,
        ),
    ],
    ['an escaped slash', (path) => path.replace('/api/', '/api%2f')],
    ['an escaped letter', (path) => path.replace('/api/', '/%61pi/')],
    ['a dot', (path) => `${path}/.`],
    ['a slash at the end', (path) => `${path}/`],
    ['a dot at the end', (path) => `${path}.`],
    ['a step back', (path) => path.replace('/api/', '/api/x/../')],
    ['a semicolon', (path) => `${path};x=1`],
    ['an extension', (path) => `${path}.json`],
    ['NUL', (path) => `${path}%00`],
  ];
  const all = operationsOf('member', 'staff', 'optional', 'public', 'platform');

  test.each(spellings)('%s', async (_what, spell) => {
    const { token } = await crowd.one('learner', all.length);
    await expectUnchanged(stack, async () => {
      for (const [, operation] of all) {
        const request = requestOf(operation, exampleOf(operation), token);
        const [path = '', query] = request.target.split('?');
        const spelt = spell(path);
        if (spelt === path) continue;
        const target = query === undefined ? spelt : `${spelt}?${query}`;
        const received = await stack.send({ ...request, target });
        // A segment in another spelling may be read as a parameter, but never as the route.
        expect([operation.id, [400, 403, 404, 405].includes(received.status)]).toEqual([operation.id, true]);
      }
    });
  });

  test('a header or parameter that names another method changes nothing about who may', async () => {
    await expectUnchanged(stack, async () => {
      for (const [, operation] of operationsOf('member', 'staff')) {
        for (const name of ['x-http-method-override', 'x-method-override', 'x-http-method']) {
          const request = requestOf(operation, exampleOf(operation), null);
          const received = await stack.send({ ...request, headers: { [name]: 'GET' } });
          expect([operation.id, received.status]).toEqual([operation.id, 401]);
        }
        const { target } = requestOf(operation, exampleOf(operation), null);
        const overridden = await stack.send({
          method: 'GET',
          target,
          headers: { 'x-http-method-override': operation.method },
        });
        expect(overridden.status).toBe((await stack.send({ method: 'GET', target })).status);
      }
    });
  });

  test('HEAD decides like GET, and TRACE is not there', async () => {
    for (const [, operation] of operationsOf('member', 'staff')) {
      const { target } = requestOf(operation, exampleOf(operation), null);
      const head = await stack.send({ method: 'HEAD', target });
      expect([operation.id, head.status, head.text]).toEqual([
        operation.id,
        (await stack.send({ method: 'GET', target })).status,
        '',
      ]);
      if (operation.method === 'GET') expect([operation.id, head.status]).toEqual([operation.id, 401]);
      const trace = await stack.send({ method: 'TRACE', target });
      expect([operation.id, trace.status]).toEqual([operation.id, 405]);
    }
  });
});

/** The kinds of ids that only their owner sees, so no answer for everybody may contain one. */
function privateKinds(): ReadonlySet<string> {
  const shown = new Set<string>();
  const seen = new Set<string>();
  const visit = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    if ('$ref' in schema && typeof schema.$ref === 'string') {
      const name = refName({ $ref: schema.$ref });
      if (name !== null && !seen.has(name)) {
        seen.add(name);
        if (/Id$/.test(name)) shown.add(name);
        visit(contract.components[name]);
      }
    }
    for (const inner of Object.values(schema)) visit(inner);
  };
  for (const { access, method, answers } of contract.operations) {
    if (method === 'GET' && (access === 'public' || access === 'optional')) visit(answers.get(200));
  }
  const all = Object.keys(contract.components).filter((name) => /Id$/.test(name));
  return new Set(all.filter((name) => !shown.has(name)));
}

/** The input with this id at every place for its kind; null when there is none. */
function withId(operation: Operation, kind: string, id: string): Input | null {
  const input = exampleOf(operation);
  let isIn = false;
  const put = (schema: Schema, value: unknown): unknown => {
    const name = refName(schema);
    if (name === kind) {
      isIn = true;
      return id;
    }
    const own = contract.resolve(schema);
    const branch = (own.anyOf ?? own.oneOf ?? []).find((one) => refName(one) === kind);
    if (branch !== undefined) return put(branch, value);
    if (Array.isArray(value)) return value.map((item) => put(own.items ?? {}, item));
    if (typeof value !== 'object' || value === null) return value;
    const named = new Set([...Object.keys(value), ...Object.keys(own.properties ?? {})]);
    const entries = [...named].map((key) => [key, put(own.properties?.[key] ?? {}, at(value, key))]);
    return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
  };
  const path = { ...input.path };
  const query: Record<string, unknown> = { ...input.query };
  for (const { name, in: where, schema } of operation.parameters) {
    if (where === 'path') path[name] = String(put(schema, input.path[name]));
    else if (query[name] !== undefined || refName(schema) === kind) query[name] = put(schema, query[name]);
  }
  const body = operation.body === null ? input.body : put(operation.body, input.body);
  return isIn ? { path, query, body } : null;
}

describe('S08, S09: what is somebody else’s is not there', () => {
  let alice: Person;
  let bob: Person;
  /** An id of Alice's, and one of the same kind that does not exist. */
  const owned = new Map<string, { readonly theirs: string; readonly nobodys: string }>();

  beforeAll(async () => {
    alice = await learner(stack, 'alice');
    bob = await learner(stack, 'bob');
    const shop = await stack.send({ method: 'GET', target: '/api/courses', token: alice.token });
    const costs = [0, 1, 2, 3, 4, 5, 6, 7].find(
      (index) => Number(at(shop.json, 'data', 'items', index, 'listFen')) > 0,
    );
    const course = at(shop.json, 'data', 'items', costs ?? 0);
    const productId = textAt(course, 'id');
    const orderId = 'ord_01JD00000000000000000AA001';
    const body = { orderId, lines: [{ productId }], couponId: null, shownFen: at(course, 'listFen') };
    const placed = await stack.send({ method: 'POST', target: '/api/orders', token: alice.token, body });
    expect(placed.status).toBe(200);
    owned.set('OrderId', { theirs: orderId, nobodys: 'ord_01JD00000000000000000ZZ999' });
    const offers = await stack.send({ method: 'GET', target: '/api/coupons', token: alice.token });
    const templateId = textAt(offers.json, 'data', 'items', 0, 'id');
    const taken = await stack.send({
      method: 'POST',
      target: '/api/coupons/receive',
      token: alice.token,
      body: { templateId, number: 1 },
    });
    const couponId = textAt(taken.json, 'data', 'coupon', 'id');
    owned.set('CouponId', {
      theirs: couponId,
      nobodys: couponId.replace(alice.userId.slice(4), bob.userId.slice(4)),
    });
  });

  test('orders and coupons are private kinds', () => {
    expect([...privateKinds()]).toEqual(expect.arrayContaining(['OrderId', 'CouponId']));
  });

  test.each(operationsOf('member').filter(([, { id }]) => id !== 'createOrder'))(
    '%s answers another user’s id like an unknown one',
    async (_route, operation) => {
      for (const [kind, { theirs, nobodys }] of owned) {
        const mine = withId(operation, kind, theirs);
        const unknown = withId(operation, kind, nobodys);
        if (mine === null || unknown === null) continue;
        await expectUnchanged(stack, async () => {
          const got = await stack.send(requestOf(operation, mine, bob.token));
          const expected = await stack.send(requestOf(operation, unknown, bob.token));
          expect([kind, got.status < 400]).toEqual([kind, false]);
          expect(sameOf(got)).toEqual(sameOf(expected));
        });
      }
    },
  );

  test('S46 an order id of another user places no order, and reveals nothing of theirs', async () => {
    const order = owned.get('OrderId');
    const shop = await stack.send({ method: 'GET', target: '/api/courses', token: bob.token });
    const course = at(shop.json, 'data', 'items', 0);
    const body = {
      orderId: order?.theirs,
      lines: [{ productId: textAt(course, 'id') }],
      couponId: null,
      shownFen: at(course, 'listFen'),
    };
    await expectUnchanged(stack, async () => {
      const received = await stack.send({ method: 'POST', target: '/api/orders', token: bob.token, body });
      expect([received.status, received.code]).toEqual([409, 'order.id_taken']);
      expect(received.text).not.toContain(alice.userId);
    });
  });

  test('S09 another’s coupon takes nothing off, and stays as it is', async () => {
    const coupon = owned.get('CouponId');
    const shop = await stack.send({ method: 'GET', target: '/api/courses', token: bob.token });
    const course = at(shop.json, 'data', 'items', 0);
    const body = {
      orderId: 'ord_01JD00000000000000000BB001',
      lines: [{ productId: textAt(course, 'id') }],
      couponId: coupon?.theirs,
      shownFen: at(course, 'listFen'),
    };
    await expectUnchanged(stack, async () => {
      const received = await stack.send({ method: 'POST', target: '/api/orders', token: bob.token, body });
      expect([received.status, received.code]).toEqual([404, 'coupon.not_found']);
    });
  });

  test('S09 lists hold one’s own only', async () => {
    for (const [, operation] of operationsOf('member')) {
      if (operation.method !== 'GET' || operation.parameters.some((one) => one.required)) continue;
      const { text } = await stack.send({ method: 'GET', target: operation.path, token: bob.token });
      for (const { theirs } of owned.values())
        expect([operation.id, text.includes(theirs)]).toEqual([operation.id, false]);
      expect([operation.id, text.includes(alice.userId)]).toEqual([operation.id, false]);
    }
  });

  test('S50 a cursor of another user’s list lists the caller’s own', async () => {
    const mine = await stack.send({ method: 'GET', target: '/api/me/coupons?limit=1', token: alice.token });
    const cursor = at(mine.json, 'data', 'nextCursor');
    if (typeof cursor !== 'string') return;
    const { text } = await stack.send({
      method: 'GET',
      target: `/api/me/coupons?cursor=${cursor}`,
      token: bob.token,
    });
    for (const { theirs } of owned.values()) expect(text).not.toContain(theirs);
  });
});

describe('S10: what is not paid for stays closed', () => {
  test('a paid lesson is refused to who has not bought it, and a link opens one file until it ends', async () => {
    const dave = await learner(stack, 'dave');
    const shop = await stack.send({ method: 'GET', target: '/api/courses?limit=50' });
    let refused = 0;
    const links: string[] = [];
    for (const index of Array(50).keys()) {
      const id = at(shop.json, 'data', 'items', index, 'id');
      if (typeof id !== 'string' || (refused > 0 && links.length > 1)) break;
      const { json } = await stack.send({ method: 'GET', target: `/api/courses/${id}`, token: dave.token });
      const lessons = JSON.stringify(json).match(/les_[0-9A-Z]{26}/g) ?? [];
      for (const lesson of lessons) {
        const received = await stack.send({
          method: 'GET',
          target: `/api/lessons/${lesson}`,
          token: dave.token,
        });
        if (received.code === 'lesson.not_owned') {
          refused += 1;
          expect(received.status).toBe(403);
          // The price, as a card shows it, and nothing of the lesson.
          expect(Object.keys(Object(at(received.json, 'error', 'params'))).sort()).toEqual([
            'isFreeForMembers',
            'limited',
            'listFen',
            'memberFen',
            'pointsPrice',
            'price',
            'productId',
          ]);
        }
        const link = at(received.json, 'data', 'mediaUrl');
        if (typeof link === 'string') links.push(link);
      }
    }
    expect(refused).toBeGreaterThan(0);
    const [first = '', second = ''] = links;
    expect(second).not.toBe('');
    const one = new URL(first);
    const two = new URL(second);
    const status = async (url: URL) =>
      (await stack.send({ method: 'GET', target: `${url.pathname}${url.search}` })).status;
    expect(await status(one)).toBe(200);
    const swapped = new URL(first);
    swapped.pathname = two.pathname;
    const longer = new URL(first);
    longer.searchParams.set('expires', '9999999999999');
    const ended = new URL(first);
    ended.searchParams.set('expires', '1000000000000');
    const bare = new URL(first);
    bare.search = '';
    for (const url of [swapped, longer, ended, bare])
      expect([url.search, await status(url)]).toEqual([url.search, 403]);
  });
});
