import {
  type ClientAnswer,
  type ClientOptions,
  type ClientRequest,
  createClient,
  ZhikeError,
} from '../../client/client.ts';
import { retries } from '../../client/errors.ts';
import { permissions } from '../../client/permissions.ts';
import { createStaffClient } from '../../client/staff.ts';
import { functions } from '../../local/functions.ts';
import { mayDo } from '../../shared/domain/identity/permission.ts';
import { errors } from '../../shared/errors.ts';
import { endpointsOf } from '../../shared/runtime/endpoints.ts';
import { createRouter, splitTarget } from '../../shared/runtime/router.ts';
import { StaffAction } from '../../shared/schemas/identity/permission.ts';
import { Role } from '../../shared/schemas/identity/user.ts';
import { readManifest } from '../../tools/manifest.ts';
import { createWorld } from '../support/world.ts';

/** The trace of a client whose random numbers are all a half. */
const TRACE = `00-${'8'.repeat(32)}-${'8'.repeat(16)}-01`;
const ORDER_ID = 'ord_01JD0000000000000000000000';

/** A client that keeps its requests and answers them in order. When no answer is left, the request gets none. */
function clientWith(answers: readonly (ClientAnswer | Error)[], token: string | null = null) {
  const requests: ClientRequest[] = [];
  const options: ClientOptions = {
    baseUrl: 'https://api.example',
    token: () => token,
    random: () => 0.5,
    request: async (request) => {
      const answer = answers[requests.push(request) - 1];
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('one request too many');
      return answer;
    },
  };
  return { client: createClient(options), staff: createStaffClient(options), requests };
}

const ok = (data: unknown): ClientAnswer => ({
  status: 200,
  headers: {},
  body: JSON.stringify({ requestId: 'req_1', data }),
});

async function refusal(call: Promise<unknown>): Promise<ZhikeError> {
  const caught = await call.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(caught instanceof ZhikeError)) throw new Error(`not refused: ${caught}`);
  return caught;
}

