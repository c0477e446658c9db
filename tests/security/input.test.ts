/** S13, S15, S17–S19, S24–S27, S50: input is checked, down to the last field, before anything is done with it. */
import { connect } from 'node:net';
import { mayDo } from '../../shared/domain/identity/permission.ts';
import { StaffAction } from '../../shared/schemas/identity/permission.ts';
import { Role } from '../../shared/schemas/identity/user.ts';
import type { Input } from '../fuzz/arbitrary.ts';
import type { Operation } from '../fuzz/contract.ts';
import { type Attack, type AttackKind, attacksOn } from '../fuzz/hostile.ts';
import { Crowd } from './people.ts';
import { exampleOf, expectSane, expectUnchanged, judge, operationsOf, requestOf } from './routes.ts';
import { at, type Received, type Sent, type Stack, startStack } from './stack.ts';

/** The most attacks on one operation. If there are more, an even sample of them is taken. */
const ATTACKS_MAX = process.env.SECURITY === 'whole' ? Number.POSITIVE_INFINITY : 6;
const AT_ONCE = 4;

const all = operationsOf('public', 'optional', 'member', 'staff');
const withBody = all.filter(([, { method }]) => method !== 'GET' && method !== 'DELETE');

let stack: Stack;
let crowd: Crowd;

beforeAll(async () => {
  stack = await startStack();
  crowd = new Crowd(stack);
});
afterAll(() => stack.stop());
afterEach(() => expectSane(stack));

/** A token for `calls` calls of somebody who may call it; null where no session is needed. */
async function tokenFor({ access, action }: Operation, calls: number): Promise<string | null> {
  if (access === 'public' || access === 'optional') return null;
  if (access === 'member') return (await crowd.one('learner', calls)).token;
  const allowed = StaffAction.parse(action);
  const role = Role.options.find((one) => mayDo(one, allowed));
  if (role === undefined) throw new Error(`nobody may ${action}`);
  return (await crowd.one(role, calls)).token;
}

function some<T>(list: readonly T[], max: number): T[] {
  const every = Math.max(1, Math.ceil(list.length / max));
  return list.filter((_, index) => index % every === 0);
}

/** Whether the complaint is about the attacked place, or one around it or inside it. */
function isAbout(received: Received, place: string): boolean {
  const issues = at(received.json, 'error', 'params', 'issues');
  if (!Array.isArray(issues)) return false;
  return issues.some((issue: unknown) => {
    const path = at(issue, 'path');
    return typeof path === 'string' && (path.startsWith(place) || place.startsWith(path));
  });
}

/** Sends attacks, a few at a time, in chunks that one person may send. */
async function sendAll(
  operation: Operation,
  attacks: readonly Attack[],
  expectOne: (attack: Attack, received: Received) => void,
): Promise<void> {
  for (let from = 0; from < attacks.length; from += 50) {
    const chunk = attacks.slice(from, from + 50);
    const token = await tokenFor(operation, chunk.length);
    await expectUnchanged(stack, async () => {
      for (let index = 0; index < chunk.length; index += AT_ONCE) {
        await Promise.all(
          chunk.slice(index, index + AT_ONCE).map(async (attack) => {
            expectOne(attack, await stack.send(requestOf(operation, attack.input, token)));
          }),
        );
      }
    });
  }
}

/** Expects that input outside the document gets a 400 that names the place, and changes nothing. */
async function expectAllRefused(operation: Operation, ...kinds: readonly AttackKind[]): Promise<void> {
  const input = exampleOf(operation);
  expect([operation.id, judge.allows(operation, input)]).toEqual([operation.id, true]);
  const attacks = attacksOn(input, operation.method, kinds).filter(
    (attack) => !judge.allows(operation, attack.input),
  );
  await sendAll(operation, some(attacks, ATTACKS_MAX), ({ what, place }, received) => {
    const { status, code } = received;
    // A tight rate limit of the operation refuses too. A first line that is too long is refused as such.
    if (status === 429) return;
    const isTooLong = what.startsWith('size') && [413, 414, 431].includes(status);
    expect([what, place, isTooLong || status, code]).toEqual(
      isTooLong ? [what, place, true, code] : [what, place, 400, 'request.invalid'],
    );
    // Such a key, or half a surrogate pair, is refused before the schema is checked.
    if (!/^(prototype|text|size)/.test(what))
      expect([what, place, isAbout(received, place)]).toEqual([what, place, true]);
  });
}