describe('the client', () => {
  test('both clients together have a method for each HTTP function, and for nothing else', async () => {
    const { functions: all } = await readManifest();
    const names = all.filter(({ own }) => own.kind === 'http').map(({ name }) => name);
    const { client, staff } = clientWith([]);
    const both = new Set([...Object.keys(client), ...Object.keys(staff)]);
    expect([...both].sort()).toEqual(names.sort());
  });

  test('a phone loads nothing that only staff may call, and staff log in by their own client', async () => {
    const { functions: all } = await readManifest();
    const { client, staff } = clientWith([]);
    const forStaff = all.filter(({ own }) => own.kind === 'http' && typeof own.contract.auth === 'object');
    expect(forStaff.filter(({ name }) => name in client)).toEqual([]);
    expect(forStaff.filter(({ name }) => !(name in staff))).toEqual([]);
    expect(staff).toHaveProperty('loginWithPassword');
    expect(staff).not.toHaveProperty('createOrder');
  });

  test('what a role may do is the server’s own table', () => {
    for (const role of Role.options) {
      const allowed = StaffAction.options.filter((action) => mayDo(role, action));
      expect(permissions[role]).toEqual(allowed);
    }
  });

  test('puts an input into the path and the query of a GET', async () => {
    const { client, requests } = clientWith([ok({}), ok({}), ok({})]);
    await client.getOrder({ orderId: 'a/b?c' });
    await client.searchCourses({ q: '数据 &=', limit: 5 });
    await client.listOrders({ cursor: undefined });
    expect(requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', 'https://api.example/api/orders/a%2Fb%3Fc', null],
      ['GET', 'https://api.example/api/courses/search?q=%E6%95%B0%E6%8D%AE%20%26%3D&limit=5', null],
      ['GET', 'https://api.example/api/orders', null],
    ]);
    expect(requests[0]?.headers).toEqual({ accept: 'application/json', traceparent: TRACE });
  });

  test('puts the rest of an input into the JSON body of a POST, and the token into the headers', async () => {
    const { client, requests } = clientWith([ok({}), ok({})], 'secret');
    await client.quoteOrder({ lines: [], couponId: null });
    await client.payOrder({ orderId: ORDER_ID });
    expect(requests[0]).toEqual({
      method: 'POST',
      url: 'https://api.example/api/orders/quote',
      headers: {
        accept: 'application/json',
        traceparent: TRACE,
        'content-type': 'application/json',
        authorization: 'Bearer secret',
      },
      body: '{"lines":[],"couponId":null}',
    });
    expect(requests[1]).toMatchObject({ url: `https://api.example/api/orders/${ORDER_ID}/pay`, body: null });
  });

  test('throws what the API says, with what may be done about it', async () => {
    const body = JSON.stringify({
      requestId: 'req_1',
      error: { code: 'order.price_changed', message: '价格有变动，请重新确认', params: { payableFen: 100 } },
    });
    const { client } = clientWith([{ status: 409, headers: {}, body }]);
    expect(await refusal(client.payOrder({ orderId: ORDER_ID }))).toMatchObject({
      name: 'ZhikeError',
      status: 409,
      code: 'order.price_changed',
      message: '价格有变动，请重新确认',
      params: { payableFen: 100 },
      requestId: 'req_1',
      retry: 'never',
    });
  });

  test.each([
    ['a page of a gateway', 502, '<html>bad gateway</html>', 'later'],
    ['a code that is newer than the client', 409, '{"requestId":"r","error":{"code":"moon.full"}}', 'never'],
    [
      'a code that every object has',
      409,
      '{"error":{"code":"constructor","message":1,"params":[]}}',
      'never',
    ],
    ['an empty answer', 401, '', 'after_login'],
    ['an array', 429, '[]', 'later'],
    ['a 200 without data', 200, '{}', 'never'],
  ])('an answer that it cannot read is thrown as an unknown error: %s', async (_, status, body, retry) => {
    const { client } = clientWith([{ status, headers: {}, body }]);
    expect(await refusal(client.getMe())).toMatchObject({ code: 'unknown', status, retry, params: {} });
  });

  test('gives the text of a file as it came, and throws what the API says in place of one', async () => {
    const asked = { kind: 'orders', fromAtMs: 1, untilAtMs: 2, reason: '对账' } as const;
    const file = { status: 200, headers: {}, body: '\uFEFF订单号\r\n' };
    const refused = { status: 403, headers: {}, body: '{"requestId":"r","error":{"code":"auth.forbidden"}}' };
    const { staff } = clientWith([file, refused]);
    expect(await staff.exportTable(asked)).toBe(file.body);
    expect(await refusal(staff.exportTable(asked))).toMatchObject({ code: 'auth.forbidden' });
  });

  test('never repeats a call by itself, and throws when no answer came', async () => {
    const timeout = new Error('timeout');
    const { client, requests } = clientWith([timeout]);
    await expect(client.payOrder({ orderId: ORDER_ID })).rejects.toBe(timeout);
    expect(requests).toHaveLength(1);
  });

  test('knows each code it can meet as the catalogue knows it', () => {
    for (const [code, retry] of Object.entries(retries)) {
      expect([code, retry]).toEqual([
        code,
        Object.entries(errors).find(([name]) => name === code)?.[1].retry,
      ]);
    }
  });

  test('and the API understand each other', async () => {
    const world = await createWorld();
    const router = createRouter(endpointsOf(functions));
    let token: string | null = null;
    const client = createClient({
      baseUrl: '',
      token: () => token,
      request: async ({ method, url, headers, body }) => {
        const { path, search } = splitTarget(url);
        const request = {
          method,
          path,
          query: Object.fromEntries(new URLSearchParams(search)),
          headers,
          rawBody: body === null ? null : Buffer.from(body),
          address: '203.0.113.1',
        };
        const answer = await router.answer(request, world.ports, router.find(method, path));
        return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.body).toString() };
      },
    });
    expect(await refusal(client.getMe())).toMatchObject({ code: 'auth.required', retry: 'after_login' });
    token = (await world.login('alice')).token;
    expect((await client.updateProfile({ nickname: '小明' })).profile.nickname).toBe('小明');
    expect((await client.listOrders({ limit: 2 })).items).toEqual([]);
    expect(await refusal(client.getOrder({ orderId: ORDER_ID }))).toMatchObject({ code: 'order.not_found' });
    expect(await refusal(client.listOrders({ limit: 0 }))).toMatchObject({ code: 'request.invalid' });
    await world.close();
  });
});