describe('S13 fields that only the server may say are unknown keys', () => {
  test.each(all)('%s', (_route, operation) => expectAllRefused(operation, 'key'));
});

describe('S15, S17 numbers out of bounds, of another type, in yuan', () => {
  test.each(all)('%s', (_route, operation) => expectAllRefused(operation, 'number', 'type'));
});

describe('S18 operators of query languages', () => {
  test.each(all)('%s', (_route, operation) => expectAllRefused(operation, 'operator'));

  test('in the name of a parameter', async () => {
    for (const [, operation] of all) {
      if (operation.method !== 'GET' && operation.method !== 'DELETE') continue;
      const token = await tokenFor(operation, 4);
      await expectUnchanged(stack, async () => {
        const { target } = requestOf(operation, { ...exampleOf(operation), query: {} }, token);
        for (const query of ['id[$ne]=1', 'userId[$gt]=', 'phone[$ne]=1', '$where=1']) {
          const sent = { method: operation.method, target: `${target}?${query}`, token };
          const { status, code } = await stack.send(sent);
          if (status !== 429)
            expect([operation.id, query, status, code]).toEqual([
              operation.id,
              query,
              400,
              'request.invalid',
            ]);
        }
      });
    }
  });
});

describe('S19 keys that reach a prototype', () => {
  test.each(all)('%s', (_route, operation) => expectAllRefused(operation, 'prototype'));

  test('the process is as it was', async () => {
    const { json } = await stack.send({ method: 'GET', target: '/api/courses' });
    expect(at(json, 'data', 'items', 0, 'role')).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('S24, S25 texts: too long, of no alphabet, or meant for another interpreter', () => {
  test.each(all)('%s refuses what the document does not allow', (_route, operation) =>
    expectAllRefused(operation, 'size', 'text'),
  );

  test('accepted hostile texts are stored as text without control characters', async () => {
    for (const [, operation] of withBody) {
      const attacks = some(attacksOn(exampleOf(operation), operation.method, ['text']), ATTACKS_MAX);
      const token = await tokenFor(operation, attacks.length);
      for (const attack of attacks) {
        const { status } = await stack.send(requestOf(operation, attack.input, token));
        expect([operation.id, attack.what, status < 500]).toEqual([operation.id, attack.what, true]);
      }
    }
    await stack.store.settled();
    // JSON escapes them. The rest must neither hide nor control anything.
    const stored = stack.store.everything();
    expect(stored.match(/[\u202a-\u202e\u2066-\u2069\u200b\u2028\u2800]/g)).toBeNull();
    expect(stored.match(/\\u00(0[0-8bcef]|1[0-9a-f])|\\ud[89a-f][0-9a-f]{2}/g)).toBeNull();
    expect(Buffer.from(stored, 'utf8').toString('utf8')).toBe(stored);
  });
});

/** Sends an operation's request with other bodies. Each must be refused and change nothing. */
async function expectRefusedBodies(
  operation: Operation,
  bodies: readonly (readonly [what: string, raw: Partial<Sent>])[],
  refusal: readonly [status: number, code: string],
): Promise<void> {
  const token = await tokenFor(operation, bodies.length);
  const request = requestOf(operation, exampleOf(operation), token);
  await expectUnchanged(stack, async () => {
    for (const [what, raw] of bodies) {
      const { status, code } = await stack.send({ ...request, ...raw });
      if (status !== 429) expect([what, status, code]).toEqual([what, ...refusal]);
    }
  });
}

describe('S24–S26 bodies that are no JSON of ours', () => {
  const deep = 100_000;
  const bodies: readonly (readonly [string, string | Uint8Array])[] = [
    ['not JSON', '{"a":'],
    ['a byte order mark', '\ufeff{}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"x"'],
    ['100 000 levels of lists', `{"a":${'['.repeat(deep)}${']'.repeat(deep)}}`],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    [
      'an overlong slash',
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
    ],
    ['a comment', '{/* */}'],
    ['NaN', '{"a":NaN}'],
  ];
  test.each(withBody)('%s', (_route, operation) =>
    expectRefusedBodies(
      operation,
      bodies.map(([what, body]) => [what, { body }]),
      [400, 'request.invalid'],
    ),
  );

  test.each(withBody)('S26 %s takes JSON only', async (_route, operation) => {
    const input: Input = exampleOf(operation);
    const body = JSON.stringify(input.body ?? {});
    const xml = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>';
    const others: readonly (readonly [string, string])[] = [
      ['text/plain', body],
      ['application/xml', xml],
      ['text/xml', xml],
      [
        'multipart/form-data; boundary=x',
        `--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--`,
      ],
      ['application/x-www-form-urlencoded', 'a=1'],
      ['application/json; charset=utf-16', body],
      ['application/jsonp', body],
      ['', body],
    ];
    const raws = others.map(
      ([type, sent]) => [type, { body: sent, headers: { 'content-type': type } }] as const,
    );
    await expectRefusedBodies(operation, raws, [415, 'request.unsupported_type']);
  });
});

/** Sends exactly these bytes over a connection, and answers everything that comes back. */
function overWire(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(stack.port, '127.0.0.1', () => socket.end(bytes));
    let got = '';
    socket.on('data', (chunk: Buffer) => {
      got += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(got));
    socket.on('error', reject);
  });
}

describe('S27 no line of a header comes out of what was sent', () => {
  test('in a path, a query, and the id of a request', async () => {
    const injected = '%0d%0aset-cookie:%20stolen=1%0d%0a';
    for (const target of [
      `/api/courses/x${injected}`,
      `/api/courses?category=${injected}`,
      `/api/courses/search?q=${injected}`,
      `/${injected}`,
      `/docs${injected}`,
    ]) {
      const { headers, status } = await stack.send({ method: 'GET', target });
      expect([target, headers['set-cookie'], status < 500]).toEqual([target, undefined, true]);
    }
    const named = await stack.send({
      method: 'GET',
      target: '/api/courses',
      headers: { 'x-request-id': 'a%0d%0ab: c', origin: 'https://evil.example' },
    });
    expect(named.headers['x-request-id']).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
    expect(named.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('bare, on the wire', async () => {
    const host = 'host: x\r\nconnection: close\r\n';
    const wrong: readonly string[] = [
      `GET /api/courses HTTP/1.1\r\n${host}x-request-id: abcdefgh\rset-cookie: stolen=1\r\n\r\n`,
      `GET /api/courses HTTP/1.1\r\n${host}x-request-id: abcdefgh\nset-cookie: stolen=1\r\n\r\n`,
      `GET /api/courses\u0000 HTTP/1.1\r\n${host}\r\n`,
      `POST /api/login HTTP/1.1\r\n${host}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /api/me HTTP/1.1\r\n\r\n`,
      `POST /api/login HTTP/1.1\r\n${host}content-length: 5\r\ncontent-length: 6\r\n\r\n{"a":`,
    ];
    for (const bytes of wrong) {
      const got = await overWire(bytes);
      expect(got.split('\r\n\r\n')[0]).not.toMatch(/^set-cookie:/im);
      // One request gets one answer, so nothing was smuggled behind it.
      expect(got.match(/HTTP\/1\.1 \d{3}/g) ?? []).toHaveLength(1);
    }
  });
});

describe('S50 lists are bounded', () => {
  test.each(
    all.filter(([, { parameters }]) => parameters.some(({ name }) => name === 'limit' || name === 'cursor')),
  )('%s', async (_route, operation) => {
    const queries = [
      'limit=1000000000',
      'limit=0',
      'limit=-1',
      'limit=1e3',
      'limit=0x10',
      'limit=',
      'limit=5&limit=5',
      'offset=-1',
      'sort=passwordHash',
      'cursor=forged',
      `cursor=${Buffer.from('{"id":{"$gt":""}}').toString('base64url')}`,
      `cursor=${Buffer.from('["usr_0"]').toString('base64url')}`,
      `cursor=${'A'.repeat(513)}`,
    ];
    const token = await tokenFor(operation, queries.length);
    const required = Object.entries(exampleOf(operation).query).filter(([name]) =>
      operation.parameters.some((one) => one.name === name && one.required),
    );
    await expectUnchanged(stack, async () => {
      for (const query of queries) {
        const kept = required
          .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}&`)
          .join('');
        const { target } = requestOf(operation, { ...exampleOf(operation), query: {} }, token);
        const sent = { method: operation.method, target: `${target}?${kept}${query}`, token };
        const { status, code } = await stack.send(sent);
        // If the path names somebody else's account or order, that is looked up first.
        expect([query, [400, 404].includes(status), code]).toEqual([
          query,
          true,
          status === 400 ? 'request.invalid' : code,
        ]);
      }
    });
  });
});
